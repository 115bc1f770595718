package commands

import (
	"io"

	"framecat/framing"
)

// newFrames returns a reader of frames of a conversion, with its limits.
func newFrames(src io.Reader, v *conversion) *framing.Reader {
	r := framing.NewReader(src, v.in.framing)
	r.Max, r.MaxName, r.MaxStream = v.maxHeld, "--max-frame", v.maxStreamed
	r.Idle = v.idle
	_, r.StreamLarge = v.sink.(streamer)
	v.hinter = newHinter(r)
	return r
}

// receive converts the peer's frames until its stream ends, or returns framing.ErrWait
// where it would have to wait. What it returns otherwise was reported; errDone and nil
// are no trouble.
func receive(c *conn, v *conversion, r *framing.Reader) error {
	c.attach(r, v.in.framing)
	v.origin = origin{from: c}
	err := v.frames(r, input{}) // the reporter knows the name
	if err == framing.ErrWait {
		return err
	}
	if flush := v.sink.flush(); flush != nil && err == nil {
		err = v.ioFailure("standard output", flush)
	}
	return err
}

// A passSink is the sink of the only connection: large bodies go through it as they
// arrive.
type passSink struct{ *connSink }

func (s *passSink) stream(int64) (io.Writer, error) {
	w, err := s.out.sink.(streamer).stream(s.out.index)
	if err != nil {
		return nil, s.out.fail(err)
	}
	s.from.passing(true)
	return outWriter{s.out, w}, nil
}

func (s *passSink) streamed(err error) error {
	s.from.passing(false)
	end := s.out.sink.(streamer).streamed(err)
	if end != nil {
		return s.out.fail(end)
	}
	if s.out.index++; err == nil {
		if s.out.count(1); s.out.left == 0 {
			return s.out.finish()
		}
	}
	return nil
}

func (s *passSink) where() string { return s.out.sink.(streamer).where() }

// An outWriter writes a streamed body; its trouble is that of the output.
type outWriter struct {
	out *output
	w   io.Writer
}

func (w outWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		err = w.out.fail(err)
	}
	return n, err
}

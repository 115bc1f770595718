package commands

import (
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/framing"
)

// newFrames returns a reader of frames of a conversion, with its limits.
func newFrames(src io.Reader, v *conversion) *framing.Reader {
	r := framing.NewReader(src, v.in.Framing)
	r.Max, r.MaxName, r.MaxStream = v.maxHeld, "--max-frame", v.maxStreamed
	r.Idle = v.idle
	_, r.StreamLarge = v.sink.(formats.Streamer)
	v.hinter = hint.New(r)
	return r
}

// receive converts the peer's frames until its stream ends, or returns framing.ErrWait
// where it would have to wait. What it returns otherwise was reported; errDone and nil
// are no trouble.
func receive(c *link.Conn, v *conversion, r *framing.Reader) error {
	c.Attach(r, v.in.Framing)
	v.origin = formats.Origin{From: c}
	err := v.frames(r, input.Input{}) // the reporter knows the name
	if err == framing.ErrWait {
		return err
	}
	if flush := v.sink.Flush(); flush != nil && err == nil {
		err = v.ioFailure("standard output", flush)
	}
	return err
}

// A passSink is the sink of the only connection: large bodies go through it as they
// arrive.
type passSink struct{ *connSink }

func (s *passSink) Stream(int64) (io.Writer, error) {
	w, err := s.out.sink.(formats.Streamer).Stream(s.out.index)
	if err != nil {
		return nil, s.out.fail(err)
	}
	s.from.Passing(true)
	return outWriter{s.out, w}, nil
}

func (s *passSink) Streamed(err error) error {
	s.from.Passing(false)
	end := s.out.sink.(formats.Streamer).Streamed(err)
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

func (s *passSink) Where() string { return s.out.sink.(formats.Streamer).Where() }

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

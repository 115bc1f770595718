package pump

import (
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/framing"
)

// Receive converts the frames that r reads from a peer until its stream ends, or returns
// framing.ErrWait where it would have to wait. Other errors were reported; report.ErrDone
// and nil are no trouble.
func (c *Conversion) Receive(peer *link.Conn, r *framing.Reader) error {
	peer.Attach(r, c.From.Framing)
	c.Origin = formats.Origin{From: peer}
	err := c.Frames(r)
	if err == framing.ErrWait {
		return err
	}
	if flush := c.To.Flush(); flush != nil && err == nil {
		err = OutputFailure(c.Report, "standard output", flush)
	}
	return err
}

// A ConnSink takes the messages of one connection: they are printed, and then perhaps
// answered.
type ConnSink struct {
	From *link.Conn
	Out  *Output
	Back formats.Sink // what answers; nil if nothing does

	bad formats.Sink // of the last message that did not fit
}

// TakesSilent reports whether frames without a message are written too.
func (s *ConnSink) TakesSilent() bool {
	return s.Out.sink.TakesSilent() || s.Back != nil && s.Back.TakesSilent()
}

// Inner is the sink of the last message that did not fit.
func (s *ConnSink) Inner() formats.Sink { return formats.Innermost(s.bad) }

// Write prints the messages of a batch and then answers them.
func (s *ConnSink) Write(b *framing.Batch, o formats.Origin) (n int, err error) {
	s.bad = s.Out.sink
	n, err = s.Out.Write(b, o)
	if s.Back == nil || n == 0 || b.Silent && !s.Back.TakesSilent() {
		return n, err
	}
	if n < len(b.Frames) {
		part := b.Slice(0, n)
		b = &part
	}
	if m, e := s.Back.Write(b, o); e != nil {
		s.bad = s.Back
		return m, e
	}
	if err != nil { // the last of all: it is answered too
		s.Back.Flush()
	}
	return n, err
}

// Fault shows a frame of the connection that could not be read.
func (s *ConnSink) Fault(from formats.Origin, r *framing.Reader, e *framing.Error) {
	o := s.Out
	o.mu.Lock()
	defer o.mu.Unlock()
	if f, ok := o.sink.(formats.FaultSink); ok && o.err == nil && o.Left > 0 && !o.Quiet {
		f.Fault(from, r, e)
	}
}

// Flush prints before it answers: what was answered must not be lost.
func (s *ConnSink) Flush() error {
	if err := s.Out.Flush(); err != nil {
		return err
	}
	if s.Back != nil {
		return s.Back.Flush()
	}
	return nil
}

// An Answer is where replies to messages are written to: what they answer is printed
// before.
type Answer struct {
	Out  *Output
	Conn *link.Conn
}

func (a Answer) Write(p []byte) (int, error) {
	if err := a.Out.Flush(); err != nil {
		return 0, err
	}
	return a.Conn.Write(p)
}

// Alone is the sink of the only connection, which s is for: if the output takes large
// messages piece by piece, they go through as they arrive.
func Alone(s *ConnSink) formats.Sink {
	if _, ok := s.Out.sink.(formats.Streamer); ok {
		return &aloneSink{s}
	}
	return s
}

type aloneSink struct{ *ConnSink }

func (s *aloneSink) to() formats.Streamer { return s.Out.sink.(formats.Streamer) }

func (s *aloneSink) Stream(int64) (io.Writer, error) {
	w, err := s.to().Stream(s.Out.index)
	if err != nil {
		return nil, s.Out.fail(err)
	}
	s.From.SetStreaming(true)
	return outWriter{s.Out, w}, nil
}

func (s *aloneSink) Streamed(err error) error {
	s.From.SetStreaming(false)
	if end := s.to().Streamed(err); end != nil {
		return s.Out.fail(end)
	}
	if s.Out.index++; err == nil {
		if s.Out.count(1); s.Out.Left == 0 {
			return s.Out.finish()
		}
	}
	return nil
}

func (s *aloneSink) Where() string { return s.to().Where() }

// An outWriter writes a streamed body; its trouble is that of the output.
type outWriter struct {
	out *Output
	w   io.Writer
}

func (w outWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		err = w.out.fail(err)
	}
	return n, err
}

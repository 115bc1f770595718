package pump

import (
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/framing"
)

// Receive converts the frames that r reads from a peer until its stream ends. It returns
// framing.ErrWait if it would have to wait; nil and report.ErrDone are a normal end. Any other
// error is a *report.Failure that has been reported.
func (c *Conversion) Receive(peer *link.Conn, r *framing.Reader) error {
	peer.Attach(r, c.From.Framing)
	c.origin = formats.Origin{From: peer, Framing: c.From.Framing, Entry: c.From.Entry}
	err := c.Frames(r)
	if err == framing.ErrWait {
		return err
	}
	if flush := c.To.Flush(); flush != nil && err == nil {
		err = OutputFailure(c.report, "standard output", flush)
	}
	return err
}

// A ConnSink takes the messages of one connection: it prints them, and then passes them on to
// be answered.
type ConnSink struct {
	From *link.Conn
	Out  *Output
	Back formats.Sink // answers the messages; nil if nothing does

	// Wanted selects the messages that are printed; nil is all. All are answered.
	Wanted *FrameTest

	// Silent means that frames without a message count as messages, even if they are not printed.
	Silent bool

	last formats.Sink // the sink of the last message that did not fit
}

// TakesSilent reports whether frames without a message are written too.
func (s *ConnSink) TakesSilent() bool {
	return s.Silent || s.Out.sink.TakesSilent() || s.Back != nil && s.Back.TakesSilent()
}

// Inner returns the sink of the last message that did not fit.
func (s *ConnSink) Inner() formats.Sink { return formats.Innermost(s.last) }

// Write prints the messages of a batch and then answers them.
func (s *ConnSink) Write(b *framing.Batch, o formats.Origin) (n int, err error) {
	s.last = s.Out.sink
	n, err = s.Out.write(b, o, s.Wanted)
	if s.Back == nil || n == 0 || b.Silent && !s.Back.TakesSilent() {
		return n, err
	}
	if n < len(b.Frames) {
		part := formats.Slice(b, 0, n)
		b = &part
	}
	if m, e := s.Back.Write(b, o); e != nil {
		s.last = s.Back
		return m, e
	}
	if err != nil { // the last message that is wanted is answered too
		s.Back.Flush()
	}
	return n, err
}

// Fill passes on bytes between frames.
func (s *ConnSink) Fill(b []byte) {
	if s.Wanted == nil {
		s.Out.fill(b)
	}
	if back, ok := s.Back.(formats.FillSink); ok {
		back.Fill(b)
	}
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

// Flush prints first and then answers: a message that was answered must not be lost.
func (s *ConnSink) Flush() error {
	if err := s.Out.flush(); err != nil {
		return err
	}
	if s.Back != nil {
		return s.Back.Flush()
	}
	return nil
}

// An Answer writes replies to a connection. Before each reply, it prints the messages that are
// answered.
type Answer struct {
	Out  *Output
	Conn *link.Conn
}

// Write writes whole frames.
func (a Answer) Write(p []byte) (int, error) {
	if err := a.Out.flush(); err != nil {
		return 0, err
	}
	return a.Conn.Write(p)
}

// OnlyConn returns the sink for s if s has the only connection of the Output. Large messages
// then pass through piece by piece as they arrive, if the Output's sink can take them so.
func OnlyConn(s *ConnSink) formats.Sink {
	if _, ok := s.Out.sink.(formats.Streamer); ok && !s.Wanted.NeedsPayload() {
		return &streamingSink{s}
	}
	return s
}

// A streamingSink is a ConnSink that is also a Streamer.
type streamingSink struct{ *ConnSink }

func (s *streamingSink) to() formats.Streamer { return s.Out.sink.(formats.Streamer) }

func (s *streamingSink) Stream(int64) (io.Writer, error) {
	w, err := s.to().Stream(s.Out.index)
	if err != nil {
		return nil, s.Out.fail(err)
	}
	s.From.SetStreaming(true)
	return outWriter{s.Out, w}, nil
}

func (s *streamingSink) Streamed(err error) error {
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

func (s *streamingSink) Where() string { return s.to().Where() }

// An outWriter writes a streamed body. An error of writing is an error of the Output.
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

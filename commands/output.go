package commands

import (
	"errors"
	"os"
	"sync"
	"time"

	"framecat/framing"

	"framecat/commands/internal/report"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
)

// An output is where the messages of all connections go, one at a time, so that they
// never mix. Its destination may be slow: then those who write wait, and read no more
// from their peers.
type output struct {
	mu    sync.Mutex
	sink  formats.Sink
	quiet bool // print nothing
	left  int64
	index int64       // of the next message, over all connections
	took  func(n int) // is told how many messages were taken; may be nil
	err   error       // of the destination; sticks

	ended chan struct{} // closed when nothing more is wanted
	once  sync.Once
}

func newOutput(s formats.Sink, left int64, quiet bool) *output {
	return &output{sink: s, left: left, quiet: quiet, ended: make(chan struct{})}
}

// Write takes the messages of a batch, as a sink does. errDone says that nothing more
// is wanted.
func (o *output) Write(b *framing.Batch, from formats.Origin) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.left == 0 {
		o.end()
		return 0, report.ErrDone
	}
	if o.left < int64(len(b.Frames)) {
		part := b.Slice(0, int(o.left))
		b = &part
	}
	if n = len(b.Frames); !o.quiet {
		n, err = o.print(b, from)
	}
	o.count(n)
	if err != nil && !errors.Is(err, framing.ErrPayload) {
		return n, o.fail(err)
	}
	if o.left == 0 {
		return n, o.finish()
	}
	return n, err
}

// count counts messages that were taken.
func (o *output) count(n int) {
	o.left -= int64(n)
	if o.took != nil && n > 0 {
		o.took(n)
	}
}

func (o *output) print(b *framing.Batch, from formats.Origin) (int, error) {
	if b.Silent && !o.sink.TakesSilent() {
		return len(b.Frames), nil
	}
	from.Index = o.index
	n, err := o.sink.Write(b, from)
	o.index += int64(n)
	return n, err
}

// finish is called when all that was asked for is there.
func (o *output) finish() error {
	if err := o.sink.Flush(); err != nil {
		return o.fail(err)
	}
	o.end()
	return report.ErrDone
}

func (o *output) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return report.ErrDone
	}
	if err := o.sink.Flush(); err != nil {
		return o.fail(err)
	}
	return nil
}

func (o *output) fail(err error) error {
	o.err = err
	o.end()
	return report.ErrDone
}

func (o *output) end() { o.once.Do(func() { close(o.ended) }) }

// failure reports, in the name of all, that the destination failed. It waits until over
// is closed, if that is not nil: then all is written. If the destination takes nothing, a
// write still waits for it: a run that was ended gives that up soon, another when a signal
// or --timeout ends it.
func (o *output) failure(r *report.Reporter, status error, over <-chan struct{}, signals <-chan os.Signal, timeout <-chan time.Time, after time.Duration) error {
	var late <-chan time.Time
	if status != nil {
		late = time.After(500 * time.Millisecond)
	}
	failed := make(chan error, 1)
	go func() {
		if over != nil {
			<-over
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		failed <- o.err
	}()
	select {
	case err := <-failed:
		if err == nil {
			return status
		}
		c := conversion{report: r}
		return c.ioFailure("standard output", err)
	case <-late:
		return status
	case <-timeout:
		return timeoutFailure(after)
	case s := <-signals:
		return interrupted(s)
	}
}

// A connSink takes the messages of one connection: they are printed, and then perhaps
// answered.
type connSink struct {
	from *link.Conn
	out  *output
	back formats.Sink // --echo or --exec; nil if neither
	bad  formats.Sink // of the last message that did not fit
}

func (s *connSink) TakesSilent() bool {
	return s.out.sink.TakesSilent() || s.back != nil && s.back.TakesSilent()
}

func (s *connSink) Inner() formats.Sink { return formats.Written(s.bad) }

func (s *connSink) Write(b *framing.Batch, o formats.Origin) (n int, err error) {
	s.bad = s.out.sink
	n, err = s.out.Write(b, o)
	if s.back == nil || n == 0 || b.Silent && !s.back.TakesSilent() {
		return n, err
	}
	if n < len(b.Frames) {
		part := b.Slice(0, n)
		b = &part
	}
	if m, e := s.back.Write(b, o); e != nil {
		s.bad = s.back
		return m, e
	}
	if err != nil { // the last of all: it is answered too
		s.back.Flush()
	}
	return n, err
}

// Fault shows a frame of the connection that could not be read.
func (s *connSink) Fault(from formats.Origin, r *framing.Reader, e *framing.Error) {
	o := s.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if f, ok := o.sink.(formats.FaultSink); ok && o.err == nil && o.left > 0 && !o.quiet {
		f.Fault(from, r, e)
	}
}

// Flush prints before it answers: what was answered must not be lost.
func (s *connSink) Flush() error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	if s.back != nil {
		return s.back.Flush()
	}
	return nil
}

// An answer is where the replies of --echo are written to: what they answer is printed
// before.
type answer struct {
	out *output
	c   *link.Conn
}

func (a answer) Write(p []byte) (int, error) {
	if err := a.out.Flush(); err != nil {
		return 0, err
	}
	return a.c.Write(p)
}

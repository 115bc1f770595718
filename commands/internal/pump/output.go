package pump

import (
	"errors"
	"os"
	"sync"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// An Output writes the messages of all connections to one sink, one batch at a time, so that
// they never mix. If the sink is slow, its callers wait, and read nothing from their peers
// meanwhile.
//
// An Output has one sink. With returns another Output, with its own sink, that shares all else.
type Output struct {
	*common
	sink formats.Sink
}

// A common is what the Outputs of one run share.
type common struct {
	Left    int64       // how many messages are still wanted
	OnTaken func(n int) // called with the number of messages that were taken; may be nil
	Quiet   bool        // print nothing

	Ended chan struct{} // closed when nothing more is wanted
	once  sync.Once

	mu    sync.Mutex
	last  formats.Sink // the sink that was written to last
	index int64        // of the next message, over all connections
	err   error        // of a sink; it stays
}

// NewOutput returns an Output that takes this many messages; NoLimit is all.
func NewOutput(s formats.Sink, left int64, quiet bool) *Output {
	return &Output{&common{Left: left, Quiet: quiet, Ended: make(chan struct{}), last: s}, s}
}

// With returns an Output that writes to another sink. Their messages are in the order in which
// they were written.
func (o *Output) With(s formats.Sink) *Output { return &Output{o.common, s} }

// write takes the messages of a batch, as a sink does, and prints those that meet the test. It
// returns report.ErrDone if nothing more is wanted.
func (o *Output) write(b *framing.Batch, from formats.Origin, where *FrameTest) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.Left == 0 {
		o.End()
		return 0, report.ErrDone
	}
	if o.last != o.sink {
		if err := o.last.Flush(); err != nil {
			return 0, o.fail(err)
		}
		o.last = o.sink
	}
	if where == nil {
		return o.take(b, from)
	}
	first := o.index
	for n < len(b.Frames) && err == nil {
		end, wanted := where.run(b, n, first)
		run := formats.Slice(b, n, end)
		took := len(run.Frames)
		if wanted {
			took, err = o.take(&run, from)
		} else if !run.Silent || o.sink.TakesSilent() {
			o.index += int64(took)
		}
		n += took
	}
	return n, err
}

// take takes messages that are wanted.
func (o *Output) take(b *framing.Batch, from formats.Origin) (n int, err error) {
	if o.Left < int64(len(b.Frames)) {
		part := formats.Slice(b, 0, int(o.Left))
		b = &part
	}
	if n = len(b.Frames); o.Quiet {
		o.index += int64(n)
	} else {
		n, err = o.print(b, from)
	}
	o.count(n)
	done := errors.Is(err, report.ErrDone) // the sink takes no more
	if err != nil && !done && !errors.Is(err, framing.ErrPayload) {
		return n, o.fail(err)
	}
	if o.Left == 0 || done {
		return n, o.finish()
	}
	return n, err
}

// count counts messages that were taken.
func (o *Output) count(n int) {
	o.Left -= int64(n)
	if o.OnTaken != nil && n > 0 {
		o.OnTaken(n)
	}
}

// print writes the messages of a batch to the sink.
func (o *Output) print(b *framing.Batch, from formats.Origin) (int, error) {
	if b.Silent && !o.sink.TakesSilent() {
		return len(b.Frames), nil
	}
	from.Index = o.index
	n, err := o.sink.Write(b, from)
	o.index += int64(n)
	return n, err
}

// fill passes on bytes between the frames of a connection.
func (o *Output) fill(b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if to, ok := o.sink.(formats.FillSink); ok && o.err == nil && o.Left > 0 && !o.Quiet {
		to.Fill(b)
	}
}

// Sent returns a function that shows the frames of f that are sent to a peer, or nil if they are
// not shown. It is to be called with all bytes before they are written. Each connection has its
// own.
func (o *Output) Sent(to formats.Sender, f framing.Framing) func(p []byte) {
	s, ok := o.sink.(formats.SentSink)
	if !ok || o.Quiet {
		return nil
	}
	show := s.Sent(to, f)
	return func(p []byte) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err != nil {
			return
		}
		show(p)
		if err := o.sink.Flush(); err != nil {
			o.fail(err)
		}
	}
}

// finish is called when all wanted messages were taken.
func (o *Output) finish() error {
	if err := o.sink.Flush(); err != nil {
		return o.fail(err)
	}
	o.End()
	return report.ErrDone
}

// flush writes what the sink has buffered.
func (o *Output) flush() error {
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

// fail keeps the error of the sink, for Failure.
func (o *Output) fail(err error) error {
	o.err = err
	o.End()
	return report.ErrDone
}

// End ends the Output: nothing more is wanted.
func (o *Output) End() { o.once.Do(func() { close(o.Ended) }) }

// Complete reports whether all messages that are wanted were written.
func (o *Output) Complete() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.Left == 0 && o.err == nil
}

// Failure ends a run and returns its failure. If the sink has failed, Failure reports that.
// Otherwise it returns status, the failure of the rest of the run.
//
// It first waits until all messages are written: until over is closed, unless over is nil. If
// the sink is blocked, that may last for ever. So it waits at most half a second if status is
// not nil, and otherwise until a signal or --timeout. A regular file does not block: a message
// that is being written to it is never cut.
func (o *Output) Failure(r *report.Reporter, status error, over <-chan struct{}, signals <-chan os.Signal, timeout <-chan time.Time, after time.Duration) error {
	var late <-chan time.Time
	if status != nil && !interrupt.IsRegular(r.Stdout) {
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
		return OutputFailure(r, "standard output", err)
	case <-late:
		return status
	case <-timeout:
		return report.TimedOut(after)
	case s := <-signals:
		return report.Interrupted(s)
	}
}

package pump

import (
	"errors"
	"os"
	"sync"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// An Output is where the messages of all connections go, one at a time, so that they
// never mix. Its destination may be slow: then those who write wait, and read no more
// from their peers.
type Output struct {
	mu    sync.Mutex
	sink  formats.Sink
	Quiet bool        // print nothing
	Left  int64       // how many messages are still wanted
	index int64       // of the next message, over all connections
	Took  func(n int) // called with the number of messages that were taken; may be nil
	err   error       // of the destination; sticks

	Ended chan struct{} // closed when nothing more is wanted
	once  sync.Once
}

func NewOutput(s formats.Sink, left int64, quiet bool) *Output {
	return &Output{sink: s, Left: left, Quiet: quiet, Ended: make(chan struct{})}
}

// Write takes the messages of a batch, as a sink does. errDone says that nothing more
// is wanted.
func (o *Output) Write(b *framing.Batch, from formats.Origin) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.Left == 0 {
		o.End()
		return 0, report.ErrDone
	}
	if o.Left < int64(len(b.Frames)) {
		part := b.Slice(0, int(o.Left))
		b = &part
	}
	if n = len(b.Frames); !o.Quiet {
		n, err = o.print(b, from)
	}
	o.count(n)
	if err != nil && !errors.Is(err, framing.ErrPayload) {
		return n, o.fail(err)
	}
	if o.Left == 0 {
		return n, o.finish()
	}
	return n, err
}

// count counts messages that were taken.
func (o *Output) count(n int) {
	o.Left -= int64(n)
	if o.Took != nil && n > 0 {
		o.Took(n)
	}
}

func (o *Output) print(b *framing.Batch, from formats.Origin) (int, error) {
	if b.Silent && !o.sink.TakesSilent() {
		return len(b.Frames), nil
	}
	from.Index = o.index
	n, err := o.sink.Write(b, from)
	o.index += int64(n)
	return n, err
}

// finish is called when all that was asked for is there.
func (o *Output) finish() error {
	if err := o.sink.Flush(); err != nil {
		return o.fail(err)
	}
	o.End()
	return report.ErrDone
}

func (o *Output) Flush() error {
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

func (o *Output) fail(err error) error {
	o.err = err
	o.End()
	return report.ErrDone
}

// End says that nothing more is wanted.
func (o *Output) End() { o.once.Do(func() { close(o.Ended) }) }

// Failure reports, in the name of all, that the destination failed. It waits until over
// is closed, if that is not nil: then all is written. If the destination takes nothing, a
// write still waits for it: a run that was ended gives that up soon, another when a signal
// or --timeout ends it.
func (o *Output) Failure(r *report.Reporter, status error, over <-chan struct{}, signals <-chan os.Signal, timeout <-chan time.Time, after time.Duration) error {
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
		return OutputFailure(r, "standard output", err)
	case <-late:
		return status
	case <-timeout:
		return report.TimedOut(after)
	case s := <-signals:
		return report.Interrupted(s)
	}
}

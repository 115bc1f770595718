package views

import (
	"cmp"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/interrupt"
	"framecat/framing"
)

// A Watch shows the messages of connections while they are relayed. Take takes what happens; it is
// to be called from one goroutine. If the output fails, the Watch takes and shows nothing more.
type Watch struct {
	mu     sync.Mutex
	t      *timeline
	out    *keptError
	over   bool
	failed error         // of the output
	stop   chan struct{} // closed by End

	// What End returns, after the last event: End cannot wait for an output that is blocked.
	messages, malformed, leftover atomic.Int64
}

// A keptError is a writer that keeps its first error.
type keptError struct {
	io.Writer
	err error
}

func (w *keptError) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	w.err = cmp.Or(w.err, err)
	return n, err
}

// NewWatch returns a Watch that writes to out, or adds all to Options.Page. Sides are the framings of what clients send, and of
// what comes back. Of the Options, those about inputs are not used.
func NewWatch(out *os.File, o Options, sides [2]Side) *Watch {
	o.Skip, o.Auto = true, sides[0].Auto || sides[1].Auto
	kept := &keptError{Writer: (*interrupt.Gate)(nil).NewOutput(out)}
	i := &inspection{Options: o, out: kept}
	switch {
	case o.Page != nil:
		i.to = &pageView{page: o.Page}
	case o.JSON:
		i.to = &jsonView{out: i.out, framing: func() (*framing.Entry, framing.Framing) { return nil, nil }, embed: o.Embed}
	case o.Lines != nil:
		i.to = &lineView{out: i.out, LineOptions: *o.Lines}
	default:
		i.hex = newHexView(i.out, o.View)
		i.to = i.hex
	}
	w := &Watch{t: &timeline{inspection: i, sides: &sides}, out: kept, stop: make(chan struct{})}
	w.t.engine = conversation.Engine{Watcher: w.t, Max: i.Max, Resync: true, Unusual: w.t.unusual}
	if o.Auto {
		go conversation.Settling(w.stop, w.settle)
	}
	if framing.PauseOf(sides[0].Framing)+framing.PauseOf(sides[1].Framing) > 0 {
		go w.endPauses()
	}
	return w
}

// slack is how much longer than a pause a Watch waits before it shows the frame that the pause ends. Events
// carry the times when bytes came; they may be taken later.
const slack = 250 * time.Millisecond

// endPauses shows frames that a pause ends, while nothing happens.
func (w *Watch) endPauses() {
	tick := time.NewTicker(slack / 2)
	defer tick.Stop()
	for {
		select {
		case <-w.stop:
			return
		case now := <-tick.C:
			w.look(func() error { return w.t.engine.Quiet(now.Add(-slack)) })
		}
	}
}

// Take takes an event.
func (w *Watch) Take(e capture.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.over = w.t.engine.Take(e) != nil || w.out.err != nil
	}
	if w.over {
		w.flush()
	}
	w.count()
}

// count keeps the counts for End.
func (w *Watch) count() {
	t := &w.t.tally
	w.messages.Store(t.Frames)
	w.malformed.Store(t.Errors)
	w.leftover.Store(t.Leftover)
}

// Idle writes what is buffered.
func (w *Watch) Idle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
}

// flush writes what is buffered.
func (w *Watch) flush() {
	if err := cmp.Or(w.t.to.flush(), w.out.err); err != nil {
		w.over, w.failed = true, cmp.Or(w.failed, err)
	}
}

// Over reports whether the Watch takes and shows nothing more.
func (w *Watch) Over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

// Failed returns the error of the output, if it failed before End.
func (w *Watch) Failed() error {
	if !w.mu.TryLock() { // the output is blocked
		return nil
	}
	defer w.mu.Unlock()
	return w.failed
}

// settle decides which framings the connections have whose first bytes are held for too long.
func (w *Watch) settle(before time.Time) {
	w.look(func() error { return w.t.engine.Settle(before) })
}

// look calls a function that looks at what was taken, and shows what it finds.
func (w *Watch) look(at func() error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over && at() != nil {
		w.over = true
	}
	w.count()
	w.flush()
}

// End ends the Watch. It returns how many messages were shown, how many frames were malformed, and
// how many bytes are of frames that did not end. If the output is blocked, the event that is being shown
// does not count.
func (w *Watch) End() (messages, malformed, leftover int64) {
	close(w.stop)
	if w.mu.TryLock() {
		defer w.mu.Unlock()
		if p, ok := w.t.to.(*pageView); ok {
			p.close()
		}
		w.flush()
		w.count()
	}
	return w.messages.Load(), w.malformed.Load(), w.leftover.Load()
}

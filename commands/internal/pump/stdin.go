package pump

import (
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// settled is how long standard input brings nothing before it is no longer waited for.
const settled = 250 * time.Millisecond

// Stdin is the state of the messages that come from standard input, or from what replaces
// it.
type Stdin struct {
	Over chan struct{} // closed at its end
	Err  error         // its failure; set before Over is closed

	waits atomic.Int64 // since when it brings nothing, in Unix nanoseconds; 0 while it does
}

// NewStdin returns the state of an input that has not ended.
func NewStdin() *Stdin { return &Stdin{Over: make(chan struct{})} }

// Waits says that the input is being waited for, from now on.
func (s *Stdin) Waits() { s.waits.Store(time.Now().UnixNano()) }

// Result is the failure of an input that has ended.
func (s *Stdin) Result() error {
	select {
	case <-s.Over:
		return s.Err
	default:
		return nil
	}
}

// Wait returns when all messages that the input has for now were sent, or when stop is
// closed.
func (s *Stdin) Wait(stop <-chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.Over:
			return
		case <-stop:
			return
		case now := <-tick.C:
			if since := s.waits.Load(); since != 0 && now.UnixNano()-since > int64(settled) {
				return
			}
		}
	}
}

// Settle is Wait, but it returns soon if the input always has more.
func (s *Stdin) Settle(stop <-chan struct{}) {
	enough := make(chan struct{})
	timer := time.AfterFunc(4*settled, func() { close(enough) })
	defer timer.Stop()
	select {
	case <-stop:
	default:
		s.Wait(enough)
	}
}

// Sink returns a sink that writes to frames, and keeps the state of the input.
func (s *Stdin) Sink(frames *formats.FrameSink) formats.Sink { return &stdinSink{frames, s} }

type stdinSink struct {
	*formats.FrameSink
	state *Stdin
}

func (s *stdinSink) Inner() formats.Sink { return s.FrameSink }

func (s *stdinSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	s.state.waits.Store(0)
	return s.FrameSink.Write(b, o)
}

func (s *stdinSink) Flush() error {
	err := s.FrameSink.Flush()
	s.state.Waits()
	return err
}

package pump

import (
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// silence is how long standard input must be silent until nothing more is expected from it.
const silence = 250 * time.Millisecond

// Stdin is the state of an input with our messages: standard input, or the inputs that replace
// it.
type Stdin struct {
	Over chan struct{} // closed when the input has ended
	Err  error         // the failure of the input; set before Over is closed

	silentSince atomic.Int64 // in Unix nanoseconds; 0 while messages come
}

// NewStdin returns the state of an input that has not ended.
func NewStdin() *Stdin { return &Stdin{Over: make(chan struct{})} }

// MarkSilent records that the input is silent from now on.
func (s *Stdin) MarkSilent() { s.silentSince.Store(time.Now().UnixNano()) }

// Result returns the failure of an input that has ended. It is nil before the end.
func (s *Stdin) Result() error {
	select {
	case <-s.Over:
		return s.Err
	default:
		return nil
	}
}

// Ended reports whether the input has ended.
func (s *Stdin) Ended() bool {
	select {
	case <-s.Over:
		return true
	default:
		return false
	}
}

// Wait returns when the input has ended or is silent: all messages that it has for now were
// sent. It also returns when stop is closed.
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
			if since := s.silentSince.Load(); since != 0 && now.UnixNano()-since > int64(silence) {
				return
			}
		}
	}
}

// WaitBriefly is Wait for at most a second, for an input that may always have more.
func (s *Stdin) WaitBriefly(stop <-chan struct{}) {
	enough := make(chan struct{})
	timer := time.AfterFunc(4*silence, func() { close(enough) })
	defer timer.Stop()
	select {
	case <-stop:
	default:
		s.Wait(enough)
	}
}

// Sink returns a sink that writes to another, and records when the input is silent.
func (s *Stdin) Sink(to formats.Sink) formats.Sink { return &stdinSink{to, s} }

type stdinSink struct {
	formats.Sink
	state *Stdin
}

func (s *stdinSink) Inner() formats.Sink { return formats.Innermost(s.Sink) }

func (s *stdinSink) Fill(b []byte) {
	if to, ok := s.Sink.(formats.FillSink); ok {
		to.Fill(b)
	}
}

func (s *stdinSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	s.state.silentSince.Store(0)
	return s.Sink.Write(b, o)
}

func (s *stdinSink) Flush() error {
	err := s.Sink.Flush()
	s.state.MarkSilent()
	return err
}

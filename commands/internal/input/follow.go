package input

import (
	"cmp"
	"io"

	"framecat/commands/internal/capture"
)

// Follow reads a capture that was recognised once, as it arrives, and calls f for what happened in
// it, in the order of the packets. It passes over what was not chosen. Before a read that may
// wait, it calls idle.
func (in Input) Follow(idle func() error, f func(capture.Event) error) error {
	src := in.known.src
	defer src.Close()
	from := &idleReader{in.work.gate().Reader(in.sound()), idle}
	err := capture.Follow(from, in.known.kind, in.limits(), func(e capture.Event) error {
		if in.choice.passesOver(e) {
			return nil
		}
		return f(e)
	})
	return cmp.Or(in.packed.damage(), err)
}

// passesOver reports whether an event is about a stream or a direction that was not chosen.
func (ch Choice) passesOver(e capture.Event) bool {
	if ch.Stream >= 0 && ch.Stream != int64(e.Stream) {
		return true
	}
	apart := e.Kind == capture.Bytes || e.Kind == capture.Lost || e.Kind == capture.Closed
	return apart && ch.Direction != "" && ch.Direction != capture.Directions[e.Dir]
}

// An idleReader calls idle before each read.
type idleReader struct {
	from io.Reader
	idle func() error
}

func (r *idleReader) Read(p []byte) (int, error) {
	if err := r.idle(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

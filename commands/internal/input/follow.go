package input

import (
	"cmp"
	"io"

	"framecat/commands/internal/capture"
)

// Follow reads a capture once, as it arrives, and calls f for what happened in it, in the order of
// the packets. Of streams that are not chosen, nothing is said. Before a read that may wait, it
// calls idle. Ok is false if the input is not a capture: it can then be read in other ways, by the
// input that is returned.
func (in Input) Follow(ch Choice, idle func() error, f func(capture.Event) error) (rest Input, ok bool, err error) {
	gate := in.work.gate()
	gate.Leave() // the start of a pipe must arrive
	src, err := in.openFile()
	var kind capture.Kind
	if err == nil && ch.Kind != "raw" {
		if err = in.look(src.file, ch); err == nil {
			kind, err = in.kindOf(ch.Kind)
		}
	}
	gate.Enter()
	if err != nil || kind == capture.Raw {
		in.file = src.file // it is not opened again
		return in, false, err
	}
	defer src.Close()
	from := &idleReader{gate.Reader(in.sound()), idle}
	err = capture.Follow(from, kind, in.limits(), func(e capture.Event) error {
		if ch.Stream >= 0 && ch.Stream != int64(e.Stream) {
			return nil
		}
		if isAbout := e.Kind == capture.Bytes || e.Kind == capture.Lost || e.Kind == capture.Closed; isAbout && ch.Direction != "" && ch.Direction != capture.Directions[e.Dir] {
			return nil
		}
		return f(e)
	})
	return in, true, cmp.Or(in.packed.damage(), err)
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

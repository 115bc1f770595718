package conversation

import (
	"bytes"
	"errors"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/pump"
)

// A Finder is a Watcher that finds framings. Its Open may set Direction.Finding.
type Finder interface {
	// Find looks for the framing of a direction in its first bytes. Last means that it must
	// decide now, and ended that these are all bytes. It returns whether it has decided, and how
	// many bytes come before the first frame. It has set the Framing of the direction then, unless
	// there is none.
	Find(d *Direction, h Handler, start []byte, last, ended bool) (decided bool, skip int, err error)
}

// startSize is how many bytes of a stream are held at most while the framing of one of its
// directions is being found.
const startSize = 64 << 10

// A start is the beginning of a stream, while the framing of one of its directions is being found.
// The events of both directions are held, so that they keep their order.
type start struct {
	held []heldEvent
	size int // bytes in held
}

// A heldEvent is an event, and the latest time of all events by then.
type heldEvent struct {
	capture.Event
	now time.Time
}

// mostTries is how often the framing of a direction is looked for again, after a pause in which it was
// not found.
const mostTries = 3

// hold holds an event while a framing is being found. It returns false if none is: the event is
// then to be taken.
func (e *Engine) hold(s *Stream, d *Direction, v capture.Event) (bool, error) {
	if v.Kind == capture.Bytes || v.Kind == capture.Lost {
		if err := e.begin(d); err != nil {
			return false, err
		}
	}
	if v.Kind == capture.Bytes && d.unsettled && d.tries < mostTries {
		handler, tries := d.handler, d.tries
		*d = d.anew()
		d.Finding, d.handler, d.tries = true, handler, tries+1
	}
	if !s.finding() {
		return false, nil
	}
	if hello, _ := pump.BeginsTLS(v.Data, nil); hello && v.Dir == 0 && v.Kind == capture.Bytes {
		for i := range s.Dirs { // what came before is all of it
			if d := &s.Dirs[i]; len(d.start) > 0 {
				if err := e.look(d, true, true); err != nil {
					return true, err
				}
			}
		}
		if !s.finding() {
			if err := e.replay(s); err != nil || !s.finding() {
				return false, err
			}
		}
	}
	v.Data = bytes.Clone(v.Data)
	s.start.held = append(s.start.held, heldEvent{v, e.now})
	s.start.size += len(v.Data) + 64 // with what an event takes
	if v.Kind == capture.Bytes && d.Finding {
		d.start = append(d.start, v.Data...)
	}
	switch {
	case v.Kind == capture.Ended || s.start.size >= startSize:
		for i := range s.Dirs {
			if err := e.look(&s.Dirs[i], true, v.Kind == capture.Ended); err != nil {
				return true, err
			}
		}
	case v.Kind == capture.Bytes && d.Finding:
		if len(d.start) >= 2*d.looked {
			if err := e.look(d, false, false); err != nil {
				return true, err
			}
		}
	case v.Kind == capture.Lost || v.Kind == capture.Closed:
		if err := e.look(d, true, v.Kind == capture.Closed); err != nil {
			return true, err
		}
	}
	// What was found in one direction may decide the other.
	for i := range s.Dirs {
		if other := &s.Dirs[1-i]; s.Dirs[i].Finding && len(s.Dirs[i].start) > 0 && other.Framing != nil && !other.Finding {
			if err := e.look(&s.Dirs[i], false, false); err != nil {
				return true, err
			}
		}
	}
	if s.finding() {
		return true, nil
	}
	return true, e.replay(s)
}

// ErrFind is an error of Handler.Skipped: the framing of the direction, which was found, fits no more,
// and is to be found anew in the bytes that the Reader has in its buffer, and those after them.
var ErrFind = errors.New("the framing is to be found anew")

// findAgain finds the framing of a direction anew, in the bytes that were not read. Ended means that
// these are all.
func (e *Engine) findAgain(d *Direction, rest []byte, ended bool) error {
	e.free(d)
	d.offset -= int64(len(rest))
	handler := d.handler
	*d = d.anew()
	d.Finding, d.handler = true, handler
	v := capture.Event{Kind: capture.Bytes, Stream: d.Stream.Index, Dir: d.Dir, At: d.at, Data: rest}
	if !ended {
		return e.deliver(d.Stream, v)
	}
	d.start = rest
	err := e.look(d, true, true)
	if err == nil {
		err = e.bytes(d, v)
	}
	if err == nil && !d.over {
		err = e.run(d, feed{ended: true})
	}
	return err
}

// finding reports whether the framing of a direction is being found.
func (s *Stream) finding() bool { return s.Dirs[0].Finding || s.Dirs[1].Finding }

// look looks for the framing of a direction.
func (e *Engine) look(d *Direction, last, ended bool) error {
	if !d.Finding {
		return nil
	}
	d.looked = len(d.start)
	decided, skip, err := e.Watcher.(Finder).Find(d, d.handler, d.start, last, ended)
	if decided || err != nil {
		d.Finding, d.start, d.skip = false, nil, d.base+int64(skip)
		d.over = d.Framing == nil
	}
	return err
}

// replay takes the events that were held.
func (e *Engine) replay(s *Stream) error {
	now, held := e.now, s.start.held
	s.start = start{}
	defer func() { e.now = now }()
	for i := range held {
		e.now = held[i].now
		if err := e.deliver(s, held[i].Event); err != nil {
			return err
		}
		held[i].Data = nil
	}
	return nil
}

// Settle decides which framings the streams have whose first bytes came before a time, and are
// still held. A source that is live calls it now and then, so that a pause does not hide what came.
func (e *Engine) Settle(before time.Time) error {
	for _, s := range e.streams {
		if len(s.start.held) == 0 || !s.start.held[0].At.Before(before) {
			continue
		}
		var unsettled [2]bool
		for i := range s.Dirs {
			d := &s.Dirs[i]
			unsettled[i] = d.Finding && len(d.start) > 0
			if err := e.look(d, true, false); err != nil {
				return err
			}
		}
		if err := e.replay(s); err != nil {
			return err
		}
		for i := range s.Dirs {
			s.Dirs[i].unsettled = unsettled[i] && s.Dirs[i].Framing == nil
		}
	}
	return nil
}

// settleTime is how long the first bytes of a connection are held at most while their framing is
// being found. Then the best guess must do, or the bytes are shown without a framing.
const settleTime = 2 * time.Second

// Settling calls settle now and then until stop is closed, with the time for Engine.Settle.
func Settling(stop <-chan struct{}, settle func(before time.Time)) {
	tick := time.NewTicker(settleTime / 8)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			settle(now.Add(-settleTime))
		}
	}
}

// passOver passes over the bytes before the first frame. It returns the others.
func (d *Direction) passOver(b []byte) []byte {
	n := min(int64(len(b)), d.skip-d.from)
	if n <= 0 {
		return b
	}
	d.handler.Undecoded(d.from, b[:n])
	return b[n:]
}

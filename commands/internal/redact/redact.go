// Package redact hides values in messages before they are shown or recorded: it overwrites them
// with bytes * of the same number.
//
// A Redactor is put between a source of events, such as a relay, and what takes them: it takes each
// event, finds the frames, and passes the event on with its time and with other bytes. Only bytes of
// a whole frame are passed on as they are, less what the Rules name. So bytes are held until their
// frame is complete. All others are passed on as *: those between frames and of malformed or
// unfinished ones, and those whose framing is not found.
//
//	read     |-- frame --|-- fra | me --|-- frame too long …
//	passed   |-- fr**e --|  then |-- f**me --|  ***********
//
// Start with ReadRules, Rules.Check and New.
package redact

import (
	"sync"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/parts"
	"framecat/commands/internal/pump"
	"framecat/framing"
)

// A Side is the framing of a direction.
type Side struct {
	Framing framing.Framing
	Kind    *framing.Entry // the row of Framing; nil if it has none
	Auto    bool           // find the framing
}

// mostHeld limits a frame that is held where nothing else does.
const mostHeld = 16 << 20

// A Redactor redacts what happens on connections. Its methods may be called from several
// goroutines.
type Redactor struct {
	rules *Rules
	sides [2]Side
	masks [2][]parts.Mask
	take  func(capture.Event)
	stop  chan struct{} // closed by End

	mu      sync.Mutex
	engine  conversation.Engine
	guesses pump.Guesses
	streams map[int]*streamFlows
	failed  bool // no frames are searched any more
}

// New returns a Redactor that passes events on to take. Sides are the framings of what clients
// send, and of what comes back. Frames whose payload is longer than max are not held; -1 is no
// limit of the user's. The rules were checked with these sides.
func New(rules *Rules, sides [2]Side, max int64, take func(capture.Event)) *Redactor {
	masks, _ := rules.masks(sides)
	if max < 0 {
		max = mostHeld
	}
	r := &Redactor{rules: rules, sides: sides, masks: masks, take: take, stop: make(chan struct{}), streams: map[int]*streamFlows{}}
	r.engine = conversation.Engine{Watcher: r, Max: max, Resync: true}
	if sides[0].Auto || sides[1].Auto {
		go conversation.Settling(r.stop, r.settle)
	}
	return r
}

// Take takes an event.
func (r *Redactor) Take(e capture.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.streams[e.Stream]
	if e.Kind == capture.Opened {
		s = &streamFlows{{redactor: r}, {redactor: r}}
		r.streams[e.Stream] = s
	}
	if s == nil {
		return
	}
	if e.Kind == capture.Bytes || e.Kind == capture.Lost {
		s[e.Dir].hold(e)
	}
	if !r.failed {
		r.failed = r.engine.Take(e) != nil
	}
	if r.failed {
		s.over(e)
		return
	}
	if s = r.streams[e.Stream]; s != nil {
		s[0].pass()
		s[1].pass()
	}
}

// settle decides which framings the streams have whose first bytes came before a time.
func (r *Redactor) settle(before time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.failed {
		r.failed = r.engine.Settle(before) != nil
	}
	for _, s := range r.streams {
		s[0].pass()
		s[1].pass()
	}
}

// End ends the Redactor. What is held is not passed on: the connection has not ended.
func (r *Redactor) End() { close(r.stop) }

// Open returns the Handler of a direction.
func (r *Redactor) Open(d *conversation.Direction) (conversation.Handler, error) {
	side, rules, masks := r.sides[d.Dir], r.rules, r.masks[d.Dir]
	if d.Stream.Upgraded != "" {
		spec := d.Stream.Spec()
		if side, masks = (Side{Auto: spec == ""}), nil; spec != "" {
			side.Framing, _ = framing.Parse(spec)
			side.Kind = framing.Lookup(spec)
		}
		if d.Stream.Upgraded == conversation.TLS { // no byte of a message is at its place
			rules = &Rules{parts.Names{Patterns: rules.Patterns}}
		}
	}
	if d.Finding = side.Auto; !d.Finding {
		d.Framing, d.Entry = side.Framing, side.Kind
	}
	f := &r.streams[d.Stream.Index][d.Dir]
	f.d, f.frames = d, frameRedactor{rules: rules, masks: masks}
	return f, nil
}

// Find finds the framing of a direction from its first bytes.
func (r *Redactor) Find(d *conversation.Direction, _ conversation.Handler, start []byte, last, ended bool) (decided bool, skip int, err error) {
	found := r.guesses.Of(d.Stream.Server, capture.Directions[d.Dir], start, last, ended)
	if !found.Found() {
		return last, 0, nil
	}
	best := found.All[0]
	d.Framing, err = framing.Parse(best.Spec)
	d.Entry = best.Entry
	return true, best.Start, err
}

// Happened passes on all events but those of bytes, after what was held before them.
func (r *Redactor) Happened(_ *conversation.Stream, e capture.Event) error {
	s := r.streams[e.Stream]
	switch e.Kind {
	case capture.Opened:
		r.take(e)
	case capture.Lost:
		s[e.Dir].lost()
	case capture.Closed:
		s[e.Dir].hide()
		r.take(e)
	case capture.Reset, capture.Ended:
		s[0].hide()
		s[1].hide()
		if r.take(e); e.Kind == capture.Ended {
			delete(r.streams, e.Stream)
		}
	}
	return nil
}

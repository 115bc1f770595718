package replay

import (
	"bytes"
	"errors"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// readCapture reads the messages of a capture.
func (t *Tape) readCapture(in input.Input, o Options) error {
	var r recorded
	err := in.Follow(func() error { return nil }, func(e capture.Event) error {
		t.recorded = max(t.recorded, e.Stream+1)
		if o.chosen(e.Stream) {
			r.take(e)
		}
		return nil
	})
	if err != nil && (len(r.events) == 0 || !capture.IsDamage(err)) {
		return t.unreadable(err)
	}
	if err != nil {
		t.damage = append(t.damage, err.Error())
	}
	if r.redacted {
		t.damage = append(t.damage, capture.Redacted)
	}
	if len(r.starts) == 0 {
		return t.notThere(&o)
	}
	if !r.named && o.Direction == capture.Directions[Server] {
		r.turn()
	}
	if err := t.findSides(r.starts, &o); err != nil {
		return err
	}
	c := &collector{tape: t, direction: o.Direction, upgrade: map[int]string{}}
	for _, s := range r.starts {
		c.upgrade[s.index] = s.refused
	}
	c.engine = conversation.Engine{Watcher: c, Max: o.Max, Resync: true}
	for i := range r.events {
		if err := c.engine.Take(r.events[i]); err != nil {
			return err
		}
		r.events[i].Data = nil // the messages have it now
	}
	for _, s := range c.all {
		if len(s.Messages) > 0 || s.refused != "" {
			t.Streams = append(t.Streams, s)
		}
	}
	if len(t.Streams) == 0 {
		if err := t.Check(false); err != nil {
			return err
		}
		for _, s := range c.all {
			t.damage = append(t.damage, s.damage...)
		}
		return t.notThere(&o)
	}
	return nil
}

// recorded are the events of a capture. They are held, because the framings are found from all of the first
// bytes of a direction.
type recorded struct {
	events   []capture.Event
	starts   []*start
	open     map[int]*start
	redacted bool
	named    bool // the ends are known; otherwise it is a dump of one direction
}

// turn makes the only direction that of the server.
func (r *recorded) turn() {
	for i := range r.events {
		r.events[i].Dir = Server
	}
	for _, s := range r.starts {
		s.bytes[Client], s.bytes[Server] = nil, s.bytes[Client]
	}
}

// A start is how a stream begins.
type start struct {
	index   int
	server  string
	bytes   [2][]byte
	whole   [2]bool // these are all bytes of the direction
	refused string
}

func (r *recorded) take(e capture.Event) {
	e.Data = bytes.Clone(e.Data)
	r.events = append(r.events, e)
	switch e.Kind {
	case capture.Opened:
		if r.open == nil {
			r.open = map[int]*start{}
		}
		r.open[e.Stream] = &start{index: e.Stream, server: e.Server, whole: [2]bool{true, true}}
		r.redacted = r.redacted || capture.IsRedacted(e.Comment)
		r.named = r.named || e.Client != ""
	case capture.Bytes:
		r.named = r.named || e.Dir == Server
		s := r.open[e.Stream]
		if len(s.bytes[0])+len(s.bytes[1]) == 0 {
			r.starts = append(r.starts, s)
		}
		b := &s.bytes[e.Dir]
		n := min(len(e.Data), input.DetectSize-len(*b))
		*b = append(*b, e.Data[:n]...)
		s.whole[e.Dir] = s.whole[e.Dir] && n == len(e.Data)
	case capture.Lost:
		if s := r.open[e.Stream]; s != nil { // what follows is no start
			s.whole[e.Dir] = false
		}
	}
}

// A collector collects the messages of a capture. It is the Watcher of an Engine.
type collector struct {
	tape      *Tape
	engine    conversation.Engine
	direction string
	upgrade   map[int]string // why streams are refused
	all       []*Stream
	open      map[int]*Stream
}

// Happened notes when a stream begins, and which side closes it first.
func (c *collector) Happened(s *conversation.Stream, e capture.Event) error {
	switch e.Kind {
	case capture.Opened:
		if c.open == nil {
			c.open = map[int]*Stream{}
		}
		one := &Stream{Index: s.Index, began: e.At, refused: c.upgrade[s.Index]}
		c.open[s.Index] = one
		c.all = append(c.all, one)
	case capture.Closed:
		if one := c.open[s.Index]; !one.closed {
			if one.closed = true; e.Dir == Server {
				one.Closed = &Closing{len(one.Messages), one.since(e.At)}
			}
		}
	case capture.Ended:
		delete(c.open, s.Index)
	}
	return nil
}

// Open returns the Handler of a direction.
func (c *collector) Open(d *conversation.Direction) (conversation.Handler, error) {
	s := c.open[d.Stream.Index]
	if d.Stream.Upgraded == "" && s.refused == "" && (c.direction == "" || c.direction == capture.Directions[d.Dir]) {
		side := c.tape.Sides[d.Dir]
		d.Framing, d.Entry = side.Framing, side.Kind
		d.Finding = side.Kind.Details().Traits().Upgrade != "" // an HTTP head may come first
	}
	return &listener{s, d}, nil
}

// Find finds the head of HTTP before the frames.
func (c *collector) Find(d *conversation.Direction, _ conversation.Handler, start []byte, last, _ bool) (decided bool, skip int, err error) {
	skip, ok := conversation.HTTPHead(start, d.Dir)
	if !ok {
		skip = 0
	}
	return ok || last, skip, nil
}

// A listener adds the messages of one direction to a stream.
type listener struct {
	stream *Stream
	d      *conversation.Direction
}

func (l *listener) Next(r *framing.Reader) error {
	f, err := r.Next()
	if err != nil {
		return err
	}
	_, last, _ := l.d.Came(&f)
	l.stream.add(l.d.Dir, f, last)
	return l.d.Saw(&f)
}

func (l *listener) Fault(r *framing.Reader, e *framing.Error) error {
	if e.Fault == framing.Truncated {
		l.stream.note(l.d.Dir, "it ends inside a frame, after %s of frame %d", report.Count(e.Have, "byte"), e.Frame)
		return report.ErrDone
	}
	l.stream.note(l.d.Dir, "%s", e)
	return nil
}

func (l *listener) Gap(_ *framing.Reader, g *capture.Gap) error {
	l.stream.note(l.d.Dir, "byte %d: %s", g.Offset, g)
	return nil
}

func (l *listener) Skipped(_ *framing.Reader, _ int64, err error) error {
	var gap *capture.Gap
	if err != nil && !errors.As(err, &gap) {
		return report.ErrDone
	}
	return nil
}

// Fill passes over bytes between frames: they carry nothing.
func (l *listener) Fill(int64, []byte) {}

// Undecoded keeps the head of HTTP.
func (l *listener) Undecoded(offset int64, b []byte) {
	if l.d.Framing != nil && l.d.Stream.Upgraded == "" && offset < l.d.Skip() {
		l.stream.Heads[l.d.Dir] = append(l.stream.Heads[l.d.Dir], b...)
	}
}

func (l *listener) Upgraded(to string) {
	l.stream.refuse(to)
}

// refuse notes that a stream changes to another protocol.
func (s *Stream) refuse(to string) {
	switch s.refused = "it changes to " + to; to {
	case conversation.TLS:
		s.refused += ", after which all is encrypted"
	case "":
		s.refused = "it changes to another protocol"
	}
}

func (l *listener) Ended() {}

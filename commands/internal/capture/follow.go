package capture

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"time"
)

// Follow reads a recording once, as it arrives, and calls f for what happened, in the order of
// the packets. So messages of many streams can be shown in their order, also while they are
// recorded: tcpdump -U -w - | … . Nothing is copied to a file.
//
// Streams count as those of Open do. Memory follows what is open, not what has passed. A gap
// is found when the receiver has acknowledged later bytes, and the missing ones did not come
// for a second.
//
// Kind is Pcap or Hexdump. A dump that does not print packets has no times; its streams come
// one after another. Follow returns the errors of Open, then that of f, or the *FileError or
// *SyntaxError at which the recording ends.
func Follow(r io.Reader, kind Kind, most Limits, f func(Event) error) error {
	if kind != Pcap {
		return followText(r, most, f)
	}
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(pcapHeader)
	if err != nil && err != io.EOF {
		return err
	}
	open, err := pcapOpener(head)
	if err != nil {
		return err
	}
	return followPackets(open(file{Reader: b}), f)
}

// followText follows a dump.
func followText(r io.Reader, most Limits, f func(Event) error) error {
	c, err := Open(r, Hexdump, most)
	if err != nil {
		return err
	}
	defer c.Close()
	if t, ok := c.recording.(*traffic); ok {
		in, err := t.open(0)
		if err != nil {
			return err
		}
		return followPackets(in, f)
	}
	for i, s := range c.Streams() {
		if err := f(Event{Stream: i, Kind: Opened, At: s.Start, Client: s.Client, Server: s.Server}); err != nil {
			return err
		}
		for dir := range s.Dirs {
			if err := followSource(c.Read(RefOf(i, dir)), Event{Stream: i, Dir: dir}, f); err != nil {
				return err
			}
		}
		if err := f(Event{Stream: i, Kind: Ended}); err != nil {
			return err
		}
	}
	return c.Damage()
}

// followSource calls f for the bytes and gaps of one direction, which of names, and for its end.
func followSource(src *Source, of Event, f func(Event) error) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		e := of
		var gap *Gap
		switch {
		case err == nil:
			e.Kind, e.Data = Bytes, buf[:n]
		case errors.As(err, &gap):
			e.Kind, e.Lost = Lost, gap.Bytes
		case err == io.EOF:
			e.Kind = Closed
			return f(e)
		default:
			return err
		}
		if err := f(e); err != nil {
			return err
		}
	}
}

// A follower turns segments into events.
type follower struct {
	conns
	emit func(Event) error
	err  error // of emit; nothing is emitted after it
	now  int64 // the time of the segment that is being taken
	n    int   // connections so far
}

// followPackets calls f for what happened in the packets of a recording.
func followPackets(in packets, f func(Event) error) error {
	w := &follower{conns: conns{open: map[pair]*conn{}}, emit: f}
	w.ended = w.end
	var d decoder
	for {
		p, err := in.next()
		if err != nil {
			w.finishAll()
			switch {
			case w.err != nil:
				return w.err
			case err != io.EOF:
				return err
			case w.n == 0:
				return d.noSegments()
			}
			return nil
		}
		if s := d.decode(p); s != nil {
			w.take(s)
		}
		if w.err != nil {
			return w.err
		}
	}
}

// take takes a segment, and emits what it brought.
func (w *follower) take(s *segment) {
	w.now = max(w.now, s.at)
	c, side, fresh := w.of(s)
	if fresh {
		c.watched = &watched{follower: w, index: w.n}
		for i := range c.halves {
			c.halves[i].to = &outlet{c, i}
		}
		w.n++
	}
	if s.syn {
		c.announce()
	}
	c.take(s, side)
	for i := range c.halves {
		c.halves[i].giveUp(w.now)
		c.close(i)
	}
	if s.rst {
		c.event(side, Event{Kind: Reset, At: timeOf(s.at)})
	}
	w.leave(c)
}

// finishAll ends all connections that are left, in the order of their beginnings.
func (w *follower) finishAll() {
	left := make([]*conn, 0, len(w.open))
	for _, c := range w.open {
		left = append(left, c)
	}
	slices.SortFunc(left, func(a, b *conn) int { return a.watched.index - b.watched.index })
	for _, c := range left {
		w.finish(c)
	}
}

// end emits the end of a connection.
func (w *follower) end(c *conn) {
	for i := range c.halves {
		c.close(i)
	}
	c.event(0, Event{Kind: Ended, At: timeOf(w.now)})
}

// watched is what a connection has besides, if events are made of it.
type watched struct {
	follower *follower
	index    int
	opened   bool
	client   uint8   // the side of the client, once it is opened
	closed   [2]bool // the sides that have ended
}

// event emits an event of a side.
func (c *conn) event(side int, e Event) {
	w := c.watched
	c.announce()
	if w.follower.err == nil {
		e.Stream, e.Dir = w.index, side^int(w.client)
		w.follower.err = w.follower.emit(e)
	}
}

// announce emits the opening of the connection, once.
func (c *conn) announce() {
	w := c.watched
	if w.opened || w.follower.err != nil {
		return
	}
	w.opened, w.client = true, c.client
	s := c.stream(w.index)
	w.follower.err = w.follower.emit(Event{Stream: w.index, Kind: Opened, At: s.Start, Client: s.Client, Server: s.Server})
}

// close emits the end of what a side sent, once, if all before it was delivered.
func (c *conn) close(side int) {
	h := &c.halves[side]
	if !c.watched.closed[side] && h.end >= 0 && h.pos == h.end {
		c.watched.closed[side] = true
		c.event(side, Event{Kind: Closed, At: timeOf(c.watched.follower.now)})
	}
}

// An outlet emits the bytes of a side.
type outlet struct {
	c    *conn
	side int
}

func (o *outlet) add(lost int64, data []byte, at int64) {
	if lost != 0 {
		o.c.event(o.side, Event{Kind: Lost, At: timeOf(at), Lost: lost})
	}
	if len(data) > 0 {
		o.c.event(o.side, Event{Kind: Bytes, At: timeOf(at), Data: data})
	}
}

func timeOf(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// How long bytes may be missing before they count as lost, in nanoseconds: less if the receiver
// has them, because the recording will then hardly have them later.
const (
	patience     = 1e9
	patienceOnce = 10 * patience // without acknowledgements
)

// giveUp gives up on bytes that are missing for too long.
func (h *half) giveUp(now int64) {
	for h.started && len(h.pending) > 0 && h.pending[0].at != 0 && h.sure >= h.pending[0].pos {
		limit := int64(patience)
		if !h.hasAcked {
			limit = patienceOnce
		}
		if now-h.pending[0].at <= limit {
			return
		}
		h.skip()
	}
}

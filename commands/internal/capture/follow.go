package capture

import (
	"bufio"
	"errors"
	"io"
	"maps"
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
	followed map[*conn]*followed // those that are open
	emit     func(Event) error
	comment  func() string
	err      error // of emit; nothing is emitted after it
	now      int64 // the time of the segment that is being taken
	n        int   // connections so far
}

// followPackets calls f for what happened in the packets of a recording.
func followPackets(in packets, f func(Event) error) error {
	w := &follower{conns: conns{open: map[pair]*conn{}}, followed: map[*conn]*followed{}, emit: f, comment: func() string { return "" }}
	if commented, ok := in.(interface{ comment() string }); ok {
		w.comment = commented.comment
	}
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
				return d.others.err()
			}
			return nil
		}
		for s := d.first(p); s != nil; s = d.next() {
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
		f := &followed{conn: c, follower: w, index: w.n}
		w.followed[c] = f
		for i := range c.halves {
			c.halves[i].to = &outlet{f, i}
		}
		w.n++
	}
	f := w.followed[c]
	if s.syn {
		f.announce()
	}
	c.take(s, side)
	for i := range c.halves {
		c.halves[i].giveUp(w.now)
		f.close(i)
	}
	if s.rst {
		f.event(side, Event{Kind: Reset, At: timeOf(s.at)})
	}
	w.leave(c)
}

// finishAll ends all connections that are left, in the order of their beginnings.
func (w *follower) finishAll() {
	left := slices.SortedFunc(maps.Values(w.followed), func(a, b *followed) int { return a.index - b.index })
	for _, f := range left {
		w.finish(f.conn)
	}
}

// end emits the end of a connection.
func (w *follower) end(c *conn) {
	f := w.followed[c]
	for i := range c.halves {
		f.close(i)
	}
	f.event(0, Event{Kind: Ended, At: timeOf(w.now)})
	delete(w.followed, c)
}

// A followed connection is one that events are made of.
type followed struct {
	*conn
	follower *follower
	index    int
	opened   bool
	from     uint8   // the side of the client, once it is opened
	closed   [2]bool // the sides that have ended
}

// event emits an event of a side.
func (f *followed) event(side int, e Event) {
	f.announce()
	if f.follower.err == nil {
		e.Stream, e.Dir = f.index, side^int(f.from)
		f.follower.err = f.follower.emit(e)
	}
}

// announce emits the opening of the connection, once.
func (f *followed) announce() {
	if f.opened || f.follower.err != nil {
		return
	}
	f.opened, f.from = true, f.conn.client
	s := f.conn.stream(f.index)
	f.follower.err = f.follower.emit(Event{Stream: f.index, Kind: Opened, At: s.Start, Client: s.Client, Server: s.Server, Comment: f.follower.comment()})
}

// close emits the end of what a side sent, once, if all before it was delivered.
func (f *followed) close(side int) {
	h := &f.halves[side]
	if !f.closed[side] && h.end >= 0 && h.pos == h.end {
		f.closed[side] = true
		f.event(side, Event{Kind: Closed, At: timeOf(f.follower.now)})
	}
}

// An outlet emits the bytes of a side.
type outlet struct {
	f    *followed
	side int
}

func (o *outlet) add(lost int64, data []byte, at int64) {
	if lost != 0 {
		o.f.event(o.side, Event{Kind: Lost, At: timeOf(at), Lost: lost})
	}
	if len(data) > 0 {
		o.f.event(o.side, Event{Kind: Bytes, At: timeOf(at), Data: data})
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

package capture

import (
	"net/netip"
	"time"
)

// A conn is one connection.
type conn struct {
	ends        pair
	client      int // the side of the pair that opened it: 0 is a
	start       int64
	from        int64   // offset in the file at which to start reading
	first, last int64   // offsets of its first and last packet
	halves      [2]half // what each side sent
}

// take adds a segment that one side sent.
func (c *conn) take(s *segment, side int) {
	h, peer := &c.halves[side], &c.halves[1-side]
	seq := s.seq
	if s.syn {
		h.open(seq)
		seq++
	}
	h.segment(seq, s.payload, s.size, s.at)
	switch {
	case s.fin:
		h.finish(seq + uint32(s.size))
	case s.rst:
		h.over = true
	}
	if s.acks {
		peer.acknowledge(s.ack)
	}
}

// reopens reports whether a segment starts another connection between the same ends.
func (c *conn) reopens(s *segment, side int) bool {
	h, peer := &c.halves[side], &c.halves[1-side]
	again := h.syn && s.seq+1 == h.base
	switch {
	case !s.syn:
		return false
	case h.over && peer.over:
		return !s.acks || !again
	case h.syn && s.acks && peer.syn && s.ack == peer.base: // another answer to the same SYN
		return false
	case h.syn:
		return !again
	case h.started || len(h.pending) > 0: // perhaps a SYN that came late
		return h.position(s.seq+1) != h.earliest()
	case s.acks && !peer.syn:
		return peer.bytes > 0 && s.ack != peer.base
	}
	return !s.acks && peer.bytes > 0
}

func (h *half) earliest() int64 {
	if h.bytes == 0 && len(h.pending) > 0 {
		return h.pending[0].pos
	}
	return 0
}

// conns are the connections of a recording, during the first pass.
type conns struct {
	list    []*conn
	open    map[pair]*conn // the latest connection between two ends
	waiting int            // chunks that wait in all of them
}

// take adds a segment to its connection, or to a new one.
func (t *conns) take(s *segment) {
	ends, side := s.pair()
	c := t.open[ends]
	if c == nil || c.reopens(s, side) {
		c = &conn{ends: ends, client: opener(s, side), start: s.at, first: s.packet, from: s.from}
		c.prepare(&t.waiting)
		t.list = append(t.list, c)
		t.open[ends] = c
	} else if s.syn { // the answer may have come before it
		c.client = opener(s, side)
	}
	c.from, c.last = min(c.from, s.from), s.packet
	c.take(s, side)
}

func (c *conn) prepare(waiting *int) {
	for i := range c.halves {
		c.halves[i].end = -1
		c.halves[i].waiting = waiting
	}
}

// opener returns the side of the client: the sender of the SYN. If there is no SYN, it is
// the side with the higher port, because well-known ports are low.
func opener(s *segment, side int) int {
	switch {
	case s.syn && s.acks:
		return 1 - side
	case s.syn:
		return side
	case s.src.Port() < s.dst.Port():
		return 1 - side
	}
	return side
}

// end ends all connections and returns their summaries.
func (t *conns) end() []connSummary {
	list := make([]connSummary, len(t.list))
	for i, c := range t.list {
		list[i] = connSummary{ends: c.ends, client: c.client, start: c.start, from: c.from, first: c.first, last: c.last}
		for dir := range c.halves {
			h := &c.halves[c.client^dir]
			h.flush()
			list[i].dirs[dir] = amount{h.bytes, int32(h.segments), int32(h.gaps)}
		}
		t.list[i] = nil
	}
	return list
}

// A connSummary is what the first pass keeps of a connection. It is small, because there
// may be many.
type connSummary struct {
	ends              pair
	client            int
	start             int64
	from, first, last int64
	dirs              [2]amount
}

type amount struct {
	bytes          int64
	segments, gaps int32
}

// side returns the side that sends in a direction: 0 is from the client.
func (c *connSummary) side(dir int) int { return c.client ^ dir }

func (c *connSummary) stream(index int) Stream {
	ends := [2]netip.AddrPort{c.ends.a, c.ends.b}
	s := Stream{Index: index, Client: ends[c.client].String(), Server: ends[1-c.client].String(), Dirs: make([]Direction, 2)}
	if c.start != 0 {
		s.Start = time.Unix(0, c.start).UTC()
	}
	for dir, name := range []string{"c2s", "s2c"} {
		a := c.dirs[dir]
		s.Dirs[dir] = Direction{Name: name, Bytes: a.bytes, Segments: int(a.segments), Gaps: int(a.gaps)}
	}
	return s
}

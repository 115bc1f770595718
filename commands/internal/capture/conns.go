package capture

import (
	"net/netip"
	"time"
)

// A conn is one connection.
type conn struct {
	ends        pair
	client      int // the side, as pair counts, that opened it
	start       int64
	from        int64   // where to begin to read the file
	first, last int64   // of its packets
	halves      [2]half // what each side sent
}

// take gives a segment of one side to its halves.
func (c *conn) take(s *segment, side int) {
	h, peer := &c.halves[side], &c.halves[1-side]
	seq := s.seq
	if s.syn {
		h.open(seq)
		seq++
	}
	h.segment(seq, s.payload, s.size, s.at)
	if s.fin {
		h.finish(seq + uint32(s.size))
	}
	if s.acks {
		peer.acknowledge(s.ack)
	}
}

// reopens says whether a segment begins another connection between the same ends.
func (c *conn) reopens(s *segment, side int) bool {
	h, peer := &c.halves[side], &c.halves[1-side]
	switch {
	case !s.syn:
		return false
	case h.syn:
		return s.seq+1 != h.base
	case h.started || len(h.pending) > 0: // a SYN that came late, perhaps
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

// conns are the connections of a recording, while it is first read.
type conns struct {
	list    []*conn
	open    map[pair]*conn // the latest between two ends
	waiting int
}

// take finds the connection of a segment, or begins one.
func (t *conns) take(s *segment) {
	ends, side := s.pair()
	c := t.open[ends]
	if c == nil || c.reopens(s, side) {
		c = &conn{ends: ends, client: opener(s, side), start: s.at, first: s.packet, from: s.from}
		c.prepare(&t.waiting)
		t.list = append(t.list, c)
		t.open[ends] = c
	} else if s.syn { // an answer may have come before it
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

// opener is the side of the client: a SYN tells it, else the port. Well-known ports are
// low.
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

// end ends all connections and returns what the first pass found of them.
func (t *conns) end() []found {
	list := make([]found, len(t.list))
	for i, c := range t.list {
		list[i] = found{ends: c.ends, client: c.client, start: c.start, from: c.from, first: c.first, last: c.last}
		for dir := range c.halves {
			h := &c.halves[c.client^dir]
			h.flush()
			list[i].dirs[dir] = amount{h.bytes, int32(h.segments), int32(h.gaps)}
		}
		t.list[i] = nil
	}
	return list
}

// A found is a connection that the first pass found: small, as there may be many.
type found struct {
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

// side is the one that speaks in a direction: 0 is the client's.
func (c *found) side(dir int) int { return c.client ^ dir }

func (c *found) stream(index int) Stream {
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

package capture

// A conn is one connection that is being read. What stays of it in the end is its summary.
type conn struct {
	*connSummary
	halves [2]half // what each side sent
	reset  bool    // one of them sent a RST
	leaves bool    // it is in the queue of those that leave
	done   bool
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
		h.over, c.reset = true, true
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

// conns are the connections of a recording that are open.
type conns struct {
	list    summaries
	open    map[pair]*conn // the latest connection between two ends
	leaving leaving
	waiting int         // chunks that wait in all of them
	ended   func(*conn) // called when a connection has ended; if it is set, list stays empty
}

// take adds a segment to its connection, or to a new one.
func (t *conns) take(s *segment) {
	c, side, _ := t.of(s)
	c.take(s, side)
	t.leave(c)
}

// of returns the connection of a segment, and the side that sent it. The connection may be new.
func (t *conns) of(s *segment) (c *conn, side int, fresh bool) {
	ends, side := s.pair()
	c = t.open[ends]
	if fresh = c == nil || c.reopens(s, side); fresh {
		if c != nil {
			t.finish(c)
		}
		c = &conn{connSummary: t.add()}
		*c.connSummary = connSummary{ends: ends, client: opener(s, side), start: s.at, end: s.at, first: s.packet, from: s.from}
		c.prepare(&t.waiting)
		t.open[ends] = c
	} else if s.syn { // the answer may have come before it
		c.client = opener(s, side)
	}
	c.from, c.last = min(c.from, s.from), s.packet
	if c.end = max(c.end, s.at); s.at != 0 {
		c.start = min(c.start, s.at)
	}
	c.halves[side].packets++
	return c, side, fresh
}

func (t *conns) add() *connSummary {
	if t.ended != nil {
		return &connSummary{}
	}
	return t.list.add()
}

// end ends all connections and returns their summaries.
func (t *conns) end() summaries {
	for _, c := range t.open {
		t.finish(c)
	}
	return t.list
}

// finish ends a connection.
func (t *conns) finish(c *conn) {
	c.finish()
	if t.ended != nil {
		t.ended(c)
	}
}

// finish ends a connection and completes its summary.
func (c *conn) finish() {
	for dir := range c.halves {
		h := &c.halves[c.side(dir)]
		h.flush()
		c.dirs[dir] = amount{h.bytes, h.segments, h.gaps, h.packets}
	}
	c.done = true
}

func (c *conn) prepare(waiting *int) {
	for i := range c.halves {
		c.halves[i].end = -1
		c.halves[i].waiting = waiting
	}
}

// opener returns the side of the client: the sender of the SYN. If there is no SYN, it is
// the side with the higher port, because well-known ports are low.
func opener(s *segment, side int) uint8 {
	if s.syn && s.acks || !s.syn && s.src.Port() < s.dst.Port() {
		side = 1 - side
	}
	return uint8(side)
}

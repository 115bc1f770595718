package capture

import (
	"maps"
	"slices"
)

// A recordedConn is a connection that is being recorded.
type recordedConn struct {
	stream int
	ends   [2]end // client and server
	six    bool   // the addresses are of IPv6
	names  string // the comment that names the ends; empty if the addresses do
	sides  [2]sender
	ended  bool

	// In a ring:
	kept    int  // its records
	opening bool // the handshake is one of them
	save    int  // the last save that has packets of it
}

// A sender is what one side of a connection has sent.
type sender struct {
	next   uint32 // the next sequence number
	unseen int64  // bytes and segments that the other side has not acknowledged
	segs   int
	gap    int64 // bytes lost after the last that were recorded, at most unknownGap
	shown  bool  // there is a packet after the gap
	over   bool  // it sent a FIN or RST
}

const (
	// maxPayload is how many bytes a segment has at most: the length of an IPv4 packet,
	// with headers, is a number of 16 bits.
	maxPayload = 1<<16 - 1 - ipv4Header - tcpHeader

	// Readers of a recording hold what is not acknowledged. So the other side acknowledges
	// at least so many bytes or segments, if it sends nothing itself.
	maxUnseen     = 4 * maxPayload
	maxUnseenSegs = 64

	// serverStart is what the first sequence number of a server is above its client's.
	serverStart = 1 << 30

	// unknownGap is the length of a gap that readers do not know, see knownGap.
	unknownGap = knownGap + 1
)

// event adds the packets of an event.
func (r *Recorder) event(e *Event, at int64) {
	c := r.conns[e.Stream]
	if c == nil {
		if e.Kind == Ended {
			return
		}
		c = r.open(e, at)
	}
	dir := e.Dir & 1
	s := &c.sides[dir]
	switch e.Kind {
	case Bytes:
		r.bytes(c, dir, e.Data, at)
	case Lost:
		r.lose(c, dir, e.Lost, at)
	case Closed:
		if s.over {
			return
		}
		r.showGap(c, dir, at)
		r.send(c, dir, flagFIN|flagACK, nil, at)
		s.next++
		s.over = true
		r.send(c, 1-dir, flagACK, nil, at)
		r.commit(c, dir)
	case Reset:
		r.showGap(c, dir, at)
		r.send(c, dir, flagRST|flagACK, nil, at)
		s.over = true
		r.commit(c, dir)
	case Ended:
		r.showGap(c, 0, at)
		r.showGap(c, 1, at)
		c.ended = true
		r.forget(c)
	}
}

// open begins a connection with a handshake.
func (r *Recorder) open(e *Event, at int64) *recordedConn {
	c := &recordedConn{stream: e.Stream, opening: true}
	c.name(e)
	// The numbers of two streams with the same ends differ, so that no reader takes the
	// second handshake for a repetition of the first.
	client := uint32(e.Stream)*0x9e3779b1 + r.start
	server := client + serverStart
	c.sides[0].next, c.sides[1].next = client+1, server+1
	r.conns[e.Stream] = c
	r.buf = c.appendHandshake(r.buf, client, server, c.names, at)
	r.packets += 3
	r.commit(c, 0)
	return c
}

// appendHandshake appends the three packets that open a connection, with the sequence numbers
// of their SYNs.
func (c *recordedConn) appendHandshake(b []byte, client, server uint32, comment string, at int64) []byte {
	b = c.appendPacket(b, &tcpPacket{flags: flagSYN, seq: client, at: at, comment: comment})
	b = c.appendPacket(b, &tcpPacket{dir: 1, flags: flagSYN | flagACK, seq: server, ack: client + 1, at: at})
	return c.appendPacket(b, &tcpPacket{flags: flagACK, seq: client + 1, ack: server + 1, at: at})
}

// bytes adds data in segments.
func (r *Recorder) bytes(c *recordedConn, dir int, data []byte, at int64) {
	s := &c.sides[dir]
	for len(data) > 0 {
		part := data[:min(len(data), maxPayload)]
		data = data[len(part):]
		r.held += int64(len(part))
		r.send(c, dir, flagPSH|flagACK, part, at)
		s.next += uint32(len(part))
		s.gap = 0
		s.segs++
		if s.unseen += int64(len(part)); s.unseen >= maxUnseen || s.segs >= maxUnseenSegs {
			r.send(c, 1-dir, flagACK, nil, at)
		}
		r.commit(c, dir)
	}
}

// lose leaves out n bytes; -1 is an unknown number. The other side acknowledges them, so that
// readers do not wait for them. A long gap has any length that readers call unknown, because
// sequence numbers count only to 4 GiB.
func (r *Recorder) lose(c *recordedConn, dir int, n int64, at int64) {
	s := &c.sides[dir]
	if n < 0 || n > knownGap-s.gap {
		n = unknownGap - s.gap
	}
	if n == 0 {
		return
	}
	s.gap += n
	s.shown = false
	s.next += uint32(n)
	r.send(c, 1-dir, flagACK, nil, at)
	r.commit(c, 1-dir)
}

// showGaps shows the gaps at the end of all connections.
func (r *Recorder) showGaps() {
	for _, i := range slices.Sorted(maps.Keys(r.conns)) {
		for dir := range 2 {
			r.showGap(r.conns[i], dir, r.last)
		}
	}
}

// showGap shows a gap at the end of what a side sent: readers know that bytes are missing only
// from what comes after them. It adds a segment of which nothing was captured.
func (r *Recorder) showGap(c *recordedConn, dir int, at int64) {
	s := &c.sides[dir]
	if s.gap == 0 || s.shown {
		return
	}
	s.shown = true
	n := min(s.gap, maxPayload)
	r.add(c, &tcpPacket{dir: dir, flags: flagACK, seq: s.next - uint32(n), ack: c.sides[1-dir].next, size: int(n), at: at})
	r.commit(c, dir)
}

// send adds a packet of one side, which acknowledges all that the other side has sent.
func (r *Recorder) send(c *recordedConn, dir int, flags byte, data []byte, at int64) {
	peer := &c.sides[1-dir]
	peer.unseen, peer.segs = 0, 0
	r.add(c, &tcpPacket{dir: dir, flags: flags, seq: c.sides[dir].next, ack: peer.next, data: data, size: len(data), at: at})
}

func (r *Recorder) add(c *recordedConn, p *tcpPacket) {
	r.packets++
	r.buf = c.appendPacket(r.buf, p)
}

// forget removes a connection of which nothing is left.
func (r *Recorder) forget(c *recordedConn) {
	if c.ended && c.kept == 0 {
		delete(r.conns, c.stream)
	}
}

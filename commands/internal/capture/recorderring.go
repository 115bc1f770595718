package capture

// A ring holds the last records that were put into it. A record is the packets that are kept
// or removed together:
//
//	stream 8 | size 4 | direction 1 | 1 if it is a handshake | 0 0 | packet blocks
type ring struct {
	buf        []byte
	tail, head int64 // of the oldest record, and of the next: they only grow
}

const recordHeader = 16

// A record is the header of one.
type record struct {
	stream  int
	size    int64 // of the packet blocks
	dir     int
	opening bool
}

func newRing(size int) *ring { return &ring{buf: make([]byte, size)} }

// free returns how many bytes more the ring holds.
func (g *ring) free() int64 { return int64(len(g.buf)) - (g.head - g.tail) }

// add appends bytes, for which there is room.
func (g *ring) add(b []byte) {
	n := copy(g.buf[g.head%int64(len(g.buf)):], b)
	copy(g.buf, b[n:])
	g.head += int64(len(b))
}

// appendFrom appends n bytes from a position.
func (g *ring) appendFrom(b []byte, at, n int64) []byte {
	from := at % int64(len(g.buf))
	first := min(n, int64(len(g.buf))-from)
	return append(append(b, g.buf[from:from+first]...), g.buf[:n-first]...)
}

func (g *ring) record(at int64) record {
	var space [recordHeader]byte
	h := g.appendFrom(space[:0], at, recordHeader)
	return record{int(le.Uint64(h)), int64(le.Uint32(h[8:])), int(h[12]), h[13] == 1}
}

// keep moves the packets in buf to the ring, as one record. The oldest records make room.
func (r *Recorder) keep(c *recordedConn, dir int) {
	g := r.ring
	for g.free() < recordHeader+int64(len(r.buf)) {
		r.drop()
	}
	var h [recordHeader]byte
	le.PutUint64(h[:], uint64(c.stream))
	le.PutUint32(h[8:], uint32(len(r.buf)))
	h[12] = byte(dir)
	if c.opening && c.kept == 0 {
		h[13] = 1
	}
	g.add(h[:])
	g.add(r.buf)
	r.buf, r.held = r.buf[:0], 0
	c.kept++
}

// drop removes the oldest record.
func (r *Recorder) drop() {
	g := r.ring
	rec := g.record(g.tail)
	g.tail += recordHeader + rec.size
	c := r.conns[rec.stream]
	c.kept--
	c.opening = c.opening && !rec.opening
	r.forget(c)
}

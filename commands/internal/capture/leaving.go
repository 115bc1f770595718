package capture

// leaving are connections that are closed and can soon be forgotten: both ends sent a FIN or
// RST, or one sent a RST. Late segments may come, and a RST may be forged. So a connection is
// forgotten only if it sent no new bytes while as many others closed as the ring holds.
type leaving struct {
	ring []departure
	next int // the oldest, when the ring is full
}

type departure struct {
	conn *conn
	sent int64 // what it had sent when it was looked at
}

// maxLeaving is how many closed connections are kept. They take some 300 bytes each.
const maxLeaving = 32 << 10

// leave adds a connection, if it is closed. It forgets another one if there are too many.
func (t *conns) leave(c *conn) {
	if c.leaves || !c.reset && !(c.halves[0].over && c.halves[1].over) {
		return
	}
	c.leaves = true
	l := &t.leaving
	if len(l.ring) < maxLeaving {
		l.ring = append(l.ring, departure{c, c.sent()})
		return
	}
	for {
		d := &l.ring[l.next]
		l.next = (l.next + 1) % maxLeaving
		old := d.conn
		if sent := old.sent(); !old.done && sent != d.sent {
			d.sent = sent // one more round
			continue
		}
		if !old.done {
			t.finish(old)
			delete(t.open, old.ends)
		}
		*d = departure{c, c.sent()}
		return
	}
}

// sent grows when one of the ends sends new bytes.
func (c *conn) sent() int64 { return c.halves[0].top + c.halves[1].top }

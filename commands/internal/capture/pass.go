package capture

import (
	"io"
	"math"
)

// A pass reads some directions from the file. It reads the file from the first packet of
// their connections to the last.
type pass struct {
	traffic *traffic
	in      packets // nil before the first step
	decoder decoder
	conns   map[pair][]*conn // the connections to read
	queues  []*queue
	waiting int
	open    int // how many of the queues may take more

	from, last int64
	err        error
}

func (t *traffic) pass(refs []Ref) *pass {
	if len(refs) > 1 {
		t.reserve(refs)
	}
	p := &pass{traffic: t, conns: map[pair][]*conn{}, queues: make([]*queue, len(refs))}
	byStream := map[int32]*conn{}
	for i, r := range refs {
		listed := t.list.at(int(r.Stream))
		c := byStream[r.Stream]
		if c == nil {
			c = &conn{connSummary: listed}
			c.prepare(&p.waiting)
			byStream[r.Stream] = c
			p.conns[c.ends] = append(p.conns[c.ends], c)
			p.last = max(p.last, listed.last)
			if p.from = min(p.from, listed.from); len(byStream) == 1 {
				p.from = listed.from
			}
		}
		h := &c.halves[listed.side(int(r.Dir))]
		q, ok := h.to.(*queue)
		if !ok {
			q = &queue{}
			if h.to = q; len(refs) > 1 { // all of it will be held at once
				t.arena.allot(q, &listed.dirs[r.Dir], t.most)
				p.limit(q, &listed.dirs[r.Dir])
			}
		}
		p.queues[i] = q
	}
	return p
}

// limit closes a queue when it has the first bytes of a direction, if no others will be read.
func (p *pass) limit(q *queue, found *amount) {
	if p.open++; p.traffic.most == math.MaxInt64 {
		return
	}
	q.most, q.open = p.traffic.most, &p.open
	if found.gaps == 0 {
		q.most = min(q.most, found.bytes)
	}
	if q.most == 0 {
		q.close()
	}
}

// until reads packets until q is full, or until no queue takes more if q is nil. The error is
// io.EOF if nothing more will come.
func (p *pass) until(q *queue) error {
	for p.err == nil && (q == nil && p.open > 0 || q != nil && !q.full()) {
		p.err = p.step()
	}
	if q == nil && p.open == 0 {
		p.err = io.EOF
	}
	return p.err
}

// step reads a packet.
func (p *pass) step() error {
	if p.in == nil {
		in, err := p.traffic.open(p.from)
		if err != nil {
			return err
		}
		p.in = in
	}
	k, err := p.in.next()
	if err == io.EOF || isFileDamage(err) || err == nil && k.offset > p.last {
		p.flush()
		return io.EOF
	}
	if err != nil {
		return err
	}
	for s := p.decoder.first(k); s != nil; s = p.decoder.next() {
		ends, side := s.pair()
		for _, c := range p.conns[ends] {
			if c.first <= s.packet && s.packet <= c.last {
				c.take(s, side)
			}
		}
	}
	return nil
}

func (p *pass) flush() {
	for _, list := range p.conns {
		for _, c := range list {
			for i := range c.halves {
				c.halves[i].flush()
			}
		}
	}
}

// An arena is the memory for what a pass collects. The next pass uses it again, so that
// passes leave no garbage.
type arena struct {
	data  []byte
	items []item
	d, i  int64 // how much of data and items is in use
}

// reserve makes the arena ready for a pass. It uses the memory of the pass before, unless
// some of that has not been read yet.
func (t *traffic) reserve(refs []Ref) {
	var data, items int64
	for _, r := range refs {
		a := &t.list.at(int(r.Stream)).dirs[r.Dir]
		b, n := a.starting(t.most)
		data, items = data+b, items+n
	}
	if len(t.ready) > 0 || int64(len(t.arena.data)) < data {
		t.arena.data = make([]byte, max(data, groupCost/2))
	}
	if len(t.ready) > 0 || int64(len(t.arena.items)) < items {
		t.arena.items = make([]item, items)
	}
	t.arena.d, t.arena.i = 0, 0
}

// allot gives q the memory for a direction.
func (a *arena) allot(q *queue, found *amount, most int64) {
	n, k := found.starting(most)
	q.data, q.items = a.data[a.d:a.d:a.d+n], a.items[a.i:a.i:a.i+k]
	a.d, a.i = a.d+n, a.i+k
}

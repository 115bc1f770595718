package capture

import (
	"io"
	"runtime/debug"
)

// A traffic is a recording of packets. It puts TCP streams together from them.
type traffic struct {
	// open starts to read at the record with this offset; 0 is the first.
	open   func(offset int64) (packets, error)
	list   summaries
	broken error
	ahead  []Ref // directions that Plan announced
	most   int64 // how many bytes of each will be read
	ready  map[Ref]*queue
	arena  arena
}

// groupCost is how many bytes of memory one pass collects at most. Larger directions are
// read when they are asked for, each in a pass of its own.
const groupCost = 8 << 20

// flowCost is what a direction takes, apart from its bytes and segments.
const flowCost = 300

// cost is roughly the memory that a direction takes when it is collected.
func (t *traffic) cost(r Ref) int64 {
	a := &t.list.at(int(r.Stream)).dirs[r.Dir]
	bytes, items := a.starting(t.most)
	return flowCost + bytes + 32*items
}

// starting returns how many of the bytes a reader of the first bytes needs, and about how many
// items they are.
func (a *amount) starting(most int64) (bytes, items int64) {
	bytes, items = min(a.bytes, most), int64(a.segments+a.gaps)
	if bytes < a.bytes {
		items = 1 + int64(float64(items)*float64(bytes)/float64(a.bytes))
	}
	return bytes, items
}

// manyStreams is how many streams make the garbage collector run more often.
const manyStreams = 100e3

// index makes the first pass.
func (t *traffic) index() error {
	all := conns{open: map[pair]*conn{}}
	in, err := t.open(0)
	if err != nil {
		return err
	}
	var d decoder
	many := false
	for {
		p, err := in.next()
		if err != nil {
			if isFileDamage(err) {
				t.broken = err
			} else if err != io.EOF {
				return err
			}
			break
		}
		for s := d.first(p); s != nil; s = d.next() {
			all.take(s)
		}
		if all.list.n == manyStreams && !many {
			many = true
			debug.SetGCPercent(50) // most of the memory has no pointers, so that this takes little time
		}
	}
	t.list = all.end()
	if t.list.n == 0 && t.broken == nil {
		return d.others.err()
	}
	return nil
}

func (t *traffic) count() int { return t.list.n }

func (t *traffic) stream(i int) Stream { return t.list.at(i).stream(i) }

func (t *traffic) damage() error { return t.broken }

func (t *traffic) plan(refs []Ref, most int64) { t.ahead, t.most, t.ready = refs, most, nil }

func (t *traffic) read(r Ref) *Source {
	if q := t.ready[r]; q != nil {
		delete(t.ready, r)
		return &Source{queue: q, more: func() error { return io.EOF }}
	}
	group := []Ref{r}
	for i, a := range t.ahead {
		if a == r {
			group = t.group(t.ahead[i:])
			t.ahead = t.ahead[i+len(group):]
			break
		}
	}
	p := t.pass(group)
	if len(group) == 1 {
		q := p.queues[0]
		return &Source{queue: q, more: func() error { return p.until(q) }}
	}
	s := &Source{queue: p.queues[0]}
	s.more = func() error { // runs at the first Read, which returns its error
		if err := p.until(nil); err != io.EOF {
			return err
		}
		t.ready = map[Ref]*queue{}
		for i, r := range group[1:] {
			t.ready[r] = p.queues[i+1]
		}
		return io.EOF
	}
	return s
}

// group returns the directions that one pass collects: the first of refs.
func (t *traffic) group(refs []Ref) []Ref {
	cost := t.cost(refs[0])
	n := 1
	for n < len(refs) && cost+t.cost(refs[n]) <= groupCost {
		cost += t.cost(refs[n])
		n++
	}
	return refs[:n]
}

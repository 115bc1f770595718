package framing

import (
	"slices"
	"strings"
	"sync"
)

// A hypothesis is a row of the table, with the arguments it needs.
type hypothesis struct {
	spec    string
	kind    *Kind
	framing Framing
	prior   float64   // bits that naming it costs
	begins  [256]bool // bytes that a frame can begin with
}

// hypotheses are read once from the table.
var hypotheses = sync.OnceValue(readHypotheses)

// readHypotheses makes what the table offers: each row by its name, with each role that its
// keys have, and its examples.
func readHypotheses() (out []hypothesis) {
	seen := map[string]bool{}
	for i := range kinds {
		k := &kinds[i]
		if strings.Contains(k.Usage, "[:KEY") || k.Name == "length" || k.Name == "fixed" || k.Name == "delim" {
			continue // other parts of the search
		}
		specs := []string{k.Name}
		for _, key := range k.Keys {
			if roles, ok := strings.CutPrefix(key.Name, "role="); ok {
				for _, role := range strings.Split(roles, "|") {
					specs = append(specs, k.Name+":role="+role)
				}
			}
		}
		for _, x := range k.Examples {
			specs = append(specs, x.Spec)
		}
		for _, spec := range specs {
			f, err := Parse(spec)
			if err != nil || seen[spec] || strings.Contains(spec, "crc=") || strings.Contains(spec, "strict") {
				continue
			}
			seen[spec] = true
			prior := rowPrior
			if i < len(generic) && spec == k.Name {
				prior = plainPrior
			}
			out = append(out, hypothesis{spec, k, f, prior, beginnings(f)})
		}
	}
	return out
}

// What naming a row of the table costs: a plain rule, or one of the protocols.
const (
	plainPrior = 3.0
	rowPrior   = 6.0
)

// binary says whether frames may begin with bytes that no text has. In a text, the
// lengths that such a framing sees are letters.
func (h *hypothesis) binary() bool {
	n := 0
	for c := range h.begins[:' '] {
		if h.begins[c] && !plainText([]byte{byte(c)}) {
			n++
		}
	}
	return n > 2 && !delimits(h.framing)
}

// A part is one frame as the rows' part of the search keeps it.
type part struct {
	fill, at          int // where the fill before it and itself begin
	header, body, end int // where these end
	stream            uint64
	ext               Extent
	cut               bool // the stream ends inside it: end is where it would
}

// walk reads the frames of f from start; broken says that it ends at what is none.
func (d *detector) walk(f Framing, start int, most int) (parts []part, broken bool) {
	escaper, _ := f.(Escaper)
	var c Cursor
	var out []byte
	at, filled := start, 0
	for len(parts) < most {
		c.Seen, c.Pending, c.EOF = 0, 0, d.ended
		stream := c.Stream
		e, err := f.Scan(d.b[at:], &c)
		if err != nil {
			_, bad := err.(*Error)
			return parts, bad
		}
		p := part{fill: at, at: at + e.Skip, stream: stream, ext: e}
		p.header = p.at + e.Header
		left := int64(len(d.b) - p.header)
		if left < 0 {
			return parts, false
		}
		if e.Body > left || e.Body+int64(e.Trailer) > left {
			p.cut = true
			p.body, p.end = len(d.b), len(d.b)
			return append(parts, p), false
		}
		p.body = p.header + int(e.Body)
		p.end = p.body + e.Trailer
		if string(d.b[p.end-len(e.Want):p.end]) != e.Want || p.end == at {
			return parts, true
		}
		if escaper != nil && !e.Silent {
			var err error
			if out, err = escaper.Unescape(out[:0], d.b[p.at:p.header], d.b[p.header:p.body], d.b[p.body:p.end]); err != nil {
				return parts, true
			}
		}
		if parts = append(parts, p); p.body > p.header || e.Silent {
			filled = len(parts)
		}
		if len(parts)-filled == maxEmpty {
			return parts, true
		}
		at = p.end
	}
	return parts, false
}

// rows weighs the rows of the table from one start.
func (d *detector) rows(start int) {
	d.whole = make([]bool, len(d.hypotheses))
	for i := range d.hypotheses {
		h := &d.hypotheses[i]
		d.whole[i] = d.text && h.binary() || d.row(*h, start)
	}
}

// row weighs one. It is whole if it finds its marks itself and so needs no other start.
func (d *detector) row(h hypothesis, start int) (whole bool) {
	parts, broken := d.walk(h.framing, start, len(d.b))
	if start > 0 && (broken || len(parts) < 2) {
		return false
	}
	c := chain{start: start, end: start, broken: broken}
	for i := range parts {
		if !parts[i].cut {
			c.add(parts[i].end)
		}
	}
	if c.frames == 0 {
		if len(parts) == 0 && !broken && start == 0 {
			d.open(h)
		}
		return false
	}
	switch f := h.framing.(type) {
	case *varint:
		c.thin = true
	case *length:
		c.thin = f.size == 1
	}
	c.bits, c.loose = d.evidence(h, parts)
	d.keep(c, h.spec, h.prior)
	return !broken && !parts[0].ext.Announced && !parts[0].ext.Silent
}

// lateRows tries the rows from later starts.
func (d *detector) lateRows() {
	for i, h := range d.hypotheses {
		if l, ok := h.framing.(*length); d.whole[i] || ok && l.common() {
			continue
		}
		for _, s := range d.starts(&h) {
			d.row(h, s)
		}
	}
}

// common says whether l is nothing that lateRules would not try.
func (l *length) common() bool {
	return l.magic == "" && l.header == l.offset+l.size && l.digits == binaryDigits && l.row != nil && len(l.row.Fields) == 0
}

// starts are places where frames of f may begin in a stream that starts inside one:
// behind the first marks, or where a chain begins that goes on to the end. Of such
// chains two are named: the first, and the one that most run into.
func (d *detector) starts(h *hypothesis) (out []int) {
	f, limit := h.framing, d.lastStart()
	s, ok := f.(Syncer)
	if _, measured := f.(*length); ok && !measured {
		for at := 1; at <= limit && len(out) < 2; at++ {
			n, found := s.Sync(d.b[at:])
			if at += max(0, n); !found || at > limit {
				break
			}
			out = append(out, at)
		}
	}
	return append(out, d.goingOn(h, limit)...)
}

// goingOn finds starts of chains that go on to the end: the first, the one with the
// most frames, and the first that half as many run into as into any.
func (d *detector) goingOn(h *hypothesis, limit int) (out []int) {
	n := len(d.b)
	next := make([]int32, n+1)  // 0 is unknown, -1 that the chain breaks, n+1 that it goes on
	count := make([]int32, n+1) // frames from here
	next[n] = int32(n + 1)
	through := make([]int32, limit+1) // chains that run through a place
	longest := 0
	var path []int
	for s := 1; s <= limit; s++ {
		if !h.begins[d.b[s]] {
			next[s] = -1
			continue
		}
		at := s
		path = path[:0]
		for at >= 0 && at <= n && next[at] == 0 {
			path = append(path, at)
			next[at] = int32(d.after(h.framing, at))
			at = int(next[at])
		}
		dead := at < 0 || at <= n && next[at] < 0
		for i := len(path) - 1; i >= 0; i-- {
			p := path[i]
			if dead {
				next[p] = -1
			} else if to := next[p]; to <= int32(n) {
				count[p] = count[to] + 1
			}
		}
		if next[s] < 0 {
			continue
		}
		through[s]++
		if int(next[s]) <= limit {
			through[next[s]] += through[s]
		}
		if count[s] > 0 && len(out) == 0 {
			out = append(out, s)
		}
		if count[s] > count[longest] {
			longest = s
		}
	}
	most := slices.Max(through)
	busy := slices.IndexFunc(through, func(k int32) bool { return k > 1 && 2*k >= most })
	for _, s := range []int{longest, busy} {
		if s > 0 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// beginnings are the bytes that a frame of f can begin with.
func beginnings(f Framing) (set [256]bool) {
	for c := range set {
		_, err := f.Scan([]byte{byte(c)}, new(Cursor))
		set[c] = err == nil || err == ErrMore
	}
	return set
}

// after is where the frame at at ends: -1 if there is none, len(d.b)+1 if it goes on
// behind the end.
func (d *detector) after(f Framing, at int) int {
	n := len(d.b)
	if l, ok := f.(*length); ok && !l.likely(d.b[at:]) {
		return -1
	}
	e, err := f.Scan(d.b[at:min(n, at+glance)], new(Cursor))
	size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	switch {
	case err == ErrMore && n-at < glance, err == nil && size > int64(n-at) && size < 1<<maxClass:
		return n + 1
	case err != nil || size <= 0 || size > int64(n-at):
		return -1
	}
	end := at + int(size)
	if string(d.b[end-len(e.Want):end]) != e.Want {
		return -1
	}
	return end
}

// glance is how much of a frame is looked at to find starts.
const glance = 1 << 10

// likely says, faster than Scan, that b may begin with a frame.
func (l *length) likely(b []byte) bool {
	if len(b) < l.header {
		return true
	}
	if v := l.value(b[l.offset:]) & l.mask; v < l.min || v > min(l.max, 1<<maxClass) || differs(b, l.magicAt, l.magic) >= 0 {
		return false
	}
	if l.row == nil {
		return true
	}
	for i := range l.row.Fields {
		f := &l.row.Fields[i]
		if v, ok := f.Value(b[:l.header]); ok && f.Only != "" && f.Names[v] == "" {
			return false
		}
	}
	return true
}

package detect

import (
	"bytes"
	"fmt"
	"math"
)

// Where all frames begin with the same bytes, a length shows itself twice: it is also the distance
// to the next place with these bytes. Then the length costs what it takes to say which of these
// places it is, mostly the first:
//
//	AA 55 05 00 h e l l o AA 55 03 00 b y e AA 55 …
//	      └─┬─┘           └─┬─┘
//	        └── the next ───┘

// minSynced is how many frames must begin with the same bytes.
const minSynced = 3

// sync weighs a chain once more, if its headers begin with the same bytes. Equal reports that all
// frames are of one size.
func (d *detector) sync(r *rule, c *chain, equal bool) {
	magic := d.magic(r)
	if magic == "" {
		return
	}
	var bits float64
	if len(magic) == r.offset && magic[r.offset-1] == 0 && !r.little && r.size < 4 { // it is the first byte of a longer length
		return
	}
	if equal {
		if len(magic) < r.offset || r.header > r.offset+r.size && r.size == 1 { // of records, some field will hold just that number
			return
		}
		if bytes.Count(d.b[c.start:c.end], []byte(magic)) > 3*c.frames/2 { // these are several records each
			return
		}
		bits = d.records(c.start, c.longest) + d.surprise(r, c.start)
	} else {
		bits = d.synced(r, c, magic) - 8*float64(len(magic))
	}
	if c.frames >= enoughSynced {
		c.magic = magic
	}
	if !equal {
		bits = max(bits, c.bits)
	}
	if bits >= c.bits {
		c.bits, c.synced, c.loose = bits, true, equal
	}
}

// enoughSynced is how many frames must begin with the same bytes to expect it of all.
const enoughSynced = 12

// magic returns the bytes with which all headers begin, as the columns show; "" if they are zeros.
func (d *detector) magic(r *rule) string {
	var b []byte
	for i := range r.offset {
		v, ok := d.columns[i].constant()
		if !ok {
			break
		}
		b = append(b, v)
	}
	if len(bytes.Trim(b, "\x00")) == 0 {
		return ""
	}
	return string(b)
}

// synced returns the evidence of a chain whose lengths are also the distances between frames that
// begin with magic.
func (d *detector) synced(r *rule, c *chain, magic string) (sum float64) {
	var places values
	var sizes recent
	at := c.start
	for range min(c.frames, maxScored) {
		end, v, _ := r.step(d.b, at)
		field := at + r.offset
		price := d.noise.of(field, field+r.size, field+r.size+int(min(v, math.MaxInt32))-at)
		if low := d.noise.low(field, field+r.size); r.size == 1 || sizes.again(end-at) {
			price = min(price, low)
		}
		cost := 1.0
		if end < len(d.b) || !d.ended {
			skipped := bytes.Count(d.b[at+1:min(end+len(magic)-1, len(d.b))], []byte(magic))
			cost = places.cost(uint64(skipped), 64) + math.Log2(float64(1+skipped))
		}
		sum += price - cost
		at = end
	}
	return sum
}

// surprise is how unlikely it is that a field of a record holds just its size.
func (d *detector) surprise(r *rule, at int) (sum float64) {
	for _, v := range d.b[at+r.offset : at+r.offset+r.size] {
		if sum += 2; v != 0 {
			sum += 6
		}
	}
	return sum
}

// keepRule notes the chain of a rule that begins at start.
func (d *detector) keepRule(r *rule, start int) {
	f := found{chain: d.follow(r, start), spec: r.spec, rule: r}
	if start == 0 {
		f.chain = d.healedRule(r, f.chain)
	}
	if f.magic != "" {
		f.spec = withKey(f.spec, fmt.Sprintf("magic=0x%x", f.magic))
	}
	d.note(f, r.prior)
}

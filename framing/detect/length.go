package detect

import (
	"fmt"
	"math"
	"strings"
)

// A rule is a hypothesis of the family length: where the field is and what it counts.
type rule struct {
	offset, size int
	little       bool
	adjust       int
	header       int
	spec         string
	exotic       bool    // not tried from later starts
	prior        float64 // bits that naming it among all rules costs
}

// longerBy are headers that go on behind the length field: mysql's sequence number, an
// HTTP/2 frame's type and stream, …
var longerBy = []int{1, 2, 3, 4, 5, 6, 8, 12, 16}

// makeLengthRules makes the hypotheses that are tried, simple ones first. A rule costs more
// the further it is from the plain ones, which most protocols use.
func makeLengthRules() (rules []rule) {
	for offset := 0; offset <= 16; offset++ {
		for _, size := range []int{4, 2, 1, 3, 8} {
			for _, little := range []bool{false, true} {
				if size == 1 && little {
					continue
				}
				name := fmt.Sprintf("u%d", 8*size)
				if size > 1 {
					name += endian(little)
				}
				r := rule{offset: offset, size: size, little: little, prior: 3, spec: name}
				var args []string
				if offset > 0 {
					r.prior += 4
					args = append(args, fmt.Sprintf("offset=%d", offset))
				}
				add := func(adjust int, prior float64, more ...string) {
					v := r
					v.header = offset + size + max(0, adjust)
					v.adjust = adjust
					v.exotic = adjust > 0 || size == 1 && offset > 1
					v.prior += prior
					if all := append(args[:len(args):len(args)], more...); len(all) > 0 {
						v.spec += ":" + strings.Join(all, ",")
					}
					rules = append(rules, v)
				}
				add(0, 0)
				add(-offset-size, 1, "counts=frame")
				if offset > 0 {
					add(-size, 2, fmt.Sprintf("adjust=%d", -size))
				}
				for _, more := range longerBy {
					add(more, 6, fmt.Sprintf("header=%d", offset+size+more), "counts=payload")
				}
			}
		}
	}
	return rules
}

// value reads the field at the start of b.
func (r *rule) value(b []byte) (v uint64) {
	if r.little {
		for i := r.size - 1; i >= 0; i-- {
			v = v<<8 | uint64(b[i])
		}
		return v
	}
	for _, c := range b[:r.size] {
		v = v<<8 | uint64(c)
	}
	return v
}

// step is where the frame at at ends, which may be far behind b. It is not ok if b does
// not show the field or no frame has its value.
func (r *rule) step(b []byte, at int) (end int, v uint64, ok bool) {
	head := at + r.offset + r.size
	if head > len(b) {
		return at, 0, false
	}
	v = r.value(b[head-r.size:])
	if v > math.MaxInt32/2 { // far behind b, and the sum must fit an int of 32 bits
		return math.MaxInt, v, true
	}
	if int(v)+r.adjust < 0 {
		return at, v, false
	}
	return head + int(v) + r.adjust, v, true
}

// maxScored bounds the frames whose evidence is counted: more of the same prove
// nothing new.
const maxScored = 512

// maxEmpty bounds how many empty frames in a row are believed.
const maxEmpty = 256

// again bounds the evidence of a frame as long as the one before it, and maxAgain how
// many have any, for rules that are one of many: of records of one size, some field
// will hold just that number.
const (
	again    = 2
	maxAgain = 8
)

// anyByte is the least that a length of one byte must prove: any byte is one, and
// over hundreds of frames the least habit of the bytes would add up. It is the handicap in
// a search through many rules; a Scale, which is asked for a few, has none.
const anyByte = 0.75

// follow walks the chain of frames that begins at start and weighs each.
func (d *detector) follow(r *rule, start int) (c chain) {
	c.start, c.end, c.thin = start, start, r.size == 1
	d.sizes.reset(r.size)
	var first firstByte
	size, same, empty := 0, 0, 0
	for {
		end, v, ok := r.step(d.b, c.end)
		if !ok {
			c.broken = c.end+r.offset+r.size <= len(d.b)
			break
		}
		whole := end <= len(d.b)
		if c.frames < maxScored {
			bits := d.weigh(r, c.end, v, whole && end == len(d.b))
			if r.prior > rowPrior && end-c.end == size {
				bits = min(bits, again)
				if same++; same > maxAgain {
					bits = min(bits, 0)
				}
			}
			size = end - c.end
			c.bits += bits
			if whole {
				c.bits += first.weigh(d, min(end, c.end+r.header), end)
			}
		}
		if !whole {
			break
		}
		if empty++; end-c.end > r.header {
			empty = 0
		}
		if c.add(end); empty == maxEmpty {
			c.broken = true
			break
		}
	}
	if c.frames == 0 {
		c.bits = 0
	}
	return c
}

// weigh is the evidence of one length field, of value v.
func (d *detector) weigh(r *rule, at int, v uint64, last bool) float64 {
	field := at + r.offset
	price := d.noise.of(field, field+r.size, field+r.size+int(min(v, math.MaxInt32))-at)
	if r.size == 1 {
		price = d.noise.low(field, field+r.size) - d.handicap
	}
	if int(v)+r.adjust+r.offset+r.size == r.header { // empty frames prove nothing
		price = 0
	}
	cost := d.sizes.cost(v)
	if last && d.ended { // it could have been no other
		cost = min(cost, 1)
	}
	return price - cost
}

// plainRules weighs all rules from the start of the stream.
func (d *detector) plainRules() {
	for i := range d.rules {
		r := &d.rules[i]
		d.keep(d.follow(r, 0), r.spec, r.prior)
	}
}

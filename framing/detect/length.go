package detect

import (
	"math"
)

// again bounds the evidence of a frame as long as the one before it, and maxAgain how
// many have any, for rules that are one of many: of records of one size, some field
// will hold just that number.
const (
	again    = 2
	maxAgain = 8
)

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

// weigh returns the evidence of one length field with the value v.
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

package detect

import (
	"math"
	"slices"
)

const (
	maxHabits  = 4   // bits a frame for what its header is like besides its length
	maxHeaders = 128 // frames of which that counts
)

// follow walks the chain of frames that begins at start and weighs each.
func (d *detector) follow(r *rule, start int) (c chain) {
	c.start, c.end, c.thin = start, start, r.size == 1
	if end, _, ok := r.step(d.b, start); !ok || end > len(d.b) {
		return c
	}
	d.sizes.reset(r.size)
	d.columns = slices.Grow(d.columns[:0], r.header+1+lastBytes)[:r.header+1+lastBytes]
	clear(d.columns)
	size, same, empty := 0, 0, 0
	equal := true // all frames are of one size
	habits := 0.0 // what headers are like besides their length
	var sizes recent
	for {
		end, v, ok := r.step(d.b, c.end)
		if !ok {
			c.broken = c.end+r.offset+r.size <= len(d.b)
			break
		}
		whole := end <= len(d.b)
		if c.frames < maxScored {
			known := sizes.again(end - c.end)
			bits := d.weigh(r, c.end, v, whole && end == len(d.b), known && r.prior > rowPrior)
			if whole {
				bits += d.habit(&d.columns[r.header], c.end+r.header, end)
				if c.frames < maxHeaders {
					if more := min(maxHabits, d.header(r, c.end, end)) + d.lasts(r, c.end, end); !known {
						habits += more
					}
				}
			}
			if r.prior > rowPrior && known {
				bits = min(bits, again)
				if same++; same > maxAgain {
					bits = min(bits, 0)
				}
			}
			equal = equal && (size == 0 || size == end-c.end)
			size = end - c.end
			c.bits += bits
		}
		if !whole {
			c.over = min(end-c.end, math.MaxInt32)
			break
		}
		if empty++; end-c.end > r.header {
			empty = 0
		} else {
			c.empty++
		}
		if c.add(end); empty == maxEmpty {
			c.broken = true
			break
		}
	}
	if c.frames >= minSynced {
		if !equal {
			c.bits += habits
		}
		d.sync(r, &c, equal)
	}
	return c
}

// lasts weighs the last bytes of a payload: where these are a habit, a length that ends a frame
// just there is no luck.
func (d *detector) lasts(r *rule, at, end int) (sum float64) {
	for k := 1; k <= lastBytes && at+r.header+1+k <= end; k++ {
		sum += d.habit(&d.columns[r.header+k], end-k, end)
	}
	return sum
}

// lastBytes is how many bytes at the end of a payload may be a habit.
const lastBytes = 2

// header weighs the bytes of a header that are not its length.
func (d *detector) header(r *rule, at, end int) (sum float64) {
	for i := range r.header {
		if i < r.offset || i >= r.offset+r.size {
			sum += d.habit(&d.columns[i], at+i, end)
		}
	}
	return sum
}

// weigh returns the evidence of one length field with the value v.
func (d *detector) weigh(r *rule, at int, v uint64, last, again bool) float64 {
	field := at + r.offset
	price := d.noise.of(field, field+r.size, field+r.size+int(min(v, math.MaxInt32))-at)
	if low := d.noise.low(field, field+r.size); r.size == 1 {
		price = low - d.handicap
	} else if again {
		price = min(price, low)
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
		d.keepRule(r, 0)
	}
}

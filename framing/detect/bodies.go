package detect

import (
	"math"

	"framecat/framing"
)

// escapes weighs the bodies of frames that are escaped or checked: how
// seldom the same bytes in another order would have been right.
func (d *detector) escapes(h hypothesis, e framing.Escaper, parts []part) float64 {
	rnd := uint32(1)
	sum, count, tried, fine := 0.0, 0.0, 0.0, 0.0
	samples := min(shuffled, len(parts))
	bodies := map[string]bool{} // the same bytes again prove no more
	for i := range min(len(parts), maxScored) {
		if p := &parts[i]; p.body > p.header && !p.ext.Silent && !p.cut {
			bodies[string(d.b[p.header:p.body])] = true
		}
	}
	for i := range samples {
		p := &parts[i*len(parts)/samples]
		size := p.body - p.header
		if p.ext.Silent || p.cut || size == 0 {
			continue
		}
		tries, good := max(2, min(shuffles, budget/size)), 0
		for range tries {
			for j := p.header; j < p.body; j++ {
				rnd = rnd*1664525 + 1013904223
				k := p.header + int(rnd>>8)%(j-p.header+1)
				d.scratch[j], d.scratch[k] = d.scratch[k], d.scratch[j]
			}
			if d.unescapes(h.framing, e, p) {
				good++
			}
		}
		copy(d.scratch[p.header:p.body], d.b[p.header:p.body])
		if count++; good < tries {
			sum -= math.Log2((float64(good) + 0.5) / (float64(tries) + 1))
		}
		tried += float64(tries)
		fine += float64(good)
	}
	if count == 0 {
		return 0
	}
	if fine == tried { // the order of the bytes does not matter, as in a sum of them
		return d.exchanged(h, e, parts[:samples]) * float64(len(bodies))
	}
	each := sum / count
	if fine == 0 {
		each = math.Log2(2 * (tried + 1))
	}
	return each * float64(len(bodies))
}

// exchanged returns the evidence of a body: how seldom one of as many bytes of other frames would have been right.
func (d *detector) exchanged(h hypothesis, e framing.Escaper, parts []part) float64 {
	var pool []byte
	for i := range parts {
		if p := &parts[i]; !p.ext.Silent && !p.cut && len(pool) < budget {
			pool = append(pool, d.b[p.header:p.body]...)
		}
	}
	if len(pool) == 0 {
		return 0
	}
	rnd := uint32(1)
	tried, fine := 0.0, 0.0
	for i := range parts {
		p := &parts[i]
		size := p.body - p.header
		if p.ext.Silent || p.cut || size == 0 {
			continue
		}
		for range max(2, min(shuffles, budget/size)) {
			for j := p.header; j < p.body; j++ {
				rnd = rnd*1664525 + 1013904223
				d.scratch[j] = pool[int(rnd>>8)%len(pool)]
			}
			if tried++; d.unescapes(h.framing, e, p) {
				fine++
			}
		}
		copy(d.scratch[p.header:p.body], d.b[p.header:p.body])
	}
	if tried == 0 {
		return 0
	}
	return -math.Log2((fine + 0.5) / (tried + 1))
}

const (
	shuffled = 96      // frames whose bodies are shuffled
	shuffles = 16      // of one body
	budget   = 1 << 12 // bytes of them
)

// unescapes reports whether the frame at p is one still in scratch, and of the same length.
func (d *detector) unescapes(f framing.Framing, e framing.Escaper, p *part) bool {
	b := d.scratch[p.at:p.end]
	c := p.before
	x, err := d.scan(f, b, &c)
	if err != nil || x.Skip != 0 || x.Header != p.ext.Header || x.Body != p.ext.Body || x.Trailer != p.ext.Trailer {
		return false
	}
	h, n := x.Header, x.Header+int(x.Body)
	_, err = e.Unescape(nil, b[:h], b[h:n], b[n:])
	return err == nil
}

package detect

import (
	"math"
)

// firstByte weighs what frames begin with after their header: a type, a bracket.
// It counts only where that is a habit.
type firstByte struct {
	n, hits float64
	count   [256]float64
	sum     float64
}

func (f *firstByte) weigh(d *detector, at, end int) float64 {
	if at >= end {
		return 0
	}
	v := d.b[at]
	p, w := 0.0, (f.hits+0.5)/(f.n+1)
	if f.count[v] > 0 {
		p = f.count[v] / f.n
		f.hits++
	}
	f.count[v]++
	f.n++
	was := max(0, f.sum)
	f.sum += d.noise.low(at, at+1) + math.Log2(w*p+(1-w)/256)
	return max(0, f.sum) - was
}

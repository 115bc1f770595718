package detect

import (
	"math"
	"math/bits"
)

// sizes computes how many bits each length costs after the lengths before it. A value
// seen before costs little if lengths repeat; any other costs its order of magnitude and
// the bits below its first bit, or how far it is from the usual length.
type sizes struct {
	classes float64
	n, hits float64
	class   [65]float64
	seen    [256]struct{ v, n uint64 }

	mean, spread float64    // of the lengths so far
	weight       [2]float64 // of the order of magnitude and of the distance from the mean, by how well they did
}

// maxClass bounds what is a likely length, 2^maxClass bytes: peers limit frames to less.
const maxClass = 26

func newSizes(width int) *sizes {
	return &sizes{classes: float64(min(8*width, maxClass) + 1), weight: [2]float64{0.9, 0.1}}
}

func (s *sizes) reset(width int) { *s = *newSizes(width) }

// cost returns the price of v in bits, and adds v to the values seen.
func (s *sizes) cost(v uint64) float64 {
	k := bits.Len64(v)
	fresh := (s.class[k] + 0.3) / (s.n + 0.3*s.classes) * math.Exp2(float64(-max(0, k-1)))
	near := s.near(float64(min(v, math.MaxInt32)))
	fresh, s.weight = mixed(s.weight, fresh, near)
	slot := &s.seen[(v^v>>8)&255]
	p, w := 0.0, (s.hits+0.5)/(s.n+1)
	if slot.v == v && slot.n > 0 {
		p = float64(slot.n) / s.n
		s.hits++
		slot.n++
	} else {
		slot.v, slot.n = v, 1
	}
	s.n++
	s.class[k]++
	bits := -log2(w*p + (1-w)*fresh)
	if k > maxClass {
		bits += 8
	}
	return bits
}

// near is the chance of a length by its distance from the usual one, which it then becomes a part of.
func (s *sizes) near(v float64) (chance float64) {
	far := math.Abs(v - s.mean)
	if s.n > 0 {
		scale := s.spread + 1
		chance = math.Exp(-far/scale) / (2*scale + 1)
	}
	share := 1 / min(s.n+1, usual)
	if s.n > 0 {
		s.spread += (far - s.spread) * max(share, 0.5/usual)
	} else {
		s.spread = v / 2
	}
	s.mean += (v - s.mean) * share
	return chance
}

// usual is how many lengths the usual one is the mean of.
const usual = 32

// mixed is the chance that two models give together, and their weights after it came true. Some of
// the weight is kept for the other.
func mixed(weight [2]float64, a, b float64) (chance float64, after [2]float64) {
	chance = weight[0]*a + weight[1]*b
	after[0] = 0.98*weight[0]*a/chance + 0.01
	after[1] = 0.98*weight[1]*b/chance + 0.01
	return chance, after
}

// values computes the cost of the values of one field, or of one byte of the head. If values
// repeat, a value that was seen before costs little. All others that the framing allows are
// equally likely.
type values struct {
	n, hits float64
	seen    map[uint64]float64
}

func (c *values) cost(v uint64, allowed float64) float64 {
	if c.seen == nil {
		c.seen = map[uint64]float64{}
	}
	p, w := 0.0, (c.hits+0.5)/(c.n+1)
	if k := c.seen[v]; k > 0 {
		p = k / c.n
		c.hits++
	}
	c.seen[v]++
	c.n++
	return -log2(w*p + (1-w)/max(1, allowed))
}

// recent are the sizes of the last frames. Among records of one size, or of a few in turn, no
// length is a surprise: bytes that were predicted prove nothing, not even that they look random.
type recent struct {
	sizes [maxTurn]int
	runs  [maxTurn]int // by a number of frames: how many sizes in a row were that of so many before
	n     int
}

const maxTurn = 4

// again reports whether the size was to be expected, and adds it.
func (r *recent) again(size int) (known bool) {
	for k := 1; k <= maxTurn; k++ {
		if r.n >= k && r.sizes[(r.n-k)%maxTurn] == size {
			r.runs[k-1]++
		} else {
			r.runs[k-1] = 0
		}
		known = known || r.runs[k-1] >= 2*k-1
	}
	r.sizes[r.n%maxTurn] = size
	r.n++
	return known
}

// again bounds the evidence of a frame as long as one of the last ones, and maxAgain how
// many have any, for rules that are one of many: of records of a few sizes, some field
// will hold just these numbers.
const (
	again    = 2
	maxAgain = 8
)

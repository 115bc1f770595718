package detect

import (
	"math"
	"math/bits"
	"slices"

	"framecat/framing"
)

// Resume finds where the frames of f go on in b, which holds bytes from inside a damaged
// stream; ended means that the stream ends with b. The Candidate has the first offset from
// which the frames that follow one another are worth MinBits, its frames and its evidence. It
// is not ok if there is no such place.
//
// Of b, the first 256 KiB are looked at. The work is linear in their number, whatever they are.
func Resume(f framing.Framing, b []byte, ended bool) (c Candidate, ok bool) {
	s := search(f, b, maxResume, ended)
	if s == nil {
		return c, false
	}
	best := s.first(0)
	if best == nil {
		return c, false
	}
	return s.candidate(best), true
}

// search measures and weighs the frames that may begin anywhere in the first bytes of b, at
// most so many. It returns nil if there are none.
func search(f framing.Framing, b []byte, most int, ended bool) *resumption {
	if delimits(f) { // its marks prove nothing
		return nil
	}
	if len(b) > most {
		b, ended = b[:most], false
	}
	s := newResumption(f, b, ended)
	if s.findFrames(); len(s.steps) == 0 {
		return nil
	}
	s.d.noise = newNoise(b)
	s.weigh()
	return s
}

// candidate counts the frames that follow one another from t on.
func (s *resumption) candidate(t *step) Candidate {
	f := s.h.framing
	c := Candidate{Spec: f.String(), Entry: s.h.kind, Start: t.part.at, Bits: float64(t.chain), Frames: int(t.row)}
	end := t.part.at
	for range t.row {
		end = s.steps[s.at[end]-1].part.end
	}
	c.Leftover = len(s.d.b) - end
	return c
}

// maxResume is how many bytes Resume looks at.
const maxResume = 256 << 10

// scanBudget is how many bytes Scan may look at, for each byte of the stream, beyond the first
// look at a place.
const scanBudget = 64

// A resumption is one search of Resume or Repair: all frames that may begin anywhere in the bytes.
type resumption struct {
	d     *detector
	h     hypothesis
	steps []step
	at    []int32 // 1 + the index in steps of the frame that begins at an offset; 0 if none does
	work  int     // bytes that Scan may still look at again
	seen  int     // bytes that Scan was given

	usual   [maxClass + 1]float64 // whole frames that may begin anywhere, by the class of their size
	sizes   [maxClass + 1]float64 // of those of the sample
	sampled float64               // how many these are
	begun   [256]bool             // their first bytes
}

// A step is a frame that may begin at an offset.
type step struct {
	part  part
	bits  float32 // evidence of this frame
	chain float32 // evidence of it and the frames after it
	row   int32   // how many whole frames follow one another from here on
}

func newResumption(f framing.Framing, b []byte, ended bool) *resumption {
	d := &detector{b: b, ended: ended, scratch: slices.Clone(b)}
	h := hypothesis{kind: framing.Lookup(f.String()), framing: f, begins: &beginnings{framing: f}}
	return &resumption{d: d, h: h, work: scanBudget * (len(b) + glance)}
}

// findFrames measures the frame at each offset where one may begin.
func (s *resumption) findFrames() {
	s.at = make([]int32, len(s.d.b)+1)
	for at, c := range s.d.b {
		if !s.h.begins.has(c) {
			continue
		}
		if p, ok := s.measure(at); ok {
			s.steps = append(s.steps, step{part: p})
			s.at[at] = int32(len(s.steps))
		}
	}
}

// measure returns the frame that begins at an offset. It looks at little, and at more only if
// the frame needs it.
func (s *resumption) measure(at int) (p part, ok bool) {
	b := s.d.b[at:]
	if l, ok := s.h.framing.(lengthRule); ok && !l.Likely(b, 1<<maxClass) {
		return p, false
	}
	look := min(len(b), firstLook)
	for {
		s.seen += look
		all := look == len(b)
		e, err := s.h.framing.Scan(b[:look], &framing.Cursor{EOF: all && s.d.ended})
		switch {
		case err == nil:
			return s.part(at, e)
		case err != framing.ErrMore || e.Skip > 0 || e.Body > int64(len(b)) || all:
			return p, false
		}
		more := max(2*look, int(e.Body)+firstLook)
		look = min(len(b), more)
		if s.work -= look; s.work < 0 {
			return p, false
		}
	}
}

// firstLook is how many bytes Scan sees of each place at first.
const firstLook = 64

// part checks a frame that Scan measured.
func (s *resumption) part(at int, e framing.Extent) (p part, ok bool) {
	b := s.d.b
	size := int64(e.Header) + e.Body + int64(e.Trailer)
	if e.Skip > 0 || e.Silent || size <= 0 || size > 1<<maxClass || len(b)-at < e.Header {
		return p, false
	}
	p = part{fill: at, at: at, header: at + e.Header, ext: e}
	if size > int64(len(b)-at) {
		p.cut, p.body, p.end = true, len(b), len(b)
		return p, true
	}
	p.body = p.header + int(e.Body)
	p.end = p.body + e.Trailer
	return p, string(b[p.end-len(e.Want):p.end]) == e.Want
}

// weigh sums up the evidence of the frames, from the last to the first.
func (s *resumption) weigh() {
	longest := 0
	for i := len(s.steps) - 1; i >= 0; i-- {
		if t := &s.steps[i]; !t.part.cut {
			s.usual[class(t.part.ext.Body)]++
			t.row = 1
			if next := s.at[t.part.end]; next > 0 {
				t.row += s.steps[next-1].row
			}
			if t.row >= s.steps[longest].row {
				longest = i
			}
		}
	}
	sample := s.sample(longest)
	heads := s.d.vary(s.h, sample)
	for i := range sample {
		s.sizes[class(sample[i].ext.Body)]++
		s.begun[s.d.b[sample[i].at]] = true
	}
	s.sampled = float64(len(sample))
	for i := len(s.steps) - 1; i >= 0; i-- {
		t := &s.steps[i]
		t.bits = float32(s.worth(&t.part, heads))
		t.chain = t.bits + s.after(&t.part)
	}
}

// class is the order of magnitude of a length.
func class(size int64) int { return min(bits.Len64(uint64(size)), maxClass) }

// sample returns frames that follow one another, from which weigh learns what the framing
// demands of its headers. The first ones may be wrong.
func (s *resumption) sample(i int) (parts []part) {
	for range min(4, s.steps[i].row/4) {
		i = int(s.at[s.steps[i].part.end]) - 1
	}
	for len(parts) < 8*varied && !s.steps[i].part.cut {
		parts = append(parts, s.steps[i].part)
		next := s.at[s.steps[i].part.end]
		if next == 0 {
			break
		}
		i = int(next) - 1
	}
	return parts
}

// after returns the evidence of what comes after a frame.
func (s *resumption) after(p *part) float32 {
	next := s.at[min(p.end, len(s.d.b))]
	switch {
	case p.cut && s.d.ended:
		return -stray // any length passes the end
	case p.cut, p.end == len(s.d.b):
		return 0
	case next > 0:
		return s.steps[next-1].chain
	case len(s.d.b)-p.end < firstLook && !s.d.ended: // too few bytes to measure a frame
		return 0
	}
	return -stray
}

// stray is what it counts against frames that no frame follows.
const stray = 8

// worth returns the evidence of one frame against the two ways in which there may be none. The
// bytes of its header and trailer may be noise: they prove what they cost as such, less what
// a length of this size costs. Or this is one of the places inside frames where the bytes look
// like the header of another: then lengths of this size are as usual as everywhere else.
func (s *resumption) worth(p *part, heads map[int][]trials) float64 {
	d := s.d
	if p.ext.Body == 0 || d.repeats(p) { // any place is like this one
		return -1
	}
	k := class(p.ext.Body)
	known := max(0, s.sizes[k]-1) // without this one, which may be in the sample
	cost := -math.Log2((known + 0.3) / (max(0, s.sampled-1) + 0.3*(maxClass+1)))
	rare := math.Log2(float64(len(d.b)) / (s.usual[k] + 1))
	head, price := headOf(p, heads), 0.0
	if p.ext.Announced || len(head) == 0 || head[0].allowed() >= free || s.begun[d.b[p.at]] {
		price = d.priceOf(p, head)
	} else {
		rare, cost = 0, cost+strange
	}
	if d.ended && p.end == len(d.b) && !p.cut { // it could have been no other
		return max(price, rare) - 1
	}
	return max(price-max(0, float64(k-1)), rare) - cost
}

// repeats reports whether all of the head of a frame is in a run of repetitions that are
// shorter than the frame.
func (d *detector) repeats(p *part) bool {
	for at := p.at; at == p.at || at < p.header; at++ {
		if k := int(d.noise.period[at]); k == 0 || k >= p.end-p.at {
			return false
		}
	}
	return true
}

// headOf returns what is known of the head of a frame, or of one of about its length.
func headOf(p *part, heads map[int][]trials) (head []trials) {
	if h := heads[p.head()]; h != nil {
		return h
	}
	size := p.end - p.at
	for n, h := range heads {
		if head == nil || n <= size && (n > len(head) || len(head) > size) || len(head) > size && n < len(head) {
			head = h
		}
	}
	return head
}

// priceOf is the price of those bytes of a frame that the framing constrains.
func (d *detector) priceOf(p *part, head []trials) (sum float64) {
	size := p.end - p.at
	for j, h := range head {
		at := p.at + j
		if at >= p.end {
			break
		}
		switch allowed := h.allowed(); {
		case h.measures() && p.ext.Announced:
			sum += d.noise.of(at, at+1, size)
		case allowed < free:
			sum += d.noise.of(at, at+1, size) - math.Log2(allowed)
		}
	}
	if n := len(p.ext.Want); n > 0 && !p.cut {
		sum += d.noise.alone(p.end-n, p.end)
	}
	return sum
}

// first returns the first frame, from an offset on, whose chain is worth MinBits, or nil.
// Where chains overlap, or begin with frames that prove nothing, the best one counts.
func (s *resumption) first(from int) (best *step) {
	for i := range s.steps {
		t := &s.steps[i]
		switch {
		case t.part.at < from:
		case best == nil && t.chain >= MinBits:
			best = t
		case best != nil && (t.part.at > best.part.end || t.part.at >= len(s.d.b)):
			return best
		case best != nil && t.chain > best.chain:
			best = t
		}
	}
	return best
}

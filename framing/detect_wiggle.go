package framing

import (
	"math"
)

// How a byte of a frame's head came out of the wiggle test.
type held struct {
	tried, fine, moved float64 // values tried; that made a frame; one of another length
}

// allowed is how many values the byte could have had.
func (h held) allowed() float64 {
	if h.tried == 0 {
		return 256
	}
	return 1 + 255*h.fine/h.tried
}

// measures says whether the byte tells the frame's length.
func (h held) measures() bool { return h.moved > 0 && 2*h.moved >= h.fine }

const (
	wiggled   = 8  // frames that are tried
	headBytes = 32 // bytes of one
	flips     = 48 // other values of a byte
)

// flip is what the k-th trial does to a byte: the bits one by one, then mixtures.
func flip(k int) byte {
	if k < 8 {
		return 1 << k
	}
	return byte(k*37 + 3)
}

// wiggle turns each byte of the head of some frames to other values and sees whether
// they would still be frames.
func (d *detector) wiggle(h hypothesis, parts []part) map[int][]held {
	heads := map[int][]held{} // by length of the head
	if delimits(h.framing) {
		return heads
	}
	if parts[len(parts)-1].cut {
		parts = parts[:len(parts)-1]
	}
	for i := range min(wiggled, len(parts)) {
		p := &parts[i*len(parts)/min(wiggled, len(parts))]
		n := p.head()
		if heads[n] == nil {
			heads[n] = make([]held, n)
		}
		for j := range n {
			d.wiggleByte(h.framing, p, p.at+j, &heads[n][j])
		}
	}
	return heads
}

// head is how many bytes of a frame may be under a constraint: the header, or what is
// left of it if the framing has none.
func (p *part) head() int {
	if p.ext.Announced || p.ext.Silent {
		return min(p.header-p.at, 4*headBytes)
	}
	return min(p.end-p.at, headBytes)
}

func (d *detector) wiggleByte(f Framing, p *part, at int, h *held) {
	was := d.scratch[at]
	defer func() { d.scratch[at] = was }()
	size := int64(p.end - p.at)
	for k := range flips {
		d.scratch[at] = was ^ flip(k)
		c := Cursor{Stream: p.stream, EOF: d.ended}
		e, err := f.Scan(d.scratch[p.at:], &c)
		h.tried++
		n := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
		if err != nil || n <= 0 {
			continue
		}
		if n > int64(len(d.b)-p.at) {
			h.fine++
			h.moved++
			continue
		}
		if end := p.at + int(n); string(d.scratch[end-len(e.Want):end]) != e.Want {
			continue
		}
		h.fine++
		if n != size {
			h.moved++
		}
	}
}

// evidence weighs the frames of a row. It is loose if it lies in marks alone.
func (d *detector) evidence(h hypothesis, parts []part) (bits float64, loose bool) {
	w := weigher{d: d, kind: h.kind, heads: d.wiggle(h, parts), columns: map[int]*values{}}
	w.sizes.reset(8)
	for i := range min(len(parts), maxScored) {
		w.frame(&parts[i])
	}
	if w.known > 0 { // heads of a length that was not tried count as the others do
		w.sum += w.ofHeads / w.known * w.unknown
	}
	if w.ends > 0 {
		w.sum += d.ofMarks(h, parts, &w)
	}
	if e, ok := h.framing.(Escaper); ok {
		w.sum += d.escapes(h, e, parts)
	}
	return w.sum, delimits(h.framing)
}

// open weighs a frame that has begun with the stream and goes on behind it, by how
// its first bytes are constrained.
func (d *detector) open(h hypothesis) {
	e, err := h.framing.Scan(d.b, &Cursor{EOF: d.ended})
	if err != ErrMore || e.Skip > 0 || delimits(h.framing) || len(d.b) < headBytes {
		return
	}
	c := chain{loose: true}
	for at := range headBytes {
		was, fine := d.scratch[at], 0
		for k := range flips {
			d.scratch[at] = was ^ flip(k)
			if _, err := h.framing.Scan(d.scratch, &Cursor{EOF: d.ended}); err == nil || err == ErrMore {
				fine++
			}
		}
		d.scratch[at] = was
		if allowed := 1 + 255*float64(fine)/flips; allowed < 250 {
			c.bits += min(d.noise.alone(at, at+1), d.noise.low(at, at+1)+8*doubt) - math.Log2(allowed)
		}
	}
	d.keep(c, h.spec, h.prior)
}

type weigher struct {
	d       *detector
	kind    *Kind
	heads   map[int][]held
	columns map[int]*values
	sizes   sizes
	size    int                       // of the frame before
	price   func(at, end int) float64 // of bytes of the frame in hand
	sum     float64
	first   firstByte

	marks, gaps, ends float64 // of frames whose end was found: prices of their marks, costs of their lengths, how many

	ofHeads, known, unknown float64
}

func (w *weigher) frame(p *part) {
	d := w.d
	head := w.heads[p.head()]
	w.price = func(at, end int) float64 { return d.noise.of(at, end, p.end-p.at) }
	switch {
	case !p.ext.Announced: // what marks a frame stands for itself
		w.price = d.noise.alone
	case d.text, p.body == p.header: // letters or zeros would do
		w.price = d.noise.low
	}
	named := [headBytes]bool{}
	if p.ext.Announced {
		w.fields(p, head, &named)
	}
	price, width := 0.0, 0
	sum := 0.0
	for j, h := range head {
		at := p.at + j
		switch {
		case j < headBytes && named[j]:
		case h.measures() && p.ext.Announced:
			price += w.price(at, at+1)
			width++
		case h.allowed() < 250 && at < p.body:
			sum += w.price(at, at+1) - w.column(j).cost(uint64(d.b[at]), h.allowed())
		}
	}
	if head == nil {
		w.unknown++
	} else {
		w.known++
		w.ofHeads += sum
	}
	w.sum += sum
	if len(p.ext.Want) > 0 && !p.cut {
		w.sum += w.price(p.end-len(p.ext.Want), p.end)
	}
	if p.ext.Silent {
		return
	}
	if !p.ext.Announced { // its end was found
		if p.body > p.header && p.end > p.body && d.noise.period[p.body] == 0 {
			if p.fill < p.at && d.b[p.fill] != 0 { // zeros stand before all kinds of things
				w.marks += d.noise.alone(p.at-1, p.at)
			}
			w.marks += d.noise.alone(p.body, p.end)
		}
		w.gaps += w.sizes.cost(uint64(p.body - p.header))
		w.ends++
		return
	}
	w.sum += w.first.weigh(d, p.header, p.body)
	if width == 1 {
		price = -anyByte
		for j, h := range head {
			if h.measures() && !(j < headBytes && named[j]) {
				price += d.noise.low(p.at+j, p.at+j+1)
			}
		}
	}
	if p.body == p.header {
		price = 0
	}
	cost := w.sizes.cost(uint64(p.ext.Body))
	if d.ended && p.end == len(d.b) && !p.cut {
		cost = min(cost, 1)
	}
	w.sum += price - cost
}

func (w *weigher) column(key int) *values {
	c := w.columns[key]
	if c == nil {
		c = new(values)
		w.columns[key] = c
	}
	return c
}

// fields weighs the fields whose values have names: others are not to be expected.
func (w *weigher) fields(p *part, head []held, named *[headBytes]bool) {
	for i := range w.kind.Fields {
		f := &w.kind.Fields[i]
		wide := 8 * f.Size
		if f.Mask != 0 {
			wide = onesIn(f.Mask)
		}
		if len(f.Names) == 0 || float64(len(f.Names)) > math.Exp2(float64(wide))*0.9 || f.At+f.Size > headBytes {
			continue
		}
		v, ok := f.Value(w.d.b[p.at:p.header])
		if !ok {
			continue
		}
		if f.Mask == 0 {
			for j := f.At; j < f.At+f.Size; j++ {
				named[j] = true
			}
		}
		if _, ok := f.Names[v]; !ok {
			w.sum -= strange
			continue
		}
		if f.Mask != 0 && f.At < len(head) && head[f.At].allowed() < 250 {
			continue // the byte counts as a whole
		}
		price := w.price(p.at+f.At, p.at+f.At+f.Size) * float64(wide) / float64(8*f.Size)
		w.sum += price - w.column(-1-i).cost(v, float64(len(f.Names)))
	}
}

// strange is what a value costs that has no name in a field of names.
const strange = 6

func onesIn(m uint64) (n int) {
	for ; m != 0; m &= m - 1 {
		n++
	}
	return n
}

// escapes weighs what stands in the bodies of frames that are escaped or checked: how
// seldom other bytes of the stream's bodies, strewn there, would have been right.
func (d *detector) escapes(h hypothesis, e Escaper, parts []part) float64 {
	var bodies []byte
	for i := range parts {
		if p := &parts[i]; !p.cut && !p.ext.Silent {
			bodies = append(bodies, d.b[p.header:p.body]...)
		}
	}
	if len(bodies) == 0 {
		return 0
	}
	rnd := uint32(1)
	sum, count, tried, fine := 0.0, 0.0, 0.0, 0.0
	for i := range min(wiggled, len(parts)) {
		p := &parts[i*len(parts)/min(wiggled, len(parts))]
		size := p.body - p.header
		if p.ext.Silent || p.cut || size == 0 {
			continue
		}
		tries, good := max(2, min(strewn, budget/size)), 0
		for range tries {
			for j := p.header; j < p.body; j++ {
				rnd = rnd*1664525 + 1013904223
				d.scratch[j] = bodies[int(rnd>>8)%len(bodies)]
			}
			if d.unescapes(h.framing, e, p) {
				good++
			}
		}
		copy(d.scratch[p.header:p.body], d.b[p.header:p.body])
		sum -= math.Log2((float64(good) + 0.5) / (float64(tries) + 1))
		count++
		tried += float64(tries)
		fine += float64(good)
	}
	if count == 0 {
		return 0
	}
	each := sum / count
	if fine == 0 {
		each = math.Log2(2 * (tried + 1))
	}
	return each * float64(min(len(parts), maxScored))
}

const (
	strewn = 32      // bodies that are strewn into a frame
	budget = 1 << 15 // bytes of them
)

// unescapes says whether the frame at p is one still in scratch, and of the same length.
func (d *detector) unescapes(f Framing, e Escaper, p *part) bool {
	b := d.scratch[p.at:p.end]
	x, err := f.Scan(b, &Cursor{Stream: p.stream, EOF: d.ended})
	if err != nil || x.Skip != 0 || x.Header != p.ext.Header || x.Body != p.ext.Body || x.Trailer != p.ext.Trailer {
		return false
	}
	h, n := x.Header, x.Header+int(x.Body)
	_, err = e.Unescape(nil, b[:h], b[h:n], b[n:])
	return err == nil
}

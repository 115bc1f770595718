package detect

import (
	"math"

	"framecat/framing"
)

// Varying the bytes finds out what a framing looks at, whatever it is: each byte of the
// head of some frames is turned to other values, and Scan reports whether that would be a
// frame still.
//
//	03 00 00 2f e0 …    tpkt
//	│  │  │  └─ any value makes a frame, of another length: it measures
//	│  │  └──── so do those
//	│  └─────── any value makes a frame of the same length: it is free
//	└────────── no other value makes a frame: worth 8 bits in each
//
// trials are what became of one byte's other values.
type trials struct {
	tried, fine, moved float64 // values tried; that made a frame; one of another length
}

// allowed is how many values the byte could have had.
func (h trials) allowed() float64 {
	if h.tried == 0 {
		return 256
	}
	return 1 + 255*h.fine/h.tried
}

// measures reports whether the byte is part of the frame's length.
func (h trials) measures() bool { return h.moved > 0 && 2*h.moved >= h.fine }

const (
	varied     = 8       // frames that are tried
	flips      = 48      // other values of a byte
	fewFlips   = 12      // of one in frames that are long to look at, or in which all others fit
	varyBudget = 1 << 20 // bytes to look at before these are few
)

// free is how many values a byte must be able to have to count as one without constraint.
const free = 250

// flip is what the k-th trial does to a byte: the bits one by one, then mixtures.
func flip(k int) byte {
	if k < 8 {
		return 1 << k
	}
	return byte(k*37 + 3)
}

// vary turns each byte of the head of some frames to other values and sees whether
// they would still be frames.
func (d *detector) vary(h hypothesis, parts []part) map[int][]trials {
	heads := map[int][]trials{} // by length of the head
	if delimits(h.framing) {
		return heads
	}
	if n := len(parts) - 1; n > 0 && parts[n].cut {
		parts = parts[:n]
	}
	sample := min(varied, len(parts))
	for i := range sample {
		p := &parts[i*len(parts)/sample]
		n := p.head()
		if heads[n] == nil {
			heads[n] = make([]trials, n)
		}
		tries := flips
		if !p.ext.Announced { // all of the frame is looked at each time
			tries = max(fewFlips, min(flips, varyBudget/(sample*n*(p.end-p.at))))
		}
		for j := range n {
			d.varyByte(h.framing, p, p.at+j, tries, &heads[n][j])
		}
	}
	return heads
}

// varyByte turns one byte to so many other values.
func (d *detector) varyByte(f framing.Framing, p *part, at, tries int, h *trials) {
	was := d.scratch[at]
	defer func() { d.scratch[at] = was }()
	size, look := int64(p.ext.Header)+p.ext.Body+int64(p.ext.Trailer), len(d.b)
	if !p.ext.Announced {
		look = min(look, p.end+max(p.end-p.at, glance))
	}
	fine, moved := 0, 0
	for k := range tries {
		if alike := moved == 0 || moved == k; k == fewFlips && fine == k && alike && !p.ext.Announced { // so would all others be
			fine, moved = tries, moved/k*tries
			break
		}
		d.scratch[at] = was ^ flip(k)
		c := p.before
		c.EOF = d.ended && look == len(d.b)
		e, err := d.scan(f, d.scratch[p.at:look], &c)
		if err == framing.ErrMore && look < len(d.b) { // it goes on beyond what is looked at
			fine++
			moved++
			continue
		}
		n := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
		if err != nil || n <= 0 {
			continue
		}
		if end := p.at + int(min(n, math.MaxInt32)); end <= len(d.b) && string(d.scratch[end-len(e.Want):end]) != e.Want {
			continue
		}
		fine++
		if n != size {
			moved++
		}
	}
	h.tried += float64(tries)
	h.fine += float64(fine)
	h.moved += float64(moved)
}

// open weighs a frame that begins at the start of the stream and does not end in it. The
// evidence is how much the framing constrains its first bytes: that it is so long is none.
func (d *detector) open(h hypothesis) {
	e, err := d.scan(h.framing, d.b, &framing.Cursor{EOF: d.ended})
	if err != framing.ErrMore && err != nil || e.Skip > 0 || delimits(h.framing) || len(d.b) < headBytes {
		return
	}
	c := chain{loose: true, open: true}
	var named [headBytes]bool
	if err == nil && e.Header <= len(d.b) {
		p := part{header: e.Header, body: len(d.b), end: len(d.b), ext: e, cut: true}
		w := weigher{d: d, kind: h.kind, framing: h.framing, columns: map[int]*values{}}
		w.setPrice(&p, false)
		w.fields(&p, nil, &named)
		c.bits += w.sum + d.opening(h, &p)
	}
	b := d.scratch[:min(len(d.b), glance)]
	for at := range headBytes {
		if named[at] {
			continue
		}
		was, fine := d.scratch[at], 0
		for k := range flips {
			if k == fewFlips && fine == k {
				fine = flips
				break
			}
			d.scratch[at] = was ^ flip(k)
			if _, err := d.scan(h.framing, b, &framing.Cursor{EOF: d.ended && len(b) == len(d.b)}); err == nil || err == framing.ErrMore {
				fine++
			}
		}
		d.scratch[at] = was
		if allowed := 1 + 255*float64(fine)/flips; allowed < free {
			c.bits += min(d.usual(was), d.noise.low(at, at+1)+8*doubt) - math.Log2(allowed)
		}
	}
	d.keep(c, h.spec, h.prior)
}

// usual returns the price of a byte by how often it comes in the whole stream: the bytes before the first ones do
// not show that.
func (d *detector) usual(c byte) float64 {
	if d.bytes == nil {
		d.bytes = new([256]float64)
		for _, c := range d.b {
			d.bytes[c]++
		}
	}
	return min(8, -log2((d.bytes[c]+0.5)/(float64(len(d.b))+128)))
}

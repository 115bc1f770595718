package detect

import (
	"bytes"
	"math"
	"math/bits"
	"slices"
	"strings"

	"framecat/framing"
)

// evidence weighs the frames of a row. It is loose if it lies in marks alone.
func (d *detector) evidence(h hypothesis, parts []part) (sum float64, loose bool) {
	w := weigher{d: d, kind: h.kind, token: h.token, heads: d.vary(h, parts), columns: map[int]*values{}, seen: map[string]bool{}}
	w.plain = h.prior <= plainPrior
	w.framing = h.framing
	w.misplaced = map[[2]int]bool{}
	w.late = parts[0].fill > 0 && !w.plain
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
	if e, ok := h.framing.(framing.Escaper); ok {
		w.sum += d.escapes(h, e, parts)
	}
	w.sum += d.opening(h, &parts[0])
	if h.kind.Details().Traits().Clear && !inColumn(parts) {
		w.sum += w.ends * math.Log2E
	}
	return w.sum, delimits(h.framing)
}

// inColumn reports whether frames of many sizes nearly all end at even places, or at odd ones: then their
// marks are numbers in a table of such, like the cipher suites that a TLS client offers.
func inColumn(parts []part) bool {
	odd, other := 0, 0
	for i := range parts {
		odd += parts[i].end & 1
		if parts[i].end-parts[i].at != parts[0].end-parts[0].at {
			other++
		}
	}
	few := len(parts) / 20
	return len(parts) >= 16 && other > few && (odd <= few || odd >= len(parts)-few)
}

// opening weighs how the first frame begins, if all streams of the row begin so.
func (d *detector) opening(h hypothesis, first *part) float64 {
	at := first.header
	if first.body == at {
		at = first.at
	}
	for _, text := range h.kind.Details().Traits().First {
		if first.at == 0 && bytes.HasPrefix(d.b[at:first.end], []byte(text)) {
			return d.noise.alone(at, at+len(text))
		}
	}
	return 0
}

// A weigher sums up the evidence of one row, frame by frame.
type weigher struct {
	d       *detector
	kind    *framing.Entry
	token   bool // frames end at a delimiter that was found in the stream
	heads   map[int][]trials
	columns map[int]*values
	seen    map[string]bool // frames
	sizes   sizes
	price   func(at, end int) float64 // of bytes of the current frame
	sum     float64
	first   column
	recent  recent
	plain   bool // a plain rule
	late    bool // the row of a protocol, from inside the stream
	same    int  // frames of a size that was to be expected

	framing   framing.Framing
	misplaced map[[2]int]bool // see longForm

	// Of frames whose end was found: prices of their marks, costs of their sizes, how many.
	marks, gaps, ends float64
	// Evidence of the heads that were varied or are like one that was, how many, and how many others.
	ofHeads, known, unknown float64
}

// frame adds the evidence of one frame. One that was there before proves little, but
// speaks against nothing.
func (w *weigher) frame(p *part) {
	b := w.d.b[p.at:p.end]
	was := w.sum
	seen := w.seen[string(b)]
	if seen {
		most := math.Inf(1)
		if p.ext.Announced && bytes.HasSuffix(w.d.b[:p.at], b) { // where bytes are repeated, a length fits always or never
			most = was + again
		}
		defer func() { w.sum = min(max(w.sum, was), most) }()
	} else {
		w.seen[string(b)] = true
	}
	head := w.heads[p.head()]
	known := w.recent.again(p.end - p.at)
	w.setPrice(p, known)
	if known && w.late {
		most := w.sum
		if w.same++; w.same <= maxAgain {
			most += again
		}
		defer func() { w.sum = min(w.sum, most) }()
	}
	var named [headBytes]bool
	if p.ext.Announced {
		w.fields(p, head, &named)
		if w.longForm(p) {
			w.sum -= 2 * strange
		}
	}
	if w.kind.Details().Traits().Ends {
		switch {
		case seen:
			w.sum += again
		case !p.cut: // it could have ended in another place or two
			w.sum += w.d.noise.low(p.body, p.end) - 1
		}
		return
	}
	ofWords := len(w.kind.Details().Traits().Words) > 0 // the other bytes are any text
	if !w.shared(p) && !ofWords {
		w.constrained(p, head, &named)
	}
	if !w.words(p) {
		w.sum = min(w.sum, was) - 2*strange
		return
	}
	if len(p.ext.Want) > 0 && !p.cut {
		w.sum += w.price(p.end-len(p.ext.Want), p.end)
	}
	if sign := w.kind.Details().Traits().Sign; sign != "" {
		if i := strings.Index(string(w.d.b[p.header:p.body]), sign); i >= 0 {
			i += p.header
			w.sum += sumOf(w.d.noise.near[i:i+len(sign)]) - math.Log2(float64(p.body-p.header))
		}
	}
	if begin := w.kind.Details().Traits().Begin; begin != "" && p.body > p.header && !bytes.HasPrefix(w.d.b[p.header:p.body], []byte(begin)) {
		w.sum -= 2 * strange
	}
	switch {
	case p.ext.Silent, ofWords && p.end == p.body:
	case p.ext.Announced:
		w.announced(p, head, &named)
	default:
		w.marked(p)
	}
}

// shared reports whether the frame begins as those of other protocols do.
func (w *weigher) shared(p *part) bool {
	return slices.ContainsFunc(w.kind.Details().Traits().Shared, func(text string) bool {
		return bytes.HasPrefix(w.d.b[p.at:p.end], []byte(text))
	})
}

// longForm reports whether the length of a frame is in another field than the one that is used for such
// lengths. Where there is one for long frames only, a stream of short ones does not use it.
func (w *weigher) longForm(p *part) bool {
	a, ok := w.framing.(framing.Announcer)
	if !ok {
		return false
	}
	key := [2]int{p.ext.Field, bits.Len64(uint64(p.ext.Body))}
	long, ok := w.misplaced[key]
	if !ok {
		if b, err := a.AppendHeader(nil, framing.Marks{}, p.ext.Body); err == nil {
			before := p.before
			e, err := w.framing.Scan(b, &before)
			long = err == nil && e.Announced && e.Field < p.ext.Field && e.Header < p.ext.Header
		}
		w.misplaced[key] = long
	}
	return long
}

// setPrice chooses the function that prices bytes of the current frame.
func (w *weigher) setPrice(p *part, known bool) {
	d := w.d
	w.price = func(at, end int) float64 { return d.noise.of(at, end, p.end-p.at) }
	switch {
	case !p.ext.Announced: // a mark means nothing else
		w.price = d.noise.alone
	case d.text, p.body == p.header, known && w.late: // letters or zeros would do
		w.price = d.noise.low
	case known && !w.plain: // among records of one size, other bytes would not look like lengths either
		w.price = func(at, end int) float64 { return (d.noise.low(at, end) + d.noise.of(at, end, p.end-p.at)) / 2 }
	}
}

// constrained weighs the bytes of the head that few others could replace, and that
// are no part of a length.
func (w *weigher) constrained(p *part, head []trials, named *[headBytes]bool) {
	sum := 0.0
	for j, h := range head {
		at := p.at + j
		if j < headBytes && named[j] || h.measures() && p.ext.Announced || at >= p.body {
			continue
		}
		if allowed := h.allowed(); allowed < free {
			cost := w.column(j).cost(uint64(w.d.b[at]), allowed)
			if !p.ext.Announced && !p.ext.Silent { // lines of any text begin alike
				cost = max(cost, math.Log2(allowed))
			}
			bits := w.price(at, at+1) - cost
			if p.ext.Silent || p.ext.Announced && w.kind.Details().Traits().Text { // many bytes of a header of text could be others, but are those of words
				bits = max(bits, 0)
			}
			sum += bits
		}
	}
	if head == nil {
		w.unknown++
	} else {
		w.known++
		w.ofHeads += sum
	}
	w.sum += sum
}

// marked adds a frame whose end was found to what ofMarks weighs.
func (w *weigher) marked(p *part) {
	n := &w.d.noise
	if p.body > p.header && p.end > p.body && n.period[p.body] == 0 {
		if p.fill < p.at && w.d.b[p.fill] != 0 { // zeros come before all kinds of things
			w.marks += n.alone(p.at-1, p.at)
		}
		if w.token { // what comes before a delimiter does not predict it
			w.marks += n.low(p.body, p.end)
		} else {
			w.marks += n.alone(p.body, p.end)
		}
	}
	w.gaps += w.sizes.cost(uint64(p.body - p.header))
	w.ends++
}

// announced weighs the bytes of a frame's length.
func (w *weigher) announced(p *part, head []trials, named *[headBytes]bool) {
	d := w.d
	w.sum += d.habit(&w.first, p.header, p.body)
	price, low, width := 0.0, -d.handicap, 0
	for j, h := range head {
		if at := p.at + j; h.measures() && !(j < headBytes && named[j]) {
			price += w.price(at, at+1)
			low += d.noise.low(at, at+1)
			width++
		}
	}
	switch {
	case p.body == p.header: // empty frames prove nothing
		price = 0
	case width == 1:
		price = low
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
func (w *weigher) fields(p *part, head []trials, named *[headBytes]bool) {
	for i := range w.kind.Fields {
		f := &w.kind.Fields[i]
		wide := 8 * f.Size
		if f.Mask != 0 {
			wide = bits.OnesCount64(f.Mask)
		}
		if v, ok := f.Value(w.d.b[p.at:p.header]); ok && v != 0 && f.Name == "reserved" {
			w.sum -= strange
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
		if f.Names.Of(v) == "" {
			w.sum -= strange
			continue
		}
		if f.Mask != 0 && f.At < len(head) && head[f.At].allowed() < free {
			continue // the byte counts as a whole
		}
		price := w.price(p.at+f.At, p.at+f.At+f.Size) * float64(wide) / float64(8*f.Size)
		w.sum += price - w.column(-1-i).cost(v, float64(len(f.Names)))
	}
}

// strange is what a value costs that has no name in a field of names, and one that is not zero in a
// field that is reserved.
const strange = 6

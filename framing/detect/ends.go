package detect

import (
	"math"
)

// ofMarks weighs frames whose ends were found. Any byte cuts any stream into frames,
// so a mark proves nothing by being there: it must cost more bytes than chance would
// need to write the same gaps between them, and gaps must be alike over the stream.
func (d *detector) ofMarks(h hypothesis, parts []part, w *weigher) float64 {
	first, last := parts[0].fill, len(d.b)
	mean := float64(last-first) / float64(len(parts))
	wide, text := 0, 0
	for i := range parts {
		p := &parts[i]
		if size := p.end - p.fill; float64(size) > 10*mean {
			wide += size
		}
		if p.body-p.header >= minText && plainText(d.b[p.header:p.body]) {
			text++
		}
	}
	end := parts[len(parts)-1].end
	if size := last - end; float64(size) > 10*mean {
		wide += size
	}
	if h.token && d.ended && end < last {
		w.marks -= tokenLeft
	}
	bits := w.marks - max(w.gaps, w.ends*(math.Log2(mean)+math.Log2E)+math.Log2(w.ends+1)/2+1)
	ends := h.kind.Details().Traits().Clear && parts[0].header == parts[0].at
	if (ends || delimits(h.framing)) && plainText(d.b[end:]) && text > 0 {
		bits += d.ofText(parts, text)
	}
	if bits > 0 {
		bits *= max(0, 1-2*float64(wide)/float64(last-first))
	}
	return soft(bits, len(parts))
}

// tokenLeft is what bytes cost after the last delimiter, or after the last record of a size, that
// was found in the stream: what comes often may be part of what the stream holds.
const tokenLeft = 30

// minText is how many bytes of text between two marks are no number in a table.
const minText = 3

// ofText returns the evidence, in bits, of the fact that all bytes between the marks are text.
func (d *detector) ofText(parts []part, text int) float64 {
	for i := range parts {
		if p := &parts[i]; p.body > p.header && !plainText(d.b[p.header:p.body]) {
			return 0
		}
	}
	if plainText(d.b[parts[0].body:parts[0].end]) {
		return 3 * float64(text)
	}
	return 6 * float64(text)
}

// soft bounds evidence that grows with every repetition of the same few bytes: they
// prove that the bytes are repeated, but not that frames end there. When it is
// plenty, twice as many frames count as one more.
func soft(bits float64, frames int) float64 {
	const plenty = 20
	if bits <= plenty {
		return bits
	}
	each := min(8, max(3, bits/float64(frames)))
	return plenty + each*math.Log2(1+(bits-plenty)/each)
}

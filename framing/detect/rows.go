package detect

import (
	"bytes"
	"math"

	"framecat/framing"
)

// walk reads the frames of f from start; broken means that the bytes after
// the last one are no frame. If a payload begins with dark, which may be "", the frames after it
// cannot be read. The parts are valid until the next call.
func (d *detector) walk(f framing.Framing, start int, dark string) (parts []part, broken bool) {
	defer func() { d.parts = parts }()
	parts = d.parts[:0]
	escaper, _ := f.(framing.Escaper)
	var c framing.Cursor
	var out []byte
	at, filled := start, 0
	for {
		c.Seen, c.Pending, c.EOF = 0, 0, d.ended
		stream := c.Stream
		e, err := d.scan(f, d.b[at:], &c)
		if err != nil {
			_, bad := err.(*framing.Error)
			return parts, bad
		}
		p := part{fill: at, at: at + e.Skip, stream: stream, ext: e}
		p.header = p.at + e.Header
		left := int64(len(d.b) - p.header)
		if left < 0 {
			return parts, false
		}
		if e.Body > left || e.Body+int64(e.Trailer) > left {
			p.cut = true
			p.body, p.end = len(d.b), len(d.b)
			return append(parts, p), false
		}
		p.body = p.header + int(e.Body)
		p.end = p.body + e.Trailer
		if string(d.b[p.end-len(e.Want):p.end]) != e.Want || p.end == at {
			return parts, true
		}
		if escaper != nil && !e.Silent {
			var err error
			if out, err = escaper.Unescape(out[:0], d.b[p.at:p.header], d.b[p.header:p.body], d.b[p.body:p.end]); err != nil {
				return parts, true
			}
		}
		if parts = append(parts, p); p.body > p.header || e.Silent {
			filled = len(parts)
		}
		if len(parts)-filled == maxEmpty {
			return parts, true
		}
		if dark != "" && e.Announced && bytes.HasPrefix(d.b[p.header:p.body], []byte(dark)) {
			return parts, false
		}
		at = p.end
	}
}

// chainOf returns the chain of the whole frames in parts. The bytes between two of them that are in
// none are damage.
func chainOf(parts []part, start int) chain {
	c := chain{start: start, end: start}
	for i := range parts {
		if !parts[i].cut {
			c.end = max(c.end, parts[i].fill)
			c.add(parts[i].end)
		} else {
			c.over = int(min(parts[i].ext.Body, math.MaxInt32))
		}
	}
	return c
}

// rows weighs the rows of the table from the start of the stream.
func (d *detector) rows() {
	d.whole = make([]bool, len(d.hypotheses))
	for i := range d.hypotheses {
		h := &d.hypotheses[i]
		d.whole[i] = d.text && h.binary() || !d.refuses(h, 0) && d.row(*h, 0)
	}
}

// row weighs one. It is whole if it finds its marks itself and so needs no other start.
func (d *detector) row(h hypothesis, start int) (whole bool) {
	parts, broken := d.walk(h.framing, start, h.kind.Details().Traits().Last)
	signed := h.kind.Details().Traits().Sign != ""
	if start > 0 && !signed && (broken || len(parts) < 2) {
		return false
	}
	c := chainOf(parts, start)
	c.broken, c.signed = broken, signed
	if c.frames == 0 {
		if len(parts) == 0 && !broken && start == 0 {
			d.open(h)
		}
		return false
	}
	if l, ok := h.framing.(measured); ok {
		c.thin = l.LengthSize() == 1
	}
	c.bits, c.loose = d.evidence(h, parts)
	if start == 0 && h.prior <= rowPrior {
		c = d.healed(h, c, parts)
	}
	d.keep(c, h.spec, h.prior)
	return !broken && !parts[0].ext.Announced && !parts[0].ext.Silent
}

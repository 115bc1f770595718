package detect

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
		if !broken && start == 0 { // all of it is in one frame, or none is recognised yet
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

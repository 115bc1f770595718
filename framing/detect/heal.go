package detect

import (
	"slices"

	"framecat/framing"
)

// A stream with a damaged frame is still what it is. Where the frames of a row that has some
// evidence end at what is no frame, or at one that the rest of the stream is not enough for, they
// are looked for after it:
//
//	[00 05 h e l l o][00 03 b y][00 04 …      a byte is missing
//	└── these prove the row ──┘ └─── 00 04 is no longer where the frame before ends
//
// Frames before and after the damage are weighed together, and the damage costs its place.

// healed returns the chain c of the row h, whose frames are parts, with the frames after damage, if
// there is one and these go on to the end of the stream.
func (d *detector) healed(h hypothesis, c chain, parts []part) chain {
	last := len(parts) - 1
	if d.undamaged(&c, h.prior) || c.bits < h.prior+promising || delimits(h.framing) {
		return c
	}
	parts = slices.Clone(parts)
	if parts[last].cut {
		parts = parts[:last]
		last--
	}
	best := c
	from := parts[last].at + 1 // a frame may have lost bytes, and ends inside the next
	for _, next := range d.goingOn(&h, from, min(from+maxStart, len(d.b)-1)) {
		more, broken := d.walk(h.framing, next, "")
		if broken || len(more) < 2 {
			continue
		}
		before := parts
		if next < parts[last].end {
			before = parts[:last]
		}
		all := slices.Concat(before, more)
		healed := chainOf(all, c.start)
		healed.signed, healed.thin, healed.healed = c.signed, c.thin, true
		healed.bits, healed.loose = d.evidence(h, all)
		lost := next - c.start
		if n := len(before); n > 0 {
			lost = next - before[n-1].end
		}
		healed.bits -= d.damage(lost, &healed)
		if healed.frames >= minHealed && healed.bits > best.bits && !d.swallowed(&healed, h.prior) {
			best = healed
		}
	}
	return best
}

// undamaged reports whether the frames of a chain go on to the end of the stream, as far as can be seen.
func (d *detector) undamaged(c *chain, prior float64) bool {
	return !c.broken && !d.swallowed(c, prior) && c.over <= implausible*c.longest
}

// healedRule returns the chain c of the rule r with the frames after damage.
func (d *detector) healedRule(r *rule, c chain) chain {
	if d.undamaged(&c, r.prior) || c.bits < r.prior+promisingRule || c.frames < 2 {
		return c
	}
	f, err := framing.Parse(r.spec)
	if err != nil {
		return c
	}
	h := hypothesis{spec: r.spec, framing: f}
	best := c
	last := c.end - c.size // the last frame; if its length is damaged, it ends inside another one
	for _, next := range d.goingOn(&h, last+1, min(last+maxStart, len(d.b)-1)) {
		more := d.follow(r, next)
		if more.broken || more.frames < 2 || d.swallowed(&more, r.prior) {
			continue
		}
		before := c
		if next < c.end {
			before.frames, before.bits, before.end = c.frames-1, c.bits*float64(c.frames-1)/float64(c.frames), last
		}
		more.start = c.start
		more.frames += before.frames
		more.empty += min(c.empty, before.frames)
		more.longest = max(more.longest, c.longest)
		more.healed = true
		more.bits += before.bits - d.damage(next-before.end, &more)
		if more.frames >= minHealed && more.bits > best.bits {
			best = more
			best.hash = d.cutsOf(f, c.start, before.frames, next)
		}
	}
	return best
}

// cutsOf returns the hash of where frames end that begin at start, n of them, and then at next. Rows that
// find the same frames have the same.
func (d *detector) cutsOf(f framing.Framing, start, n, next int) uint64 {
	first, _ := d.walk(f, start, "")
	all := slices.Clone(first[:min(n, len(first))])
	rest, _ := d.walk(f, next, "")
	c := chainOf(append(all, rest...), start)
	return c.hash
}

const (
	promising     = 0  // bits above those for its name that a row must have before damage
	promisingRule = 12 // the same for a rule
)

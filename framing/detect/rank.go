package detect

import (
	"cmp"
	"math"
	"slices"

	"framecat/framing"
)

// keep notes a hypothesis that explains a part of the stream. Naming it costs prior.
func (d *detector) keep(c chain, spec string, prior float64) {
	d.note(found{chain: c, spec: spec}, prior)
}

func (d *detector) note(c found, prior float64) {
	less, because := d.besides.of(c.spec, prior)
	c.because = because
	named := prior - less
	c.bits -= named + c.tax(named)*float64(min(c.frames, maxScored))
	if c.start > 0 {
		c.bits -= math.Log2(float64(d.lastStart()))
	}
	if c.over > implausible*c.longest && c.rule != nil { // the larger it would be, the less likely
		c.bits -= math.Log2(float64(c.over) / float64(max(1, c.longest)))
	}
	if !c.signed && (c.broken || d.swallowed(&c.chain, named)) { // most of what such a chain seemed to prove was luck
		c.bits = c.bits/2*float64(c.end-c.start)/float64(len(d.b)) - 8
	}
	few := 0 // frames that may be found anywhere
	inside := d.ended && c.end < len(d.b)
	switch {
	case c.start > 0 && (inside || c.broken):
		few = 6
	case c.start > 0 && prior == rowPrior:
		few = 2
	case c.start > 0:
		few = 4
	case named > rowPrior && !c.loose && inside:
		few = 6
	case named > rowPrior && !c.loose:
		few = 2
	case c.rule != nil && c.end < len(d.b):
		few = 1
	}
	tiny := c.frames > manyTiny && !c.loose && (c.start > 0 || c.broken || c.healed || inside) && c.bits < tinyBits*float64(min(c.frames, maxScored)) // found in any table of small numbers
	if (few > 0 && c.frames <= few || tiny) && !c.signed {
		c.bits = min(c.bits, MinBits-1)
	}
	// From a later start, a plain rule speaks against others even if it is weak itself.
	if weak := c.start > 0 && prior <= plainPrior && !c.broken; !(c.bits > 0) && !weak && !d.exact(&c) {
		return
	}
	each := 1.5 // bits a frame without which a later start may do better
	if c.thin {
		each = 4
	}
	if !c.broken && !c.empties() && (c.synced || !c.loose && named <= rowPrior) && c.bits > each*float64(min(c.frames, maxScored)) {
		d.best = max(d.best, c.bits)
	}
	d.found = append(d.found, c)
}

const (
	manyTiny = 64   // frames
	tinyBits = 0.25 // of evidence in each, on average, which hundreds of them have by chance
)

// tax is what each frame must prove beyond chance, where the chain begins late or its
// rule is one of many: in a table of small numbers some chain goes on and on with next
// to nothing for each step. It is less where frames begin with the same bytes.
func (c *found) tax(prior float64) float64 {
	late, many := c.start > 0, prior > rowPrior && !c.loose
	switch {
	case late && many && !c.synced:
		return 5
	case many && !c.synced:
		return 3
	case late && many:
		return 3
	case late:
		return 1.5
	case many:
		return 1
	}
	return 0
}

// swallowed reports whether the chain is many small frames and then one that the rest of
// the stream is not enough for. Of rules that are one of many, fewer will do; and one
// that begins late must not end early.
func (d *detector) swallowed(c *chain, prior float64) bool {
	small, left := 24, len(d.b)-c.end
	if c.start > 0 && left > (len(d.b)-c.start)/2 {
		return true
	}
	if prior > rowPrior {
		small = 8
	}
	return c.frames >= small && left > 8*c.longest && left > len(d.b)/4
}

// damage is what it costs that so many bytes between frames of a chain are in none: there may be one
// damaged frame, but not some in a row.
func (d *detector) damage(lost int, c *chain) float64 {
	mean := float64(c.end-c.start) / float64(c.frames)
	return damaged*max(1, float64(lost)/mean) + math.Log2(float64(len(d.b)))
}

// damaged is what a damaged frame costs, besides its place.
const damaged = 8

// maxCandidates bounds what is of interest.
const maxCandidates = 12

// ranked puts those together that cut the stream alike, or from a later start into the
// same sizes, best first.
func (d *detector) ranked() (out []Candidate) {
	d.nest()
	slices.SortStableFunc(d.found, func(a, b found) int { return cmp.Compare(b.bits, a.bits) })
	type cuts struct {
		hash uint64
		late bool
	}
	var order []cuts
	groups := map[cuts][]found{}
	for _, f := range d.found {
		key := cuts{f.hash, false}
		if f.start > 0 {
			key = cuts{f.sizes, true}
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], f)
	}
	for _, key := range order[:min(len(order), maxCandidates)] {
		if c := d.candidate(groups[key]); c.Bits > 0 {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Bits, a.Bits) })
	return out
}

// nest ranks below a likely framing of the whole stream what may be part of its
// messages: frames that begin inside of its last one, and lines. What begins later must
// prove half as much again. A message that is longer than the stream has all of it inside.
func (d *detector) nest() {
	d.checkExact()
	d.align()
	d.wider()
	d.explain()
	var outer []found
	for _, f := range d.found {
		if f.start == 0 && !f.broken && !f.shifted && (!f.loose || f.synced) && f.frames > 1 && f.bits > MinBits/2 &&
			(f.class() < 2 || len(d.b)-f.end <= 2*f.longest) {
			outer = append(outer, f)
		}
		if f.open && f.bits >= MinBits {
			f.end = len(d.b)
			outer = append(outer, f)
		}
	}
	for i := range d.found {
		for _, o := range outer {
			if f := &d.found[i]; f.start >= o.end || (f.loose && !f.synced && !f.open || f.start > 0 && (f.bits < 1.5*o.bits || o.end == len(d.b))) && o.bits >= MinBits {
				f.bits = min(f.bits, o.bits-1)
			}
		}
	}
}

// align ranks what fills the whole stream before what cuts it into the same sizes at other places:
// the same lengths are seen from other offsets, where they seem to prove as much. A stream that has not
// ended can be cut anywhere, so there only records of one size show something.
func (d *detector) align() {
	for i := range d.found {
		o := &d.found[i]
		if !d.exact(o) || !d.ended && o.run < o.frames {
			continue
		}
		for j := range d.found {
			f := &d.found[j]
			if records := o.run == o.frames && f.run >= minExact && f.size%o.size == 0; d.exact(f) || f.sizes != o.sizes && f.sizes != o.before && !records {
				continue
			}
			if o.rule == nil && f.rule != nil && f.start > 0 && f.run == f.frames { // o fills the stream by chance, as it begins inside a frame
				continue
			}
			if o.bits < MinBits && (f.frames < o.frames-2 || f.frames > o.frames) {
				continue
			}
			if f.class() <= 1 && o.class() > 1 && !f.loose && f.end == o.end && !f.broken { // only its first frame is damaged
				if f.bits >= max(MinBits, o.bits/3) && f.frames >= o.frames-2 {
					o.bits, o.shifted = min(o.bits, f.bits-1), true
					break
				}
				continue
			}
			o.bits = max(o.bits, f.bits)
			f.bits, f.shifted = min(f.bits, o.bits-1), true
		}
	}
	d.alignDamaged()
}

// alignDamaged does so for a stream of which no frames fill all: its first frame is damaged, or its last
// one. What begins or ends with the stream is read from the right place, and what has a name is.
func (d *detector) alignDamaged() {
	for i := range d.found {
		o := &d.found[i]
		ending := d.ended && o.end == len(d.b) && !o.broken
		if o.frames < minHealed || o.run == o.frames || o.loose || o.bits < MinBits/2 {
			continue
		}
		for j := range d.found {
			f := &d.found[j]
			if f.run == f.frames || f.sizes != o.sizes && f.sizes != o.before && f.before != o.sizes || o.shifted {
				continue
			}
			switch {
			case f.start == o.start && f.end == o.end, d.exact(f), o.frames > f.frames+2, f.frames > o.frames+2:
				continue
			case o.start > 0 && ending && f.start > 0 && f.end < len(d.b) && o.start <= f.start+f.longest:
			case o.start > 0 && ending && o.class() <= 1 && f.class() > 1 && o.bits >= MinBits && f.end < len(d.b) && o.start <= f.longest:
			case o.start == 0 && f.start > 0 && f.end < len(d.b):
			case o.start == 0 && o.class() <= 1 && f.class() > 1 && o.bits >= max(MinBits, 0.9*f.bits):
			default:
				continue
			}
			o.bits = max(o.bits, f.bits)
			f.bits, f.shifted = min(f.bits, o.bits-1), true
		}
	}
}

// wider ranks frames with a length that was damaged before what reads a part of its zeros as empty
// frames: then there is an empty frame, or some, before each of the others.
func (d *detector) wider() {
	for i := range d.found {
		o := &d.found[i]
		if o.bits < MinBits || o.class() > 1 && !o.healed {
			continue
		}
		for j := range d.found {
			f := &d.found[j]
			if full := f.frames - f.empty; f.start <= o.start && f.empties() && full <= o.frames+3 && o.frames <= full+1 && o.empty < f.empty/2 {
				f.bits, f.shifted = min(f.bits, o.bits-1), true
			}
		}
	}
}

// explain ranks a protocol, or frames with a sync word, that explain everything from their start to
// the end of the stream before what does not, or cuts it into more frames: many tiny frames are
// found in a table of zeros.
func (d *detector) explain() {
	for i := range d.found {
		o := &d.found[i]
		if o.shifted || o.broken || o.end < len(d.b) || o.bits < MinBits || !o.synced && (o.class() != 1 || o.loose) {
			continue
		}
		for j := range d.found {
			f := &d.found[j]
			if o.healed && (f.synced || d.exact(f)) && f.bits >= o.bits-damaged { // all of it is right for f
				continue
			}
			if f.start >= o.start && (f.start > o.start || f.frames > o.frames || f.end < o.end || o.synced && f.frames < o.frames) && f.bits < 4*o.bits {
				f.bits = min(f.bits, o.bits-1)
			}
		}
	}
}

// candidate makes one Candidate of the framings that cut the stream alike, best first: the
// simplest of those with about the best evidence, as a protocol needs evidence of its own. From
// a later start a plain rule goes before others, which may begin in the frame before.
func (d *detector) candidate(group []found) Candidate {
	alike, share := 0, 0.9
	if group[0].healed { // what damage costs differs too
		share = 0.75
	}
	for alike < len(group) && group[alike].bits > min(group[0].bits*share, group[0].bits-16) {
		alike++
	}
	best := slices.MinFunc(group[:alike], func(a, b found) int {
		return cmp.Or(cmp.Compare(len(b.because), len(a.because)), cmp.Compare(a.class(), b.class()), cmp.Compare(b.mark(), a.mark()))
	})
	if i := slices.IndexFunc(group, func(f found) bool { return f.class() == 0 }); i >= 0 && best.start > 0 && best.class() >= 2 {
		best = group[i]
		alike = i + 1
	}
	if i := slices.IndexFunc(group, func(f found) bool { return f.class() == 1 && d.demands(&f, best.magic) }); i >= 0 && best.class() == 2 {
		best = group[i]
	}
	plainer := framing.Lookup(best.spec).Details().Traits().Refines
	if i := slices.IndexFunc(group, func(f found) bool { return f.spec == plainer }); i >= 0 {
		best = group[i] // their evidence differs by chance
		alike = max(alike, i+1)
	}
	if i := slices.IndexFunc(group, func(f found) bool { return len(f.because) > 0 && f.bits >= MinBits }); i >= 0 && len(best.because) == 0 && plainer == "" {
		best = group[i] // a row needs more evidence than a plain rule for the same bytes, but it is expected
	}
	if len(best.because) > 0 { // that frames end there is evident, whatever they are called
		best.bits = max(best.bits, group[0].bits)
	}
	if !best.shifted {
		d.checked(&best)
	}
	c := Candidate{Spec: best.spec, Entry: framing.Lookup(best.spec), Bits: best.bits, Frames: best.frames, Start: best.start, Leftover: len(d.b) - best.end, Because: best.because}
	for i, f := range group {
		if (i < alike || f.bits >= MinBits) && f.class() < 2 && f.spec != c.Spec && f.start == c.Start && !slices.Contains(c.Aliases, f.spec) {
			c.Aliases = append(c.Aliases, f.spec)
		}
	}
	return c
}

// demands reports whether a row that was found in the stream demands the bytes with which all
// frames begin.
func (d *detector) demands(f *found, magic string) bool {
	r, err := framing.Parse(f.spec)
	if err != nil || magic == "" || f.bits < MinBits || f.loose {
		return false
	}
	free := 0
	for i := range len(magic) {
		at := f.start + i
		d.scratch[at] ^= 0x55
		if _, err := d.scan(r, d.scratch[f.start:], new(framing.Cursor)); err == nil {
			free++
		}
		d.scratch[at] ^= 0x55
	}
	return 2*free <= len(magic)
}

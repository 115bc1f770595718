package framing

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// MinBits is the evidence below which the framing of a stream should be called
// unknown. With it, one random stream in 16 million is taken for a framed one.
const MinBits = 24

// A Candidate is a framing that a stream may have.
type Candidate struct {
	Spec     string
	Kind     *Kind    // the row that Spec names
	Bits     float64  // of evidence: each doubles the odds
	Frames   int      // whole frames; 0 if the first is longer than the stream
	Start    int      // offset of the first frame
	Leftover int      // bytes behind the last whole frame
	Aliases  []string // other rows that cut the stream alike
}

// maxStart bounds where the first frame may begin if the stream starts inside of one;
// most of the stream must lie behind that.
const maxStart = 4096

func (d *detector) lastStart() int { return min(maxStart, len(d.b)/2) }

// Detect finds out how b, the start of a stream, is framed; ended says that the stream
// ends with b. The best candidate comes first.
func Detect(b []byte, ended bool) []Candidate {
	if len(b) == 0 {
		return nil
	}
	d := &detector{b: b, ended: ended, noise: newNoise(b), text: plainText(b), rules: lengthRules(), sizes: newSizes(1), scratch: slices.Clone(b)}
	d.hypotheses = hypotheses()
	if !d.text { // where a length is bytes that no text has
		d.plainRules()
		d.marks()
	}
	d.rows(0)
	if d.best < MinBits {
		if !d.text {
			d.lateRules()
		}
		d.lateRows()
	}
	return d.ranked()
}

type detector struct {
	b       []byte
	ended   bool
	text    bool
	noise   noise
	rules   []rule
	sizes   *sizes
	scratch []byte // b, to be changed a byte at a time
	found   []found
	best    float64 // evidence for a framing of the table or a plain rule

	hypotheses []hypothesis
	whole      []bool // those that no later start can do better
}

// A chain is a run of frames.
type chain struct {
	start, end int // of its whole frames
	frames     int
	bits       float64
	hash       uint64 // of where the frames end
	longest    int
	sizes      uint64 // hash of the sizes of the last 8 frames
	broken     bool   // it ends at what is no frame
	thin       bool   // its lengths are of one byte
	loose      bool   // its evidence is not of the kind that ends the search
}

func (c *chain) add(end int) {
	c.longest = max(c.longest, end-c.end)
	c.sizes = c.sizes<<8 ^ uint64(end-c.end)*0x9e3779b97f4a7c15>>56
	c.end = end
	c.frames++
	c.hash = (c.hash ^ uint64(end)) * 0x9e3779b97f4a7c15
}

type found struct {
	chain
	spec string
}

// keep notes a hypothesis that explains a part of the stream. Naming it costs prior.
func (d *detector) keep(c chain, spec string, prior float64) {
	c.bits -= prior
	if c.start > 0 {
		c.bits -= math.Log2(float64(d.lastStart()))
	}
	left := len(d.b) - c.end
	few := 24
	if prior > rowPrior {
		few = 8
	}
	if c.frames >= few && left > 8*c.longest && left > len(d.b)/4 { // many small frames, then one that swallows the rest
		c.broken = true
	}
	if c.broken { // most of what such a chain seemed to prove was luck
		c.bits = c.bits/2*float64(c.end-c.start)/float64(len(d.b)) - 8
	}
	if !(c.bits > 0) {
		return
	}
	each := 1.5
	if c.thin {
		each = 4
	}
	if !c.broken && !c.loose && prior <= rowPrior && c.bits > each*float64(min(c.frames, maxScored)) {
		d.best = max(d.best, c.bits)
	}
	d.found = append(d.found, found{c, spec})
}

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
		out = append(out, d.candidate(groups[key]))
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Bits, a.Bits) })
	return out
}

// nest puts behind a likely framing of the whole stream what may be part of its
// messages: frames that begin inside of its last one, and lines.
func (d *detector) nest() {
	var outer []found
	for _, f := range d.found {
		if f.start == 0 && !f.broken && !f.loose && f.frames > 1 && f.class() < 2 && f.bits > MinBits/2 {
			outer = append(outer, f)
		}
	}
	for i := range d.found {
		for _, o := range outer {
			if f := &d.found[i]; f.start >= o.end || f.loose && o.bits >= MinBits {
				f.bits = min(f.bits, o.bits-1)
			}
		}
	}
}

// candidate makes one of framings that cut the stream alike, best first: the simplest
// of those whose evidence is about the best, as bytes must speak for a protocol. From
// a later start a plain rule goes before others, which may begin in the frame before.
func (d *detector) candidate(group []found) Candidate {
	alike := 0
	for alike < len(group) && group[alike].bits > min(group[0].bits*0.9, group[0].bits-16) {
		alike++
	}
	best := slices.MinFunc(group[:alike], func(a, b found) int { return cmp.Compare(a.class(), b.class()) })
	if i := slices.IndexFunc(group, func(f found) bool { return f.class() == 0 }); i >= 0 && best.start > 0 && best.class() == 2 {
		best = group[i]
		alike = i + 1
	}
	name, _, _ := strings.Cut(best.spec, ":")
	c := Candidate{Spec: best.spec, Kind: Lookup(name), Bits: best.bits, Frames: best.frames, Start: best.start, Leftover: len(d.b) - best.end}
	for _, f := range group[:alike] {
		if isName(f.spec) && f.spec != c.Spec && f.start == c.Start && !slices.Contains(c.Aliases, f.spec) {
			c.Aliases = append(c.Aliases, f.spec)
		}
	}
	return c
}

// class orders framings that cut a stream alike: plain rules, the rows of protocols,
// then rules that only arguments make fit.
func (f *found) class() int {
	switch i := slices.IndexFunc(generic, func(k Kind) bool { return k.Name == f.spec }); {
	case i >= 0:
		return 0
	case isName(f.spec):
		return 1
	}
	return 2
}

// isName says whether spec names a protocol or plain rule, not one of many variants.
func isName(spec string) bool { return !strings.ContainsAny(spec, "=,") }

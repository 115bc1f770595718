package detect

import (
	"math"
	"strings"

	"framecat/framing"
)

// A chain is a run of frames.
type chain struct {
	start, end int // of its whole frames
	frames     int
	bits       float64
	hash       uint64 // of where the frames end
	empty      int    // frames without a body
	longest    int
	over       int    // size of the frame that the stream ends in
	sizes      uint64 // hash of the sizes of the last 8 frames
	before     uint64 // the same without the last one
	size, run  int    // the size of the last frame; how many in a row have it
	broken     bool   // it ends at what is no frame
	thin       bool   // its lengths are of one byte
	loose      bool   // its evidence is not of the kind that ends the search
	magic      string // the bytes that all headers begin with
	synced     bool   // these show where its frames begin
	signed     bool   // each frame holds the text that is its sign, which is no luck
	healed     bool   // it goes on after damage
	open       bool   // it has no whole frame: the first one is longer than the stream
}

func (c *chain) add(end int) {
	c.longest = max(c.longest, end-c.end)
	c.before = c.sizes
	c.sizes = c.sizes<<8 ^ uint64(end-c.end)*0x9e3779b97f4a7c15>>56
	if size := end - c.end; size != c.size {
		c.size, c.run = size, 0
	}
	c.run++
	c.end = end
	c.frames++
	c.hash = (c.hash ^ uint64(end)) * 0x9e3779b97f4a7c15
}

// empties reports whether there is an empty frame, or some, before nearly each of the others.
func (c *chain) empties() bool { return c.empty >= minExact && 2*c.empty+2 >= c.frames }

// chainOf returns the chain of the whole frames in parts. The bytes between two of them that are in
// none are damage.
func chainOf(parts []part, start int) chain {
	c := chain{start: start, end: start}
	for i := range parts {
		if !parts[i].cut {
			c.end = max(c.end, parts[i].fill)
			c.add(parts[i].end)
			if parts[i].body == parts[i].header {
				c.empty++
			}
		} else {
			c.over = int(min(parts[i].ext.Body, math.MaxInt32))
		}
	}
	return c
}

// How many frames a chain must have that fills the stream, or that goes on after damage.
const (
	minExact  = 8
	minHealed = 5 // whole frames
)

// implausible is how many times larger than all others a frame is whose length is not credible.
const implausible = 8

// A found is a hypothesis that explains a part of the stream.
type found struct {
	chain
	spec    string
	rule    *rule    // if it is one of makeLengthRules
	because []string // see Candidate
	shifted bool     // another fills the stream with frames of the same sizes
}

// class orders framings that cut a stream alike: plain rules, the rows of protocols, rules with a
// sync word or a checksum, sizes, then rules that only arguments make fit.
func (f *found) class() int {
	switch k := framing.Lookup(f.spec); {
	case k != nil && k.Name == f.spec && k.Details().Traits().Generic:
		return 0
	case k != nil && k.Name == "fixed":
		return 3
	case isName(f.spec):
		return 1
	case f.synced:
		return 2
	}
	return 4
}

// mark is how long a delimiter is: the whole of it is not part of the payload.
func (f *found) mark() int {
	rule, err := framing.Parse(f.spec)
	if d, ok := rule.(delimiter); ok && err == nil {
		return len(d.Delimiter())
	}
	return 0
}

// isName reports whether spec names a protocol or plain rule, not one of many variants.
func isName(spec string) bool { return !strings.ContainsAny(spec, "=,") }

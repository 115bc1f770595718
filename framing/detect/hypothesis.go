package detect

import (
	"strings"
	"sync"
	"sync/atomic"

	"framecat/framing"
)

// A hypothesis is a row of the table, with the arguments it needs.
type hypothesis struct {
	spec    string
	kind    *framing.Entry
	framing framing.Framing
	prior   float64 // bits that naming it costs
	begins  *beginnings
	token   bool // a delimiter that was found in the stream
	wholly  bool // frames are text, and not only their headers
}

// known is what every search tries. It is made at the first: a process that only
// decodes does not pay for it.
var known struct {
	once       sync.Once
	rules      []rule
	hypotheses []hypothesis
	openers    []*framing.Entry // rows that open a stream of another framing
}

// know makes what is known, once.
func know() {
	known.once.Do(func() { known.rules, known.hypotheses = makeLengthRules(), readHypotheses() })
}

// readHypotheses makes what the table offers: each row by its name, with each role that its
// keys have, and its examples.
func readHypotheses() (out []hypothesis) {
	seen := map[string]bool{}
	kinds := framing.Entries()
	for i := range kinds {
		k := &kinds[i]
		traits := k.Details().Traits()
		if k.Details().Opens() {
			known.openers = append(known.openers, k)
			continue
		}
		if traits.Family {
			continue // other parts of the search
		}
		specs := []string{k.Name}
		for _, key := range k.Details().Keys() {
			if roles, ok := strings.CutPrefix(key.Name, "role="); ok {
				for _, role := range strings.Split(roles, "|") {
					specs = append(specs, k.Name+":role="+role)
				}
			}
		}
		for _, x := range k.Details().Examples() {
			specs = append(specs, x.Spec)
		}
		for _, spec := range specs {
			f, err := framing.Parse(spec)
			if err != nil || seen[spec] || strings.Contains(spec, "crc=") || strings.Contains(spec, "strict") {
				continue
			}
			seen[spec] = true
			prior := rowPrior
			if traits.Generic && spec == k.Name {
				prior = plainPrior
			}
			out = append(out, hypothesis{spec: spec, kind: k, framing: f, prior: prior, begins: &beginnings{framing: f}, wholly: traits.Text && traits.Delimited})
		}
	}
	return out
}

// beginnings are the bytes that a frame can begin with; without them, all. Each byte is tried when it
// is asked for, as most of the rows of the table are refused before: to try all would take longer than
// to search a small stream.
type beginnings struct {
	framing framing.Framing
	known   [256]atomic.Uint32 // canBegin and cannotBegin; 0 is unknown
}

const (
	canBegin = iota + 1
	cannotBegin
)

// has reports whether a frame can begin with c.
func (s *beginnings) has(c byte) bool {
	if s == nil {
		return true
	}
	known := s.known[c].Load()
	if known == 0 {
		known = cannotBegin
		if _, err := s.framing.Scan([]byte{c}, new(framing.Cursor)); err == nil || err == framing.ErrMore {
			known = canBegin
		}
		s.known[c].Store(known)
	}
	return known == canBegin
}

// What naming a row of the table costs: a plain rule, or one of the protocols.
const (
	plainPrior = 3.0
	rowPrior   = 6.0
)

// binary reports whether frames may begin with bytes that no text has. In a text, the
// lengths that such a framing sees are letters.
func (h *hypothesis) binary() bool {
	n := 0
	for c := range byte(' ') {
		if !plainText([]byte{c}) && h.begins.has(c) {
			n++
		}
	}
	return n > 2 && !delimits(h.framing) && len(h.kind.Details().Traits().Words) == 0
}

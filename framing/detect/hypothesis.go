package detect

import (
	"strings"
	"sync"

	"framecat/framing"
)

// A hypothesis is a row of the table, with the arguments it needs.
type hypothesis struct {
	spec    string
	kind    *framing.Entry
	framing framing.Framing
	prior   float64   // bits that naming it costs
	begins  [256]bool // bytes that a frame can begin with
	token   bool      // a delimiter that was found in the stream
	wholly  bool      // frames are text, and not only their headers
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
			out = append(out, hypothesis{spec: spec, kind: k, framing: f, prior: prior, begins: beginnings(f), wholly: traits.Text && traits.Delimited})
		}
	}
	return out
}

// beginnings are the bytes that a frame of f can begin with.
func beginnings(f framing.Framing) (set [256]bool) {
	for c := range set {
		_, err := f.Scan([]byte{byte(c)}, new(framing.Cursor))
		set[c] = err == nil || err == framing.ErrMore
	}
	return set
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
	for c := range h.begins[:' '] {
		if h.begins[c] && !plainText([]byte{byte(c)}) {
			n++
		}
	}
	return n > 2 && !delimits(h.framing)
}

package pump

import (
	"cmp"
	"slices"

	"framecat/framing"
	"framecat/framing/detect"
)

// ForDirection returns f as it is read in a direction of a connection: 0 is from the client to the
// server, 1 is back, and NoDirection is unknown. If the user gave no role, that of the sender
// counts; the spec stays the same.
func ForDirection(f framing.Framing, dir int) framing.Framing {
	if dir == NoDirection || f == nil {
		return f
	}
	return framing.EntryOf(f).Details().SentBy(dir, f)
}

// Joined returns a spec that was found as it is with --join. A framing that does not cut messages into
// frames stays as it is.
func Joined(spec string, join bool) string {
	if !join {
		return spec
	}
	return cmp.Or(framing.Lookup(spec).Details().Joined(spec), spec)
}

// NoDirection is the direction of a stream of which it is not known who sent it.
const NoDirection = -1

// A Reading is a framing with its tests of --where. In gives it for each direction.
type Reading struct {
	Kind    *framing.Entry // the row of Framing; nil if it has none
	Framing framing.Framing
	Where   *FrameTest
	Auto    bool // the framing was found: it may be one whose frames cannot meet Where

	directed [3]*Reading // in no direction, and in each; made when they are used
}

// In returns the Reading for the streams of a direction. Its error is a *report.Failure.
func (r *Reading) In(dir int) (*Reading, error) {
	own := &r.directed[1+dir]
	if *own == nil {
		in := &Reading{Kind: r.Kind, Framing: ForDirection(r.Framing, dir), Where: r.Where.Clone()}
		if r.Auto {
			in.Where.find(in.Kind, in.Framing, dir)
		} else if err := in.Where.Of(in.Kind, in.Framing, dir); err != nil {
			return nil, err
		}
		*own = in
	}
	return *own, nil
}

// inDirection makes the specs of what was found fit for both directions of a connection: without
// roles, which follow from the direction.
func (d *Detection) inDirection(dir int) {
	if dir == NoDirection {
		return
	}
	var all []detect.Candidate
	seen := map[string]bool{}
	for _, c := range d.All {
		c.Spec = neutral(c.Spec)
		if seen[c.Spec] {
			continue
		}
		seen[c.Spec] = true
		var aliases []string
		for _, a := range c.Aliases {
			if a = neutral(a); a != c.Spec && !slices.Contains(aliases, a) {
				aliases = append(aliases, a)
			}
		}
		c.Aliases = aliases
		all = append(all, c)
	}
	d.All = all
}

// neutral returns a spec without its role.
func neutral(spec string) string { return framing.Lookup(spec).Details().WithoutRole(spec) }

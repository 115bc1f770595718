package detect

import "framecat/framing"

// openingBits is the evidence in the opening of a tunnel, such as the PROXY header: it has a mark, and
// more that must fit.
const openingBits = 40.0

// detectInside is Detect for a stream that opens with frames of another framing: what follows these
// is a stream of its own. It is not ok for other streams.
func (besides Known) detectInside(b []byte, ended bool) (all []Candidate, ok bool) {
	for _, k := range known.openers {
		n := k.Details().Opening(b)
		if n == 0 {
			continue
		}
		alone := Candidate{Spec: k.Name, Entry: k, Bits: openingBits, Frames: 1, Leftover: len(b) - n}
		inside := besides.Detect(b[n:], ended)
		if len(inside) == 0 || inside[0].Bits < MinBits || inside[0].Frames == 0 {
			all = append(all, alone)
		}
		for _, c := range inside {
			c.Spec = k.Name + "/" + c.Spec
			c.Entry = framing.Lookup(c.Spec)
			c.Frames, c.Start = c.Frames+1, 0
			for i, a := range c.Aliases {
				c.Aliases[i] = k.Name + "/" + a
			}
			all = append(all, c)
		}
		return all, true
	}
	return nil, false
}

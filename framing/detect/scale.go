package detect

import (
	"slices"

	"framecat/framing"
)

// A Scale weighs framings that a caller names against the start of one stream, in the same
// bits as Detect: but what Detect subtracts for naming one of many is not in them.
type Scale struct{ d detector }

// NewScale returns a Scale for b, the start of a stream; ended means that the stream ends
// with b. The Scale keeps b, which must not change.
func NewScale(b []byte, ended bool) *Scale {
	return &Scale{detector{b: b, ended: ended, text: plainText(b), noise: newNoise(b), scratch: slices.Clone(b)}}
}

// A Score is how well a framing explains the start of a stream. Bits are evidence that the
// framing is right: each bit doubles the odds. Frames without a body give almost none.
type Score struct {
	Bits    float64 // of the whole frames
	Tail    float64 // of the frame that is not complete in b; below 0 if its length is absurd
	Frames  int     // whole frames
	Headers int     // bytes of the headers of those with a body

	Empty        int   // whole frames without a body
	EmptyHeaders int   // bytes of their headers
	Leftover     int   // bytes after them
	Broken       bool  // what comes after them is no frame
	Longest      int64 // bytes of the longest body, announced or found
}

// Total is the evidence of all frames, the last one included.
func (s Score) Total() float64 { return s.Bits + s.Tail }

// Exact reports whether the start ends with a frame.
func (s Score) Exact() bool { return s.Leftover == 0 && !s.Broken }

// Weigh returns the score of f from the start of the stream.
func (s *Scale) Weigh(f framing.Framing) Score {
	d := &s.d
	if len(d.b) == 0 {
		return Score{}
	}
	h := hypothesis{kind: framing.Lookup(f.String()), framing: f}
	parts, broken := d.walk(f, 0, h.kind.Details().Traits().Last)
	score := Score{Leftover: len(d.b), Broken: broken}
	whole := parts
	for i := range parts {
		score.Longest = max(score.Longest, parts[i].ext.Body)
		if parts[i].cut {
			whole = parts[:i]
			continue
		}
		score.Frames++
		if header := parts[i].header - parts[i].at; parts[i].body > parts[i].header {
			score.Headers += header
		} else {
			score.Empty++
			score.EmptyHeaders += header
		}
		score.Leftover = len(d.b) - parts[i].end
	}
	if len(whole) > 0 {
		score.Bits, _ = d.evidence(h, whole)
	}
	if len(whole) < len(parts) {
		score.Tail, _ = d.evidence(h, parts)
		score.Tail -= score.Bits
		if p := &parts[len(whole)]; d.ended {
			score.Tail -= p.missing(len(d.b))
		}
	}
	return score
}

package detect

import (
	"math"

	"framecat/framing"
)

// A part is one frame as the rows' part of the search keeps it.
type part struct {
	fill, at          int            // where the fill before it and itself begin
	header, body, end int            // where these end
	before            framing.Cursor // what is remembered of the frames before
	ext               framing.Extent
	cut               bool // the stream ends inside it: end is where it would
}

// head returns how many bytes of a frame the framing may constrain: the header, or the
// first bytes of the frame if the framing has no header.
func (p *part) head() int {
	if p.ext.Announced || p.ext.Silent {
		return min(p.header-p.at, 4*headBytes)
	}
	return min(p.end-p.at, headBytes)
}

// headBytes is how many bytes of a frame without a header may be constrained.
const headBytes = 32

// missing is what it counts against a frame that the stream of size bytes ends in: the
// longer it would be, the less likely the end is just there.
func (p *part) missing(size int) float64 {
	whole := float64(p.ext.Header) + float64(p.ext.Body) + float64(p.ext.Trailer)
	return math.Log2(whole / float64(max(1, size-p.at)))
}

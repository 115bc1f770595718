package hint

import (
	"framecat/framing"
	"framecat/framing/detect"
)

// A faultContext is what is known of a frame that could not be read.
type faultContext struct {
	f      framing.Framing
	e      *framing.Error
	head   []byte // how the stream begins
	rest   []byte // the stream from the bad frame on
	ended  bool   // the stream ends with head
	before int64  // frames read before
	limit  int64  // of --max-frame; 0 is none

	scale  *detect.Scale // of head
	own    detect.Score  // of f
	opened bool          // head begins as streams of f do
}

// settled is the evidence, in bits, that settles a question on its own.
const settled = 9

package detect

import "framecat/framing"

// MinBits is the evidence below which the framing of a stream should be called
// unknown. With it, one random stream in 16 million is taken for a framed one.
const MinBits = 24

// A Candidate is a framing that a stream may have.
type Candidate struct {
	Spec     string
	Entry    *framing.Entry // the row that Spec names
	Bits     float64        // of evidence: each doubles the odds
	Frames   int            // whole frames; 0 if the first is longer than the stream
	Start    int            // offset of the first frame
	Leftover int            // bytes after the last whole frame
	Aliases  []string       // other rows that cut the stream alike
	Because  []string       // what speaks for it besides the bytes of the stream, such as "port 1883"; see Known
}

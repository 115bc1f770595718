package detect

import "slices"

// How Detect weighs what it finds
//
// For each of some 1,500 hypotheses it asks how many bits describe the stream to a reader
// who knows that framing, and to one who knows none. The difference is the evidence.
//
//	00 05 h e l l o 00 03 b y e 00 04 …    as u16be
//	└─┬─┘           └─┬─┘       └─┬─┘
//	  16 bits each if they were noise; as lengths, 4 for the order of magnitude, less
//	  when it is an old one, and 2 for the rest: some 10 bits of evidence a frame
//
// The price of a byte as noise is learned from the stream itself (noise.go): in a
// run of zeros a zero is free, so lengths found there prove nothing. The cost of the same
// byte as a part of a header is what is left to say about it: nothing for magic, log2 of
// the choices for a type, and for a length, how usual it is among those before it
// (codes.go). So random bytes give E bits of evidence once in 2^E streams, by
// construction; naming the hypothesis costs bits too, the more the odder it is.
//
// Words that the files use:
//
//	price  how many bits some bytes are worth as noise: few, if what came before predicts them
//	cost   how many bits a framing needs to describe the same bytes
//	weigh  add up prices less costs, which is the evidence
//	head   the bytes of a frame that a framing may constrain (part.go)
//	chain  frames, each of which starts where the one before ends
//	doubt  the share of a price for which bytes count as random (noise.go)
//
//	length.go  length fields at any offset, of any width (rules.go), with a quick walk
//	rows.go    the rows of the table (hypothesis.go), read by their own Scan
//	heal.go    the frames of a row or rule after a damaged one
//	heads.go   what a row demands of its headers, by trying other bytes
//	bodies.go  what it demands of its bodies: escapes, checksums
//	ends.go    what it means that frames end where they do
//	words.go   the words with which frames of text begin
//	weigh.go   the sum of these
//	known.go   what is known besides the bytes
//	marks.go   delimiters and fixed sizes, which prove less: any byte is one
//	late.go    streams that start inside a frame
//	rank.go    which name to give to those that cut the stream alike
//	scale.go   the same for a framing that a caller names
//	resume.go  where a damaged stream of such a framing goes on

// A detector is one call of Detect.
type detector struct {
	b       []byte
	ended   bool
	besides Known
	text    bool // b could be a piece of a text file
	noise   noise

	rules      []rule
	hypotheses []hypothesis
	whole      []bool // those that no later start can do better

	sizes   *sizes
	parts   []part   // reused
	columns []column // of the headers of the chain that is followed
	scratch []byte   // b, to be changed a little and back

	handicap float64 // see anyByte

	odd      []int32            // see oddFrom
	next     []int32            // see goingOn
	count    []int32            // see goingOn
	recorded map[[2]int]float64 // see records
	out      []byte             // see sumsFit
	bytes    *[256]float64      // see usual
	summed   int                // bytes of which checksums were tried
	last     int                // see lastStart
	work     int                // bytes that Scan may have looked at

	found []found
	best  float64 // the most evidence for a row of the table or a plain rule
}

// maxStart bounds where the first frame may begin if the stream starts inside of one;
// most of the stream must come after that.
const maxStart = 4096

// lastStart is the last place where the first frame may begin. Where the stream is the same few bytes
// again and again, later places are like the first ones.
func (d *detector) lastStart() int {
	if d.last == 0 {
		d.last = min(maxStart, len(d.b)/2)
		if k := int(d.noise.period[0]); k > 0 && !slices.ContainsFunc(d.noise.period, func(p uint8) bool { return int(p) != k }) {
			d.last = min(d.last, k)
		}
	}
	return d.last
}

// maxScored bounds the frames whose evidence is counted: more of the same prove
// nothing new.
const maxScored = 512

// maxEmpty bounds how many empty frames in a row are believed.
const maxEmpty = 256

// anyByte is the least that a length of one byte must prove: any byte is one, and
// over hundreds of frames the least habit of the bytes would add up. It is the handicap in
// a search through many rules; a Scale, which is asked for a few, has none.
const anyByte = 0.75

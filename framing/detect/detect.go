// Package detect finds out which framing a stream has.
//
// [Detect] looks at the start of a stream and returns the framings that it may have,
// each with its evidence in bits. Believe the first one if it has [MinBits] and a whole
// frame:
//
//	all := detect.Detect(head, false)
//	if len(all) == 0 || all[0].Bits < detect.MinBits || all[0].Frames == 0 {
//		return errUnknown
//	}
//	f, err := framing.Parse(all[0].Spec)
//
// It knows all rows of the table of package framing, and length fields, delimiters and
// sizes of its own making. Streams that are compressed, encrypted or random have no
// framing that it can find.
package detect

import (
	"fmt"
	"slices"

	"framecat/framing"
)

// MinBits is the evidence below which the framing of a stream should be called
// unknown. With it, one random stream in 16 million is taken for a framed one.
const MinBits = 24

// A Candidate is a framing that a stream may have.
type Candidate struct {
	Spec     string
	Kind     *framing.Kind // the row that Spec names
	Bits     float64       // of evidence: each doubles the odds
	Frames   int           // whole frames; 0 if the first is longer than the stream
	Start    int           // offset of the first frame
	Leftover int           // bytes behind the last whole frame
	Aliases  []string      // other rows that cut the stream alike
}

// Why is the evidence in a few words.
func (c Candidate) Why() string {
	s := plural(c.Frames, "whole frame")
	if c.Start > 0 {
		s += fmt.Sprintf(" from byte %d", c.Start)
	}
	if c.Leftover == 0 {
		return s + " to the very end"
	}
	return s + fmt.Sprintf(", then %s", plural(c.Leftover, "byte"))
}

// Detect finds out how b, the start of a stream, is framed; ended says that the stream
// ends with b. The best candidate comes first; under MinBits, or without a whole frame, it
// should not be believed. 64 KiB are plenty, and take some tenths of a second.
func Detect(b []byte, ended bool) []Candidate {
	if len(b) == 0 {
		return nil
	}
	known.once.Do(func() { known.rules, known.hypotheses = makeLengthRules(), readHypotheses() })
	d := &detector{
		b: b, ended: ended, text: plainText(b), noise: newNoise(b), scratch: slices.Clone(b),
		rules: known.rules, hypotheses: known.hypotheses, sizes: newSizes(1), handicap: anyByte,
	}
	if !d.text { // where a length would be letters
		d.plainRules()
		d.marks()
	}
	d.rows()
	if d.best < MinBits {
		if !d.text {
			d.lateRules()
		}
		d.lateRows()
	}
	return d.ranked()
}

// How Detect weighs what it finds
//
// It asks for each of some 1,500 hypotheses how much shorter the stream could be told to
// someone who knows that framing. The difference, in bits, is the evidence.
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
//	length.go  length fields at any offset, of any width, with a quick walk
//	rows.go    the rows of the table, read by their own Scan
//	heads.go   what a row demands of its headers, by trying other bytes
//	bodies.go  what it demands of its bodies: escapes, checksums
//	weigh.go   the sum of these
//	marks.go   delimiters and fixed sizes, which prove less: any byte is one
//	late.go    streams that start inside a frame
//	rank.go    which name to give to those that cut the stream alike

// A detector is one call of Detect.
type detector struct {
	b     []byte
	ended bool
	text  bool // b could be a piece of a text file
	noise noise

	rules      []rule
	hypotheses []hypothesis
	whole      []bool // those that no later start can do better

	sizes   *sizes
	parts   []part // reused
	scratch []byte // b, to be changed a little and back

	handicap float64 // see anyByte

	found []found
	best  float64 // the most evidence for a row of the table or a plain rule
}

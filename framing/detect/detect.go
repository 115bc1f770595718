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

import "slices"

// Detect finds out how b, the start of a stream, is framed; ended means that the stream
// ends with b. The best candidate comes first; under MinBits, or without a whole frame, it
// should not be believed. 64 KiB are plenty, and take a tenth of a second, or some.
func Detect(b []byte, ended bool) []Candidate { return Known{}.Detect(b, ended) }

// Detect is the function [Detect] for a stream of which more is known. The candidates for which that counts
// name it in Because.
func (k Known) Detect(b []byte, ended bool) []Candidate {
	if len(b) == 0 {
		return nil
	}
	know()
	if all, ok := k.detectInside(b, ended); ok {
		return all
	}
	return newDetector(b, ended, k).detect()
}

func newDetector(b []byte, ended bool, besides Known) *detector {
	know()
	return &detector{
		b: b, ended: ended, besides: besides, text: plainText(b), noise: newNoise(b), scratch: slices.Clone(b),
		rules: known.rules, hypotheses: known.hypotheses, sizes: newSizes(1), handicap: anyByte,
	}
}

func (d *detector) detect() []Candidate {
	if !d.text { // where a length would be letters
		d.plainRules()
		d.marks()
	}
	d.rows()
	d.afterFirst()
	if d.best < MinBits {
		if !d.text {
			d.lateRules()
		}
		d.lateRows()
	}
	return d.ranked()
}

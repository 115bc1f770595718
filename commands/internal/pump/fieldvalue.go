package pump

import (
	"fmt"
	"math"
	"math/bits"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// maxValue returns the largest value of a field. A field of more than 8 bytes is text and has
// no number.
func maxValue(f *framing.Field) uint64 {
	switch {
	case f.Size > 8:
		return 0
	case f.Mask != 0:
		return f.Mask >> bits.TrailingZeros64(f.Mask)
	}
	return math.MaxUint64 >> (64 - 8*f.Size)
}

// readValue reads a value of a field as users write it: a name or a number, decimal or 0x and
// hex digits. It returns the text that Describe returns for this value. Ok is false if the field
// cannot have the value.
func readValue(f *framing.Field, s string) (text string, ok bool) {
	if f.Size > 8 {
		return s, true
	}
	v, err := report.ParseNumber(s)
	for _, n := range f.Names {
		if n.Name == s || err == nil && n.Value == v {
			return n.Name, true
		}
	}
	if err != nil || v > maxValue(f) {
		return "", false
	}
	return fmt.Sprint(v), f.Only == ""
}

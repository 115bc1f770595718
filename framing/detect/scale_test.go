package detect

import (
	"strings"
	"testing"

	"framecat/framing"
)

// A Scale counts what is there, and its bits are positive where the framing fits.
func TestScale(t *testing.T) {
	for _, row := range []struct {
		name, spec, stream string
		want               Score // but for the bits
		bits, tail         [2]float64
	}{
		{"frames", "u32be", "\x00\x00\x00\x05hello\x00\x00\x00\x05world",
			Score{Frames: 2, Headers: 8, Longest: 5}, [2]float64{20, 60}, [2]float64{0, 0}},
		{"one that is cut", "u32be", "\x00\x00\x00\x05hello\x00\x00\x00\x05wor",
			Score{Frames: 1, Headers: 4, Leftover: 7, Longest: 5}, [2]float64{10, 30}, [2]float64{0, 30}},
		{"an absurd length", "u32be", "some text of no frames",
			Score{Leftover: 22, Longest: 0x736f6d65}, [2]float64{0, 0}, [2]float64{-60, -10}},
		{"a cut header", "u32be", "\x00\x00\x00\x05hello\x00\x00",
			Score{Frames: 1, Headers: 4, Leftover: 2, Longest: 5}, [2]float64{10, 30}, [2]float64{0, 0}},
		{"none", "netstring", "hello", Score{Leftover: 5, Broken: true}, [2]float64{0, 0}, [2]float64{0, 0}},
		{"empty frames", "u16be", "\x00\x00\x00\x00\x00\x02hi",
			Score{Frames: 3, Headers: 2, Empty: 2, EmptyHeaders: 4, Longest: 2}, [2]float64{-20, 10}, [2]float64{0, 0}},
		{"delimiters", "lines", "one\ntwo\n", Score{Frames: 2, Longest: 3}, [2]float64{0, 30}, [2]float64{0, 0}},
		{"nothing", "u8", "", Score{}, [2]float64{0, 0}, [2]float64{0, 0}},
	} {
		got := NewScale([]byte(row.stream), true).Weigh(parse(t, row.spec))
		counts := got
		counts.Bits, counts.Tail = 0, 0
		if counts != row.want {
			t.Errorf("%s: got %+v, want %+v", row.name, counts, row.want)
		}
		if got.Bits < row.bits[0] || got.Bits > row.bits[1] || got.Tail < row.tail[0] || got.Tail > row.tail[1] {
			t.Errorf("%s: %.1f bits and %.1f of the tail, want %v and %v", row.name, got.Bits, got.Tail, row.bits, row.tail)
		}
	}
}

// A short frame whose length is in the field for long ones is not to be expected.
func TestScaleLongForm(t *testing.T) {
	var long, short []byte
	for i := range 12 {
		words := byte(3 + 5*i%7)
		body := strings.Repeat("word", int(words)-2)
		long = append(append(long, 70, byte(i), 0, 0, words, 0, 0, 0), body...)
		short = append(append(short, 70, byte(i), words-1, 0), body...)
	}
	f := parse(t, "x11")
	l, s := NewScale(long, true).Weigh(f), NewScale(short, true).Weigh(f)
	if l.Frames != 12 || s.Frames != 12 || l.Bits > s.Bits-20 || s.Bits < MinBits {
		t.Errorf("long form %+v, short form %+v", l, s)
	}
}

// A Scale and Detect give the same evidence, except for the bits that the name of a row costs.
func TestScaleAgrees(t *testing.T) {
	compared := 0
	for _, k := range framing.Entries() {
		f := parse(t, k.Details().Examples()[0].Spec)
		var b []byte
		for n := range 20 {
			b, _ = f.Append(b, framing.Marks{}, []byte(k.Details().Examples()[0].Payload+strings.Repeat("x", 7*n%11)))
		}
		for _, c := range Detect(b, true) {
			traits := c.Entry.Details().Traits()
			if c.Start != 0 || c.Leftover != 0 || c.Frames != 20 || traits.Family || traits.Narrow || c.Spec != c.Entry.Name {
				continue
			}
			prior := rowPrior
			if traits.Generic {
				prior = plainPrior
			}
			// Another framing than that of the stream may have evidence of one that sees the same sizes.
			got := NewScale(b, true).Weigh(parse(t, c.Spec))
			if d := got.Total() - prior - c.Bits; d < -0.1 && c.Spec == k.Name || d > 2*anyByte*20+0.1 || !got.Exact() || got.Frames != c.Frames {
				t.Errorf("%s as %s: %+v; Detect has %.1f bits", k.Name, c.Spec, got, c.Bits)
			}
			compared++
		}
	}
	if compared < 20 {
		t.Errorf("only %d were compared", compared)
	}
}

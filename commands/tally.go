package commands

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"framecat/commands/internal/report"
)

// A tally counts what was shown of a stream, in constant memory.
type tally struct {
	frames, bytes, payload int64 // of whole frames
	silent                 int64 // frames without a message
	fill, leftover         int64
	errors, skipped        int64
	undecoded              int64 // bytes behind an error
	sizes                  sizes
}

func (t *tally) add(wire, payload int64, silent bool) {
	t.frames++
	t.bytes += wire
	if silent {
		t.silent++
		return
	}
	t.payload += payload
	t.sizes.add(payload)
}

// line is the last line of a view.
func (t *tally) line() string {
	s := fmt.Sprintf("%s, %s, payload %s", report.Count(t.frames, "frame"), report.Count(t.bytes, "byte"), report.Count(t.payload, "byte"))
	if t.bytes > 0 {
		s += fmt.Sprintf(" (%.1f%%)", 100*float64(t.payload)/float64(t.bytes))
	}
	for _, more := range []struct {
		name string
		n    int64
	}{{"fill", t.fill}, {"skipped", t.skipped}, {"undecoded", t.undecoded}, {"leftover", t.leftover}} {
		if more.n > 0 {
			s += "; " + more.name + " " + report.Count(more.n, "byte")
		}
	}
	return s
}

// Sizes keep how often each size came, to within 1 %.
//
// Sizes below 128 have a counter each, larger ones 64 for each power of two: the
// middle of one is within 1/128 of what it counts.
type sizes struct {
	n        int64
	min, max int64
	counts   [128 + 57*64]int64
}

func (s *sizes) add(size int64) {
	if s.n == 0 || size < s.min {
		s.min = size
	}
	s.max = max(s.max, size)
	s.n++
	s.counts[bucket(size)]++
}

func bucket(size int64) int {
	if size < 128 {
		return int(size)
	}
	shift := bits.Len64(uint64(size)) - 7
	return shift*64 + int(size>>shift)
}

// middle is the middle of what a bucket counts.
func middle(i int) int64 {
	if i < 128 {
		return int64(i)
	}
	shift := (i - 64) / 64
	low := int64(64+i%64) << shift
	return low + 1<<shift/2
}

// quantile is the size that a share of all does not exceed.
func (s *sizes) quantile(share float64) int64 {
	rank, seen := int64(math.Ceil(share*float64(s.n))), int64(0)
	for i, n := range s.counts {
		if seen += n; n > 0 && seen >= rank {
			return min(max(middle(i), s.min), s.max)
		}
	}
	return s.max
}

// A bin counts sizes from low to high.
type bin struct{ low, high, n int64 }

// bins are a histogram: 0, 1, 2 to 3, 4 to 7 and so on, from the first that is not
// empty to the last.
func (s *sizes) bins() (out []bin) {
	for low := int64(0); low <= s.max; {
		high := max(2*low-1, low)
		b := bin{low: low, high: high}
		for i := bucket(low); i <= bucket(high); i++ {
			b.n += s.counts[i]
		}
		if b.n > 0 || len(out) > 0 {
			out = append(out, b)
		}
		if high == 1<<62-1+1<<62 { // the last there is
			break
		}
		low = high + 1
	}
	return out
}

// bar is a row of n signs out of width for the share n/of.
func bar(n, of int64, width int) string {
	if n == 0 || of == 0 {
		return ""
	}
	return strings.Repeat("#", max(1, int(float64(n)/float64(of)*float64(width)+0.5)))
}

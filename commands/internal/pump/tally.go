package pump

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"framecat/commands/internal/report"
)

// A Tally counts what was shown of a stream, in constant memory.
type Tally struct {
	Frames, Bytes, Payload int64 // of whole frames
	Silent                 int64 // frames without a message
	Fill, Leftover         int64 // bytes
	Errors, Skipped        int64 // bad frames and gaps, and the bytes skipped after them
	Undecoded              int64 // bytes after an error
	Sizes                  Sizes
}

// Add counts a whole frame: its size on the wire, and that of its payload.
func (t *Tally) Add(wire, payload int64, silent bool) {
	t.Frames++
	t.Bytes += wire
	if silent {
		t.Silent++
		return
	}
	t.Payload += payload
	t.Sizes.add(payload)
}

// Line is the last line of a view.
func (t *Tally) Line() string {
	s := fmt.Sprintf("%s, %s, payload %s", report.Count(t.Frames, "frame"), report.Count(t.Bytes, "byte"), report.Count(t.Payload, "byte"))
	if t.Bytes > 0 {
		s += fmt.Sprintf(" (%.1f%%)", 100*float64(t.Payload)/float64(t.Bytes))
	}
	for _, more := range []struct {
		name string
		n    int64
	}{{"fill", t.Fill}, {"skipped", t.Skipped}, {"undecoded", t.Undecoded}, {"leftover", t.Leftover}} {
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
type Sizes struct {
	N        int64
	Min, Max int64
	counts   [128 + 57*64]int64
}

func (s *Sizes) add(size int64) {
	if s.N == 0 || size < s.Min {
		s.Min = size
	}
	s.Max = max(s.Max, size)
	s.N++
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

// Quantile is the size that a share of all does not exceed.
func (s *Sizes) Quantile(share float64) int64 {
	rank, seen := int64(math.Ceil(share*float64(s.N))), int64(0)
	for i, n := range s.counts {
		if seen += n; n > 0 && seen >= rank {
			return min(max(middle(i), s.Min), s.Max)
		}
	}
	return s.Max
}

// A Bin counts sizes from low to high.
type Bin struct{ Low, High, N int64 }

// Bins are a histogram: 0, 1, 2 to 3, 4 to 7 and so on, from the first that is not
// empty to the last.
func (s *Sizes) Bins() (out []Bin) {
	for low := int64(0); low <= s.Max; {
		high := max(2*low-1, low)
		b := Bin{Low: low, High: high}
		for i := bucket(low); i <= bucket(high); i++ {
			b.N += s.counts[i]
		}
		if b.N > 0 || len(out) > 0 {
			out = append(out, b)
		}
		if high == 1<<62-1+1<<62 { // the last there is
			break
		}
		low = high + 1
	}
	return out
}

// Bar is a row of n signs out of width for the share n/of.
func Bar(n, of int64, width int) string {
	if n == 0 || of == 0 {
		return ""
	}
	return strings.Repeat("#", max(1, int(float64(n)/float64(of)*float64(width)+0.5)))
}

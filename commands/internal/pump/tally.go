package pump

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"framecat/commands/internal/report"
)

// A Tally counts the frames and bytes of a stream that were shown, in constant memory.
type Tally struct {
	Counts
	Sizes Sizes // of payloads
}

// Counts are the numbers of frames and bytes of a stream.
type Counts struct {
	Frames, Bytes, Payload int64 // whole frames, their bytes and their payload bytes
	Silent                 int64 // frames without a message
	Fill, Leftover         int64 // bytes
	Errors                 int64 // malformed frames, and gaps
	Skipped                int64 // bytes skipped after errors
	Undecoded              int64 // bytes after an error that were not decoded
}

// Add counts a whole frame: wire is its size and payload that of its payload, in bytes.
func (t *Tally) Add(wire, payload int64, silent bool) {
	if t.Counts.Add(wire, payload, silent); !silent {
		t.Sizes.add(payload)
	}
}

// Add counts a whole frame, as Tally.Add does.
func (t *Counts) Add(wire, payload int64, silent bool) {
	t.Frames++
	t.Bytes += wire
	if silent {
		t.Silent++
		return
	}
	t.Payload += payload
}

// Plus adds other counts.
func (t *Counts) Plus(u *Counts) {
	for _, n := range [][2]*int64{
		{&t.Frames, &u.Frames}, {&t.Bytes, &u.Bytes}, {&t.Payload, &u.Payload}, {&t.Silent, &u.Silent}, {&t.Fill, &u.Fill},
		{&t.Leftover, &u.Leftover}, {&t.Errors, &u.Errors}, {&t.Skipped, &u.Skipped}, {&t.Undecoded, &u.Undecoded},
	} {
		*n[0] += *n[1]
	}
}

// Percent returns the part of all bytes that n bytes are, in percent and in brackets. It returns "" if n
// is no part of them: messages that were compressed are longer than their frames.
func Percent(n, all int64) string {
	if all == 0 || n < 0 || n > all {
		return ""
	}
	return fmt.Sprintf(" (%.1f%%)", 100*float64(n)/float64(all))
}

// Line returns the counts as one line.
func (t *Counts) Line() string {
	s := fmt.Sprintf("%s, %s, payload %s%s", report.Count(t.Frames, "frame"), report.Count(t.Bytes, "byte"), report.Count(t.Payload, "byte"), Percent(t.Payload, t.Bytes))
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

// Sizes counts how often each size came. Quantiles are exact to within 1 %.
//
// Each size below 128 has a counter of its own. Above that there are 64 counters for each
// power of two; the middle of a counter's range differs from its sizes by 1/128 at most.
type Sizes struct {
	N        int64 // how many sizes were counted
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

// bucket returns the index of the counter of a size.
func bucket(size int64) int {
	if size < 128 {
		return int(size)
	}
	shift := bits.Len64(uint64(size)) - 7
	return shift*64 + int(size>>shift)
}

// middle returns the middle of the sizes that counter i counts.
func middle(i int) int64 {
	if i < 128 {
		return int64(i)
	}
	shift := (i - 64) / 64
	low := int64(64+i%64) << shift
	return low + 1<<shift/2
}

// Quantile returns the size that a share of all sizes does not exceed; share is 0 to 1.
func (s *Sizes) Quantile(share float64) int64 {
	rank, seen := int64(math.Ceil(share*float64(s.N))), int64(0)
	for i, n := range s.counts {
		if seen += n; n > 0 && seen >= rank {
			return min(max(middle(i), s.Min), s.Max)
		}
	}
	return s.Max
}

// A Bin is one bar of a histogram: N sizes are from Low to High.
type Bin struct{ Low, High, N int64 }

// Bins returns a histogram: 0, 1, 2 to 3, 4 to 7 and so on, from the first bin that is not
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
		if high == 1<<62-1+1<<62 { // the largest int64
			break
		}
		low = high + 1
	}
	return out
}

// Bar returns a bar of '#' for n out of a total; a bar for the whole total has width signs.
func Bar(n, total int64, width int) string {
	if n == 0 || total == 0 {
		return ""
	}
	return strings.Repeat("#", max(1, int(float64(n)/float64(total)*float64(width)+0.5)))
}

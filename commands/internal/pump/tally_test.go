package pump

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

func TestTallyLine(t *testing.T) {
	for _, row := range []struct {
		t    Tally
		want string
	}{
		{Tally{}, "0 frames, 0 bytes, payload 0 bytes"},
		{Tally{Counts: Counts{Frames: 1, Bytes: 4, Payload: 1}}, "1 frame, 4 bytes, payload 1 byte (25.0%)"},
		{Tally{Counts: Counts{Frames: 2, Bytes: 9, Payload: 3, Silent: 1, Errors: 1}}, "2 frames, 9 bytes, payload 3 bytes (33.3%)"},
		{Tally{Counts: Counts{Frames: 1, Bytes: 4, Payload: 9}}, "1 frame, 4 bytes, payload 9 bytes"},
		{Tally{Counts: Counts{Fill: 1, Skipped: 2, Undecoded: 3, Leftover: 4}}, "0 frames, 0 bytes, payload 0 bytes; fill 1 byte; skipped 2 bytes; undecoded 3 bytes; leftover 4 bytes"},
	} {
		if got := row.t.Line(); got != row.want {
			t.Errorf("%+v: %q, want %q", row.t, got, row.want)
		}
	}
}

// A frame without a message has bytes on the wire, and no size.
func TestTallyAdd(t *testing.T) {
	var y Tally
	y.Add(7, 3, false)
	y.Add(24, 0, true)
	y.Add(4, 0, false)
	if y.Frames != 3 || y.Silent != 1 || y.Bytes != 35 || y.Payload != 3 || y.Sizes.N != 2 || y.Sizes.Min != 0 || y.Sizes.Max != 3 {
		t.Errorf("%d frames, %d silent, %d bytes, payload %d, sizes %d of %d to %d", y.Frames, y.Silent, y.Bytes, y.Payload, y.Sizes.N, y.Sizes.Min, y.Sizes.Max)
	}
}

// sizesOf counts the sizes in text; 3x100 is the size 3, a hundred times.
func sizesOf(t *testing.T, text string) *Sizes {
	t.Helper()
	s := new(Sizes)
	for _, word := range strings.Fields(text) {
		size, times := int64(0), 1
		if _, err := fmt.Sscanf(word, "%dx%d", &size, &times); err != nil && !strings.Contains(err.Error(), "unexpected EOF") && !strings.Contains(err.Error(), "input does not match") {
			t.Fatal(word, err)
		}
		for range times {
			s.add(size)
		}
	}
	return s
}

// A quantile is one of the sizes, or within 1 % of it.
func TestQuantiles(t *testing.T) {
	for _, row := range []struct {
		sizes                string
		min, median, p99, up int64
	}{
		{"", 0, 0, 0, 0},
		{"5", 5, 5, 5, 5},
		{"1 2 3", 1, 2, 3, 3},
		{"1 2 3 4", 1, 2, 4, 4},
		{"0x99 7", 0, 0, 0, 7},
		{"0x98 7x2", 0, 0, 7, 7},
		{"127x3 128x3", 127, 127, 128, 128},
		{"1000000x100 3", 3, 1000000, 1000000, 1000000},
		{"9223372036854775807", math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
	} {
		s := sizesOf(t, row.sizes)
		for share, want := range map[float64]int64{0: row.min, 0.5: row.median, 0.99: row.p99, 1: row.up} {
			if got := s.Quantile(share); float64(max(got-want, want-got)) > float64(want)/100 {
				t.Errorf("%s: the %v quantile is %d, want %d", row.sizes, share, got, want)
			}
		}
	}
	for size := int64(1); size > 0 && size < 1<<61; size = size*9/8 + 1 { // each between two others
		s := new(Sizes)
		for _, n := range []int64{0, size, math.MaxInt64} {
			s.add(n)
		}
		if got := s.Quantile(0.5); max(got-size, size-got) > size/100 {
			t.Errorf("the middle of 0, %d and the largest is %d", size, got)
		}
	}
}

// Each bin is twice as wide as the one before, and each size is in one bin.
func TestBins(t *testing.T) {
	for _, row := range []struct{ sizes, want string }{
		{"0", "0-0:1"},
		{"0 1 2 3 4", "0-0:1 1-1:1 2-3:2 4-7:1"},
		{"5", "4-7:1"},
		{"1 9", "1-1:1 2-3:0 4-7:0 8-15:1"},
		{"127 128 255 256", "64-127:1 128-255:2 256-511:1"},
		{"3x100 4000x5", "2-3:100 4-7:0 8-15:0 16-31:0 32-63:0 64-127:0 128-255:0 256-511:0 512-1023:0 1024-2047:0 2048-4095:5"},
		{"9223372036854775807", "4611686018427387904-9223372036854775807:1"},
	} {
		var got []string
		for _, b := range sizesOf(t, row.sizes).Bins() {
			got = append(got, fmt.Sprintf("%d-%d:%d", b.Low, b.High, b.N))
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%s: %s, want %s", row.sizes, strings.Join(got, " "), row.want)
		}
	}
	if got := new(Sizes).Bins(); len(got) > 1 || len(got) == 1 && got[0].N > 0 {
		t.Errorf("of nothing there are %v", got)
	}
}

// The length of a bar is proportional to its number; a number above 0 has at least one sign.
func TestBar(t *testing.T) {
	for _, row := range []struct {
		n, of int64
		want  int
	}{{0, 10, 0}, {10, 10, 40}, {5, 10, 20}, {1, 1000000, 1}, {0, 0, 0}, {math.MaxInt64, math.MaxInt64, 40}} {
		if got := Bar(row.n, row.of, 40); got != strings.Repeat("#", row.want) {
			t.Errorf("%d of %d: %q, want %d signs", row.n, row.of, got, row.want)
		}
	}
}

func TestHuman(t *testing.T) {
	for n, want := range map[float64]string{0: "0 B", 999: "999 B", 1024: "1 KiB", 1536: "1.5 KiB", 16 << 20: "16 MiB", 3 << 30: "3 GiB", 5 << 40: "5120 GiB"} {
		if got := report.Bytes(n); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
}

// The statistics have the messages that were written, and the share of payload in the bytes.
func TestStats(t *testing.T) {
	s := Stats{Start: time.Now().Add(-time.Second), Sizes: true}
	b := batchOf(t, "hello", "", "hi", "not taken")
	s.add(b, 3)
	s.add(b, 0)
	s.wire, s.skipped = 14, 2
	var printed strings.Builder
	s.Print(&report.Reporter{W: &printed, Clear: func() { printed.WriteString("<clear>") }})
	want := "<clear>messages    3\nbytes read  14\npayload     7 (50.0%)\nsizes       0 to 5, mean 2.3\nskipped     2\ntime        1"
	if !strings.HasPrefix(printed.String(), want) {
		t.Errorf("printed %q, want %q", &printed, want)
	}
	quick := new(Stats) // does not find the shortest and the longest
	quick.add(b, 3)
	if quick.Messages.Load() != 3 || quick.payload.Load() < 7 {
		t.Errorf("%d messages, %d bytes", quick.Messages.Load(), quick.payload.Load())
	}
}

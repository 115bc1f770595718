package report

import (
	"fmt"
	"strings"
	"testing"
)

// Of thousands of streams that fail, the first few are reported; the others are counted.
func TestSeries(t *testing.T) {
	fail := func(kind string) func(*Reporter, int) {
		return func(r *Reporter, i int) {
			if r.OnlyCounts() != (i >= mostReported && !r.Verbose) {
				t.Errorf("before stream %d: it is only counted: %t", i, r.OnlyCounts())
			}
			r.Fail(fmt.Sprint("stream ", i), &Failure{Status: StatusMalformed, Kind: kind, Text: "bad", Hints: []string{"try"}})
			r.Note("after stream %d", i)
			r.Fail(fmt.Sprint("stream ", i), &Failure{Status: StatusTruncated, Kind: "other", Text: "bad again"})
		}
	}
	found := func(r *Reporter, i int) { r.Found("dns", "found dns in stream %d", i) }
	for _, row := range []struct {
		name           string
		streams        int
		each           func(r *Reporter, i int)
		quiet, verbose bool
		lines          int
		last           string
	}{
		{"few", 5, fail("gap"), false, false, 20, "framecat: stream 4: bad again"},
		{"many", 1000, fail("gap"), false, false, 21, "framecat: in: 995 more directions failed: gap; -v prints each"},
		{"one more", 6, fail("gap"), false, false, 21, "framecat: in: 1 more direction failed: gap; -v prints each"},
		{"with -q", 1000, fail("gap"), true, false, 16, "framecat: in: 995 more directions failed: gap; -v prints each"},
		{"with -v", 1000, fail("gap"), false, true, 4000, "framecat: stream 999: bad again"},
		{"of two kinds", 100, func(r *Reporter, i int) { fail([]string{"gap", "truncated", "gap"}[i%3])(r, i) }, false, false, 21,
			"framecat: in: 95 more directions failed: 64 gap, 31 truncated; -v prints each"},
		{"of many kinds", 105, func(r *Reporter, i int) { fail(fmt.Sprint("kind", i))(r, i) }, false, false, 21,
			"framecat: in: 100 more directions failed: 1 kind10, 1 kind100, 1 kind101, others; -v prints each"},
		{"without a kind", 7, fail(""), false, false, 21, "framecat: in: 2 more directions failed: bad; -v prints each"},
		{"a text of several lines", 7, func(r *Reporter, _ int) { r.Fail("", &Failure{Status: StatusMalformed, Text: "bad\n  ^"}) }, false, false, 11,
			"framecat: in: 2 more directions failed: bad; -v prints each"},
		{"found", 7, found, false, false, 6, "framecat: in: found the framing of 2 more directions: dns; -v prints each"},
		{"found, with -q", 7, found, true, false, 0, ""},
		{"all after the first is good", 9, func(r *Reporter, i int) {
			if i == 0 {
				fail("gap")(r, i)
			}
		}, false, false, 4, "framecat: stream 0: bad again"},
		{"shown elsewhere", 9, func(r *Reporter, i int) { r.Failed(&Failure{Status: StatusMalformed, Kind: "truncated"}) }, false, false, 0, ""},
		{"hints of what is shown elsewhere", 9, func(r *Reporter, i int) {
			r.Failed(&Failure{Status: StatusMalformed, Kind: "truncated", Hints: []string{"try"}})
		}, false, false, 6, "framecat: in: 4 more directions failed: truncated; -v prints each"},
	} {
		r, printed := newTest()
		r.Quiet, r.Verbose = row.quiet, row.verbose
		r.BeginStreams("in")
		for i := range row.streams {
			r.NextStream()
			row.each(r, i)
		}
		r.EndStreams()
		r.EndStreams()
		lines := strings.Split(strings.TrimSuffix(printed.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; strings.Count(printed.String(), "\n") != row.lines || last != row.last {
			t.Errorf("%s: %d lines, the last is %s; want %d, %s", row.name, strings.Count(printed.String(), "\n"), last, row.lines, row.last)
		}
		if !strings.HasPrefix(row.name, "found") && r.Status != StatusMalformed {
			t.Errorf("%s: status %d", row.name, r.Status)
		}
	}
}

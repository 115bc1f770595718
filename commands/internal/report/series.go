package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostReported is how many streams of a series are reported one by one.
const mostReported = 5

// A series is what a Reporter has reported of the streams of one input. There may be thousands,
// which all fail for the same reason: those after the first few are only counted.
type series struct {
	name            string // of the input
	failures, finds tally
}

// A tally decides which streams are reported one by one, and counts the others.
type tally struct {
	streams int // that are reported
	state   tallied
	left    map[string]int // how many are not reported, by kind
}

// tallied is what became of the current stream.
type tallied int

const (
	silent   tallied = iota // there was nothing to report
	reported                // it is reported
	counted                 // it is only counted
)

// full reports whether the current stream can only be counted.
func (t *tally) full() bool {
	return t.state == counted || t.state == silent && t.streams >= mostReported
}

// shows reports whether to report the current stream. Kind is what it is counted by.
func (t *tally) shows(kind string) bool {
	switch {
	case t.state != silent:
	case !t.full():
		t.state = reported
		t.streams++
	default:
		if t.state = counted; t.left == nil {
			t.left = map[string]int{}
		}
		t.left[kind]++
	}
	return t.state == reported
}

// rest returns how many streams are not reported, and the most frequent kinds of them.
func (t *tally) rest() (n int, kinds string) {
	all := slices.SortedFunc(maps.Keys(t.left), func(a, b string) int {
		if t.left[a] != t.left[b] {
			return t.left[b] - t.left[a]
		}
		return strings.Compare(a, b)
	})
	if len(all) == 1 {
		return t.left[all[0]], all[0]
	}
	const most = 3
	var words []string
	for i, kind := range all {
		if n += t.left[kind]; i < most {
			words = append(words, fmt.Sprintf("%d %s", t.left[kind], kind))
		}
	}
	if len(all) > most {
		words = append(words, "others")
	}
	return n, strings.Join(words, ", ")
}

// BeginStreams begins a series of streams, those of the named input. NextStream is to be called
// before each, and EndStreams after the last. With --verbose, all are reported one by one.
func (r *Reporter) BeginStreams(name string) {
	if !r.Verbose {
		r.series = &series{name: name}
	}
}

// NextStream begins the next stream of a series.
func (r *Reporter) NextStream() {
	if r.series != nil {
		r.series.failures.state, r.series.finds.state = silent, silent
	}
}

// EndStreams ends a series, if there is one, and prints how many streams were only counted.
func (r *Reporter) EndStreams() {
	s := r.series
	if r.series = nil; s == nil {
		return
	}
	if n, kinds := s.finds.rest(); n > 0 {
		r.Note("%s: found the framing of %d more %s: %s; -v prints each", s.name, n, directions(n), kinds)
	}
	if n, kinds := s.failures.rest(); n > 0 {
		r.Warn(fmt.Sprintf("%s: %d more %s failed: %s; -v prints each", s.name, n, directions(n), kinds))
	}
}

func directions(n int) string {
	_, word, _ := strings.Cut(Count(int64(n), "direction"), " ")
	return word
}

// InSeries reports whether a series was begun.
func (r *Reporter) InSeries() bool { return r.series != nil }

// OnlyCounts reports whether a failure of the current stream would only be counted: nobody sees
// its hints, which take time to find.
func (r *Reporter) OnlyCounts() bool {
	return r.series != nil && r.series.failures.full()
}

// counts counts a failure, and reports whether it is only counted.
func (r *Reporter) counts(f *Failure) bool {
	kind := f.Kind
	if kind == "" {
		kind, _, _ = strings.Cut(f.Text, "\n")
	}
	return r.series != nil && !r.series.failures.shows(kind)
}

// Found prints a note about the framing that was found for a stream.
func (r *Reporter) Found(framing, format string, args ...any) {
	if r.series == nil || r.series.finds.shows(framing) {
		r.Note(format, args...)
	}
}

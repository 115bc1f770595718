package views

import (
	"fmt"
	"io"
	"strings"

	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing/detect"
)

// A summaryView shows counts and sizes at the end of each input.
type summaryView struct {
	noView
	out io.Writer
	buf strings.Builder

	begun bool // a heading was shown
}

func (v *summaryView) begin(_ input.Input, heading string) {
	if heading == "" {
		return
	}
	if v.begun {
		v.buf.WriteByte('\n')
	}
	v.begun = true
	fmt.Fprintln(&v.buf, report.Sanitize(heading))
}

func (v *summaryView) candidates(all []detect.Candidate, seen, again string) {
	writeCandidates(func(line string) { v.buf.WriteString(line + "\n") }, all, seen)
	v.buf.WriteString(again + "\n\n")
}

func (v *summaryView) end(t *pump.Tally) { writeSummary(&v.buf, t) }

func (v *summaryView) flush() error {
	_, err := io.WriteString(v.out, v.buf.String())
	v.buf.Reset()
	return err
}

// writeSummary writes the counts of a tally, one per line, and a histogram of sizes.
func writeSummary(b *strings.Builder, t *pump.Tally) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(b, "%-10s  %s\n", name, fmt.Sprintf(format, args...))
	}
	row("frames", "%d", t.Frames)
	if t.Silent > 0 {
		row("no message", "%d of them", t.Silent)
	}
	row("bytes", "%d", t.Bytes)
	row("payload", "%d", t.Payload)
	if t.Bytes > 0 {
		row("overhead", "%d (%.1f%%)", t.Bytes-t.Payload, 100*float64(t.Bytes-t.Payload)/float64(t.Bytes))
	}
	for _, more := range []struct {
		name string
		n    int64
	}{{"fill", t.Fill}, {"errors", t.Errors}, {"skipped", t.Skipped}, {"undecoded", t.Undecoded}, {"leftover", t.Leftover}} {
		if more.n > 0 {
			row(more.name, "%d", more.n)
		}
	}
	s := &t.Sizes
	if s.N == 0 {
		return
	}
	row("sizes", "min %d, median %d, p99 %d, max %d", s.Min, s.Quantile(0.5), s.Quantile(0.99), s.Max)
	bins := s.Bins()
	most := int64(0)
	for _, x := range bins {
		most = max(most, x.N)
	}
	for _, x := range bins {
		name := fmt.Sprintf("%d-%d", x.Low, x.High)
		if x.Low == x.High {
			name = fmt.Sprint(x.Low)
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%21s %9d  %s", name, x.N, pump.Bar(x.N, most, 40)), " ") + "\n")
	}
}

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
	out   io.Writer
	width int // columns of the terminal; 0 is any number
	buf   strings.Builder

	begun bool // a heading was shown
}

// sums shows the counts of many directions; end then shows those of all together.
func (v *summaryView) sums(sums []*dirSum) {
	writeSums(&v.buf, sums, v.width)
	v.buf.WriteString("\nall\n")
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
	writeCandidates(func(line string) { v.buf.WriteString(report.Narrow(line+"\n", v.width)) }, all, seen, v.width)
	v.buf.WriteString(again + "\n\n")
}

func (v *summaryView) end(t *pump.Tally) { writeSummary(&v.buf, t, v.width) }

func (v *summaryView) flush() error {
	_, err := io.WriteString(v.out, v.buf.String())
	v.buf.Reset()
	return err
}

// writeSummary writes the counts of a tally, one per line, and a histogram of sizes. It is made to fit
// the width, unless that is 0.
func writeSummary(b *strings.Builder, t *pump.Tally, width int) {
	row := func(name, format string, args ...any) {
		b.WriteString(report.Narrow(fmt.Sprintf("%-10s  %s\n", name, fmt.Sprintf(format, args...)), width))
	}
	row("frames", "%d", t.Frames)
	if t.Silent > 0 {
		row("no message", "%d of them", t.Silent)
	}
	row("bytes", "%d", t.Bytes)
	row("payload", "%d", t.Payload)
	if overhead := t.Bytes - t.Payload; t.Bytes > 0 && overhead >= 0 {
		row("overhead", "%d%s", overhead, pump.Percent(overhead, t.Bytes))
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
	const perLine = 45 // columns
	if width > 0 && width < perLine {
		for _, x := range []struct {
			name string
			n    int64
		}{{"min", s.Min}, {"median", s.Quantile(0.5)}, {"p99", s.Quantile(0.99)}, {"max", s.Max}} {
			row(x.name, "%d", x.n)
		}
	} else {
		row("sizes", "min %d, median %d, p99 %d, max %d", s.Min, s.Quantile(0.5), s.Quantile(0.99), s.Max)
	}
	writeBins(b, s.Bins(), width)
}

// writeBins writes a line with a bar for each range of sizes.
func writeBins(b *strings.Builder, bins []pump.Bin, width int) {
	names, counts, bar := 21, 9, 40 // columns
	label := func(x pump.Bin) string {
		if x.Low == x.High {
			return fmt.Sprint(x.Low)
		}
		return fmt.Sprintf("%d-%d", x.Low, x.High)
	}
	most := int64(0)
	for _, x := range bins {
		most = max(most, x.N)
	}
	if width > 0 && width < names+1+counts+2+bar {
		names, counts = 0, len(fmt.Sprint(most))
		for _, x := range bins {
			names = max(names, len(label(x)))
		}
		bar = min(bar, max(1, width-names-1-counts-2))
	}
	for _, x := range bins {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%*s %*d  %s", names, label(x), counts, x.N, pump.Bar(x.N, most, bar)), " ") + "\n")
	}
}

package commands

import (
	"fmt"
	"io"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// A summaryWatch counts, and shows the sums at the end of each input.
type summaryWatch struct {
	out io.Writer
	buf strings.Builder

	begun bool // a heading was shown
}

func (w *summaryWatch) begin(_ input.Input, heading string) {
	if heading == "" {
		return
	}
	if w.begun {
		w.buf.WriteByte('\n')
	}
	w.begun = true
	fmt.Fprintln(&w.buf, report.Sanitize(heading))
}

func (w *summaryWatch) gap(*capture.Gap, int)                                     {}
func (w *summaryWatch) fill(int64, []byte)                                        {}
func (w *summaryWatch) frame(framing.Frame, []framing.FieldText, *input.Source)   {}
func (w *summaryWatch) largeEnd([]byte)                                           {}
func (w *summaryWatch) Fault(*framing.Error, int)                                 {}
func (w *summaryWatch) unread(int64, []byte)                                      {}
func (w *summaryWatch) large(framing.Frame, []framing.FieldText, int64) io.Writer { return io.Discard }

func (w *summaryWatch) unknown(int64) {}

func (w *summaryWatch) candidates(all []detect.Candidate, seen, again string) {
	writeCandidates(func(line string) { w.buf.WriteString(line + "\n") }, all, seen)
	w.buf.WriteString(again + "\n\n")
}

func (w *summaryWatch) end(t *tally) { writeSummary(&w.buf, t) }

func (w *summaryWatch) Flush() error {
	_, err := io.WriteString(w.out, w.buf.String())
	w.buf.Reset()
	return err
}

// writeSummary writes what a tally holds, a line each.
func writeSummary(b *strings.Builder, t *tally) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(b, "%-10s  %s\n", name, fmt.Sprintf(format, args...))
	}
	row("frames", "%d", t.frames)
	if t.silent > 0 {
		row("no message", "%d of them", t.silent)
	}
	row("bytes", "%d", t.bytes)
	row("payload", "%d", t.payload)
	if t.bytes > 0 {
		row("overhead", "%d (%.1f%%)", t.bytes-t.payload, 100*float64(t.bytes-t.payload)/float64(t.bytes))
	}
	for _, more := range []struct {
		name string
		n    int64
	}{{"fill", t.fill}, {"errors", t.errors}, {"skipped", t.skipped}, {"undecoded", t.undecoded}, {"leftover", t.leftover}} {
		if more.n > 0 {
			row(more.name, "%d", more.n)
		}
	}
	s := &t.sizes
	if s.n == 0 {
		return
	}
	row("sizes", "min %d, median %d, p99 %d, max %d", s.min, s.quantile(0.5), s.quantile(0.99), s.max)
	bins := s.bins()
	most := int64(0)
	for _, x := range bins {
		most = max(most, x.n)
	}
	for _, x := range bins {
		name := fmt.Sprintf("%d-%d", x.low, x.high)
		if x.low == x.high {
			name = fmt.Sprint(x.low)
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%21s %9d  %s", name, x.n, bar(x.n, most, 40)), " ") + "\n")
	}
}

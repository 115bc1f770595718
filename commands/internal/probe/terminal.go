package probe

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"framecat/commands/internal/report"
	"framecat/hexview"
)

// A Terminal is a report for people: a line for each case that is no PASS, one for each run of passes,
// and for failures what was written and what came.
type Terminal struct {
	Plan   *Plan
	Target Target
	Unit   string // what the peer sends: "reply" or "message"
	Clear  func() // removes a progress line, before something is printed
	All    bool   // show the bytes of each failure, not only of the first of each kind

	view  *hexview.View
	same  []*Result       // a run of results with the same verdict and reason, not printed yet
	shown map[string]bool // the families of which a failure was shown, and the hints
}

// The most that is shown of a case.
const (
	mostWrites  = 6
	mostReplies = 4
	mostRows    = 4
	mostLine    = 200 // bytes of a command line, except that of the first of each kind
)

// NewTerminal returns a report on out.
func NewTerminal(out io.Writer, o hexview.Options, p *Plan, t Target) *Terminal {
	o.Rows = mostRows
	return &Terminal{Plan: p, Target: t, view: hexview.New(out, o), shown: map[string]bool{}}
}

// Result reports a case.
func (t *Terminal) Result(r *Result) error {
	if len(t.same) > 0 && (t.same[0].Verdict != r.Verdict || t.same[0].Reason != r.Reason) {
		t.flushSame()
	}
	if r.Verdict == Pass || r.Verdict == Inconclusive || r.Verdict == Known {
		t.same = append(t.same, r)
		return nil
	}
	t.verdict(r.Verdict, fmt.Sprintf("%-17s %s", r.ID, r.Found()))
	t.hint(r)
	if r.Verdict == Fail {
		first := t.All || !t.shown[r.Family()]
		if first {
			t.shown[r.Family()] = true
			d := details{to: indented{t}, plan: t.Plan, unit: t.Unit, writes: mostWrites, replies: mostReplies}
			d.show(r)
			t.stderr(r)
		}
		if line := t.Target.Repeat(t.Plan, r); first || len(line) <= mostLine {
			t.line("  repeat: %s", line)
		}
	}
	return t.view.Flush()
}

func (t *Terminal) line(format string, args ...any) {
	t.Clear()
	t.view.Line(report.Sanitize(fmt.Sprintf(format, args...)))
}

// text is line for prose, which is wrapped at spaces.
func (t *Terminal) text(format string, args ...any) {
	t.Clear()
	t.view.Text(report.Sanitize(fmt.Sprintf(format, args...)))
}

// verdict is text that begins with a verdict, which has a colour.
func (t *Terminal) verdict(v Verdict, text string) {
	part := hexview.Leftover
	switch v {
	case Pass:
		part = hexview.Added
	case Fail:
		part = hexview.Removed
	}
	t.Clear()
	t.view.Titled(string(v), part, report.Sanitize(fmt.Sprintf("%-13s %s", v, text)))
}

// flushSame prints the line of a run of results.
func (t *Terminal) flushSame() {
	n := len(t.same)
	if n == 0 {
		return
	}
	first, ids := t.same[0], caseIDs(t.same)
	t.same = nil
	if first.Reason == "" {
		t.verdict(first.Verdict, ids)
	} else {
		t.verdict(first.Verdict, fmt.Sprintf("%-17s %s", ids, first.Reason))
		t.stderr(first)
	}
	t.hint(first)
}

// hint shows what to do about a result, once.
func (t *Terminal) hint(r *Result) {
	if r.Hint != "" && !t.shown[r.Hint] {
		t.shown[r.Hint] = true
		t.text("  hint: %s", r.Hint)
	}
}

// caseIDs names the cases of results: all of one or two, otherwise the first and the last.
func caseIDs(list []*Result) string {
	first, last := list[0].ID, list[len(list)-1].ID
	switch len(list) {
	case 1:
		return first
	case 2:
		return first + ", " + last
	}
	return fmt.Sprintf("%s to %s, %d cases", first, last, len(list))
}

// Found returns the reason of a verdict; for a failure, with the place of the cut.
func (r *Result) Found() string {
	switch {
	case r.Verdict != Fail && !r.Malformed || r.Place == "":
		return r.Reason
	case r.Offset > 0:
		return "cut " + r.Place + ": " + r.Reason
	}
	return r.Place + ": " + r.Reason
}

// End reports what was found.
func (t *Terminal) End(s *Summary) error {
	t.flushSame()
	if s.Merged {
		t.text("Some cuts may have been merged: the system does not show what the peer has read. A longer --gap helps.")
	}
	if advice := s.Advice(); advice != "" {
		t.text("%s", advice)
	}
	t.text("%s; judged by: %s", s.Counts(), s.JudgedBy())
	t.text("%s", s.Sentence())
	return t.view.Close()
}

// process describes how a process ended, and what it has used.
func (r *Result) process() string {
	text := cmp.Or(r.Exit, "it did not end")
	if r.Memory > 0 {
		text += ", with at most " + report.Bytes(float64(r.Memory)) + " of memory"
	}
	return text
}

// stderr shows the end of what a process has written to its standard error.
func (t *Terminal) stderr(r *Result) {
	for line := range strings.Lines(r.Stderr) {
		t.line("  stderr: %s", strings.TrimSuffix(line, "\n"))
	}
}

// An indented takes what details show of a case, below its line.
type indented struct{ *Terminal }

func (t indented) Line(text string)                          { t.line("  %s", text) }
func (t indented) Begin(offset int64, title string)          { t.view.Begin(offset, title) }
func (t indented) Bytes(p hexview.Part, mark byte, b []byte) { t.view.Bytes(p, mark, b) }
func (t indented) End()                                      { t.view.End() }

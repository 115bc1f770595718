package probe

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
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
	t.line("%-13s %-17s %s", r.Verdict, r.ID, r.Found())
	t.hint(r)
	if r.Verdict == Fail {
		first := t.All || !t.shown[r.Family()]
		if first {
			t.shown[r.Family()] = true
			t.details(r)
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

// flushSame prints the line of a run of results.
func (t *Terminal) flushSame() {
	n := len(t.same)
	if n == 0 {
		return
	}
	first, ids := t.same[0], caseIDs(t.same)
	t.same = nil
	if first.Reason == "" {
		t.line("%-13s %s", first.Verdict, ids)
	} else {
		t.line("%-13s %-17s %s", first.Verdict, ids, first.Reason)
		t.stderr(first)
	}
	t.hint(first)
}

// hint shows what to do about a result, once.
func (t *Terminal) hint(r *Result) {
	if r.Hint != "" && !t.shown[r.Hint] {
		t.shown[r.Hint] = true
		t.line("  hint: %s", r.Hint)
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
		t.line("Some cuts may have been merged: the system does not show what the peer has read. A longer --gap helps.")
	}
	if advice := s.Advice(); advice != "" {
		t.line("%s", advice)
	}
	t.line("%s; judged by: %s", s.Counts(), s.JudgedBy())
	t.line("%s", s.Sentence())
	return t.view.Close()
}

// details shows the bytes of a case.
func (t *Terminal) details(r *Result) {
	t.line("  written:")
	at := 0
	parts := t.Plan.segments(r.Case)
	for i, w := range r.Writes {
		if i == mostWrites && len(r.Writes) > mostWrites+1 {
			t.line("  … %d more writes", len(r.Writes)-mostWrites)
			break
		}
		t.view.Begin(int64(at), fmt.Sprintf("write %d of %d", i+1, len(r.Writes)))
		for _, s := range parts {
			from, to := max(s.from, at), min(s.to, at+len(w))
			if from >= to {
				continue
			}
			mark := s.mark
			if from > s.from {
				mark = 0
			}
			t.view.Bytes(s.part, mark, w[from-at:to-at])
		}
		at += len(w)
	}
	t.view.End()
	if r.Expected != nil {
		t.line("  expected: %s", report.Count(int64(len(r.Expected)), t.Unit))
		t.replies(r.Expected)
	}
	if len(r.Got) > 0 || r.Stored == "" {
		t.line("  came: %s", report.Count(int64(len(r.Got)), t.Unit))
	}
	end := t.replies(r.Got)
	if len(r.Stray) > 0 {
		t.view.Begin(end, "between the frames")
		t.view.Bytes(hexview.Fill, '~', r.Stray)
		t.view.End()
	}
	if len(r.Tail) > 0 {
		t.view.Begin(end, "after the last whole frame")
		t.view.Bytes(hexview.Leftover, '<', r.Tail)
		t.view.End()
	}
	if r.Exit != "" || r.Memory > 0 {
		t.line("  process: %s", r.process())
	}
	t.lines("stored", r.Stored)
	t.stderr(r)
}

// process describes how a process ended, and what it has used.
func (r *Result) process() string {
	text := cmp.Or(r.Exit, "it did not end")
	if r.Memory > 0 {
		text += ", with at most " + report.Bytes(float64(r.Memory)) + " of memory"
	}
	return text
}

// lines shows the first lines of a text.
func (t *Terminal) lines(name, text string) {
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > mostRows {
			t.line("  … %d more", strings.Count(text, "\n")-mostRows)
			return
		}
		t.line("  %s: %.200q", name, line)
	}
}

// stderr shows the end of what a process has written to its standard error.
func (t *Terminal) stderr(r *Result) {
	for line := range strings.Lines(r.Stderr) {
		t.line("  stderr: %s", strings.TrimSuffix(line, "\n"))
	}
}

// replies shows replies, and returns where they end.
func (t *Terminal) replies(list []Reply) (at int64) {
	for i, reply := range list {
		if i == mostReplies && len(list) > mostReplies+1 {
			t.line("  … %d more", len(list)-mostReplies)
			break
		}
		t.view.Begin(at, fmt.Sprintf("#%d payload %d", i, len(reply.Payload)))
		t.view.Bytes(hexview.Header, '[', reply.Header)
		t.view.Bytes(hexview.Payload, '|', reply.Body)
		t.view.Bytes(hexview.Trailer, '/', reply.Trailer)
		t.view.End()
		at += int64(len(reply.Header) + len(reply.Body) + len(reply.Trailer))
	}
	return at
}

// A segment is a range of what a case writes that is one part of a frame.
type segment struct {
	from, to int
	part     hexview.Part
	mark     byte
}

// segments returns the parts of all frames that a case writes.
func (p *Plan) segments(c *Case) (list []segment) {
	all := slices.Concat(c.Writes...)
	at := 0
	if c.Malformed {
		list = c.Cut.segments(0)
		at = len(c.Cut.Frame)
		return append(list, segment{at, len(all), hexview.Leftover, '<'})
	}
	for at < len(all) {
		e, err := p.Framing.Scan(all[at:], &framing.Cursor{EOF: true})
		size := e.Skip + e.Header + int(e.Body) + e.Trailer
		m := c.Cut
		if err == nil && size > 0 && size <= len(all)-at {
			whole := NewMessage(p.Framing, all[at:at+size])
			m = &whole
		}
		if m == nil {
			return append(list, segment{at, len(all), hexview.Leftover, '<'})
		}
		list = append(list, m.segments(at)...)
		at += len(m.Frame)
	}
	return list
}

// segments returns the parts of a frame that begins at an offset.
func (m *Message) segments(at int) []segment {
	return []segment{
		{at, at + m.Start, hexview.Fill, '~'},
		{at + m.Start, at + m.headerEnd(), hexview.Header, '['},
		{at + m.headerEnd(), at + m.bodyEnd(), hexview.Payload, '|'},
		{at + m.bodyEnd(), at + len(m.Frame), hexview.Trailer, '/'},
	}
}

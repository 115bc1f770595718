// Package report is how the command line speaks to its user: exit statuses, failures and what
// is printed on stderr.
//
// Start with New, which returns a Reporter. A function that fails returns a *Failure; its caller
// prints it with Reporter.Fail, and the status of the first failure becomes that of the
// program.
package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Failure ends a command, or one input of it, with an exit status.
type Failure struct {
	Status   int
	Text     string   // what is wrong, then where, then what was expected
	Hints    []string // what to try, a line each
	Reported bool     // it was printed already
	Fatal    bool     // nothing can go on, because the output fails
}

func (f *Failure) Error() string { return f.Text }

// ErrDone ends a run that did not fail: nothing more is wanted, or what is wrong was
// reported already.
var ErrDone = errors.New("done")

// Usage is a failure of the command line, with status 2.
func Usage(format string, args ...any) *Failure {
	return &Failure{Status: StatusUsage, Text: fmt.Sprintf(format, args...)}
}

// A Reporter prints failures, notes and details on stderr, and keeps the status of the
// first failure.
type Reporter struct {
	System
	W       io.Writer
	Marks   Style         // colours of what a line begins with
	Quiet   bool          // print no notes
	Verbose bool          // print details
	Status  int           // of the first failure; 0 if there was none
	Clear   func()        // removes a progress line from the terminal
	Source  func() string // names the source of failures that have no name; may be nil
}

// New returns a Reporter; color is the value of --color.
func New(s System, color string) *Reporter {
	return &Reporter{System: s, W: s.Stderr, Marks: s.Style(s.Stderr, color), Clear: func() {}}
}

// Fork returns a reporter that prints like r and has a status of its own, 0 so far.
func (r *Reporter) Fork() *Reporter {
	own := *r
	own.Status = 0
	return &own
}

// line prints mark and text in one write. Characters that could drive a terminal are
// escaped, because names and details quote bytes that came from outside.
func (r *Reporter) line(mark, text string) {
	r.Clear()
	io.WriteString(r.W, marked(mark, text))
}

func marked(mark, text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Sanitize(lines[i])
	}
	return mark + " " + strings.Join(lines, "\n") + "\n"
}

// Failed keeps the status of a failure that is shown elsewhere, and prints its hints.
func (r *Reporter) Failed(f *Failure) {
	if r.Status == 0 {
		r.Status = f.Status
	}
	r.Clear()
	io.WriteString(r.W, r.hints(f))
}

// hints formats the hints of a failure, a line each.
func (r *Reporter) hints(f *Failure) (text string) {
	for _, h := range f.Hints {
		text += marked(r.Marks.bad("framecat:")+" "+r.Marks.hint("hint:"), h)
	}
	return text
}

// Fail prints a failure and its hints in one write. Name is the input that failed; it may
// be "".
func (r *Reporter) Fail(name string, f *Failure) {
	if r.Status == 0 {
		r.Status = f.Status
	}
	if name == "" && r.Source != nil {
		name = r.Source()
	}
	if name != "" {
		name = strings.ReplaceAll(name, "\n", `\n`) + ": "
	}
	r.Clear()
	io.WriteString(r.W, marked(r.Marks.bad("framecat:"), name+f.Text)+r.hints(f))
}

// Warn prints what users must know even with --quiet.
func (r *Reporter) Warn(text string) { r.line(r.Marks.bad("framecat:"), text) }

// Note prints a line unless --quiet is set.
func (r *Reporter) Note(format string, args ...any) {
	if !r.Quiet {
		r.line("framecat:", fmt.Sprintf(format, args...))
	}
}

// Detail prints a line if --verbose is set.
func (r *Reporter) Detail(format string, args ...any) {
	if r.Verbose && !r.Quiet {
		r.line("framecat:", fmt.Sprintf(format, args...))
	}
}

// Done returns the end of a command whose failures were printed: nil if there were none.
func (r *Reporter) Done() error {
	if r.Status == 0 {
		return nil
	}
	return &Failure{Status: r.Status, Reported: true}
}

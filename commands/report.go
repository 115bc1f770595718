// Package report is how the command line speaks to its user: exit statuses, failures and what
// is printed on stderr.
//
// Start with New, which returns a Reporter. A function that fails returns a *Failure; its caller
// prints it with Reporter.Fail, and the status of the first failure becomes that of the
// program.
package commands

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A failure ends a command, or one input of it, with an exit status.
type failure struct {
	status   int
	text     string   // what is wrong, then where, then what was expected
	hints    []string // what to try, a line each
	reported bool     // it was printed already
	fatal    bool     // nothing can go on, because the output fails
}

func (f *failure) Error() string { return f.text }

// errDone ends a run that did not fail: nothing more is wanted, or what is wrong was
// reported already.
var errDone = errors.New("done")

// usage is a failure of the command line, with status 2.
func usage(format string, args ...any) *failure {
	return &failure{status: statusUsage, text: fmt.Sprintf(format, args...)}
}

// A reporter prints failures, notes and details on stderr, and keeps the status of the
// first failure.
type reporter struct {
	w       io.Writer
	style   style
	quiet   bool          // print no notes
	verbose bool          // print details
	status  int           // of the first failure; 0 if there was none
	clear   func()        // removes a progress line from the terminal
	source  func() string // names the source of failures that have no name; may be nil
}

// newReporter returns a reporter for stderr; color is the value of --color.
func newReporter(stderr *os.File, color string) *reporter {
	return &reporter{w: stderr, style: newStyle(stderr, color), clear: func() {}}
}

// fork returns a reporter that prints like r and has a status of its own, 0 so far.
func (r *reporter) fork() *reporter {
	own := *r
	own.status = 0
	return &own
}

// line prints mark and text in one write. Characters that could drive a terminal are
// escaped, because names and details quote bytes that came from outside.
func (r *reporter) line(mark, text string) {
	r.clear()
	io.WriteString(r.w, marked(mark, text))
}

func marked(mark, text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = sanitize(lines[i])
	}
	return mark + " " + strings.Join(lines, "\n") + "\n"
}

// failed keeps the status of a failure that is shown elsewhere, and prints its hints.
func (r *reporter) failed(f *failure) {
	if r.status == 0 {
		r.status = f.status
	}
	r.clear()
	io.WriteString(r.w, r.hints(f))
}

// hints formats the hints of a failure, a line each.
func (r *reporter) hints(f *failure) (text string) {
	for _, h := range f.hints {
		text += marked(r.style.bad("framecat:")+" "+r.style.hint("hint:"), h)
	}
	return text
}

// fail prints a failure and its hints in one write. Name is the input that failed; it may
// be "".
func (r *reporter) fail(name string, f *failure) {
	if r.status == 0 {
		r.status = f.status
	}
	if name == "" && r.source != nil {
		name = r.source()
	}
	if name != "" {
		name = strings.ReplaceAll(name, "\n", `\n`) + ": "
	}
	r.clear()
	io.WriteString(r.w, marked(r.style.bad("framecat:"), name+f.text)+r.hints(f))
}

// warn prints what users must know even with --quiet.
func (r *reporter) warn(text string) { r.line(r.style.bad("framecat:"), text) }

// note prints a line unless --quiet is set.
func (r *reporter) note(format string, args ...any) {
	if !r.quiet {
		r.line("framecat:", fmt.Sprintf(format, args...))
	}
}

// detail prints a line if --verbose is set.
func (r *reporter) detail(format string, args ...any) {
	if r.verbose && !r.quiet {
		r.line("framecat:", fmt.Sprintf(format, args...))
	}
}

// done returns the end of a command whose failures were printed: nil if there were none.
func (r *reporter) done() error {
	if r.status == 0 {
		return nil
	}
	return &failure{status: r.status, reported: true}
}

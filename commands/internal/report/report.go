// Package report prints what users read on stderr, and keeps the exit status of the program.
//
// Start with New, which returns a Reporter. A function that fails returns a *Failure; its
// caller prints it with Reporter.Fail. The status of the first failure becomes the exit
// status.
//
// A Reporter must not be used by several goroutines at once: each takes its own with Fork.
package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// A Failure ends a command, or one input of it, with an exit status.
type Failure struct {
	Status   int
	Text     string   // what is wrong, then where, then what was expected
	Hints    []string // what to try, a line each
	Kind     string   // what is wrong, in one word, if streams that fail are counted
	Reported bool     // it has been printed
	Fatal    bool     // the output failed, so nothing can go on
}

func (f *Failure) Error() string { return f.Text }

// ErrDone ends a run without a new failure: nothing more is wanted, or the failure has been
// reported.
var ErrDone = errors.New("done")

// Usage returns the failure for a wrong command line, with status 2.
func Usage(format string, args ...any) *Failure {
	return &Failure{Status: StatusUsage, Text: fmt.Sprintf(format, args...)}
}

// A Reporter prints failures, notes and details on stderr, and keeps the status of the
// first failure.
type Reporter struct {
	System
	W       io.Writer
	Marks   Style         // the colours of the first words of a line
	Quiet   bool          // print no notes
	Verbose bool          // print details
	Status  int           // of the first failure; 0 if there was none
	Clear   func()        // removes a progress line from the terminal
	Source  func() string // returns the input that failures without a name are about; may be nil
	series  *series       // of streams that are being read; nil if each is reported
}

// New returns a Reporter; color is the value of --color.
func New(s System, color string) *Reporter {
	return &Reporter{System: s, W: s.Stderr, Marks: s.Style(s.Stderr, color), Clear: func() {}}
}

// DieOfBrokenPipe does what that of System does. It removes the progress line first: the prompt
// of the shell would follow it.
func (r *Reporter) DieOfBrokenPipe(err error) {
	if errors.Is(err, syscall.EPIPE) {
		r.Clear()
		signal.Reset(syscall.SIGPIPE) // see KeepOnBrokenPipe
	}
	r.System.DieOfBrokenPipe(err)
}

// KeepOnBrokenPipe lets the program see an error when nobody reads standard output any more. Without
// it, Go ends the program in the write.
func KeepOnBrokenPipe() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// Fork returns a Reporter that prints as r does. Its own status starts at 0.
func (r *Reporter) Fork() *Reporter {
	own := *r
	own.Status = 0
	return &own
}

// line prints prefix and text as one line, in one write.
func (r *Reporter) line(prefix, text string) {
	r.Clear()
	io.WriteString(r.W, prefixed(prefix, OneLine(text)))
}

// prefixed returns the lines of text after prefix. Characters that could control a terminal
// are escaped, because names and details quote bytes that came from outside.
func prefixed(prefix, text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Sanitize(lines[i])
	}
	return prefix + " " + strings.Join(lines, "\n") + "\n"
}

// Failed keeps the status of a failure whose text is shown elsewhere, and prints its hints.
func (r *Reporter) Failed(f *Failure) {
	if r.Status == 0 {
		r.Status = f.Status
	}
	if len(f.Hints) == 0 && !r.OnlyCounts() || r.counts(f) {
		return
	}
	r.Clear()
	io.WriteString(r.W, r.hints(f))
}

// hints formats the hints of a failure, one per line.
func (r *Reporter) hints(f *Failure) (text string) {
	for _, h := range f.Hints {
		text += prefixed(r.Marks.bad("framecat:")+" "+r.Marks.hint("hint:"), h)
	}
	return text
}

// Fail prints a failure and its hints in one write, and keeps its status. Name is the input
// that failed, or "".
func (r *Reporter) Fail(name string, f *Failure) {
	if r.Status == 0 {
		r.Status = f.Status
	}
	if r.counts(f) {
		return
	}
	r.Clear()
	io.WriteString(r.W, prefixed(r.Marks.bad("framecat:"), r.named(name)+f.Text)+r.hints(f))
}

// named returns the name of an input with a colon, or that of the Source; "" if there is none.
func (r *Reporter) named(name string) string {
	if name == "" && r.Source != nil {
		name = r.Source()
	}
	if name == "" {
		return ""
	}
	return OneLine(name) + ": "
}

// Warn prints a line, with --quiet too: something that the user must know.
func (r *Reporter) Warn(text string) { r.line(r.Marks.bad("framecat:"), text) }

// Note prints a line unless --quiet is set, or the stream that is being read has failed and is
// only counted.
func (r *Reporter) Note(format string, args ...any) {
	if !r.Quiet && (r.series == nil || r.series.failures.state != counted) {
		r.line("framecat:", fmt.Sprintf(format, args...))
	}
}

// NoteWith prints a line with hints, in one write, unless --quiet is set.
func (r *Reporter) NoteWith(hints []string, format string, args ...any) {
	if !r.Quiet {
		r.Clear()
		io.WriteString(r.W, prefixed("framecat:", OneLine(fmt.Sprintf(format, args...)))+r.hints(&Failure{Hints: hints}))
	}
}

// Watched reports whether a person reads notes: stderr is a terminal, or --verbose is set.
func (r *Reporter) Watched() bool {
	return !r.Quiet && (r.Verbose || IsTerminal(r.Stderr))
}

// DetailOf prints a line about the named input, as Fail does, if --verbose is set.
func (r *Reporter) DetailOf(name, format string, args ...any) {
	r.Detail("%s%s", r.named(name), fmt.Sprintf(format, args...))
}

// Detail prints a line if --verbose is set.
func (r *Reporter) Detail(format string, args ...any) {
	if r.Verbose && !r.Quiet {
		r.line("framecat:", fmt.Sprintf(format, args...))
	}
}

// Done returns nil if no failure was reported. Otherwise it returns a Failure with the kept
// status, marked as reported.
func (r *Reporter) Done() error {
	if r.Status == 0 {
		return nil
	}
	return &Failure{Status: r.Status, Reported: true}
}

package pump

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// An unfit is a message that the output can't carry.
type unfit struct {
	index, offset int64
	size          int64
	payload       []byte // nil if it was not read
	err           error
}

func (m *unfit) Error() string {
	return fmt.Sprintf("message %d at byte %d: %s", m.index, m.offset, m.err)
}
func (m *unfit) Unwrap() error { return m.err }

// A writeError is one of the output's side.
type writeError struct{ err error }

func (w *writeError) Error() string { return w.err.Error() }
func (w *writeError) Unwrap() error { return w.err }

func (c *Conversion) payloadFailure(r *framing.Reader, err error) error {
	if err := c.To.Flush(); err != nil {
		return OutputFailure(c.Report, "standard output", err)
	}
	f := &report.Failure{Status: report.StatusPayload, Text: err.Error()}
	var m *unfit
	if errors.As(err, &m) {
		f.Hints = c.misfitHints(m, r)
	}
	c.Report.Fail(c.in.Name, f)
	return f
}

func (c *Conversion) readOrWriteFailure(err error) error {
	var p *link.PeerError
	if errors.Is(err, report.ErrDone) || errors.As(err, &p) {
		return OutputFailure(c.Report, "", err)
	}
	var w *writeError
	if errors.As(err, &w) {
		return OutputFailure(c.Report, "standard output", w.err)
	}
	return c.inputFailure(c.in, err)
}

// inputFailure reports trouble with one input: the next one is still converted.
func (c *Conversion) inputFailure(in input.Input, err error) error {
	f := InputFailure(err)
	c.Report.Fail(in.Shown(), f)
	return f
}

// InputFailure words an error of reading an input, or damage of a capture.
func InputFailure(err error) *report.Failure {
	var f *report.Failure
	switch {
	case errors.As(err, &f):
		return f
	case capture.IsDamage(err):
		return &report.Failure{Status: report.StatusMalformed, Text: err.Error()}
	}
	return &report.Failure{Status: report.StatusIO, Text: report.Reason(err)}
}

// OutputFailure reports trouble with the named output, after which nothing can go on. It
// returns report.ErrDone where err needs no report.
func OutputFailure(r *report.Reporter, name string, err error) error {
	var peer *link.PeerError
	switch {
	case errors.Is(err, report.ErrDone):
		return report.ErrDone
	case errors.As(err, &peer):
		f := &report.Failure{Status: report.StatusIO, Text: report.Reason(peer.Err), Hints: peer.Hints, Fatal: true, Reported: true}
		r.Fail(peer.Name, f)
		return f
	}
	r.DieOfBrokenPipe(err)
	var p *fs.PathError
	if errors.As(err, &p) && p.Path != "/dev/stdout" {
		name = p.Path
	}
	f := &report.Failure{Status: report.StatusIO, Text: report.Reason(err), Fatal: true, Reported: true}
	r.Fail(name, f)
	return f
}

// IsFatal reports whether err is trouble with an output.
func IsFatal(err error) bool {
	var f *report.Failure
	return errors.As(err, &f) && f.Fatal
}

// Unreadable words the fault of a frame of f that r could not read, with a hint where there
// is one.
func Unreadable(h *hint.Hinter, f framing.Framing, r *framing.Reader, e *framing.Error) *report.Failure {
	fail := &report.Failure{Status: report.StatusMalformed, Text: e.Error(), Hints: h.Hints(f, r, e)}
	if e.Kind == framing.Truncated {
		fail.Status = report.StatusTruncated
	}
	return fail
}

// rowOf is the row of the table that f is of.
func rowOf(f framing.Framing) *framing.Kind {
	name, _, _ := strings.Cut(f.String(), ":")
	return framing.Lookup(name)
}

// misfitHints tells what would carry a message.
func (c *Conversion) misfitHints(m *unfit, r *framing.Reader) (hints []string) {
	s, ok := formats.Innermost(c.To).(*formats.FrameSink)
	if ok && s.Format.Spec {
		if strings.Contains(m.err.Error(), "too long") {
			for _, spec := range []string{"u16be", "u32be"} {
				if f, _ := framing.Parse(spec); fits(f, m.size) {
					return []string{fmt.Sprintf("%s %s or varint would carry it", s.Flag, spec)}
				}
			}
		}
	}
	switch {
	case ok && s.Flag == "-o":
		fit := append(formats.Carriers(m.payload, "lines", "nul", "hex", "base64", "escaped"), "json")
		hints = append(hints, "it would fit -o "+strings.Join(fit, ", "))
	case ok && rowOf(s.Format.Framing).Traits().Delimited:
		fit := formats.Carriers(m.payload, "lines", "nul", "netstring", "u32be")
		hints = append(hints, "it would fit "+s.Flag+" "+strings.Join(fit, ", "))
	}
	if r == nil {
		return hints
	}
	if twice := hint.Twice(c.From.Framing, r.Head); twice != "" {
		hints = append(hints, twice)
	}
	return hints
}

func fits(f framing.Framing, n int64) bool {
	_, err := f.(framing.Announcer).AppendHeader(nil, framing.Marks{}, n)
	return err == nil
}

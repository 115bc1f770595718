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

// An unfit is the error for a message that the output format cannot carry.
type unfit struct {
	index, offset int64
	size          int64
	payload       []byte // nil if it is not in memory
	err           error
}

func (m *unfit) Error() string {
	return fmt.Sprintf("message %d at byte %d: %s", m.index, m.offset, m.err)
}
func (m *unfit) Unwrap() error { return m.err }

// A writeError is an error of the output. Errors of the input are not wrapped.
type writeError struct{ err error }

func (w *writeError) Error() string { return w.err.Error() }
func (w *writeError) Unwrap() error { return w.err }

// payloadFailure reports a message that the output format cannot carry.
func (c *Conversion) payloadFailure(r *framing.Reader, err error) error {
	if err := c.To.Flush(); err != nil {
		return OutputFailure(c.report, "standard output", err)
	}
	f := &report.Failure{Status: report.StatusPayload, Text: err.Error()}
	var m *unfit
	if errors.As(err, &m) {
		f.Hints = c.unfitHints(m, r)
	}
	c.report.Fail(c.in.Place(), f)
	return f
}

// readOrWriteFailure reports an error of the input or of the output.
func (c *Conversion) readOrWriteFailure(err error) error {
	var p *link.PeerError
	if errors.Is(err, report.ErrDone) || errors.As(err, &p) {
		return OutputFailure(c.report, "", err)
	}
	var w *writeError
	if errors.As(err, &w) {
		return OutputFailure(c.report, "standard output", w.err)
	}
	return c.inputFailure(c.in, err)
}

// inputFailure reports an error of one input. The next input is still converted.
func (c *Conversion) inputFailure(in input.Input, err error) error {
	f := InputFailure(err)
	if c.Choice == nil && errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(in.Name, `/\`) {
		f.Hints = append(f.Hints, "if this is a message and not a file, use -m "+report.QuoteArg(in.Name))
	}
	c.report.Fail(in.Shown(), f)
	return f
}

// unfound reports that Find failed.
func (c *Conversion) unfound(in input.Input, err error) error {
	var f *report.Failure
	if errors.As(err, &f) {
		c.report.Fail(in.Place(), f)
		return f
	}
	return c.inputFailure(in, err)
}

// InputFailure returns the failure for an error of reading an input, or for a damaged capture.
func InputFailure(err error) *report.Failure {
	var f *report.Failure
	var spool *capture.SpoolError
	var cut *capture.CopyError
	var packed *input.CompressedError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &spool):
		return &report.Failure{Status: report.StatusIO, Text: err.Error(), Hints: []string{"set TMPDIR to a directory with enough space, or give the capture as a file"}}
	case errors.As(err, &cut):
		return &report.Failure{Status: report.StatusIO, Text: err.Error(), Hints: []string{"save the capture to a file without compression, and give the file: it is read as a whole"}}
	case errors.As(err, &packed):
		f = &report.Failure{Status: report.StatusIO, Text: err.Error()}
		if hint := packed.Hint(); hint != "" {
			f.Hints = []string{hint}
		}
		return f
	case capture.IsDamage(err):
		return &report.Failure{Status: report.StatusMalformed, Text: err.Error()}
	}
	return &report.Failure{Status: report.StatusIO, Text: report.Reason(err)}
}

// OutputFailure reports an error of the named output, after which nothing can go on, and
// returns its failure. If err needs no report it returns report.ErrDone.
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
	f := &report.Failure{Status: report.StatusIO, Text: report.Reason(err), Hints: formats.OutputHints(err), Fatal: true, Reported: true}
	r.Fail(name, f)
	return f
}

// IsFatal reports whether err is a failure of an output.
func IsFatal(err error) bool {
	var f *report.Failure
	return errors.As(err, &f) && f.Fatal
}

// Unreadable returns the failure for a frame of f that r could not read, with hints if there
// are any.
func Unreadable(h *hint.Hinter, f framing.Framing, r *framing.Reader, e *framing.Error) *report.Failure {
	fail := &report.Failure{Status: report.StatusMalformed, Kind: string(e.Fault), Text: e.Error(), Hints: h.Hints(f, r, e)}
	if e.Fault == framing.Truncated {
		fail.Status = report.StatusTruncated
	}
	return fail
}

// unfitHints returns what could carry the message.
func (c *Conversion) unfitHints(m *unfit, r *framing.Reader) (hints []string) {
	s, ok := formats.Innermost(c.To).(*formats.FrameSink)
	if ok && s.Format.Spec {
		if strings.Contains(m.err.Error(), "too long") {
			for _, spec := range []string{"u16be", "u32be"} {
				if f, _ := framing.Parse(spec); fits(f, m.size) {
					return []string{fmt.Sprintf("to send it, use %s %s or varint", s.Flag, spec)}
				}
			}
		}
	}
	switch {
	case ok && c.From.Name == "lines" && formats.FitsUnescaped(s.Format.Framing, m.payload):
		hints = append(hints, "the message fits if its C escapes are read: use -i escaped")
	case ok && s.Flag == "-o":
		fit := append(formats.Carriers(m.payload, "lines", "nul", "hex", "base64", "escaped"), "json")
		hints = append(hints, "to write it, use -o "+oneOf(fit))
	case ok && framing.EntryOf(s.Format.Framing).Details().Traits().Delimited:
		fit := formats.Carriers(m.payload, "lines", "nul", "netstring", "u32be")
		hints = append(hints, "to write it, use "+s.Flag+" "+oneOf(fit))
	}
	if r == nil {
		return hints
	}
	if twice := hint.Twice(c.From.Framing, r.Head()); twice != "" {
		hints = append(hints, twice)
	}
	return hints
}

// fits reports whether a frame of f can have a payload of n bytes.
func fits(f framing.Framing, n int64) bool {
	_, err := f.(framing.Announcer).AppendHeader(nil, framing.Marks{}, n)
	return err == nil
}

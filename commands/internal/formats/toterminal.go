package formats

import (
	"os"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// display writes one message per line to a terminal. Characters that could control the
// terminal are escaped.
type display struct{ rawIn }

func (display) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	return append(report.AppendSafe(dst, payload), '\n'), nil
}

// FitTerminal returns a format that cannot control the terminal, if to is a terminal. Its
// error is a *report.Failure for formats that write binary data; force allows them.
func FitTerminal(out Format, to *os.File, force bool) (Format, error) {
	if report.IsTerminal(to) && !force {
		switch {
		case out.Name == "lines":
			out.Framing = display{}
		case out.Name == "raw" || out.Spec:
			return out, RefuseTerminal("-o " + out.Name)
		}
	}
	return out, nil
}

// RefuseTerminal returns the failure for binary output to a terminal.
func RefuseTerminal(what string) *report.Failure {
	f := report.Usage("%s writes binary data, and standard output is a terminal", what)
	f.Hints = []string{"redirect the output to a file, pipe it into xxd, or use --force"}
	return f
}

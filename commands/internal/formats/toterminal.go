package formats

import (
	"framecat/commands/internal/report"
	"framecat/framing"
	"os"
)

// display writes a message a line for a terminal, which it can't drive.
type display struct{ rawIn }

func (display) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	return append(report.AppendSafe(dst, payload), '\n'), nil
}

// FitTerminal makes a format one that can't drive a terminal, if it goes to one.
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

func RefuseTerminal(what string) *report.Failure {
	f := report.Usage("%s writes binary, and standard output is a terminal", what)
	f.Hints = []string{"redirect it, pipe it into xxd, or insist with --force"}
	return f
}

package commands

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

// fitTerminal makes a format one that can't drive a terminal, if it goes to one.
func fitTerminal(out format, to *os.File, force bool) (format, error) {
	if report.IsTerminal(to) && !force {
		switch {
		case out.name == "lines":
			out.framing = display{}
		case out.name == "raw" || out.spec:
			return out, refuseTerminal("-o " + out.name)
		}
	}
	return out, nil
}

func refuseTerminal(what string) *report.Failure {
	f := report.Usage("%s writes binary, and standard output is a terminal", what)
	f.Hints = []string{"redirect it, pipe it into xxd, or insist with --force"}
	return f
}

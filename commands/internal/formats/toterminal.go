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
		case out.Name == "raw":
			return out, refuseTerminal("-o raw", "xxd")
		case out.Spec:
			return out, refuseTerminal("-o "+out.Name, showsFrames(out.Framing))
		}
	}
	return out, nil
}

// ScreenHints are what to do with frames of f that a terminal cannot show.
func ScreenHints(f framing.Framing) []string { return screenHints(showsFrames(f)) }

func screenHints(pipe string) []string {
	return []string{"to see the bytes, add | " + pipe + "; to keep them, redirect the output to a file; to write them anyway, use --force"}
}

// showsFrames is the command that shows frames of f.
func showsFrames(f framing.Framing) string {
	return "framecat inspect -f " + report.QuoteArg(f.String())
}

// RefuseEncode returns the failure of encode for frames of f that a terminal cannot show.
func RefuseEncode(f framing.Framing) *report.Failure { return refuseTerminal("encode", showsFrames(f)) }

// refuseTerminal returns the failure for binary output to a terminal. Pipe is a program that
// shows it.
func refuseTerminal(what, pipe string) *report.Failure {
	f := report.Usage("%s writes binary data, and standard output is a terminal", what)
	f.Hints = screenHints(pipe)
	return f
}

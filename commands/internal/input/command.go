package input

import (
	"fmt"

	"framecat/commands/internal/report"
)

// Inspect returns the command that shows the frames of an input, or of this stream of a
// capture, from an offset on, with more flags. For standard input it names no file.
func (in Input) Inspect(spec string, offset int64, flags ...string) string {
	s := "framecat inspect"
	if offset > 0 {
		s += fmt.Sprintf(" -s %d", offset)
	}
	s += " -f " + report.QuoteArg(spec)
	for _, flag := range flags {
		s += " " + flag
	}
	if in.Recorded.named() {
		s += fmt.Sprintf(" --stream %d", in.Recorded.Ref.Stream)
		if name := in.Recorded.Direction().Name; name != "" {
			s += " --direction " + name
		}
	}
	if name := in.Label(); name != "" {
		if name[0] == '-' {
			name = "./" + name
		}
		s += " " + report.QuoteArg(name)
	}
	return s
}

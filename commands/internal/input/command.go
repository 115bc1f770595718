package input

import (
	"fmt"

	"framecat/commands/internal/report"
)

// Inspect returns the command that shows the frames of an input, or of this stream of a
// capture, from an offset on, with more flags. For standard input it names no file.
func (in Input) Inspect(spec string, offset int64, flags ...string) string {
	if in.Recorded.named() {
		flags = append(flags, fmt.Sprintf("--stream %d --direction %s", in.Recorded.Ref.Stream, in.Recorded.Direction().Name))
	}
	return in.inspect(spec, offset, flags)
}

// InspectBoth is Inspect for both directions of the connection. An empty spec is any.
func (in Input) InspectBoth(spec string, offset int64) string {
	var flags []string
	if in.Recorded.named() {
		flags = []string{fmt.Sprintf("--stream %d", in.Recorded.Ref.Stream)}
	}
	return in.inspect(spec, offset, flags)
}

func (in Input) inspect(spec string, offset int64, flags []string) string {
	s := "framecat inspect"
	if offset > 0 {
		s += fmt.Sprintf(" -s %d", offset)
	}
	if spec != "" {
		s += " -f " + report.QuoteArg(spec)
	}
	for _, flag := range flags {
		s += " " + flag
	}
	if name := in.Label(); name != "" {
		if name[0] == '-' {
			name = "./" + name
		}
		s += " " + report.QuoteArg(name)
	}
	return s
}

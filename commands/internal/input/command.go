package input

import (
	"fmt"

	"framecat/commands/internal/report"
)

// Inspect returns the command that shows the frames of an input, or of this stream of a
// capture, from an offset on, with more flags. It reads the same bytes as the command line that
// named the input. For standard input it names no file.
func (in Input) Inspect(spec string, offset int64, flags ...string) string {
	stream := ""
	if in.Recorded.named() {
		stream = fmt.Sprintf(" --stream %d --direction %s", in.Recorded.Ref.Stream, in.Recorded.Direction().Name)
	}
	return in.inspect(spec, offset, flags, stream)
}

// InspectBoth is Inspect for both directions of the connection. An empty spec is any.
func (in Input) InspectBoth(spec string, offset int64) string {
	stream := ""
	if in.Recorded.named() {
		stream = fmt.Sprintf(" --stream %d", in.Recorded.Ref.Stream)
	}
	return in.inspect(spec, offset, nil, stream)
}

func (in Input) inspect(spec string, offset int64, flags []string, stream string) string {
	s := "framecat inspect"
	if offset > 0 {
		s += fmt.Sprintf(" -s %d", offset)
	}
	if in.length >= 0 {
		s += fmt.Sprintf(" -l %d", max(0, in.length-(offset-in.seek)))
	}
	if spec != "" {
		s += " -f " + report.QuoteArg(spec)
	}
	if in.choice.Count > 0 {
		s += fmt.Sprintf(" -n %d", in.choice.Count)
	}
	for _, flag := range flags {
		s += " " + flag
	}
	if kind := in.choice.Kind; kind != "" && kind != "auto" {
		s += " --capture " + kind
	}
	if in.choice.Decompress == "never" {
		s += " --decompress never"
	}
	s += stream
	if name := in.Label(); name != "" {
		if name[0] == '-' {
			name = "./" + name
		}
		s += " " + report.QuoteArg(name)
	}
	return s
}

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
	return s + stream + in.argument()
}

// Unpack returns the command that decompresses an input with a program, and shows its frames.
func (in Input) Unpack(program, spec string) string {
	return program + " -dc" + in.argument() + " | framecat inspect -f " + report.QuoteArg(spec)
}

// argument returns a space and the name of the file, as a shell takes it; "" for standard input.
func (in Input) argument() string {
	name := in.Label()
	if name == "" {
		return ""
	}
	if name[0] == '-' {
		name = "./" + name
	}
	return " " + report.QuoteArg(name)
}

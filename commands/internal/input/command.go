package input

import (
	"fmt"
	"strings"
)

// Inspect returns the command that shows the frames of an input, or of this stream of a
// capture, from an offset on. For standard input it names no file.
func (in Input) Inspect(spec string, offset int64) string {
	s := "framecat inspect"
	if offset > 0 {
		s += fmt.Sprintf(" -s %d", offset)
	}
	s += " -f " + quoteArg(spec)
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
		s += " " + quoteArg(name)
	}
	return s
}

// quoteArg quotes an argument for a shell, if it needs quotes.
func quoteArg(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n\\'\"`$&|;<>()*?[]#~!{}") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

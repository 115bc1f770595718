package formats

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// SpecFailure shows where a spec is wrong.
func SpecFailure(err error) *report.Failure {
	var e *framing.SpecError
	if !errors.As(err, &e) {
		return report.Usage("%s", err)
	}
	shown, caret := report.Sanitize(e.Spec), len([]rune(report.Sanitize(e.Spec[:e.Pos])))
	f := report.Usage("bad framing: %s\n    %s\n    %s^", e.Detail, shown, strings.Repeat(" ", caret))
	name, _, _ := strings.Cut(e.Spec, ":")
	near := e.Near
	if e.Pos == 0 {
		near = cmp.Or(renamed(name), near)
	}
	switch {
	case name == "auto":
		f.Hints = append(f.Hints, "framecat inspect finds the framing, and prints the -f to go on with")
	case name == "dir":
		f.Hints = append(f.Hints, "dir:PATH is a FORMAT, for -o; it marks no frames")
	case framing.Lookup(name) == nil && isFormat(name):
		f.Hints = append(f.Hints, name+" is a FORMAT, for -i and -o; it marks no frames")
	case near != "":
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	default:
		f.Hints = append(f.Hints, "framecat framings lists the framings, framecat framings NAME their keys")
	}
	return f
}

// renamed is the framing that other tools call by this name, which may be that of an
// integer type, or "".
func renamed(name string) string {
	name = strings.ToLower(name)
	for _, k := range framing.Kinds() {
		if slices.Contains(k.Traits().Aliases, name) {
			return k.Name
		}
	}
	for _, prefix := range []string{"uint", "int", "i", "u"} {
		bits, ok := strings.CutPrefix(name, prefix)
		switch {
		case !ok || bits == "" || bits[0]-'0' > 9:
		case bits[0] == '8': // one byte has no order
			return "u8"
		default:
			return framing.Nearest("u"+strings.ReplaceAll(bits, "_", ""), framingNames())
		}
	}
	return ""
}

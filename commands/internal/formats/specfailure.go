package formats

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// SpecFailure returns the failure for an error of framing.Parse. It shows the place of the
// error with a caret, and hints at the nearest valid word.
func SpecFailure(err error) *report.Failure {
	var e *framing.SpecError
	if !errors.As(err, &e) {
		return report.Usage("%s", err)
	}
	shown, caret := report.Sanitize(e.Spec), len([]rune(report.Sanitize(e.Spec[:e.Pos])))
	f := report.Usage("bad framing: %s\n    %s\n    %s^", e.Detail, shown, strings.Repeat(" ", caret))
	name, _, _ := strings.Cut(e.Spec, ":")
	near := meant(e)
	if e.Pos == 0 {
		near = cmp.Or(byOtherName(name), near)
	}
	switch {
	case e.Hint != "":
		f.Hints = append(f.Hints, e.Hint)
	case name == "auto":
		f.Hints = append(f.Hints, "to find the framing, run framecat inspect; it prints the -f to use")
	case name == "dir":
		f.Hints = append(f.Hints, "dir:PATH is a FORMAT for -o, not a framing")
	case framing.Lookup(name) == nil && isFormat(name):
		f.Hints = append(f.Hints, name+" is a FORMAT for -i and -o, not a framing")
	case near != "":
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	default:
		f.Hints = append(f.Hints, "for a list of framings, run framecat framings; for the keys of one, framecat framings NAME")
	}
	return f
}

// meant returns the right word that is nearest to the wrong one, or "".
func meant(e *framing.SpecError) string {
	word := strings.ToLower(e.Got)
	if slices.Contains(e.Words, "on") {
		switch word {
		case "yes", "true", "1":
			return "on"
		case "no", "false", "0":
			return "off"
		}
	}
	return report.Nearest(word, e.Words)
}

// byOtherName returns the framing that other tools or programming languages call by this name,
// such as int32 for u32be, or "".
func byOtherName(name string) string {
	name = strings.ToLower(name)
	for _, k := range framing.Entries() {
		if slices.Contains(k.Details().Traits().Aliases, name) {
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
			return report.Nearest("u"+strings.ReplaceAll(bits, "_", ""), framingNames())
		}
	}
	return ""
}

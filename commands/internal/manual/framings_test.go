package manual

import (
	"strings"
	"testing"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// The list fits a page too.
func TestListFits(t *testing.T) {
	text, err := Framings(report.NewStyle(false), nil)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(line); n > report.PageWidth+1 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Every framing is explained on a page of 80 columns: its picture, its source, and
// each example part by part.
func TestExplain(t *testing.T) {
	for _, k := range framing.Entries() {
		text, err := Framings(report.NewStyle(false), []string{k.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"┌", "┘", "source", k.Source[:6], "payload"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", k.Name, want, text)
			}
		}
		for _, x := range k.Details().Examples() {
			if !strings.Contains(text, " with -f "+x.Spec+"\n") {
				t.Errorf("%s does not show its example %s", k.Name, x.Spec)
			}
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > report.PageWidth && !strings.Contains(line, "-f ") {
				t.Errorf("%s: %d columns: %s", k.Name, n, line)
			}
		}
	}
}

// A SPEC with arguments is explained with an example of its own, and leads to the keys.
func TestExplainSpec(t *testing.T) {
	for spec, want := range map[string][]string{
		"u16be:counts=frame": {"\n  example\n", "-f u16be:counts=frame\n", "framecat framings u16be lists its keys.\n"},
		"fixed:5":            {"\n  example\n", "-f fixed:5\n", "framecat framings fixed lists its keys.\n"},
	} {
		text, err := Framings(report.NewStyle(false), []string{spec})
		for _, w := range want {
			if err != nil || !strings.Contains(text, w) {
				t.Errorf("%s: %v, no %q in\n%s", spec, err, w, text)
			}
		}
	}
	for _, args := range [][]string{{"nosuch"}, {"u16be:nosuch=1"}} {
		if text, err := Framings(report.NewStyle(false), args); err == nil || text != "" {
			t.Errorf("%q: %v, %q", args, err, text)
		}
	}
}

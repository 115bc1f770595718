package commands

import (
	"strings"
	"testing"
	"unicode/utf8"

	"framecat/framing"

	"framecat/commands/internal/report"
)

// The list fits a page too.
func TestListFits(t *testing.T) {
	var b strings.Builder
	if err := framings(&b, report.NewStyle(nil, "never"), nil); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(line); n > report.PageWidth+1 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Every framing is explained on a page of 80 columns: its picture, its source, and
// each example part by part.
func TestExplain(t *testing.T) {
	for _, k := range framing.Kinds() {
		var b strings.Builder
		if err := framings(&b, report.NewStyle(nil, "never"), []string{k.Name}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, want := range []string{"┌", "┘", "source", k.Source[:6], "payload"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", k.Name, want, text)
			}
		}
		for _, x := range k.Examples {
			if !strings.Contains(text, "-f "+x.Spec+" of ") {
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

package report

import (
	"slices"
	"strings"
	"testing"
)

// A page is laid out again for a narrow terminal: all words stay, in their order, and no line is longer
// than the terminal, unless it is a command or one word.
func TestNarrowed(t *testing.T) {
	const page = `framecat sample: print pages

TCP delivers a stream of bytes, not messages. A framing marks where each message
ends: by a length before it, a delimiter after it, or a fixed size.

Examples
  # put two messages into frames, and take them out again
    printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8

Flags
  -f, --framing SPEC        set the framing (default $FRAMECAT_FRAMING or u32be)
  -o, --out FORMAT          set the output format, which is a word that the list
                            below explains
      --color auto|always|never  choose when to use colours (default auto)
  -h, --help                print help
` + "\x1b[1mu8     \x1b[22m   one byte of length, then the payload, in a term with a colour\n"
	words := func(page string) []string {
		return strings.Fields(strings.NewReplacer("\x1b[1m", "", "\x1b[22m", "").Replace(page))
	}
	for width := 1; width < PageWidth; width++ {
		got := Narrow(page, width)
		if !slices.Equal(words(got), words(page)) {
			t.Fatalf("%d columns: the words change:\n%s", width, got)
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if columns(line) > width && strings.Contains(strings.TrimSpace(line), " ") && !strings.HasPrefix(line, "  printf ") {
				t.Fatalf("%d columns: %q", width, line)
			}
		}
	}
	want := `Flags
  -f, --framing SPEC
    set the framing (default
    $FRAMECAT_FRAMING or u32be)
  -o, --out FORMAT
    set the output format, which
    is a word that the list
    below explains
`
	if got := Narrow(page, 32); !strings.Contains(got, want) {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if row := "sizes       min 30\n"; Narrow(row, 18) != row || Narrow(row, 17) == row {
		t.Errorf("%q, %q", Narrow(row, 18), Narrow(row, 17))
	}
	if got, want := Narrow("   0        2\n  ┌────────┬─────────┐\n", 12), "   0       …\n  ┌────────…\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

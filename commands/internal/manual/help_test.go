package manual

import (
	"slices"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

// The help of a command has all that its tables have.
func TestCommandHelp(t *testing.T) {
	const want = `framecat decode: frames in, messages out

Reads frames and writes their payloads.

  framecat decode [flags] [FILE...]

Examples
  # print each message on a line
    framecat decode -f u8 FILE

Framing
  -f, --framing SPEC        use this framing (default u32be)

Output
  -o, --out FORMAT          write messages in this format (default lines or so)
      --where TEST          keep some frames
  -n, --count N             stop after N messages
      --on-error stop|skip  stop or skip (default stop)

Reports
  -q, --quiet               print only errors

TEST
  NAME=VALUE  a field has this value

  All must hold.

Values
  SPEC    a framing: NAME or NAME:ARG,ARG…, such as u16be:offset=2
  FORMAT  lines, raw, hex, base64, escaped, json, a SPEC, or dir:DIR (only -o)

Exit statuses
  0              success
  129, 130, 143  ended by SIGHUP, SIGINT or SIGTERM; listen, tap: by a second
`
	if got := sample.Command("decode").Help(report.NewStyle(false)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// The help of the program lists its commands and the values that they use. The front page leaves
// out the commands about framecat itself.
func TestProgramHelp(t *testing.T) {
	p := &Program{
		Commands: append([]Command{{Name: "framings", Args: []Arg{{Value: Spec, Optional: true}}, Summary: "list the framings"}}, sample.Commands...),
		Flags:    sample.Flags,
		Examples: []Example{{Text: "do it", Line: "framecat decode"}},
	}
	help := p.Help(report.NewStyle(false))
	for _, want := range []string{
		"\nExamples\n  # do it\n    framecat decode\n",
		"\nCommands\n  framings  list the framings\n  decode    frames in, messages out\n  help      ",
		"\nFlags\n  -h, --help                print help\n",
		"\nValues\n  SPEC    a framing", "\n  FORMAT  ",
		"\nExit statuses\n  0              success\n  1 ",
		"\nEnvironment\n  FRAMECAT_FRAMING  ",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("no %q in\n%s", want, help)
		}
	}
	if strings.Contains(help, "\n  ADDRESS") {
		t.Errorf("a value that no command uses:\n%s", help)
	}
	front := p.FrontPage()
	if !strings.Contains(front, "\n  framecat decode    frames in, messages out\n") || strings.Contains(front, "list the framings") {
		t.Errorf("the front page:\n%s", front)
	}
	if p.Command("nosuch") != nil {
		t.Error("there is a command that does not exist")
	}
}

// The man page of a command has the same, in the man macros.
func TestCommandPage(t *testing.T) {
	page := commandPage(sample, sample.Command("decode"), "1.2.3", "2026-01-02T03:04:05Z")
	for _, want := range []string{
		`.TH "FRAMECAT\-DECODE" "1" "2026-01-02" "framecat 1.2.3" "User Commands"`,
		`framecat\-decode \- frames in, messages out`,
		`framecat decode [flags] [FILE...]`,
		".SS \"Output\"\n.TP\n\\fB\\-o\\fR, \\fB\\-\\-out\\fR \\fIFORMAT\\fR\nwrite messages",
		".SH \"TEST\"\n.TP\n\\fBNAME=VALUE\\fR\na field has this value\n.PP\nAll must hold.\n",
		".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\nsuccess\n",
		"Print each message on a line:\n.PP\n.RS 4\n.EX\nframecat decode \\-f u8 FILE\n.EE\n.RE\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}

// Text of any kind stays as it is in a man page.
func TestRoff(t *testing.T) {
	for text, want := range map[string]string{
		`a\b`:         `a\eb`,
		"--x":         `\-\-x`,
		".SH":         `\&.SH`,
		"a\n.b":       "a\n\\&.b",
		"it's ~ `^` ": `it\(aqs \(ti \(ga\(ha\(ga `,
	} {
		if got := roff(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Literal is what completion offers of a word that help shows.
func TestLiteral(t *testing.T) {
	for word, want := range map[string]string{
		"auto": "auto|", "dir:DIR": "dir:|DIR", "merge[:SIZE]": "merge|[:SIZE]", "tls://HOST:PORT": "tls://|HOST:PORT",
		"N": "|N", "3,3,4,1": "|3,3,4,1",
	} {
		if start, rest := literal(word); start+"|"+rest != want {
			t.Errorf("%s: %s|%s, want %s", word, start, rest, want)
		}
	}
}

// Each code has one meaning, the codes of a row ascend, and so do the first codes of rows.
func TestStatuses(t *testing.T) {
	seen := map[int]bool{}
	first := -1
	for _, s := range statuses {
		if s.codes[0] <= first || !slices.IsSorted(s.codes) {
			t.Errorf("statuses %d follow %d", s.codes, first)
		}
		first = s.codes[0]
		for _, code := range s.codes {
			if seen[code] {
				t.Errorf("status %d has two rows", code)
			}
			seen[code] = true
		}
	}
}

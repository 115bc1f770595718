package commands

import (
	"errors"
	"strings"
	"testing"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

// flagsNamed returns the flags of a command, or of framecat itself.
func flagsNamed(t *testing.T, command string) []manual.Flag {
	t.Helper()
	if command == "" {
		return flagsOf(onProgram)
	}
	c := newProgram(new(Env), "").command(command)
	if c == nil {
		t.Fatalf("there is no command %s", command)
	}
	return c.page.Flags
}

// words splits a command line as a shell does. Two quotes are an empty argument.
func words(line string) []string {
	args := strings.Fields(line)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], `''`, "")
	}
	return args
}

// Flags may come anywhere before "--", with the value in the same word or the next. They are
// put first, in their order; arguments keep their order.
func TestArrange(t *testing.T) {
	for _, row := range []struct{ command, line, want string }{
		{"decode", "", "--"},
		{"decode", "a b", "-- a b"},
		{"decode", "a -v b", "--verbose -- a b"},
		{"decode", "a b --count 5", "--count=5 -- a b"},
		{"decode", "-", "-- -"},
		{"decode", "- -q", "--quiet -- -"},

		{"decode", "-n5", "--count=5 --"},
		{"decode", "-n 5", "--count=5 --"},
		{"decode", "-n=5", "--count=5 --"},
		{"decode", "--count=5", "--count=5 --"},
		{"decode", "--count 5", "--count=5 --"},
		{"decode", "-qn5", "--quiet --count=5 --"},
		{"decode", "-qn 5 a", "--quiet --count=5 -- a"},
		{"decode", "-qv", "--quiet --verbose --"},
		{"inspect", "-c8 a -s0x10 -l 3", "--cols=8 --seek=0x10 --length=3 -- a"},
		{"listen", "4000 -kq --echo", "--keep-open --quiet --echo -- 4000"},
		{"send", "-w2s localhost 4000", "--connect-timeout=2s -- localhost 4000"},

		{"decode", "-- -v", "-- -v"},
		{"decode", "-v -- a -- -n5", "--verbose -- a -- -n5"},
		{"decode", "-n -- a", "--count=-- -- a"},
		{"decode", "-n -5", "--count=-5 --"},
		{"decode", "--frames -3", "--frames=-3 --"},
		{"encode", "-m --echo", "--message=--echo --"},
		{"decode", "-f delim:=", "--framing=delim:= --"},
		{"decode", "--framing=u8=", "--framing=u8= --"},
		{"decode", "-n 1 -n2", "--count=1 --count=2 --"},

		{"tap", "-v -- cat -n", "--verbose -- -- cat -n"},
		{"tap", "-- -v", "-- -- -v"},
		{"tap", "-- cat -- -v", "-- -- cat -- -v"},
		{"tap", "4000 -- cat -n", "-- 4000 -- cat -n"},
		{"tap", "4000 -v 4001", "--verbose -- 4000 4001"},
		{"tap", "4000 4001 --", "-- 4000 4001"},
		{"probe", "-f lines -- cat -n", "--framing=lines -- -- cat -n"},
		{"probe", "4000 -v -- -n", "--verbose -- 4000 -n"},
		{"why", "-1 -2147483648 -o json", "--out=json -- -1 -2147483648"},
		{"why", "-o json -0x10 5", "--out=json -- -0x10 5"},
		{"why", "-- -1", "-- -1"},
		{"tap", "--port-file -- 4000 4001", "--port-file=-- -- 4000 4001"},

		{"encode", "-m ''", "--message= --"},
		{"encode", "--message=", "--message= --"},
		{"encode", "-m=", "--message= --"},
		{"decode", "'' a", "--  a"},

		{"", "--version", "--version"},
		{"", "-V decode", "--version decode"},
		{"", "help -- -x", "help -x"},
	} {
		got, err := arrange(words(row.line), flagsNamed(t, row.command), row.command)
		if err != nil || strings.Join(got, " ") != row.want {
			t.Errorf("%s %s: %q, %v; want %q", row.command, row.line, got, err, row.want)
		}
	}
}

// An error about a flag is one line, with a hint about what was meant, if that is known. It
// depends on the flags of the command.
func TestArrangeRefuses(t *testing.T) {
	for _, row := range []struct{ command, line, text, hint string }{
		{"decode", "--cuont 5", "there is no flag --cuont for decode", "did you mean --count?"},
		{"decode", "a --verbos", "there is no flag --verbos for decode", "did you mean --verbose?"},
		{"decode", "--json", "there is no flag --json for decode", "write -o json"},
		{"encode", "--hex", "there is no flag --hex for encode", "write -i hex"},
		{"decode", "--hex", "there is no flag --hex for decode", "write -o hex"},
		{"inspect", "--hex", "there is no flag --hex for inspect", "framecat inspect --help"},
		{"decode", "--by time", "there is no flag --by for decode", "it is a flag of inspect; for those of decode, run framecat decode --help"},
		{"encode", "-s 3", "there is no flag -s for encode", "it is a flag of decode, inspect, diff; for those of encode, run framecat encode --help"},
		{"inspect", "--offset 3", "there is no flag --offset for inspect", "write --seek SIZE"},
		{"inspect", "--no-color", "there is no flag --no-color for inspect", "write --color never"},
		{"listen", "-p 4000", "there is no flag -p for listen", "write the port as an argument: framecat listen PORT"},
		{"decode", "-p", "there is no flag -p for decode", "framecat decode --help"},
		{"decode", "-N5", "there is no flag -N for decode", "did you mean -n?"},
		{"decode", "-qN5", "there is no flag -N for decode", "did you mean -n?"},
		{"decode", "-count 5", "there is no flag -count for decode", "did you mean --count?"},
		{"decode", "-count", "there is no flag -count for decode", "did you mean --count?"},
		{"send", "--half-close", "there is no flag --half-close for send", "did you mean --no-half-close?"},
		{"decode", "--half-close", "there is no flag --half-close for decode", "framecat decode --help"},
		{"decode", "--xyzzy", "there is no flag --xyzzy for decode", "framecat decode --help"},
		{"decode", "-5", "there is no flag -5 for decode", "framecat decode --help"},
		{"decode", "---v", "there is no flag ---v for decode", "framecat decode --help"},
		{"encode", "-k", "there is no flag -k for encode", "framecat encode --help"},
		{"encode", "--echo", "there is no flag --echo for encode", "framecat encode --help"},
		{"decode", "--x\x1b[2J", `there is no flag --x\x1b[2J for decode`, "framecat decode --help"},
		{"", "-q decode", "there is no flag -q", "framecat decode -q"},
		{"", "--framing u8 decode", "there is no flag --framing", "framecat decode --framing"},
		{"", "--versoin", "there is no flag --versoin", "did you mean --version?"},

		{"decode", "-n", "-n needs a value", ""},
		{"decode", "a -qn", "-n needs a value", ""},
		{"decode", "--count", "--count needs a value", ""},
		{"decode", "--count=", "--count needs a value, but the value is empty", ""},
		{"decode", "-n ''", "-n needs a value, but the value is empty", ""},
		{"decode", "-n=", "-n needs a value, but the value is empty", ""},
		{"send", "-f '' 4000", "-f needs a value, but the value is empty", ""},
		{"decode", "--verbose=yes", "--verbose takes no value", ""},
		{"decode", "-v=yes", "--verbose takes no value", ""},
		{"decode", "-qv=1", "--verbose takes no value", ""},
	} {
		got, err := arrange(words(row.line), flagsNamed(t, row.command), row.command)
		var f *report.Failure
		if !errors.As(err, &f) {
			t.Errorf("%s %s: %q, %v; want %q", row.command, row.line, got, err, row.text)
			continue
		}
		hint := strings.Join(f.Hints, "\n")
		if f.Status != report.StatusUsage || f.Text != row.text || !strings.Contains(hint, row.hint) || (hint == "") != (row.hint == "") {
			t.Errorf("%s %s: status %d, %q, hint %q; want %q, hint %q", row.command, row.line, f.Status, f.Text, hint, row.text, row.hint)
		}
	}
}

// An error about flags has the colours that --color asks for.
func TestColorFlag(t *testing.T) {
	for line, want := range map[string]string{
		"":                              "auto",
		"decode --bad":                  "auto",
		"decode --color never":          "never",
		"decode --color=always --bad":   "always",
		"decode --bad --color":          "auto",
		"decode --color=never --color=": "never",
	} {
		if got := colorFlag(words(line)); got != want {
			t.Errorf("%q: --color %s, want %s", line, got, want)
		}
	}
}

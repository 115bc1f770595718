package commands

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

// inPath returns the path of a program. Without the program, the test is skipped.
func inPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed", program)
	}
	return path
}

// wholeManual returns the manual of all commands.
func wholeManual() *manual.Program { return newProgram(new(Env), "").manual() }

// helpTexts returns the help of each command; that of framecat itself has the key "".
func helpTexts() map[string]string {
	m, st := wholeManual(), report.NewStyle(false)
	texts := map[string]string{"": m.Help(st)}
	for _, c := range m.Commands {
		texts[c.Name] = c.Help(st)
	}
	return texts
}

func TestHelpFits(t *testing.T) {
	texts := helpTexts()
	texts[manual.RecordsTopic] = manual.RecordsHelp(report.NewStyle(false))
	texts["front page"] = wholeManual().FrontPage()
	for name, text := range texts {
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > report.PageWidth {
				t.Errorf("help %s: %d columns: %s", name, n, line)
			}
		}
		for _, noise := range []string{`"`, "GLOBAL", "value]", "(false)", "\n\n\n", "\t", "`"} {
			if strings.Contains(text, noise) {
				t.Errorf("help %s has %q", name, noise)
			}
		}
	}
}

// Each flag is explained on one line, and the flags of a group follow each other.
func TestFlagLines(t *testing.T) {
	texts := helpTexts()
	for _, c := range wholeManual().Commands {
		seen, last := map[string]bool{}, ""
		for _, f := range c.Flags {
			if f.Group != last && seen[f.Group] {
				t.Errorf("help %s has two groups %s", c.Name, f.Group)
			}
			seen[f.Group], last = true, f.Group
			if f.Text == "" || !strings.Contains(texts[c.Name], "  "+f.Meaning()+"\n") {
				t.Errorf("%s %s is not explained on one line: %q", c.Name, f.Long(), f.Meaning())
			}
		}
	}
}

// A command has a flag once, and each letter means one flag.
func TestFlagNames(t *testing.T) {
	for _, c := range wholeManual().Commands {
		seen := map[string]bool{}
		for _, f := range c.Flags {
			for _, n := range f.Names() {
				if seen[n] {
					t.Errorf("%s has %s twice", c.Name, n)
				}
				seen[n] = true
			}
		}
	}
}

// The flags that scripts count on.
func TestHelpNamesFlags(t *testing.T) {
	const (
		all    = " -h, --help -V, --version --color auto|always|never"
		common = all + " -v, --verbose -q, --quiet -f, --framing --max-frame SIZE"
		shared = common + " -n, --count N --on-error stop|skip"
		range_ = " --frames A-B -s, --seek -l, --length --capture auto|raw|pcap|hexdump --stream N --direction c2s|s2c"
		net    = common + " -i, --in FORMAT -o, --out FORMAT --force --reply-framing SPEC -w, --connect-timeout --idle-timeout" +
			" --frame-timeout --timeout --tls --ca FILE --cert FILE --key FILE --hex"
	)
	want := map[string]string{
		"encode":  shared + " -i, --in FORMAT -m, --message TEXT --force --stats --partial FILE",
		"decode":  shared + range_ + " -o, --out FORMAT --force --stats --partial FILE",
		"inspect": shared + range_ + " -o, --out -c, --cols N --rows N --layout --summary --trace --chunks",
		"send": net + " -m, --message TEXT --expect N --lockstep --linger --no-half-close --repeat N --rate N --retry" +
			" --stats --chunk --gap --server-name --insecure",
		"listen": net + " -n, --count N -k, --keep-open --echo --exec --max-conns N --port-file FILE --client-ca FILE",
		"tap": all + " -v, --verbose -q, --quiet -w, --connect-timeout --idle-timeout --timeout --max-conns N --port-file FILE --allow-remote" +
			" --tls --cert FILE --key FILE --client-ca FILE" +
			" --target-tls --target-ca FILE --target-cert FILE --target-key FILE --target-server-name NAME --target-insecure",
		"probe": common + " -i, --in FORMAT -m, --message TEXT -o, --out json --reply-framing SPEC --expect-reply TEXT --only ID --skip ID" +
			" --thorough --malformed --seed N --jobs N --known FILE --listen --reply TEXT --echo --run COMMAND --port-file FILE --dry-run --max-time --gap --junit FILE --allow-remote -w, --connect-timeout" +
			" --tls --ca FILE --cert FILE --key FILE --server-name NAME --insecure",
		"diff": common + strings.ReplaceAll(range_, " --frames A-B", "") + " -o, --out json --ignore WHAT --bytes --html FILE --json-payload" +
			" -c, --cols N --rows N --decompress auto|never",
		"why":        all + " -o, --out",
		"framings":   all,
		"completion": " -h, --help -V, --version",
	}
	texts := helpTexts()
	for name := range texts {
		if _, ok := want[name]; !ok && name != "" {
			t.Errorf("no flags are known that scripts count on in %s", name)
		}
	}
	for name, flags := range want {
		for _, f := range strings.Split(flags, " -")[1:] {
			f = strings.TrimSuffix(f, ",")
			if !strings.Contains(texts[name], " -"+f) {
				t.Errorf("help %s does not have -%s", name, f)
			}
		}
	}
}

// framecat without arguments prints at most twelve lines.
func TestFrontPage(t *testing.T) {
	text := wholeManual().FrontPage()
	if n := strings.Count(text, "\n"); n > 12 || !strings.HasPrefix(text, "framecat knows where messages end") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

// The statuses of a command are in the table that explains them.
func TestStatusesAreExplained(t *testing.T) {
	texts := helpTexts()
	for _, c := range wholeManual().Commands {
		_, section, _ := strings.Cut(texts[c.Name], "\nExit statuses\n")
		if n := strings.Count(section, "\n"); n != len(c.Statuses) || n == 0 {
			t.Errorf("help %s explains %d statuses of %d:\n%s", c.Name, n, len(c.Statuses), section)
		}
	}
}

// Each word in capitals in a usage line is explained below, or needs no explanation.
func TestValuesAreExplained(t *testing.T) {
	plain := []string{"FILE", "N", "NAME", "TEXT", "WORD", "REGEX", "A-B", "ID"}
	texts := helpTexts()
	for _, c := range wholeManual().Commands {
		words := map[string]bool{}
		for _, f := range c.Flags {
			words[string(f.Value)] = true
		}
		for _, a := range c.Args {
			words[string(a.Value)] = true
		}
		for w := range words {
			explained := strings.Contains(texts[c.Name], "\n"+w+"\n") || strings.Contains(texts[c.Name], "\n  "+w+"  ")
			if w == strings.ToUpper(w) && w != "" && !explained && !slices.Contains(plain, w) && !strings.Contains(w, ",") {
				t.Errorf("help %s does not explain %s", c.Name, w)
			}
		}
	}
}

package manual

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A release gets a page of each command, one of the program, one of the framings, one of
// the JSON records, and a script
// for each shell.
func TestWriteShare(t *testing.T) {
	dir := t.TempDir()
	if err := sample.WriteShare(dir, "1.2.3", "2026-01-02T03:04:05Z"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"man/man1/framecat-decode.1": {".BR \\%framecat (1),\n.BR \\%framecat\\-json (5),\n.BR \\%framecat\\-framings (7)\n"},
		"man/man1/framecat.1": {`.TH "FRAMECAT" "1" "2026-01-02" "framecat 1.2.3" "User Commands"`,
			".SH \"COMMANDS\"\n.TP\n\\fBdecode\\fR\nframes in, messages out\n", ".SH \"ENVIRONMENT\"\n.TP\n\\fBFRAMECAT_FRAMING\\fR\n",
			".BR \\%framecat\\-decode (1),\n.BR \\%framecat\\-json (5),\n.BR \\%framecat\\-framings (7)\n"},
		"man/man7/framecat-framings.7":            {`.TH "FRAMECAT\-FRAMINGS" "7"`, "\n.BR \\%framecat (1),\n.BR \\%framecat\\-json (5)\n"},
		"man/man5/framecat-json.5":                {`.TH "FRAMECAT\-JSON" "5"`, ".SS \"frame\"\n", ".TP\n\\fBindex\\fR\n"},
		"bash-completion/completions/framecat":    {"__complete bash"},
		"zsh/site-functions/_framecat":            {"#compdef framecat", "__complete words"},
		"fish/vendor_completions.d/framecat.fish": {"complete ", "__complete words"},
		"powershell/framecat.ps1":                 {"__complete powershell"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s: no %q", name, w)
			}
		}
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, ok := sample.WriteShare(file, "", "").(*report.Failure); !ok || f.Status != report.StatusIO || !strings.HasPrefix(f.Text, file) {
		t.Errorf("below a file: %v", f)
	}
}

// The page of framings has each framing, and each key: below it, or below the framing that it
// names.
func TestFramingsPage(t *testing.T) {
	page := framingsPage("1.2.3", "2026-01-02T03:04:05Z")
	for i, k := range framing.Entries() {
		_, part, _ := strings.Cut(page, "\n.SH \"FRAMINGS\"\n")
		parts := strings.Split(part, ".SS ")
		if len(parts) != len(framing.Entries())+1 {
			t.Fatalf("the page has %d framings, want %d", len(parts)-1, len(framing.Entries()))
		}
		text := parts[i+1]
		if !strings.HasPrefix(text, `"`+roff(k.Name)) {
			t.Errorf("%s is not in its place: %.40q", k.Name, text)
		}
		for _, key := range k.Details().Keys() {
			if !strings.Contains(text, `\fB`+roff(key.Name)) && !strings.Contains(text, "Keys: those of ") {
				t.Errorf("%s: no key %s in\n%s", k.Name, key.Name, text)
			}
		}
		for _, f := range k.Fields {
			if !strings.Contains(text, roff(f.Name)) {
				t.Errorf("%s: no field %s in\n%s", k.Name, f.Name, text)
			}
		}
	}
}

// A script is asked for by the name of its shell.
func TestScript(t *testing.T) {
	for _, row := range []struct {
		args []string
		want string // in the error
		hint string
	}{
		{nil, "completion needs the name of a shell, one of bash, zsh, fish, powershell", ""},
		{[]string{"bahs"}, `one of bash, zsh, fish, powershell, not "bahs"`, "did you mean bash?"},
		{[]string{"tcsh -x"}, `not "tcsh -x"`, ""},
		{[]string{"bash", "zsh"}, "one of bash, zsh, fish, powershell", ""},
	} {
		script, err := Script(row.args)
		f, ok := err.(*report.Failure)
		if !ok || script != "" || f.Status != report.StatusUsage || !strings.HasSuffix(f.Text, row.want) || strings.Join(f.Hints, "|") != row.hint {
			t.Errorf("%q: %v, want %q and the hint %q", row.args, err, row.want, row.hint)
		}
	}
}

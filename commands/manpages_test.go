package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"framecat/commands/internal/peers"
	"framecat/commands/internal/records"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// shared writes the files that are installed with the program.
func shared(t *testing.T) (dir string, pages []string) {
	t.Helper()
	dir = t.TempDir()
	if err := wholeManual().WriteShare(dir, "1.2.3", "2026-01-02T03:04:05Z"); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "man", "man?", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, pages
}

// There is a page of each command, with its flags, one of the framings, and one of the JSON
// records.
func TestManPages(t *testing.T) {
	dir, pages := shared(t)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, "man", "man"+name[len(name)-1:], name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	m := wholeManual()
	for _, c := range m.Commands {
		text := read("framecat-" + c.Name + ".1")
		for _, f := range c.Flags {
			if !strings.Contains(text, hyphens(f.Long())+`\fR`) {
				t.Errorf("the page of %s does not have %s", c.Name, f.Long())
			}
		}
		if !strings.Contains(read("framecat.1"), `.BR \%`+hyphens("framecat-"+c.Name)+" (1)") {
			t.Errorf("framecat(1) does not lead to %s", c.Name)
		}
	}
	table := read("framecat-framings.7")
	for _, k := range framing.Entries() {
		if !strings.Contains(table, hyphens(k.Name)) {
			t.Errorf("framecat-framings(7) does not have %s", k.Name)
		}
	}
	page := read("framecat-json.5")
	for _, r := range records.All() {
		_, section, _ := strings.Cut(page, ".SS \""+r.Name+"\"\n")
		section, _, _ = strings.Cut(section, ".SS ")
		for _, k := range r.Keys {
			if !strings.Contains(section, "\n.TP\n\\fB"+k.Name+"\\fR\n") {
				t.Errorf("framecat-json(5) does not have %s of %s", k.Name, r.Name)
			}
		}
	}
	release, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if entry := "- man/" + filepath.Base(filepath.Dir(page)) + "/" + filepath.Base(page) + "\n"; !strings.Contains(string(release), entry) {
			t.Errorf("the manpages of homebrew_casks in .goreleaser.yaml lack %s", entry)
		}
	}
	if want := len(m.Commands) + 3; len(pages) != want {
		t.Errorf("%d pages, want %d", len(pages), want)
	}
}

// hyphens writes the hyphens of a name as a man page does.
func hyphens(name string) string { return strings.ReplaceAll(name, "-", `\-`) }

// mandoc finds no errors in the pages, and shows them in 80 columns.
func TestManLint(t *testing.T) {
	mandoc := inPath(t, "mandoc")
	_, pages := shared(t)
	for _, page := range pages {
		if out, err := exec.Command(mandoc, "-T", "lint", page).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%v\n%s", err, out)
		}
		out, err := exec.Command(mandoc, "-T", "utf8", "-O", "width=80", page).Output()
		if err != nil {
			t.Fatal(err)
		}
		checkColumns(t, page, string(out))
	}
}

// man shows the pages without a warning.
func TestManShows(t *testing.T) {
	t.Parallel()
	man := peers.Path(t, "man", "apt-get install man-db")
	if out, err := exec.Command(man, "--version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "man 2") {
		t.Skip("this man is not man-db's")
	}
	_, pages := shared(t)
	for _, page := range pages {
		var stderr strings.Builder
		cmd := exec.Command(man, "--warnings", "-l", page)
		cmd.Env = append(os.Environ(), "MANWIDTH=80", "MANPAGER=cat", "LC_ALL=C.UTF-8", "MAN_KEEP_FORMATTING=")
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil || stderr.Len() > 0 {
			t.Errorf("%s: %v %s", page, err, &stderr)
		}
		checkColumns(t, page, string(out))
	}
}

// checkColumns looks for lines over 80 columns. A bold letter, printed as the letter, a
// backspace and the letter again, is one column.
func checkColumns(t *testing.T, page, text string) {
	for line := range strings.Lines(text) {
		n := utf8.RuneCountInString(line) - 1 - 2*strings.Count(line, "\b")
		if n > report.PageWidth {
			t.Errorf("%s: %d columns: %s", filepath.Base(page), n, line)
		}
	}
}

package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"framecat/framing"
)

var update = flag.Bool("update", false, "rewrite the README's table of framings")

const (
	tableStart = "<!-- framings: go test . -update writes this -->\n"
	tableEnd   = "<!-- end of framings -->\n"
)

// The README's table of framings is that of the library.
func TestReadmeTable(t *testing.T) {
	text := string(must(os.ReadFile("README.md")))
	before, rest, ok1 := strings.Cut(text, tableStart)
	got, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok1 || !ok2 {
		t.Fatal("README.md has no place for the table")
	}
	var want strings.Builder
	want.WriteString("\n| -f | frames | source |\n|---|---|---|\n")
	for _, k := range framing.Kinds() {
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", strings.ReplaceAll(cmp.Or(k.Usage, k.Name), "|", `\|`), k.Summary, k.Source)
	}
	want.WriteString("\n")
	if *update {
		if err := os.WriteFile("README.md", []byte(before+tableStart+want.String()+tableEnd+after), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if got != want.String() {
		t.Error("README.md's table of framings is not that of the library: run go test . -update")
	}
}

// Every console block of the README does what it shows.
func TestReadmeExamples(t *testing.T) {
	sh, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash to run the examples with")
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "framecat"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ran := 0
	for i, block := range strings.Split(string(must(os.ReadFile("README.md"))), "```console\n") {
		if i == 0 {
			continue
		}
		block, _, _ = strings.Cut(block, "```")
		for _, step := range strings.Split(strings.TrimPrefix(block, "$ "), "\n$ ") {
			line, want, _ := strings.Cut(step, "\n")
			if strings.Contains(line, "xxd") {
				if _, err := exec.LookPath("xxd"); err != nil {
					continue
				}
			}
			cmd := exec.Command(sh, "-c", line)
			cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "FRAMECAT_FRAMING=")
			out, _ := cmd.CombinedOutput()
			if strings.TrimSpace(string(out)) != strings.TrimSpace(want) {
				t.Errorf("$ %s\n%s\nwant\n%s", line, out, want)
			}
			ran++
		}
	}
	if ran < 6 {
		t.Errorf("only %d examples were run", ran)
	}
}

// framing knows the standard library only, and nothing knows the command line but main.
func TestImports(t *testing.T) {
	rules := map[string]func(string) bool{
		".":        func(p string) bool { return p != "framecat/hexview" },
		"framing":  func(p string) bool { return !strings.Contains(p, ".") && !strings.HasPrefix(p, "framecat") },
		"commands": func(p string) bool { return p != "framecat" },
	}
	for dir, allowed := range rules {
		files := must(filepath.Glob(filepath.Join(dir, "*.go")))
		if len(files) == 0 {
			t.Errorf("%s has no files", dir)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range f.Imports {
				if path := strings.Trim(i.Path.Value, `"`); !allowed(path) {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	}
}

package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layout lists the packages. Each may import those above it, never those below. A package
// of the list need not exist yet.
var layout = []struct {
	dir     string
	outside string // modules that it may import besides the standard library; "any" of go.mod
	cycle   int    // most files that need each other, where that is more than mostInCycle
}{
	{dir: "framing"},
	{dir: "framing/detect"},
	{dir: "hexview", outside: "github.com/fatih/color"},
	{dir: "commands/internal/capture"},
	{dir: "commands/internal/report", outside: "any"},
	{dir: "commands/internal/records"},
	{dir: "commands/internal/interrupt", outside: "any"},
	{dir: "commands/internal/hint", outside: "any"},
	{dir: "commands/internal/formats", outside: "any"},
	{dir: "commands/internal/input", outside: "any"},
	{dir: "commands/internal/link", outside: "any"},
	{dir: "commands/internal/relay", outside: "any"},
	{dir: "commands/internal/pump", outside: "any"},
	{dir: "commands/internal/each", outside: "any"},
	{dir: "commands/internal/parts", outside: "any"},
	{dir: "commands/internal/rewrite", outside: "any"},
	{dir: "commands/internal/conversation", outside: "any"},
	{dir: "commands/internal/redact", outside: "any"},
	{dir: "commands/internal/page", outside: "any"},
	{dir: "commands/internal/views", outside: "any"},
	{dir: "commands/internal/compare", outside: "any"},
	{dir: "commands/internal/replay", outside: "any"},
	{dir: "commands/internal/probe", outside: "any"},
	{dir: "commands/internal/client", outside: "any"},
	{dir: "commands/internal/serve", outside: "any"},
	{dir: "commands/internal/export"},
	{dir: "commands/internal/manual", outside: "any"},
	{dir: "commands", outside: "any"},
	{dir: "commands/internal/peers"}, // tests only
	{dir: "commands/internal/e2e"},   // tests only
	{dir: "."},
}

const (
	// mostInCycle is how many files of a package may need each other: a reader can hold
	// so many in mind at once.
	mostInCycle = 8
	// mostCommands is how many files commands may have, without tests: it holds the
	// subcommands, and all other work belongs in a package of its own.
	mostCommands = 30
)

// A listed package is what go list reports of one.
type listed struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
	Export           string // the file that holds what it exports, compiled
	Standard         bool
}

// dir is where it is in the module, or "" if it is another's.
func (p listed) dir() string {
	if p.ImportPath == module {
		return "."
	}
	dir, ours := strings.CutPrefix(p.ImportPath, module+"/")
	if !ours {
		return ""
	}
	return dir
}

// listPackages are the module's packages and all that they import.
func listPackages(t *testing.T) (list []listed) {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Imports,Export,Standard", "./...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// Each package imports only those above it in the layout.
func TestImports(t *testing.T) {
	place := map[string]int{}
	for i, row := range layout {
		place[row.dir] = i
	}
	packages := map[string]listed{}
	for _, p := range listPackages(t) {
		packages[p.ImportPath] = p
	}
	seen := 0
	for _, p := range packages {
		at, ok := place[p.dir()]
		switch {
		case p.dir() == "":
			continue
		case !ok:
			t.Errorf("%s has no place in the layout", p.dir())
			continue
		}
		seen++
		for _, path := range p.Imports {
			i, outside := packages[path], layout[at].outside
			switch {
			case i.dir() != "":
				if over, ok := place[i.dir()]; ok && over >= at {
					t.Errorf("%s imports %s, which is below it", p.dir(), i.dir())
				}
			case !i.Standard && outside != "any" && !slices.Contains(strings.Fields(outside), path):
				t.Errorf("%s imports %s", p.dir(), path)
			}
		}
		if p.dir() == "commands/internal/e2e" && len(p.GoFiles) > 0 {
			t.Errorf("%s holds tests only, and %q are none", p.dir(), p.GoFiles)
		}
	}
	if seen < 4 {
		t.Errorf("go list finds %d packages of %s", seen, module)
	}
}

func TestFewCommandFiles(t *testing.T) {
	files := must(filepath.Glob("commands/*.go"))
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if len(files) > mostCommands || len(files) == 0 {
		t.Errorf("commands has %d files, want at most %d", len(files), mostCommands)
	}
}

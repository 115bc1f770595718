package e2e

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// No large set of files of a package depends on itself: it could only be read, and
// moved, as a whole. With -v the test prints the largest set of each package.
func TestFileCycles(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	limits := map[string]int{}
	for _, row := range layout {
		limits[row.dir] = max(row.cycle, mostInCycle)
	}
	for _, p := range packages {
		if p.dir() == "" || len(p.GoFiles) == 0 {
			continue
		}
		uses := fileUses(t, p, exports)
		cycle := largestCycle(uses)
		t.Logf("%-28s %3d of %d files", p.dir(), len(cycle), len(p.GoFiles))
		if limit := limits[p.dir()]; len(cycle) > limit {
			t.Errorf("%s has %d files that need each other, want at most %d: %q", p.dir(), len(cycle), limit, cycle)
		}
	}
}

// A graph holds, for each file, the other files that it uses.
type graph map[string]map[string]bool

func (g graph) add(from, to string) {
	if g[from] == nil {
		g[from] = map[string]bool{}
	}
	g[from][to] = true
}

// fileUses finds which files of a package use which others: a file uses another if it
// names a package-level identifier, a method or a field that is declared there.
func fileUses(t *testing.T, p listed, exports map[string]string) graph {
	t.Helper()
	fset, files := token.NewFileSet(), []*ast.File(nil)
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	compiled := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", compiled)}
	pkg, err := conf.Check(p.ImportPath, fset, files, &info)
	if err != nil {
		t.Fatal(err)
	}
	uses := graph{}
	nameOf := func(pos token.Pos) string { return filepath.Base(fset.Position(pos).Filename) }
	for id, used := range info.Uses {
		if used.Pkg() != pkg {
			continue
		}
		if from, to := nameOf(id.Pos()), nameOf(used.Pos()); from != to {
			uses.add(from, to)
		}
	}
	return uses
}

// largestCycle returns the largest set of files of which each uses all others, directly or
// through other files; nil if there is none.
func largestCycle(uses graph) (largest []string) {
	reached := graph{}
	for from := range uses {
		reached[from] = map[string]bool{}
		reach(uses, from, reached[from])
	}
	for _, a := range slices.Sorted(maps.Keys(reached)) {
		var cycle []string
		for b := range reached[a] {
			if reached[b][a] {
				cycle = append(cycle, b)
			}
		}
		if len(cycle) > len(largest) {
			largest = slices.Sorted(slices.Values(cycle))
		}
	}
	return largest
}

func reach(uses graph, from string, seen map[string]bool) {
	for to := range uses[from] {
		if !seen[to] {
			seen[to] = true
			reach(uses, to, seen)
		}
	}
}

func TestLargestCycle(t *testing.T) {
	for _, row := range []struct {
		uses string // a:b is a uses b
		want string
	}{
		{"", ""},
		{"a:b b:c", ""},
		{"a:b b:a", "a b"},
		{"a:b b:c c:a c:d", "a b c"},
		{"a:b b:a c:d d:e e:c b:c", "c d e"},
		{"a:b a:c b:a c:a", "a b c"},
	} {
		uses := graph{}
		for _, edge := range strings.Fields(row.uses) {
			from, to, _ := strings.Cut(edge, ":")
			uses.add(from, to)
		}
		if got := strings.Join(largestCycle(uses), " "); got != row.want {
			t.Errorf("%s: the largest cycle is %q, want %q", row.uses, got, row.want)
		}
	}
}

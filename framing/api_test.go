package framing

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/api.txt")

// The names that the package exports, with their signatures, are those of
// testdata/api.txt: a change of the API shows in review, in the diff of that file.
func TestAPI(t *testing.T) {
	got, names := exported(t)
	const golden = "testdata/api.txt"
	if *update {
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the API is not that of %s: go test ./framing -run API -update rewrites it; look at the diff\n%s", golden, got)
	}
	const most = 56 // functions, types and methods: what a reader can hold in mind
	if names > most {
		t.Errorf("%d functions, types and methods are exported, want at most %d", names, most)
	}
}

// exported lists what the package exports, without comments, and counts functions, types
// and methods.
func exported(t *testing.T) (list []byte, names int) {
	t.Helper()
	fset, files := token.NewFileSet(), []*ast.File(nil)
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, "framecat/framing")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	show := func(node any) {
		if f, ok := node.(*ast.FuncDecl); ok {
			f.Body = nil
		}
		if err := (&printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}).Fprint(&b, fset, node); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	values := func(all []*doc.Value) {
		for _, v := range all {
			show(v.Decl)
		}
	}
	funcs := func(all []*doc.Func) {
		for _, f := range all {
			names++
			show(f.Decl)
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs(p.Funcs)
	for _, typ := range p.Types {
		names++
		fmt.Fprintln(&b)
		show(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		funcs(typ.Funcs)
		funcs(typ.Methods)
	}
	return b.Bytes(), names
}

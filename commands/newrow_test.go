package commands

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// acme is a row for a new protocol, with magic bytes, a length and a type.
const acme = "\t{Name: \"acme\", group: \"network\", Summary: \"messages of a protocol that nobody speaks\",\n" +
	"\t\tSpec:   `u16be:offset=4,header=7,counts=payload,magic=ACME,prefix=0x41434d45000001`,\n" +
	"\t\tFields: []Field{{Name: \"type\", At: 6, Size: 1, Names: names{{1, \"question\"}, {2, \"answer\"}}}},\n" +
	"\t\ttraits: traits{Aliases: []string{\"coyote\"}, Openings: []opening{{Start: \"ACME\", Means: \"the peer speaks Acme\"}}},\n" +
	"\t\tSource: \"a test\", examples: []example{{\"acme\", \"hello\", \"ACME\\x00\\x05\\x01|hello\"}}},\n"

// wrong is the same for another protocol, with an example whose magic bytes are those of the first.
var wrong = strings.NewReplacer(`"acme"`, `"acmx"`, "=ACME", "=ACMX", "0x41434d45", "0x41434d58", "coyote", "roadrunner", `Start: "ACME"`, `Start: "ACMX"`).Replace(acme)

// A new framing needs only one row in the table. Help, completion, hints, detection and tests
// all follow from the row. It is tried if the tests of peers are wanted.
func TestNewRow(t *testing.T) {
	t.Parallel()
	if !peers.Wanted() {
		t.Skip("the program is compiled anew, which takes as long as many other tests")
	}
	dir, root := t.TempDir(), moduleRoot(t)
	overlay := withRows(t, dir, filepath.Join(root, "framing", "table_protocols.go"), acme+wrong)
	program := filepath.Join(dir, "framecat.exe")
	if out, err := inDir(root, "go", "build", overlay, "-o", program, "."); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	var stream []byte
	for _, m := range []string{"hello", "", "a longer message", "good bye", "and on"} {
		stream = binary.BigEndian.AppendUint16(append(stream, "ACME"...), uint16(len(m)))
		stream = append(append(stream, 1), m...)
	}
	for name, b := range map[string][]byte{"stream": stream, "opening": stream[:12]} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct{ name, args, want string }{
		{"help", "framings acme", "acme: messages of a protocol that nobody speaks"},
		{"help: its fields", "framings acme", "byte 6: 1=question, 2=answer"},
		{"help: the list", "framings", "acme "},
		{"help: a search", "framings --search nobody", "acme "},
		{"manual page", "completion --install share", ""},
		{"completion of the name", "__complete words decode -f ac", "acme"},
		{"encode and decode", "decode -f acme stream", "a longer message"},
		{"fields", "inspect -f acme stream", "question"},
		{"conditions on fields", "decode -f acme --where type=question stream", "good bye"},
		{"hint: the opening", "decode -f u32be opening", `the length bytes spell "ACME": the peer speaks Acme; try -f acme`},
		{"another name", "decode -f coyote stream", "a longer message"},
		{"hint: a misspelt name", "decode -f acmee stream", "did you mean acme?"},
		{"detection", "inspect stream", "-f acme"},
	} {
		if out, _ := inDir(dir, program, strings.Fields(row.args)...); !strings.Contains(out, row.want) {
			t.Errorf("%s: framecat %s prints\n%s\nwant %s", row.name, row.args, out, row.want)
		}
	}
	if page, err := os.ReadFile(manualOfFramings(t, filepath.Join(dir, "share"))); err != nil || !strings.Contains(string(page), "acme") {
		t.Errorf("the manual page of the framings does not have the row: %v", err)
	}

	readme := dirOf(t, root, "func TestReadmeTables(")
	if out, err := inDir(readme, "go", "test", overlay, "-vet=off", "-run", "TestReadmeTables", "."); err == nil || !strings.Contains(out, "out of date") {
		t.Errorf("the test of the README's table does not report the missing row: %v\n%s", err, out)
	}
	out, _ := inDir(root, "go", "test", overlay, "-vet=off", "-run", "TestExamples$/^acm|TestEveryByte|TestMarks$", "-v", "./framing")
	for _, want := range []string{"--- PASS: TestExamples/acme", "--- FAIL: TestExamples/acmx", "acmx with marks"} {
		if !strings.Contains(out, want) {
			t.Errorf("the tests of the examples do not print %s:\n%s", want, out)
		}
	}
}

// withRows returns the flag with which go compiles a table with more rows. The file with them is in dir.
func withRows(t *testing.T, dir, table, rows string) (flag string) {
	t.Helper()
	plain, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	const next = "\t{Name: \"bgp\","
	if strings.Count(string(plain), next) != 1 {
		t.Fatalf("cannot find the place for a new row in %s", table)
	}
	changed, list := filepath.Join(dir, "table.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{table: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{changed: []byte(strings.Replace(string(plain), next, rows+next, 1)), list: replace} {
		if err := os.WriteFile(name, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return "-overlay=" + list
}

// moduleRoot returns the directory of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// dirOf returns the directory below root in which a test file has this text.
func dirOf(t *testing.T, root, text string) (dir string) {
	t.Helper()
	filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			if b, _ := os.ReadFile(path); strings.Contains(string(b), "\n"+text) {
				dir = filepath.Dir(path)
			}
		}
		return err
	})
	if dir == "" {
		t.Fatalf("no test has %s", text)
	}
	return dir
}

// manualOfFramings returns the file of the manual page that lists the framings.
func manualOfFramings(t *testing.T, share string) (file string) {
	t.Helper()
	filepath.WalkDir(share, func(path string, _ os.DirEntry, err error) error {
		if filepath.Base(path) == "framecat-framings.7" {
			file = path
		}
		return err
	})
	return file
}

// inDir runs a program in a directory and returns its output, stderr included.
func inDir(dir, program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "FRAMECAT_") })
	out, err := cmd.CombinedOutput()
	return string(out), err
}

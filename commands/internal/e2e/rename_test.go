package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// The module can be given another path, and only one that go get finds is released. Afterwards all
// imports are found, and the library compiles. That the rest compiles, and finds its own path, is
// tried if the tests of peers are required: to compile all costs as much as many other tests.
func TestRename(t *testing.T) {
	if testing.Short() {
		t.Skip("the library is compiled under another path")
	}
	t.Parallel()
	inPath(t, "sh")
	const path = "example.org/tools/framecat"
	dir := copyModule(t)
	runs(t, nil, "sh", dir+"/.ci/rename", "nodot")
	if out, err := exec.Command("sh", dir+"/.ci/releasable").CombinedOutput(); err == nil || !strings.Contains(string(out), "nodot is not an address") {
		t.Errorf("a release of the module nodot: %v\n%s", err, out)
	}
	runs(t, nil, "sh", dir+"/.ci/rename", path)
	runs(t, nil, "sh", dir+"/.ci/releasable")

	readme := string(must(os.ReadFile(dir + "/README.md")))
	for _, want := range []string{"`go get " + path + "`", "`go doc " + path + "/framing`", `"` + path + `/framing"`} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say %s", want)
		}
	}
	checks := []string{"gofmt -l .", "go list -test -deps -f {{with.Error}}{{.}}{{end}} ./..."}
	if peers.Wanted() {
		checks = append(checks, "go vet ./...", "go test -run ^TestImports$ ./commands/internal/e2e")
	}
	for _, command := range checks {
		words := strings.Fields(command)
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil || len(bytes.TrimSpace(out)) > 0 && words[1] != "test" {
			t.Errorf("$ %s\n%s%v", command, out, err)
		}
	}
	runReadmeProgram(t, dir)
}

// copyModule returns a folder that holds the module's files.
func copyModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := filepath.WalkDir(".", func(name string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git", name == "build", name == "dist":
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(dir, name), 0o777)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), text, 0o777)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// A release begins with the check, a trial does without.
func TestReleaseIsChecked(t *testing.T) {
	const want = `before:
  hooks:
    - '{{ if .IsSnapshot }}true{{ else }}.ci/releasable{{ end }}'
`
	if !strings.Contains(string(must(os.ReadFile(".goreleaser.yaml"))), want) {
		t.Errorf(".goreleaser.yaml does not begin with\n%s", want)
	}
}

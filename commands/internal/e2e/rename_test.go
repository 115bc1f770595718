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
// imports are found, all compiles, and the tests find the module's path. It is tried if the tests of
// peers are wanted.
func TestRename(t *testing.T) {
	if !peers.Wanted() {
		t.Skip("all is compiled under another path, which takes as long as many other tests")
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
	for _, command := range []string{"gofmt -l .", "go list -test -deps -f {{with.Error}}{{.}}{{end}} ./...", "go vet ./...", "go test -run ^TestImports$ ./commands/internal/e2e"} {
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

package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notices is the file that carries the licences of all code in the released programs.
const notices = ".github/THIRD_PARTY_NOTICES"

// The file holds the licences of Go and of the modules that are linked into the program on
// the released systems, as the module cache has them. It changes with go.mod.
func TestNotices(t *testing.T) {
	goroot := strings.TrimSpace(string(must(exec.Command("go", "env", "GOROOT").Output())))
	if _, err := os.Stat(filepath.Join(goroot, "LICENSE")); err != nil {
		t.Skip("this Go comes without its licence: ", err)
	}
	modules := linkedModules(t)
	want := "framecat contains the standard library of Go and the modules below. These are their licences.\n" +
		licences(t, "Go and its standard library", goroot)
	for _, m := range slices.Sorted(maps.Keys(modules)) {
		want += licences(t, m, modules[m])
	}
	if *update {
		if err := os.WriteFile(notices, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, _ := os.ReadFile(notices); string(got) != want {
		t.Errorf("%s is out of date: run go test ./commands/internal/e2e -update", notices)
	}
}

// linkedModules are the modules in the programs of all released systems, with their folders.
func linkedModules(t *testing.T) map[string]string {
	t.Helper()
	modules := map[string]string{}
	for _, system := range released(t, "goos") {
		for _, arch := range released(t, "goarch") {
			cmd := exec.Command("go", "list", "-deps", "-tags", strings.Join(released(t, "tags"), ","),
				"-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
			cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("go list for %s/%s: %v", system, arch, err)
			}
			for line := range strings.Lines(string(out)) {
				module, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
				modules[module] = dir
			}
		}
	}
	return modules
}

// released is a list of .goreleaser.yaml: the systems, processors and tags of the releases.
func released(t *testing.T, key string) []string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ +` + key + `: \[(.+)\]`).FindStringSubmatch(string(must(os.ReadFile(".goreleaser.yaml"))))
	if m == nil {
		t.Fatalf(".goreleaser.yaml has no list of %s", key)
	}
	return strings.Split(m[1], ", ")
}

// licences are the texts in a module's folder that must go with copies of the module.
func licences(t *testing.T, name, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, isLicence := "", regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)`)
	for _, f := range files {
		if f.IsDir() || !isLicence.MatchString(f.Name()) {
			continue
		}
		body := strings.ReplaceAll(string(must(os.ReadFile(filepath.Join(dir, f.Name())))), "\r\n", "\n")
		text += fmt.Sprintf("\n%s\n%s: %s\n%[1]s\n\n%[4]s\n", strings.Repeat("=", 80), name, f.Name(), strings.Trim(body, "\n"))
	}
	if text == "" {
		t.Fatalf("%s has no licence in %s", name, dir)
	}
	return text
}

// All archives and packages carry the notices.
func TestNoticesAreReleased(t *testing.T) {
	text := string(must(os.ReadFile(".goreleaser.yaml")))
	for _, want := range []string{
		"{ src: " + notices + ", dst: THIRD_PARTY_NOTICES, info: *info }",
		"{ src: " + notices + ", dst: /usr/share/doc/framecat/THIRD_PARTY_NOTICES, file_info: *file }",
	} {
		if !strings.Contains(text, "- "+want) {
			t.Errorf(".goreleaser.yaml lacks %s", want)
		}
	}
}

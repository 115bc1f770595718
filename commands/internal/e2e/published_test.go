package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A published package is an npm package of which a version had a fault that cuts show. The file
// zoo/published.js has a program around it.
type published struct {
	Package, Broken, Mended string // Mended is the first version that can be installed without the fault
	Issue                   string
	Fault                   string // what the broken version does
	Role                    string // server, client or process
	Framing                 string
	Messages                []string // to a server, if the default ones are not answered
	Replies                 []string // to a client
	Printed                 string   // the last line that probe prints
}

func publishedPackages(t *testing.T) (list []published) {
	t.Helper()
	if err := json.Unmarshal(must(os.ReadFile("commands/internal/e2e/zoo/published.json")), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// publishedTable is the README's table of them.
func publishedTable(t *testing.T) string {
	table := "| package | mended in | fault | framing, role | what probe prints |\n|---|---|---|---|---|\n"
	for _, p := range publishedPackages(t) {
		mark := ""
		if p.Messages != nil {
			mark = " with `-m`"
		}
		table += fmt.Sprintf("| %s@%s, %s | %s | %s | `%s`, %s%s | %s |\n", p.Package, p.Broken, p.Issue, p.Mended, p.Fault, p.Framing, p.Role, mark, p.Printed)
	}
	return table
}

// Probe finds the fault of each broken version, as the README reports it, and none in the mended one. This
// installs the packages, and is run only with FRAMECAT_PUBLISHED=1.
func TestPublished(t *testing.T) {
	if os.Getenv("FRAMECAT_PUBLISHED") != "1" {
		t.Skip("FRAMECAT_PUBLISHED is not 1")
	}
	node, npm := inPath(t, "node"), inPath(t, "npm")
	js := must(filepath.Abs("commands/internal/e2e/zoo/published.js"))
	for _, p := range publishedPackages(t) {
		for version, want := range map[string]string{p.Broken: p.Printed, p.Mended: "no fault found"} {
			t.Run(p.Package+"@"+version, func(t *testing.T) {
				dir := t.TempDir()
				install := exec.Command(npm, "install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund", p.Package+"@"+version)
				if out, err := install.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				program := []string{node, "--no-deprecation", js, p.Package}
				args := []string{"probe", "-f", p.Framing}
				if p.Messages != nil || p.Replies != nil {
					args = append(args, "-i", "escaped")
				}
				for _, m := range p.Messages {
					args = append(args, "-m", m)
				}
				switch p.Role {
				case "server":
					args = append(args, startPrinting(t, dir, append(program, "0")...))
				case "process":
					args = append(append(args, "--"), program...)
				case "client":
					for _, r := range p.Replies {
						args = append(args, "--reply", r)
					}
					args = append(args, "--listen", "0", "--run", strings.Join(program, " "))
				}
				cmd := exec.Command("framecat", args...)
				cmd.Dir, cmd.Env = dir, environment()
				out, _ := cmd.Output()
				lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
				if last := string(lines[len(lines)-1]); last != want {
					t.Errorf("framecat %q prints\n%s\nwant\n%s\n\n%s", args, last, want, out)
				}
			})
		}
	}
}

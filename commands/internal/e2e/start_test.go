package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// A process that starts should not make tables that its command never reads.
func TestStartAllocatesNothing(t *testing.T) {
	if testing.CoverMode() != "" {
		t.Skip("a program that measures its coverage allocates for that")
	}
	cmd := exec.Command("framecat", "decode")
	cmd.Env = environment("GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "init os ") {
		t.Fatalf("%v, and no trace of initialisation:\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		pkg, ours := strings.CutPrefix(line, "init "+module+"/")
		if ours && !strings.HasPrefix(pkg, "commands/internal/e2e ") && !strings.Contains(line, " 0 allocs") {
			t.Error(strings.TrimSpace(line))
		}
	}
}

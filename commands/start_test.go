package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A process that starts should not make tables that its command never reads.
func TestStartAllocatesNothing(t *testing.T) {
	dir, err := builtFramecat()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "framecat"), "decode")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "init os ") {
		t.Fatalf("%v, and no trace of initialisation:\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "init framecat/") && !strings.Contains(line, " 0 allocs") {
			t.Error(strings.TrimSpace(line))
		}
	}
}

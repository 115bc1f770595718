//go:build linux || darwin

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// When nobody reads standard output any more, the progress line is removed, and the program ends
// by SIGPIPE, as cat ends.
func TestProgressBrokenPipe(t *testing.T) {
	for _, args := range []string{"decode -f fixed:1000 -o hex", "encode -i fixed:1000 -f u32be", "inspect -f fixed:1000"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("framecat", append(strings.Fields(args), "large")...)
			cmd.Dir = t.TempDir()
			large := must(os.Create(filepath.Join(cmd.Dir, "large")))
			defer large.Close()
			if err := large.Truncate(16 << 20); err != nil {
				t.Fatal(err)
			}
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			cmd.Stdout = w
			term := startOnTerminal(t, cmd)
			w.Close()
			term.until(regexp.MustCompile(`\r\x1b\[K.*of 16 MiB`).MatchString)
			r.Close()
			shown, status := term.rest(cmd)
			if !strings.HasSuffix(shown, "\r\x1b[K") {
				t.Errorf("the terminal gets %q, want the line removed at the end", shown)
			}
			if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); status != -1 || ws.Signal() != syscall.SIGPIPE {
				t.Errorf("ended with status %d, %v; want SIGPIPE", status, ws.Signal())
			}
		})
	}
}

//go:build unix

package commands

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A signal in the middle of a large message takes back what was written of it; --partial keeps
// its bytes, whether the message streams or is held in memory.
func TestInterruptLarge(t *testing.T) {
	whole := string(frames(strings.Repeat("a", 100_000), strings.Repeat("b", 300_000)))
	sent := whole[:200_000]
	for _, row := range []struct{ out, want string }{
		{"lines", strings.Repeat("a", 100_000) + "\n"},
		{"raw", strings.Repeat("a", 100_000)},
		{"dir:", ""},
	} {
		dir := t.TempDir()
		fifo, partial, out := filepath.Join(dir, "fifo"), filepath.Join(dir, "partial"), filepath.Join(dir, "out")
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"decode", "-o", row.out, "--partial", partial, "--stats", fifo}
		if row.out == "dir:" {
			args[2] += out
		}
		r := startNet(t, nil, args...)
		w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		w.WriteString(sent)
		eventually(t, "the first message", func() bool {
			names, _ := filepath.Glob(filepath.Join(out, "000000.bin"))
			return len(names) > 0 || strings.HasPrefix(r.output(), row.want) && row.want != ""
		})
		r.signals <- syscall.SIGTERM
		r.want(143, row.want, "messages    1\n", "interrupted")
		kept := mustRead(t, partial)
		if after := sent[100_004:]; !strings.HasPrefix(after, kept) || len(kept) == 0 {
			t.Errorf("-o %s: --partial has %d bytes, want the first of %d", row.out, len(kept), len(after))
		}
		names, _ := filepath.Glob(filepath.Join(out, "*"))
		if want := []string{filepath.Join(out, "000000.bin")}; row.out == "dir:" && strings.Join(names, " ") != want[0] {
			t.Errorf("the directory has %q, want %q", names, want)
		}
	}
}

//go:build unix

package commands

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

// A named pipe is opened only once, so that no bytes are lost if its writer closes it at once.
func TestFIFO(t *testing.T) {
	for _, args := range [][]string{
		{"decode", "-f", "u8"}, {"inspect", "-f", "u8"}, {"inspect", "-f", "u8", "--trace"}, {"encode", "-f", "u8"},
	} {
		for range 10 {
			fifo, out := filepath.Join(t.TempDir(), "fifo"), mustCreate(t, filepath.Join(t.TempDir(), "out"))
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			done := make(chan int, 1)
			go func() {
				done <- Run(testEnv(textFile(t, ""), out, os.Stderr).with(append([]string{"framecat"}, append(args, fifo)...)))
			}()
			w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			w.WriteString("\x03abc")
			w.Close()
			select {
			case status := <-done:
				if got := mustRead(t, out.Name()); status != 0 || len(got) < 4 {
					t.Fatalf("%q: status %d, %q", args, status, got)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("%q waits for another writer", args)
			}
		}
	}
}

// If --port-file is a pipe that nobody reads, a signal or --timeout ends the wait.
func TestPortFileFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	e := testEnv(textFile(t, ""), mustCreate(t, filepath.Join(t.TempDir(), "out")), mustCreate(t, filepath.Join(t.TempDir(), "err")))
	if got := runNet(e, signals, []string{"listen", "--port-file", fifo, "0"}); got != 143 {
		t.Errorf("status %d, want 143", got)
	}
	if got := runNet(e, nil, []string{"listen", "--port-file", fifo, "--timeout", "0.1", "0"}); got != report.StatusTimeout {
		t.Errorf("status %d, want %d", got, report.StatusTimeout)
	}
	os.OpenFile(fifo, os.O_RDONLY, 0) // lets the writer go
}

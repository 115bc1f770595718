//go:build unix

package link

import (
	"path/filepath"
	"syscall"
	"testing"
)

// Listening on a Unix socket does not change the umask.
func TestUmask(t *testing.T) {
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	l, err := listenUnix(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if got := syscall.Umask(0o022); got != 0o022 {
		t.Errorf("the umask is %o", got)
	}
}

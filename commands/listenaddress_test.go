package commands

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

func TestPortInUse(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "0")
	second := startNet(t, nil, "listen", r.addr)
	second.want(report.StatusIO, "", r.addr+": address already in use")
	r.stop()
}

// The file of --port-file keeps its mode; a link or a device is not replaced by a file.
func TestPortFile(t *testing.T) {
	dir := t.TempDir()
	plain, link := filepath.Join(dir, "plain"), filepath.Join(dir, "link")
	os.WriteFile(plain, []byte("before"), 0o640)
	if err := os.Symlink(plain, link); err != nil || runtime.GOOS == "windows" {
		t.Skip("this system has no links and modes", err)
	}
	for _, name := range []string{plain, link} {
		if err := writeAtOnce(name, name, public); err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(plain)
		info, _ := os.Stat(plain)
		if string(text) != name+"\n" || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %q, mode %v", name, text, info.Mode())
		}
	}
	if info, _ := os.Lstat(link); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
	if err := writeAtOnce(dir, "x", public); err == nil {
		t.Error("a directory was written to")
	}
}

// 0.0.0.0 accepts on all interfaces with IPv4, and not with IPv6.
func TestListenIPv4(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "0.0.0.0:0")
	if !strings.HasPrefix(r.addr, "0.0.0.0:") {
		t.Errorf("listens on %s", r.addr)
	}
	r.stop()
}

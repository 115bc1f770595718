//go:build unix

package commands

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	r := startNet(t, nil, "listen", "-k", "--echo", "-o", "json", "unix:"+path)
	if r.addr != "unix:"+path {
		t.Errorf("the address is %s", r.addr)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Fatalf("mode %v, error %v", info.Mode(), err)
	}
	startNet(t, nil, "send", "unix:"+path, "-m", "hi").want(0, "hi\n")
	startNet(t, nil, "listen", "unix:"+path).want(report.StatusIO, "", "another program already listens on this socket")
	startNet(t, nil, "send", "unix:"+path, "-m", "ho").want(0, "ho\n")
	r.stop()
	if !strings.Contains(r.output(), `"conn":1,"peer":"unix"`) {
		t.Errorf("output %s", r.output())
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket still exists")
	}
}

func TestUnixSocketStale(t *testing.T) {
	dir := t.TempDir()
	stale, file, link := filepath.Join(dir, "stale"), filepath.Join(dir, "file"), filepath.Join(dir, "link")
	l, err := net.Listen("unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(stale, link); err != nil {
		t.Fatal(err)
	}
	startNet(t, nil, "listen", "unix:"+file).want(report.StatusIO, "", "the file exists and is not a socket")
	startNet(t, nil, "listen", "unix:"+link).want(report.StatusIO, "", "the file exists and is not a socket")
	startNet(t, nil, "listen", "unix:"+dir).want(report.StatusIO, "", "the file exists and is not a socket")
	if got := mustRead(t, file); got != "precious" {
		t.Errorf("the file holds %q", got)
	}
	startNet(t, nil, "send", "unix:"+file, "-m", "a").want(report.StatusIO, "", "the file is not a socket")
	startNet(t, nil, "send", "unix:"+stale, "-m", "a").want(report.StatusIO, "", "connection refused: no program listens on this socket any more")
	r := startNet(t, nil, "listen", "unix:"+stale)
	c := dialTest(t, r.addr)
	c.Write(frames("hi"))
	c.Close()
	r.want(0, "hi\n")

	long := "unix:" + filepath.Join(dir, strings.Repeat("x", 120))
	startNet(t, nil, "listen", long).want(report.StatusIO, "", " bytes, but the path of a socket can have at most ")
	startNet(t, nil, "send", long, "-m", "a").want(report.StatusIO, "", " bytes, but the path of a socket can have at most ")
	startNet(t, nil, "listen", "unix:"+filepath.Join(dir, "no", "s")).want(report.StatusIO, "", "no such file or directory")
}

// If the queue of a socket is full, send waits for --connect-timeout.
func TestUnixSocketBusy(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems refuse connections if the queue is full")
	}
	path := filepath.Join(t.TempDir(), "s")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), path)
	l, err := net.FileListener(file)
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.(*net.UnixListener).SetDeadline(time.Now().Add(patience))
	var fill []net.Conn
	for err == nil {
		var c net.Conn
		if c, err = net.Dial("unix", path); err == nil {
			fill = append(fill, c)
			defer c.Close()
		}
	}
	began := time.Now()
	startNet(t, nil, "send", "unix:"+path, "-m", "hi", "-w", "0.5").want(report.StatusIO, "", "unix:"+path+": no connection within --connect-timeout 500ms\n")
	if took := time.Since(began); took < 500*time.Millisecond {
		t.Errorf("--connect-timeout 500ms took %s", took)
	}
	startNet(t, nil, "send", "unix:"+path, "-m", "hi", "-w", "0", "--timeout", "0.2").want(report.StatusTimeout, "", "--timeout 200ms passed\n")
	startNet(t, nil, "listen", "unix:"+path).want(report.StatusIO, "", "another program already listens on this socket")

	r := startNet(t, nil, "send", "unix:"+path, "-m", "hi")
	time.Sleep(100 * time.Millisecond)
	for _, c := range fill {
		c.Close()
	}
	got := ""
	for got == "" { // the connections that filled the queue have ended, and have sent nothing
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		got = readAll(c)
		c.Close()
	}
	if got != string(frames("hi")) {
		t.Errorf("the peer got %q", got)
	}
	r.want(0, "")
}

// If another file has replaced the socket, listen does not remove it at its end.
func TestUnixSocketReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	r := startNet(t, nil, "listen", "-k", "unix:"+path)
	os.Remove(path)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if got := mustRead(t, path); got != "precious" {
		t.Errorf("the file holds %q", got)
	}
}

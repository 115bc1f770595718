package commands

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

func TestNobodyListens(t *testing.T) {
	const addr = "127.0.0.1:1" // nothing else takes this port
	startNet(t, nil, "send", addr, "-m", "a").want(report.StatusIO, "", "framecat: "+addr+": ", "refused")
	startNet(t, nil, "send", "unix:/nonexistent/socket", "-m", "a").want(report.StatusIO, "", "unix:/nonexistent/socket: no such file or directory")
}

// With --retry the peer may start later.
func TestRetry(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	r := startNet(t, nil, "send", addr, "-m", "a", "--retry", "20s")
	time.Sleep(200 * time.Millisecond)
	listener := startNet(t, nil, "listen", addr)
	r.want(0, "")
	listener.want(0, "a\n")
}

// --connect-timeout ends the wait for a server that accepts nothing and whose queue is full.
func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems refuse connections if the queue is full, or make the queue longer")
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Skip(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Skip(err)
	}
	syscall.Listen(fd, 0)
	name, _ := syscall.Getsockname(fd)
	addr := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 3 {
		c, err := net.DialTimeout("tcp", addr, 100*time.Millisecond)
		if err == nil {
			defer c.Close()
		}
	}
	startNet(t, nil, "send", addr, "-m", "a", "-w", "0.2").want(report.StatusIO, "", "no connection within --connect-timeout 200ms")
}

func TestSendInterrupted(t *testing.T) {
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	addr := serveTest(t, echoes)
	r := startNet(t, in, "send", addr, "--stats")
	io.WriteString(w, "a\n")
	eventually(t, "the reply", func() bool { return r.output() == "A\n" })
	r.signals <- syscall.SIGINT
	r.want(130, "A\n", "replies     1\n")
}

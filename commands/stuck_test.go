package commands

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

// unread returns a pipe that nobody reads. Begun waits for the first byte in it.
func unread(t *testing.T) (w *os.File, begun func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return w, func() {
		r.SetReadDeadline(time.Now().Add(patience))
		if _, err := r.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // until the pipe is full
	}
}

// If standard output is blocked, signals and --timeout still end a run.
func TestStuckOutput(t *testing.T) {
	t.Parallel()
	flood := func(c io.Writer) {
		for range 100 {
			if _, err := c.Write(frames(strings.Repeat("x", 100_000))); err != nil {
				return
			}
		}
	}
	for _, args := range [][]string{{"listen", "0"}, {"listen", "-k", "0"}, {"listen", "-k", "--echo", "0"}} {
		out, begun := unread(t)
		r := startNetTo(t, out, args...)
		c := dialTest(t, r.addr)
		go flood(c)
		begun()
		r.signals <- syscall.SIGTERM
		r.signals <- syscall.SIGTERM
		if got := r.status(); got != 143 {
			t.Errorf("%q: status %d, want 143", args, got)
		}
	}
	addr := serveTest(t, func(c *net.TCPConn) { flood(c) })
	out, _ := unread(t)
	r := startNetTo(t, out, "send", addr, "-m", "a", "--timeout", "0.5")
	if got := r.status(); got != report.StatusTimeout {
		t.Errorf("send: status %d, want %d", got, report.StatusTimeout)
	}
	out, _ = unread(t)
	r = startNetTo(t, out, "send", addr, "-m", "a", "--linger", "1", "--timeout", "3")
	if got := r.status(); got != report.StatusTimeout {
		t.Errorf("send with a blocked output: status %d, want %d", got, report.StatusTimeout)
	}
	out, begun := unread(t)
	r = startNetTo(t, out, "send", addr, "-m", "a")
	begun()
	r.signals <- syscall.SIGTERM
	if got := r.status(); got != 143 {
		t.Errorf("send: status %d, want 143", got)
	}
}

// A client that does not begin the TLS handshake is reported, and disconnected in time.
func TestSilentHandshake(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.server("server")
	for _, flag := range []string{"--connect-timeout", "--frame-timeout", "--idle-timeout"} {
		r := startNet(t, nil, "listen", "--cert", a.file("server"), flag, "1", "0")
		dialTest(t, strings.TrimPrefix(r.addr, "tls://"))
		r.want(report.StatusIO, "", ": no TLS handshake within "+flag+" 1s\n")
	}
	addr := serveTest(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) })
	startNet(t, nil, "send", "--tls", addr, "-m", "a", "-w", "1").want(report.StatusIO, "", "no TLS handshake within --connect-timeout 1s\nframecat: hint: the peer may not speak TLS\n")
}

// The end by --linger is an error inside a reply, or before the reply in --lockstep.
func TestLinger(t *testing.T) {
	t.Parallel()
	half := serveTest(t, func(c *net.TCPConn) {
		c.Write(append(frames("whole"), frames("half")[:6]...))
		<-t.Context().Done()
	})
	startNet(t, nil, "send", half, "-m", "a", "--linger", "2").want(report.StatusTruncated, "whole\n", ": frame 1 at byte 9: only 6 bytes arrived before --linger 2s passed\n")
	silent := serveTest(t, func(c *net.TCPConn) { io.Copy(io.Discard, c); <-t.Context().Done() })
	startNet(t, nil, "send", silent, "-m", "a", "--linger", "0.3").want(0, "")
	startNet(t, nil, "send", silent, "-m", "a", "--lockstep", "--linger", "0.3").want(report.StatusIO, "", "no reply to message 0 within --linger 300ms")
	startNet(t, nil, "send", silent, "-m", "a", "--lockstep", "--linger", "0").want(report.StatusIO, "", "no reply to message 0 within --linger 0s")
}

// A process that is killed because it is silent is reported.
func TestExecOverdue(t *testing.T) {
	t.Parallel()
	r := startNet(t, nil, "listen", "--exec", "sleep 5; cat", "--linger", "0.3", "0")
	c := dialTest(t, r.addr).(*net.TCPConn)
	c.Write(frames("a"))
	c.CloseWrite()
	if got := readAll(c); got != "" {
		t.Errorf("the peer got %q", got)
	}
	r.want(report.StatusIO, "a\n", "--exec: killed after 300ms without output (--linger)\n")
}

// If nobody reads standard error, where tap shows messages, a command runs to its end all the same.
func TestStuckErrors(t *testing.T) {
	t.Parallel()
	errs, _ := unread(t)
	in, out := textFile(t, ""), tempFile(t, "")
	const size = 3_000_000
	script := fmt.Sprintf("yes | head -c %d; exit 3", size)
	status := Run(testEnv(in, out, errs).with([]string{"framecat", "tap", "-f", "lines", "--", "sh", "-c", script}))
	info, err := os.Stat(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	if status != 3 || info.Size() != size {
		t.Errorf("status %d, want 3; %d bytes came, want %d", status, info.Size(), size)
	}
}

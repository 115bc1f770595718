//go:build unix

package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// connectTo connects to an address.
func connectTo(t *testing.T, word string, own Files) net.Conn {
	t.Helper()
	c, err := Dialer{To: addressOf(t, word), Files: own}.Dial(context.Background())
	if err != nil {
		t.Fatal(word, err)
	}
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	return c
}

// A process reads what we send until our side is closed. Its status is an error after all that it
// has written, and its standard error is the given one.
func TestProcessConn(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, row := range []struct{ command, send, out, stderr, err string }{
		{"cat", "hello", "hello", "", ""},
		{"cat; exit 3", "hello", "hello", "", "exit status 3"},
		{"cat; kill -KILL $$", "hello", "hello", "", "signal: killed"},
		{"echo out; echo err >&2", "", "out\n", "err\n", ""},
		{"exec 1>&-; cat >&2; exit 4", "hello", "", "hello", "exit status 4"},
		{"cat; seq 50000; exit 1", "", lines(50000), "", "exit status 1"},
	} {
		stderr, err := os.CreateTemp(t.TempDir(), "stderr")
		if err != nil {
			t.Fatal(err)
		}
		c := connectTo(t, "exec:"+row.command, Files{Stderr: stderr})
		if _, err := io.WriteString(c, row.send); err != nil {
			t.Errorf("%s: %v", row.command, err)
		}
		for range 2 {
			if err := CloseWrite(c); err != nil {
				t.Errorf("%s: end of our side: %v", row.command, err)
			}
		}
		got, err := io.ReadAll(c)
		if text := ""; err != nil {
			text = err.Error()
			if text != row.err {
				t.Errorf("%s: %s", row.command, text)
			}
		} else if row.err != "" {
			t.Errorf("%s: no error, want %s", row.command, row.err)
		}
		c.Close()
		Await(c)
		errs, _ := os.ReadFile(stderr.Name())
		if stderr.Close(); string(got) != row.out || string(errs) != row.stderr {
			t.Errorf("%s: output of %d bytes, stderr %q", row.command, len(got), errs)
		}
		if name := PeerName(c); name != "exec:"+row.command {
			t.Errorf("%s: its name is %s", row.command, name)
		}
	}
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, i+1)
	}
	return b.String()
}

// If a process has ended, a write reports its status.
func TestProcessConnWrite(t *testing.T) {
	c := connectTo(t, "exec:exit 7", Files{})
	_, err := io.Copy(c, zeros{})
	if err == nil || err.Error() != "exit status 7" {
		t.Errorf("error %v", err)
	}
	c.Close()
}

// Waiting for a process ends at a deadline, and when the connection is closed.
func TestProcessConnDeadline(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	c := connectTo(t, "exec:sleep 1000", Files{})
	c.SetDeadline(time.Now().Add(20 * ms))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	if _, err := io.Copy(c, zeros{}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write: %v", err)
	}
	c.SetDeadline(time.Time{})
	failed := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		failed <- err
	}()
	Reset(c)
	var ended *exec.ExitError // Reset ends the process, and the read may see that first
	if err := <-failed; !errors.Is(err, net.ErrClosed) && !errors.As(err, &ended) {
		t.Errorf("closed: %v", err)
	}
	Await(c)
}

// When a connection is reset, its process is ended with all that it has started, also if they ignore
// SIGTERM.
func TestProcessConnReset(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	c := connectTo(t, "exec:trap '' TERM; sleep 1000 & echo $!; wait; wait", Files{})
	var pid int
	fmt.Fscanln(c, &pid)
	Reset(c)
	Await(c)
	eventuallyGone(t, pid)
}

// A process that another one has started holds its output: the stream ends with the first process,
// after all its output.
func TestProcessConnLeavesAnother(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	c := connectTo(t, "exec:sleep 1000 & echo $!", Files{})
	got, err := io.ReadAll(c)
	var pid int
	fmt.Sscan(string(got), &pid)
	if err != nil || pid == 0 {
		t.Errorf("output %q, %v", got, err)
	}
	c.Close()
	Await(c)
	eventuallyGone(t, pid)
}

func eventuallyGone(t *testing.T, pid int) {
	t.Helper()
	state := func() string { // a process that nobody has waited for is a zombie
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if f := strings.Fields(string(text)); len(f) > 2 {
			return f[2]
		}
		return ""
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * ms) {
		if syscall.Kill(pid, 0) != nil || state() == "Z" {
			return
		}
	}
	t.Errorf("process %d goes on", pid)
}

// Our own standard input and output are a connection, with deadlines also if the files have none.
func TestStdioConn(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		ignore := goleak.IgnoreCurrent()
		stdin, in := pipe(t, blocking, false)
		out, stdout := pipe(t, false, blocking)
		c := connectTo(t, "-", Files{Stdin: stdin, Stdout: stdout})
		c.SetReadDeadline(time.Now().Add(20 * ms))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("blocking %t: read: %v", blocking, err)
		}
		c.SetReadDeadline(time.Time{})
		io.WriteString(in, "hello")
		in.Close()
		if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
			t.Errorf("blocking %t: read %q, %v", blocking, got, err)
		}
		if _, err := io.WriteString(c, "there"); err != nil {
			t.Errorf("blocking %t: write: %v", blocking, err)
		}
		CloseWrite(c)
		if got, err := io.ReadAll(out); string(got) != "there" || err != nil {
			t.Errorf("blocking %t: written %q, %v", blocking, got, err)
		}
		if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("blocking %t: write after the end: %v", blocking, err)
		}
		c.Close()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("blocking %t: read after the end: %v", blocking, err)
		}
		goleak.VerifyNone(t, ignore)
	}
}

// All that Write has taken is in the file, and its errors are those of the file.
func TestStdioConnErrors(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		stdin, _ := pipe(t, blocking, false)
		out, stdout := pipe(t, false, blocking)
		c := connectTo(t, "-", Files{Stdin: stdin, Stdout: stdout})
		if n, err := c.Write(make([]byte, 1000)); n != 1000 || err != nil {
			t.Errorf("write: %d, %v", n, err)
		}
		out.SetReadDeadline(time.Now()) // what is there is read nevertheless
		if n, err := readNow(out, make([]byte, 2000)); n != 1000 || err != nil {
			t.Errorf("blocking %t: the file has %d bytes, %v", blocking, n, err)
		}
		c.SetWriteDeadline(time.Now().Add(20 * ms))
		if _, err := io.Copy(c, zeros{}); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("blocking %t: nobody reads: %v", blocking, err)
		}
		c.SetWriteDeadline(time.Time{})
		out.Close()
		if _, err := io.Copy(c, zeros{}); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("blocking %t: nobody can read: %v", blocking, err)
		}
		c.Close()
	}
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, stdout := pipe(t, false, false)
	c := connectTo(t, "-", Files{Stdin: dir, Stdout: stdout})
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("standard input is a directory: %v", err)
	}
}

// pipe returns the ends of a pipe, each of which may be a file without deadlines.
func pipe(t *testing.T, blockingRead, blockingWrite bool) (r, w *os.File) {
	t.Helper()
	var p [2]int
	if err := syscall.Pipe(p[:]); err != nil {
		t.Fatal(err)
	}
	var ends [2]*os.File
	for i, blocking := range []bool{blockingRead, blockingWrite} {
		syscall.CloseOnExec(p[i])
		syscall.SetNonblock(p[i], !blocking)
		ends[i] = os.NewFile(uintptr(p[i]), "pipe")
		t.Cleanup(func() { ends[i].Close() })
	}
	return ends[0], ends[1]
}

// A listener of a single connection accepts that, and then waits until it is closed.
func TestSingleListener(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, taken := range []bool{true, false} {
		a := addressOf(t, "exec:cat")
		l, err := Listen(a, Files{})
		if err != nil || !a.Once(true) || a.Once(false) {
			t.Fatal(err)
		}
		conn := l.(*singleListener).conn
		if taken {
			if c, err := l.Accept(); c != conn || err != nil {
				t.Errorf("accepted %v, %v", c, err)
			}
		}
		l.Close()
		l.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		if taken {
			if _, err := conn.Write([]byte("x")); err != nil {
				t.Errorf("the connection: %v", err)
			}
			conn.Close()
		}
		Await(conn)
	}
}

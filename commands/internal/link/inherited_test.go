//go:build unix

package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"framecat/commands/internal/report"
)

// passOn returns the number of a file descriptor as a program gets it that is started with the file.
func passOn(t *testing.T, f interface {
	SyscallConn() (syscall.RawConn, error)
}) (n int) {
	t.Helper()
	raw, err := f.SyscallConn()
	if err == nil {
		raw.Control(func(fd uintptr) { n, err = syscall.Dup(int(fd)) })
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(n) })
	return n
}

func noEnvironment(string) string { return "" }

// A socket that was passed on is a connection, or accepts connections.
func TestInherited(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		place := "127.0.0.1:0"
		if network == "unix" {
			place = filepath.Join(t.TempDir(), "s")
		}
		origin, err := net.Listen(network, place)
		if err != nil {
			t.Fatal(err)
		}
		n := passOn(t, origin.(interface {
			SyscallConn() (syscall.RawConn, error)
		}))
		a := addressOf(t, fmt.Sprint("fd:", n))
		if err := a.Check(true, noEnvironment); err != nil || a.Once(true) {
			t.Errorf("%s: %v, once %t", network, err, a.Once(true))
		}
		l, err := Listen(a, Files{})
		if err != nil {
			t.Fatal(err)
		}
		if checkFD(n) == nil {
			t.Errorf("%s: what we start would get the socket too", network)
		}
		bound := a.Bound(l.Addr())
		if want := addressOf(t, map[string]string{"tcp": origin.Addr().String(), "unix": "unix:" + place}[network]); bound.String() != want.String() {
			t.Errorf("%s: listens at %s, want %s", network, bound, want)
		}
		peer := connectTo(t, bound.String(), Files{})
		defer peer.Close()
		accepted, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer accepted.Close()

		// The accepted connection is passed on too, in both roles.
		n = passOn(t, accepted.(interface {
			SyscallConn() (syscall.RawConn, error)
		}))
		a = addressOf(t, fmt.Sprint("fd:", n))
		for _, listening := range []bool{true, false} {
			if err := a.Check(listening, noEnvironment); err != nil || !a.Once(listening) {
				t.Errorf("%s: connected: %v", network, err)
			}
		}
		c := connectTo(t, a.String(), Files{})
		io.WriteString(c, "hello")
		CloseWrite(c)
		if got, err := io.ReadAll(peer); string(got) != "hello" || err != nil {
			t.Errorf("%s: %q, %v", network, got, err)
		}
		CloseWrite(peer)
		if got, err := io.ReadAll(c); len(got) > 0 || err != nil {
			t.Errorf("%s: end: %q, %v", network, got, err)
		}
		c.Close()
		l.Close()
		if _, err := os.Stat(place); network == "unix" && err != nil {
			t.Errorf("the file of the other program is removed: %v", err)
		}
		origin.Close()
	}
}

// What is no connection is refused with advice.
func TestInheritedErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, _ := pipe(t, false, false)
	all, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	for _, row := range []struct {
		l    net.Listener
		want bool
	}{{l, true}, {all, false}} {
		if a := addressOf(t, fmt.Sprint("fd:", passOn(t, row.l.(*net.TCPListener)))); a.Loopback() != row.want {
			t.Errorf("%s: loopback %t", row.l.Addr(), a.Loopback())
		}
	}
	const redirect, pass = "redirect standard input and output, and write -", "must pass a socket on"
	listener := passOn(t, l.(*net.TCPListener))
	for _, row := range []struct {
		name, text, hint string
		fd               int
	}{
		{"nothing", "is not open", pass, 9999},
		{"our own file", "is not open", pass, int(file.Fd())},
		{"a file", "not a socket", redirect, passOn(t, file)},
		{"a pipe", "one direction", redirect, passOn(t, r)},
		{"datagrams", "not a stream", "pass on a socket of TCP", passOn(t, udp.(*net.UDPConn))},
		{"a listener", "has no peer", "use it with listen", listener},
	} {
		a := addressOf(t, fmt.Sprint("fd:", row.fd))
		err := a.Check(false, noEnvironment)
		var f *report.Failure
		if !errors.As(err, &f) || f.Status != report.StatusIO || !strings.Contains(f.Text, row.text) || len(f.Hints) != 1 || !strings.Contains(f.Hints[0], row.hint) {
			t.Errorf("%s: %v", row.name, err)
		}
	}

	// Of systemd only the sockets are used that it has passed on.
	for _, row := range []struct {
		pid, fds string
		want     string
	}{
		{"", "", ""},
		{strconv.Itoa(os.Getpid()), "9000", ""},
		{strconv.Itoa(os.Getpid()), "1", "systemd has passed on 1 socket, from fd:3"},
		{strconv.Itoa(os.Getppid()), "1", ""},
		{strconv.Itoa(os.Getpid()), "x", ""},
	} {
		environment := map[string]string{"LISTEN_PID": row.pid, "LISTEN_FDS": row.fds}
		err := addressOf(t, fmt.Sprint("fd:", max(listener, 4))).Check(true, func(name string) string { return environment[name] })
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("LISTEN_PID=%s LISTEN_FDS=%s: %v, want %q", row.pid, row.fds, err, row.want)
		}
	}
}

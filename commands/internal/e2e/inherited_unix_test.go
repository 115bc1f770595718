//go:build unix

package e2e

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Programs that start framecat pass sockets on to it: as inetd does, as standard input and output,
// and as systemd does, from number 3 on.
func TestInheritedSockets(t *testing.T) {
	const systemd = `LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"`
	for _, row := range []struct {
		name, shell string
		args        []string
		listens     bool // the socket accepts connections
		stdio       bool // it is standard input and output
		out         string
	}{
		{"systemd", systemd, []string{"listen", "-f", "lines", "--echo", "fd:3"}, true, false, "hi\n"},
		{"systemd with tap", systemd, []string{"tap", "-q", "--timeout", "20s", "fd:3", "exec:cat"}, true, false, ""},
		{"a connection", `exec "$@"`, []string{"listen", "-f", "lines", "--echo", "fd:3"}, false, false, "hi\n"},
		{"a connection of tap", `exec "$@"`, []string{"tap", "-q", "fd:3", "exec:cat"}, false, false, ""},
		{"inetd", `exec "$@"`, []string{"listen", "-f", "lines", "--echo", "-"}, false, true, ""},
		{"inetd, by number", `exec "$@"`, []string{"listen", "-f", "lines", "--echo", "fd:0"}, false, true, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			peer, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			var passed *os.File
			if row.listens {
				passed, err = l.(*net.TCPListener).File()
			} else {
				var c net.Conn
				if c, err = l.Accept(); err == nil {
					defer c.Close()
					passed, err = c.(*net.TCPConn).File()
					c.Close()
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			cmd := exec.Command("sh", append([]string{"-c", row.shell, "sh", "framecat"}, row.args...)...)
			cmd.Stdout, cmd.Stderr = &out, &errs
			if row.stdio {
				cmd.Stdin, cmd.Stdout = passed, passed
			} else {
				cmd.ExtraFiles = []*os.File{passed}
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			passed.Close()
			io.WriteString(peer, "hi\n")
			peer.(*net.TCPConn).CloseWrite()
			got, err := io.ReadAll(peer)
			if string(got) != "hi\n" || err != nil {
				t.Errorf("the reply is %q, %v", got, err)
			}
			if row.listens && row.args[0] == "tap" {
				cmd.Process.Signal(os.Interrupt)
			}
			if err := cmd.Wait(); err != nil || out.String() != row.out {
				t.Errorf("%v, stdout %q, stderr %q", err, out.String(), errs.String())
			}
			if listening := strings.Contains(errs.String(), "listening on "+l.Addr().String()); listening != (row.listens && row.args[1] != "-q") {
				t.Errorf("stderr %q", errs.String())
			}
		})
	}
}

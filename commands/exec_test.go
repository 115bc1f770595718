//go:build unix

package commands

import (
	"bytes"
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

func TestExec(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, command string
		args          []string
		sends         string
		reply         string
		stderr        string
	}{
		{"cat", "cat", nil, string(frames("a", "b")), string(frames("a", "b")), ""},
		{"one that answers late", "cat >/dev/null; sleep 0.5; echo late", nil, string(frames("a")), string(frames("late")), ""},
		{"one that does not read", "echo hello", nil, string(frames("a")), string(frames("hello")), ""},
		{"its status", "cat >/dev/null; exit 3", nil, "", "", "--exec: exit status 3"},
		{"its status 0", "cat >/dev/null", []string{"-v"}, "", "", "--exec: exit status 0"},
		{"other formats", "tr a-f b-g", []string{"-o", "hex", "-i", "hex"}, string(frames("\xaa")), string(frames("\xbb")), ""},
		{"JSON", `sed 's/.*"conn":1,"peer":"127.*"text":"a".*/yes/'`, []string{"-o", "json"}, string(frames("a")), string(frames("yes")), ""},
		{"output that is not hex", "cat >/dev/null; echo zz", []string{"-i", "hex"}, "", "", "is not a hex digit"},
		{"replies framed otherwise", "cat", []string{"--reply-framing", "netstring"}, string(frames("a")), "1:a,", ""},
		{"no such command", "/nonexistent/command 2>/dev/null", nil, "", "", "--exec: exit status 127"},
	}
	for _, row := range rows {
		r := startNet(t, nil, append([]string{"listen", "-k", "--exec", row.command, "0"}, row.args...)...)
		c := dialTest(t, r.addr)
		io.WriteString(c, row.sends)
		c.(*net.TCPConn).CloseWrite()
		if got := readAll(c); got != row.reply {
			t.Errorf("%s: the peer got %q, want %q", row.name, got, row.reply)
		}
		if row.stderr != "" {
			eventually(t, row.name+": the report", func() bool { return strings.Contains(r.errors(), row.stderr) })
		}
		if status := r.stop(); status != 0 {
			t.Errorf("%s: status %d", row.name, status)
		}
		if row.stderr == "" && strings.Contains(r.errors(), "exit status") {
			t.Errorf("%s: stderr %q", row.name, r.errors())
		}
	}
}

// An error in the output of a process becomes the status of the only connection.
func TestExecStatus(t *testing.T) {
	for _, row := range []struct {
		command, in string
		status      int
		stderr      string
	}{
		{"cat >/dev/null; echo zz", "hex", report.StatusMalformed, "is not a hex digit"},
		{"yes", "lines", report.StatusIO, "conn 1 127.0.0.1:"},
		{"cat >/dev/null; exit 3", "lines", 0, "listening on"},
	} {
		r := startNet(t, nil, "listen", "-q", "--exec", row.command, "-i", row.in, "0")
		c := dialTest(t, r.addr).(*net.TCPConn)
		c.Write(frames("a"))
		if c.CloseWrite(); row.command == "yes" {
			io.ReadFull(c, make([]byte, 1000))
			c.SetLinger(0)
			c.Close()
		} else {
			readAll(c)
		}
		if got := r.status(); got != row.status || row.status != 0 && !strings.Contains(r.errors(), row.stderr) {
			t.Errorf("%s: status %d, want %d; stderr %q", row.command, got, row.status, r.errors())
		}
	}
}

// pids returns the process numbers that processes wrote to files.
func pids(t *testing.T, pattern string, want int) (list []int) {
	t.Helper()
	eventually(t, "the process", func() bool {
		list = nil
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			text, _ := os.ReadFile(f)
			if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				list = append(list, n)
			}
		}
		return len(list) == want
	})
	return list
}

// exists reports whether a process exists, maybe as a zombie.
func exists(pid int) bool {
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	// A zombie that init has not reaped yet is not ours.
	return !strings.Contains(string(state), ") Z 1 ")
}

// The messages before a frame that cannot be read are answered, also if the process is slow.
func TestExecAnswersBeforeFault(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, end string }{
		{"a frame that is cut", "\x00\x00\x00\x05ab"},
		{"a frame that is too long", "GET / HTTP/1.1\r\n"},
	} {
		r := startNet(t, nil, "listen", "-k", "-q", "--exec", "sleep 0.3; cat", "0")
		c := dialTest(t, r.addr).(*net.TCPConn)
		c.Write(append(frames("a", "b"), row.end...))
		c.CloseWrite()
		if got, _ := io.ReadAll(c); !bytes.Equal(got, frames("a", "b")) {
			t.Errorf("%s: the answer is %q", row.name, got)
		}
		r.stop()
		r.status()
	}
}

// A process ends with its connection, and so do the processes that it started.
func TestExecKilled(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		args []string
		end  func(c *net.TCPConn, r *runner)
	}{
		{"the peer resets", nil, func(c *net.TCPConn, _ *runner) { c.SetLinger(0); c.Close() }},
		{"the peer closes", []string{"--linger", "200ms"}, func(c *net.TCPConn, _ *runner) { c.Close() }},
		{"a malformed frame", []string{"--linger", "200ms"}, func(c *net.TCPConn, _ *runner) { c.Write([]byte("GET / HTTP/1.1\r\n")) }},
		{"a frame that does not end", []string{"--frame-timeout", "200ms"}, func(c *net.TCPConn, _ *runner) { c.Write([]byte{0}) }},
		{"SIGTERM", nil, func(_ *net.TCPConn, r *runner) { r.signals <- syscall.SIGTERM }},
		{"SIGTERM twice", nil, func(_ *net.TCPConn, r *runner) {
			r.signals <- syscall.SIGTERM
			r.signals <- syscall.SIGTERM
		}},
	} {
		dir := t.TempDir()
		// The shell and its child ignore SIGTERM and their input's end.
		command := fmt.Sprintf("trap '' TERM; echo $$ >%s/a; sh -c 'echo $$ >%s/b; exec sleep 100' & wait; sleep 100", dir, dir)
		r := startNet(t, nil, append([]string{"listen", "-k", "--exec", command, "0"}, row.args...)...)
		c := dialTest(t, r.addr).(*net.TCPConn)
		c.Write(frames("hi"))
		list := pids(t, dir+"/[ab]", 2)
		row.end(c, r)
		eventually(t, row.name+": the end of the processes", func() bool {
			return !exists(list[0]) && !exists(list[1])
		})
		if len(r.done) == 0 && !strings.HasPrefix(row.name, "SIGTERM") {
			r.stop()
		}
		r.status()
	}
}

//go:build unix

package commands

import (
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Peers that end at any moment, with an error or without, leave no goroutine, no open file and
// no process.
func TestListenLeaks(t *testing.T) {
	for _, row := range []struct {
		name string
		args []string
		runs int
	}{
		{"printed", []string{"-o", "json"}, 100},
		{"echoed", []string{"--echo"}, 100},
		{"shown", []string{"--hex"}, 100},
		{"answered by a process", []string{"-q", "--exec", "cat"}, 30},
		{"answered by a process that does not read", []string{"-q", "--exec", "echo hi; sleep 0.01"}, 30},
	} {
		t.Run(row.name, func(t *testing.T) {
			old := goleak.IgnoreCurrent()
			r := startNet(t, nil, append([]string{"listen", "-k", "0"}, row.args...)...)
			serving := openFiles(t)
			var wg sync.WaitGroup
			slots := make(chan bool, 16)
			for i := range row.runs {
				wg.Add(1)
				slots <- true
				go func() {
					defer func() { <-slots; wg.Done() }()
					sendAndDie(t, r.addr, rand.New(rand.NewPCG(uint64(i), 5)))
				}()
			}
			wg.Wait()
			eventually(t, "the end of all processes", func() bool { return len(children()) == 0 })
			eventually(t, "the end of all files", func() bool { return openFiles(t) <= serving })
			if status := r.stop(); status != 0 {
				t.Errorf("status %d", status)
			}

			goleak.VerifyNone(t, old)
		})
	}
}

// sendAndDie sends some frames, or parts of them, reads some of the replies, and ends the
// connection in some way.
func sendAndDie(t *testing.T, addr string, rnd *rand.Rand) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	wire := frames("one", strings.Repeat("two", rnd.IntN(20_000)), "three")
	c.Write(wire[:rnd.IntN(len(wire)+1)])
	switch rnd.IntN(4) {
	case 0:
		c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		io.CopyN(io.Discard, c, 3)
	case 1:
		c.Write([]byte("GET / HTTP/1.1\r\n"))
	case 2:
		c.(*net.TCPConn).CloseWrite()
		c.SetReadDeadline(time.Now().Add(time.Duration(rnd.IntN(20)) * time.Millisecond))
		io.Copy(io.Discard, c)
	}
	if rnd.IntN(2) == 0 {
		c.(*net.TCPConn).SetLinger(0)
	}
}

// Send leaves nothing open, however its peer ends.
func TestSendLeaks(t *testing.T) {
	old := goleak.IgnoreCurrent()
	addr := serveTest(t, func(c *net.TCPConn) {
		io.CopyN(io.Discard, c, 7)
		if time.Now().UnixNano()%2 == 0 {
			c.SetLinger(0)
		}
	})
	for range 50 {
		startNet(t, nil, "send", addr, "-m", "hello", "-m", "world", "--lockstep").status()
		startNet(t, textFile(t, "a\nb\n"), "send", addr, "--chunk", "1", "--gap", "1ms", "--stats").status()
	}
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := startNet(t, in, "send", addr)
	r.signals <- syscall.SIGTERM
	r.status()
	w.Close()
	goleak.VerifyNone(t, old, goleak.IgnoreAnyFunction("framecat/commands.serveTest.func2"))
}

// children lists the processes that this one started and has not waited for.
func children() (list []string) {
	files, _ := filepath.Glob("/proc/self/task/*/children")
	for _, f := range files {
		text, _ := os.ReadFile(f)
		list = append(list, strings.Fields(string(text))...)
	}
	return list
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system has no /proc")
	}
	return len(files)
}

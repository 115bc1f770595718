//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A soakRelay is what a soak of tap has besides the connections: the target, which echoes bytes,
// and the files that tap writes.
type soakRelay struct {
	address string // of the target
	ring    string // the recording
	stderr  *os.File
}

func newSoakRelay(t *testing.T) *soakRelay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	dir := t.TempDir()
	r := &soakRelay{address: l.Addr().String(), ring: filepath.Join(dir, "ring.pcapng")}
	r.stderr = must(os.Create(filepath.Join(dir, "stderr")))
	t.Cleanup(func() { r.stderr.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.echo(c.(*net.TCPConn))
		}
	}()
	return r
}

// echo sends back what comes. It resets some connections in the middle.
func (r *soakRelay) echo(c *net.TCPConn) {
	defer c.Close()
	src := bufio.NewReader(c)
	head, _ := src.Peek(4 + 20) // the shortest frame
	var visit int64
	if len(head) > 4 {
		fmt.Sscan(string(head[4:]), &visit)
	}
	if soakKind(visit) == 4 {
		io.CopyN(c, src, rand.Int64N(20<<10))
		c.SetLinger(0)
		return
	}
	io.Copy(c, src)
}

// check checks the last line of tap, and its recording, when all connections have ended.
func (r *soakRelay) check(s *soak) {
	text := must(os.ReadFile(r.stderr.Name()))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := lines[len(lines)-1]
	var conns, there, back, messages, dropped int64
	plain := strings.NewReplacer("connections", "connection", "bytes", "byte", "messages", "message", "views", "view").Replace(last)
	if _, err := fmt.Sscanf(plain, "framecat: %d connection, %d byte →, %d byte ←, %d message, %d dropped view",
		&conns, &there, &back, &messages, &dropped); err != nil {
		s.t.Fatalf("%v: the last line is %q", err, last)
	}
	fmt.Println(last)
	// A client that resets its connection does not wait until tap has accepted it.
	if missed := s.count.visits.Load() - conns; missed < 0 || missed > 2 || messages != s.records.frames && dropped == 0 {
		s.t.Errorf("%s; want %d connections and %d messages", last, s.count.visits.Load(), s.records.frames)
	}
	// A busy machine may be too slow to show all. What tap has not shown, it must count.
	if lost := s.records.missing; lost > 0 && dropped == 0 || lost > messages/100 {
		s.t.Errorf("%s; %d messages were not shown", last, lost)
	}
	// What is on its way when a connection is reset may be lost.
	for _, n := range []int64{there, back} {
		if n < s.count.certain.Load() || n > s.count.bytes.Load() {
			s.t.Errorf("%s; want %d to %d bytes each way", last, s.count.certain.Load(), s.count.bytes.Load())
		}
	}
	info := must(os.Stat(r.ring))
	if info.Size() > 10<<20 || info.Size() < min(10<<20, there+back)*9/10 {
		s.t.Errorf("the recording of %d bytes has %d bytes", there+back, info.Size())
	}
	if out, err := exec.Command("framecat", "inspect", "--list", "-f", "u32be", r.ring).CombinedOutput(); err != nil || bytes.Count(out, []byte("\n")) < 10 {
		s.t.Errorf("the recording cannot be read: %v\n%s", err, out)
	}
}

package commands

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

// tries is how often a test may send again, each time with a gap twice as long: a receiver on
// a busy machine is late.
const tries = 6

// A receiver's reads show the cuts; it gets the same bytes with all of them.
func TestChunkSeen(t *testing.T) {
	message := strings.Repeat("x", 96) // 100 bytes with its length
	for _, row := range []struct {
		how       string
		gap       time.Duration
		repeat    int
		low, high int // reads
	}{
		{"1", 2 * time.Millisecond, 1, 50, 100}, // the default gap; a busy receiver merges some
		{"frame", 30 * time.Millisecond, 3, 3, 3},
		{"header", 30 * time.Millisecond, 3, 6, 6},
		{"50", 30 * time.Millisecond, 3, 6, 6},
		{"3,3,4,20", 30 * time.Millisecond, 3, 17, 18},
		{"merge", 30 * time.Millisecond, 3, 1, 1},
		{"merge:200", 30 * time.Millisecond, 3, 2, 2},
		{"random:3", 2 * time.Millisecond, 3, 2, 300},
	} {
		var reads int
		for try := range tries { // a receiver that is late sees two writes as one: leave it more time
			var got []byte
			reads, got = readsSeen(t, "-m", message, "--repeat", fmt.Sprint(row.repeat), "--chunk", row.how, "--gap", (row.gap << try).String())
			if !bytes.Equal(got, bytes.Repeat(frames(message), row.repeat)) {
				t.Errorf("--chunk %s: the receiver got other bytes", row.how)
			}
			if reads >= row.low {
				break
			}
		}
		if reads < row.low || reads > row.high {
			t.Errorf("--chunk %s: %d reads, want %d to %d", row.how, reads, row.low, row.high)
		}
	}
}

// readsSeen runs send, and returns the number of reads that its peer needed, and the bytes that it read.
func readsSeen(t *testing.T, args ...string) (reads int, all []byte) {
	t.Helper()
	over := make(chan struct{})
	addr := serveTest(t, func(c *net.TCPConn) {
		defer close(over)
		buf := make([]byte, 64<<10)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			reads++
			all = append(all, buf[:n]...)
		}
	})
	r := startNet(t, nil, append([]string{"send", addr}, args...)...)
	r.want(0, "", "bytes in ")
	<-over
	return reads, all
}

// Messages before an error are sent whole, with every --chunk.
func TestChunkAfterFailure(t *testing.T) {
	t.Parallel()
	r := startNet(t, nil, "listen", "-k", "--echo", "-q", "-f", "u8", "0")
	ab, c := textFile(t, "a\nb\n").Name(), textFile(t, "c").Name()
	for _, how := range []string{"frame", "header", "merge", "3,100", "4", "random:1"} {
		for _, row := range []struct {
			args   []string
			status int
			stdout string
		}{
			{[]string{ab, "nosuchfile", c}, report.StatusIO, "a\nb\nc\n"},
			{[]string{"-m", "ok", "-m", strings.Repeat("a", 300), "-m", "end"}, report.StatusPayload, "ok\n"},
			{[]string{"-i", "hex", "-m", "61", "-m", "62", "-m", "zz"}, report.StatusMalformed, "a\nb\n"},
		} {
			args := append([]string{"send", "-f", "u8", r.addr, "--chunk", how}, row.args...)
			startNet(t, nil, args...).want(row.status, row.stdout)
		}
	}
	r.stop()
}

// Two receivers with a bug, and the chunkings that show it.
func TestChunkFindsBugs(t *testing.T) {
	t.Parallel()
	// oneRead treats each read as one message.
	oneRead := func(c *net.TCPConn, reply func(string)) {
		buf := make([]byte, 64<<10)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			if n >= 4 && n == 4+int(buf[3]) {
				reply(string(buf[4:n]))
			}
		}
	}
	// noLoop buffers what it reads, but takes only one message out after each read.
	noLoop := func(c *net.TCPConn, reply func(string)) {
		var held []byte
		buf := make([]byte, 64<<10)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			held = append(held, buf[:n]...)
			if len(held) >= 4 && len(held) >= 4+int(held[3]) {
				n := 4 + int(held[3])
				reply(string(held[4:n]))
				held = held[n:]
			}
		}
	}
	for _, row := range []struct {
		name   string
		serve  func(*net.TCPConn, func(string))
		how    string
		status int
	}{
		{"one read a message", oneRead, "frame", 0},
		{"one read a message", oneRead, "merge", report.StatusUnmet},
		{"one read a message", oneRead, "1", report.StatusUnmet},
		{"no loop", noLoop, "frame", 0},
		{"no loop", noLoop, "1", 0},
		{"no loop", noLoop, "merge", report.StatusUnmet},
	} {
		addr := serveTest(t, func(c *net.TCPConn) {
			row.serve(c, func(m string) { c.Write(frames(m)) })
		})
		got := -1
		for try := 0; try < tries && got != row.status; try++ {
			gap := 30 * time.Millisecond << try
			r := startNet(t, nil, "send", addr, "-m", "one", "-m", "two", "-m", "three", "--expect", "3", "--linger", "2", "--chunk", row.how, "--gap", gap.String())
			got = r.status()
		}
		if got != row.status {
			t.Errorf("%s under %s: status %d, want %d", row.name, row.how, got, row.status)
		}
	}
}

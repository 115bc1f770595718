package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

func TestListenOne(t *testing.T) {
	rows := []struct {
		name, sends string
		args        []string
		status      int
		stdout      string
		stderr      string
	}{
		{"two messages", string(frames("hi", "there")), nil, 0, "hi\nthere\n", ""},
		{"nothing", "", nil, 0, "", "listening on 127.0.0.1:"},
		{"an unfinished frame", "\x00\x00\x00\x05ab", nil, report.StatusTruncated, "", "conn 1 127.0.0.1:"},
		{"an over-long frame", "GET / HTTP/1.1\r\n\r\n", nil, report.StatusMalformed, "", `hint: the length bytes spell "GET "`},
		{"a message with LF", string(frames("ok", "a\nb", "no")), nil, report.StatusPayload, "ok\n", "to write it, use -o"},
		{"an echo that does not fit", string(frames("ok", strings.Repeat("x", 300))), []string{"--echo", "--reply-framing", "u8"}, report.StatusPayload,
			"ok\n" + strings.Repeat("x", 300) + "\n", "too long for u8\nframecat: hint: to send it, use --reply-framing u16be or varint\n"},
		{"an echo with the delimiter", string(frames("a|b")), []string{"--echo", "--reply-framing", "delim:|"}, report.StatusPayload, "a|b\n", "hint: to write it, use --reply-framing lines, nul, netstring or u32be\n"},
		{"a message and an echo with LF", string(frames("a\nb")), []string{"--echo", "--reply-framing", "lines"}, report.StatusPayload, "", "to write it, use -o"},
		{"a message with LF for a process", string(frames("a\nb")), []string{"-q", "--exec", "cat"}, report.StatusPayload, "", "to write it, use -o"},
		{"enough", string(frames("1", "2", "3")), []string{"-n", "2"}, 0, "1\n2\n", ""},
		{"nothing printed", string(frames("1")), []string{"-q", "--echo"}, 0, "", ""},
		{"another framing", "2:hi,", []string{"-f", "netstring", "-o", "hex"}, 0, "6869\n", ""},
		{"raw", string(frames("a", "b")), []string{"-o", "raw"}, 0, "ab", ""},
		{"a large body", string(frames(strings.Repeat("x", 100_000))), []string{"-o", "raw"}, 0, strings.Repeat("x", 100_000), ""},
		{"half a large body", string(frames(strings.Repeat("x", 100_000))[:90_000]), []string{"-o", "raw"}, report.StatusTruncated, strings.Repeat("x", 89_996), "already written: 89996 bytes of the frame"},
	}
	for _, row := range rows {
		r := startNet(t, nil, append([]string{"listen", "0"}, row.args...)...)
		c := dialTest(t, r.addr)
		io.WriteString(c, row.sends)
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
		t.Run(row.name, func(t *testing.T) {
			r.t = t
			r.want(row.status, row.stdout, row.stderr)
		})
	}
}

// Messages of standard input go to the connection, before and after the peer has sent.
func TestListenSendsStdin(t *testing.T) {
	r := startNet(t, textFile(t, "one\ntwo\n"), "listen", "0", "--reply-framing", "netstring")
	c := dialTest(t, r.addr)
	c.(*net.TCPConn).CloseWrite()
	if got := readAll(c); got != "3:one,3:two," {
		t.Errorf("the peer got %q", got)
	}
	r.want(0, "")
}

func TestListenEcho(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "--echo", "0")
	for i := range 3 {
		c := dialTest(t, r.addr)
		sent := frames("a", "", fmt.Sprint(i))
		c.Write(sent)
		c.(*net.TCPConn).CloseWrite()
		if got := readAll(c); got != string(sent) {
			t.Errorf("got %q back, want %q", got, sent)
		}
	}
	r.stop()
	r.want(0, "a\n\n0\na\n\n1\na\n\n2\n")
}

func TestListenJSON(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "-o", "json", "0")
	began := time.Now().Add(-time.Second)
	for range 2 {
		c := dialTest(t, r.addr)
		c.Write(frames("hi"))
		c.(*net.TCPConn).CloseWrite()
		readAll(c)
	}
	r.stop()
	lines := strings.Split(strings.TrimSpace(r.output()), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %q", lines)
	}
	for i, line := range lines {
		var m struct {
			Index, Offset, Wire, Conn int
			Time                      time.Time
			Peer, Header, Text        string
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m.Conn != i+1 || m.Index != 0 || m.Text != "hi" || m.Wire != 6 || !strings.HasPrefix(m.Peer, "127.0.0.1:") || m.Time.Before(began) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}

// 100,000 messages from many peers come back once each and in order, and are printed whole.
func TestNothingLost(t *testing.T) {
	t.Parallel()
	const conns, each = 50, 2000
	r := startNet(t, nil, "listen", "-k", "--echo", "0")
	var wg sync.WaitGroup
	for id := range conns {
		wg.Add(1)
		c := dialTest(t, r.addr).(*net.TCPConn)
		c.SetDeadline(time.Now().Add(3 * patience))
		var wire []byte
		for i := range each {
			wire = append(wire, frames(fmt.Sprintf("conn %d message %d %s", id, i, strings.Repeat("x", i%50)))...)
		}
		go func() {
			rnd := rand.New(rand.NewPCG(uint64(id), 1))
			for b := wire; len(b) > 0; {
				n := min(len(b), 1+rnd.IntN(1<<rnd.IntN(13)))
				c.Write(b[:n])
				b = b[n:]
			}
			c.CloseWrite()
		}()
		go func() {
			defer wg.Done()
			if got := readAll(c); got != string(wire) {
				t.Errorf("conn %d: %d bytes came back, not the %d that were sent", id, len(got), len(wire))
			}
		}()
	}
	wg.Wait()
	r.stop()
	next := make([]int, conns)
	for line := range strings.Lines(r.output()) {
		var id, i int
		var x string
		if n, _ := fmt.Sscanf(line, "conn %d message %d %s", &id, &i, &x); n < 2 || next[id] != i || len(x) != i%50 {
			t.Fatalf("line %q, want message %d", line, next[id])
		}
		next[id]++
	}
	for id, n := range next {
		if n != each {
			t.Errorf("conn %d: %d messages were printed, want %d", id, n, each)
		}
	}
}

// After SIGTERM in the middle of a stream, the first messages are printed whole. All messages
// that were answered are among them.
func TestDrain(t *testing.T) {
	t.Parallel()
	for run := range 4 {
		r := startNet(t, nil, "listen", "-k", "--echo", "0")
		c := dialTest(t, r.addr)
		go func() {
			for i := 0; ; i++ {
				if _, err := c.Write(frames(fmt.Sprintf("message %d", i))); err != nil {
					return
				}
			}
		}()
		echoed := make(chan int)
		go func() {
			in, n := framing.NewReader(c, r.theirs()), 0
			for {
				if _, err := in.Next(); err != nil {
					echoed <- n
					return
				}
				n++
			}
		}()
		time.Sleep(time.Duration(5+25*run) * time.Millisecond)
		if status := r.stop(); status != 0 {
			t.Errorf("status %d; stderr %s", status, r.errors())
		}
		n := 0
		out := r.output()
		for line := range strings.Lines(out) {
			if want := fmt.Sprintf("message %d\n", n); line != want {
				t.Fatalf("line %q, want %q", line, want)
			}
			n++
		}
		if got := <-echoed; got > n {
			t.Errorf("%d messages were answered, and %d were printed", got, n)
		}
	}
}

func (r *runner) theirs() framing.Framing {
	f, _ := framing.Parse("u32be")
	return f
}

// Messages that have arrived when the signal comes are read, answered and written.
func TestDrainArrived(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "--echo", "0")
	var conns []net.Conn
	for range 20 {
		c := dialTest(t, r.addr)
		c.Write(frames("hi"))
		io.ReadFull(c, make([]byte, 6))
		conns = append(conns, c)
	}
	idle := dialTest(t, r.addr)
	idle.Write([]byte("\x00\x00\x00\x05half"))
	for _, c := range conns {
		c.Write(frames("last words"))
	}
	r.signals <- syscall.SIGTERM
	for _, c := range conns {
		if got := readAll(c); got != string(frames("last words")) {
			t.Errorf("got %q back", got)
		}
	}
	if out := r.output(); r.status() != 0 || strings.Count(out, "last words\n") != 20 {
		t.Errorf("status %d, output %q", r.status(), out)
	}
	if _, err := net.Dial("tcp", r.addr); err == nil {
		t.Error("connections are accepted after the signal")
	}
}

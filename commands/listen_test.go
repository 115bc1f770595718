package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
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
		{"half a large body", string(frames(strings.Repeat("x", 100_000))[:90_000]), []string{"-o", "raw"}, report.StatusTruncated, strings.Repeat("x", 89_996), "89996 bytes of the frame were already written"},
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
	for run := range 10 {
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
		time.Sleep(time.Duration(5+10*run) * time.Millisecond)
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

// At most --max-conns connections are served. The next one is served when one ends.
func TestMaxConns(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "--echo", "--max-conns", "2", "0")
	a, b, c := dialTest(t, r.addr), dialTest(t, r.addr), dialTest(t, r.addr)
	for _, c := range []net.Conn{a, b, c} {
		c.Write(frames("hi"))
	}
	buf := make([]byte, 6)
	io.ReadFull(a, buf)
	io.ReadFull(b, buf)
	c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if n, err := c.Read(buf); err == nil {
		t.Errorf("a third connection was served: %d bytes", n)
	}
	a.Close()
	c.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(c, buf); err != nil {
		t.Error("the third connection was not served when there was room:", err)
	}
	r.stop()
}

// If a peer resets in the middle of a frame, only this frame is lost.
func TestReset(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "0")
	bad, good := dialTest(t, r.addr).(*net.TCPConn), dialTest(t, r.addr)
	good.Write(frames("one"))
	bad.Write(append(frames("whole"), 0, 0, 0, 9, 'h'))
	eventually(t, "the messages before", func() bool { return len(r.output()) == len("one\nwhole\n") })
	bad.SetLinger(0)
	bad.Close()
	eventually(t, "the report", func() bool { return strings.Contains(r.errors(), "conn 1") || strings.Contains(r.errors(), "conn 2") })
	good.Write(frames("two"))
	good.Close()
	eventually(t, "the message after", func() bool { return strings.HasSuffix(r.output(), "two\n") })
	if status := r.stop(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// A slow output slows the peer down; messages do not pile up in memory.
func TestBackpressure(t *testing.T) {
	out, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer w.Close()
	r := startNetTo(t, w, "listen", "-k", "-o", "raw", "0")
	c := dialTest(t, r.addr)
	message := frames(strings.Repeat("x", 60_000))
	sent := 0
	for {
		c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
		n, err := c.Write(message)
		sent += n
		if err != nil {
			break // listen reads no more
		}
		if sent > 200<<20 {
			t.Fatal("the peer could send 200 MiB though listen's output is blocked")
		}
	}
	other := dialTest(t, r.addr)
	other.Close()
	got := make(chan int64)
	go func() {
		n, _ := io.Copy(io.Discard, out)
		got <- n
	}()
	c.Close()
	eventually(t, "the report of the unfinished frame", func() bool { return strings.Contains(r.errors(), "the stream ends") })
	r.stop()
	w.Close()
	if n := <-got; n != int64(sent/60_004*60_000) {
		t.Errorf("%d bytes were written of %d that were sent", n, sent)
	}
}

// Messages of standard input go to all connections. One that reads nothing does not delay the
// others.
func TestBroadcast(t *testing.T) {
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r := startNet(t, in, "listen", "-k", "0")
	a, b, deaf := dialTest(t, r.addr), dialTest(t, r.addr), dialTest(t, r.addr)
	for i, c := range []net.Conn{a, b, deaf} { // wait until listen serves all of them
		c.Write(frames("here"))
		eventually(t, "the connection", func() bool { return len(r.output()) == 5*(i+1) })
	}
	line := strings.Repeat("y", 50_000)
	const lines = 400 // 20 MB: more than any buffer
	go func() {
		for range lines {
			io.WriteString(w, line+"\n")
		}
	}()
	var wg sync.WaitGroup
	for _, c := range []net.Conn{a, b} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if n, err := io.CopyN(io.Discard, c, int64(lines*(4+len(line)))); err != nil {
				t.Errorf("only %d bytes arrived: %v", n, err)
			}
		}()
	}
	wg.Wait()
	eventually(t, "the report", func() bool {
		return strings.Contains(r.errors(), ": closed: it read nothing for 1s while others waited\n")
	})
	r.stop()
}

// Frames from --echo and from standard input to the same connection do not mix, however long
// they are.
func TestLargeFramesDoNotMix(t *testing.T) {
	long := strings.Repeat("x", 300_000)
	stdin, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := startNet(t, stdin, "listen", "-k", "--echo", "-q", "0")
	c := dialTest(t, r.addr)
	const each = 20
	go func() {
		for range each {
			c.Write(frames(long))
		}
	}()
	go func() {
		for range each {
			io.WriteString(w, long+"\n")
		}
		w.Close()
	}()
	in := framing.NewReader(c, r.theirs())
	for i := range 2 * each {
		f, err := in.Next()
		if err != nil || len(f.Payload) != len(long) {
			t.Fatalf("frame %d: %v, %d bytes", i, err, len(f.Payload))
		}
	}
	r.stop()
}

func TestDiskFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	r := startNetTo(t, full, "listen", "-k", "--echo", "0")
	c := dialTest(t, r.addr)
	c.Write(frames("hi"))
	if got := readAll(c); got != "" {
		t.Errorf("%q was answered, but could not be written", got)
	}
	if r.status() != report.StatusIO || !strings.Contains(r.errors(), "no space left on device") {
		t.Errorf("status %d, stderr %q", r.status(), r.errors())
	}
}

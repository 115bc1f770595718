package commands

import (
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// At most --max-conns connections are served. The next one is served when one ends.
func TestMaxConns(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	c.SetWriteDeadline(time.Now().Add(patience))
	got := make(chan int64)
	go func() {
		n, _ := io.Copy(io.Discard, out)
		got <- n
	}()
	if sent%len(message) == 0 { // the last frame is whole: begin another
		c.Write(message[:1])
	}
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
	t.Parallel()
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
	t.Parallel()
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

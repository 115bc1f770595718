package commands

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"framecat/framing"
)

// A reader reads one u32be message in its own way.
type reader func(c net.Conn) (string, error)

// loops reads as a program must. The others have a bug that does not show if each message comes in
// one piece.
func loops(c net.Conn) (string, error) {
	var n [4]byte
	if _, err := io.ReadFull(c, n[:]); err != nil {
		return "", err
	}
	b := make([]byte, min(binary.BigEndian.Uint32(n[:]), 1000))
	_, err := io.ReadFull(c, b)
	return string(b), err
}

func noInnerLoop(c net.Conn) (string, error) {
	var n [4]byte
	if _, err := c.Read(n[:]); err != nil {
		return "", err
	}
	b := make([]byte, min(binary.BigEndian.Uint32(n[:]), 1000))
	if len(b) == 0 {
		return "", nil
	}
	k, err := c.Read(b)
	return string(b[:k]), err
}

func readIsMessage(c net.Conn) (string, error) {
	b := make([]byte, 1000)
	n, err := c.Read(b)
	if err == nil && n < 4 {
		return "", io.ErrUnexpectedEOF
	}
	return string(b[min(4, n):n]), err
}

// frameOf is a u32be frame.
func frameOf(message string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)
}

// exchange sends messages through a tap to a server that echoes them, each after the reply to the
// one before. It reports whether all came back as they were sent.
func exchange(t *testing.T, server, client reader, flags ...string) bool {
	t.Helper()
	addr := serveTest(t, func(c *net.TCPConn) {
		c.SetDeadline(time.Now().Add(20 * time.Second))
		for {
			m, err := server(c)
			if err != nil {
				return
			}
			c.Write(frameOf(m))
		}
	})
	r := startNet(t, nil, append([]string{"tap", "-q", "0", addr}, flags...)...)
	defer r.stop()
	c := dialTest(t, r.addr)
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	for i := range 3 {
		want := strings.Repeat("message ", i+1)
		c.Write(frameOf(want))
		if got, err := client(c); err != nil || got != want {
			return false
		}
	}
	return true
}

// Receivers with a bug, and clients with the same bugs, break if tap cuts what they get, and not
// otherwise. Those without a bug never break.
func TestTapFindsBugs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name           string
		server, client reader
		direction      string
		how            string
	}{
		{"a server without an inner loop", noInnerLoop, loops, "c2s", "3"},
		{"a server without an inner loop", noInnerLoop, loops, "c2s", "1"},
		{"a server that takes reads for messages", readIsMessage, loops, "c2s", "1"},
		{"a server that takes reads for messages", readIsMessage, loops, "c2s", "header"},
		{"a client without an inner loop", loops, noInnerLoop, "s2c", "3"},
		{"a client that takes reads for messages", loops, readIsMessage, "s2c", "1"},
		{"a client that takes reads for messages", loops, readIsMessage, "s2c", "header"},
	} {
		if !exchange(t, row.server, row.client) {
			t.Errorf("%s breaks without --chunk", row.name)
		}
		broke := false
		for try := 0; try < tries && !broke; try++ { // a program that is late sees two writes as one: leave it more time
			gap := (20 * time.Millisecond << try).String()
			broke = !exchange(t, row.server, row.client, "-f", "u32be", "--chunk", row.how, "--gap", gap, "--direction", row.direction)
		}
		if !broke {
			t.Errorf("%s does not break with --chunk %s", row.name, row.how)
		}
		other := map[string]string{"c2s": "s2c", "s2c": "c2s"}[row.direction]
		if !exchange(t, row.server, row.client, "-f", "u32be", "--chunk", row.how, "--direction", other) {
			t.Errorf("%s breaks if the other direction is cut", row.name)
		}
	}
	for _, how := range []string{"1", "frame", "header", "merge", "random:1", "3,3,4,1"} {
		if !exchange(t, loops, loops, "-f", "u32be", "--chunk", how, "--gap", "0") {
			t.Errorf("--chunk %s breaks programs without a bug", how)
		}
	}
}

// Messages go through a translation both ways, and none is lost or merged.
func TestTapTranslates(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("FRAMECAT_TRANSLATED"))
	if err != nil {
		n = 20_000
	}
	for _, row := range [][2]string{{"u32be", "ndjson"}, {"u32be", "lines"}, {"syslog", "syslog-lf"}} {
		f, err := framing.Parse(row[0])
		if err != nil {
			t.Fatal(err)
		}
		addr := serveTest(t, func(c *net.TCPConn) { // it reads and writes lines
			w := bufio.NewWriter(c)
			for in := bufio.NewScanner(c); in.Scan(); {
				fmt.Fprintf(w, "%s\n", in.Bytes())
			}
			w.Flush()
		})
		r := startNet(t, nil, "tap", "-q", "-f", row[0], "--to", row[1], "0", addr)
		c := dialTest(t, r.addr)
		go func() {
			w := framing.NewWriter(c, f)
			for i := range n {
				w.Write(fmt.Appendf(nil, `{"<13>":%d}`, i))
			}
			w.Flush()
			c.(*net.TCPConn).CloseWrite()
		}()
		got := 0
		for frame, err := range framing.NewReader(c, f).Frames() {
			if want := fmt.Sprintf(`{"<13>":%d}`, got); err != nil || string(frame.Payload) != want {
				t.Fatalf("%v: %q, %v; want %s", row, frame.Payload, err, want)
			}
			got++
		}
		if got != n {
			t.Errorf("%v: %d messages of %d", row, got, n)
		}
		c.Close()
		r.stop()
	}
}

// While the target is down, connections wait for --retry, and are then refused.
func TestTapRetry(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	patient := startNet(t, nil, "tap", "-v", "-f", "u32be", "--to", "lines", "--retry", "1m", "0", addr)
	short := startNet(t, nil, "tap", "--retry", "30ms", "0", addr)
	serveOne := func(want string) {
		t.Helper()
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if got, err := bufio.NewReader(s).ReadString('\n'); got != want {
			t.Fatalf("%q, %v; want %q", got, err, want)
		}
	}
	c := dialTest(t, patient.addr)
	c.Write(frameOf("one"))
	serveOne("one\n")
	l.Close()
	c.Close()
	c = dialTest(t, patient.addr)
	defer c.Close()
	c.Write(frameOf("two"))
	eventually(t, "a failed attempt", func() bool { return strings.Contains(patient.errors(), "tries again for 1m0s") })

	if refused, err := net.Dial("tcp", short.addr); err == nil { // else the reset was faster
		defer refused.Close()
		if n, err := io.Copy(io.Discard, refused); n != 0 || err == nil {
			t.Errorf("%d bytes, %v; want a reset", n, err)
		}
	}
	eventually(t, "the refusal", func() bool {
		return strings.Contains(short.errors(), ": cannot connect to "+addr+" within --retry 30ms: connection refused")
	})
	if l, err = net.Listen("tcp", addr); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	serveOne("two\n")
	patient.stop()
	short.stop()
}

// A run with a seed repeats bit by bit, over connections.
func TestTapSeed(t *testing.T) {
	var in bytes.Buffer
	for i := range 3000 {
		in.Write(frameOf(fmt.Sprintf("message %d", i)))
	}
	run := func(seed string) (out []string) {
		addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
		r := startNet(t, nil, "tap", "-q", "-f", "u32be", "--drop", "1%", "--flip", "1%", "--dup", "1%", "--seed", seed, "0", addr)
		defer r.stop()
		for range 2 {
			c := dialTest(t, r.addr)
			go func() {
				c.Write(in.Bytes())
				c.(*net.TCPConn).CloseWrite()
			}()
			b, err := io.ReadAll(c)
			if err != nil {
				t.Error(err)
			}
			c.Close()
			out = append(out, string(b))
		}
		return out
	}
	a, b, other := run("1"), run("1"), run("2")
	if a[0] != b[0] || a[1] != b[1] {
		t.Error("the same seed made other faults")
	}
	if a[0] == a[1] || a[0] == other[0] || a[0] == in.String() {
		t.Error("another connection, or another seed, made the same faults")
	}
}

// A reply of one byte, for which the client waits, is passed on when it comes: not only with the
// bytes after it.
func TestTapBareReply(t *testing.T) {
	t.Parallel()
	const asks, startup = "\x00\x00\x00\x08\x04\xd2\x16\x2f", "\x00\x00\x00\x08\x00\x03\x00\x00"
	addr := serveTest(t, func(c *net.TCPConn) {
		io.ReadFull(c, make([]byte, len(asks)))
		io.WriteString(c, "N")
		io.ReadFull(c, make([]byte, len(startup)))
		io.WriteString(c, "R\x00\x00\x00\x08\x00\x00\x00\x00")
	})
	for _, args := range []string{"", "--drop 0%", "--drop 0% --direction s2c", "--chunk frame", "--chunk 1 --gap 0 --dup 0%"} {
		r := startNet(t, nil, append([]string{"tap", "-f", "postgres", "--time", "none", "0", addr}, strings.Fields(args)...)...)
		c := dialTest(t, r.addr)
		io.WriteString(c, asks)
		answer := make([]byte, 1)
		if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "N" {
			t.Errorf("%s: got %q, %v", args, answer, err)
		}
		io.WriteString(c, startup)
		if rest, err := io.ReadAll(c); err != nil || string(rest) != "R\x00\x00\x00\x08\x00\x00\x00\x00" {
			t.Errorf("%s: got %q, %v", args, rest, err)
		}
		c.Close()
		status, want := r.stop(), " 1 >  #0       4  type=SSLRequest \\x04\\xd2\\x16/\n 1 <  #0       0  type=answer N no message\n 1 >  #1       4  type=StartupMessage"
		if status != 0 || !strings.Contains(r.output(), want) {
			t.Errorf("%s: status %d, want %s in\n%s%s", args, status, want, r.output(), r.errors())
		}
	}
}

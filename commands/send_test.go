package commands

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// echoes answers each message with itself in upper case.
func echoes(c *net.TCPConn) {
	f, _ := framing.Parse("u32be")
	in := framing.NewReader(c, f)
	for {
		m, err := in.Next()
		if err != nil {
			return
		}
		c.Write(frames(strings.ToUpper(string(m.Payload))))
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	addr := serveTest(t, echoes)
	// In rows whose replies are printed before a limit, the limit is long: the machine may be slow.
	rows := []struct {
		name   string
		stdin  string
		args   []string
		status int
		stdout string
		stderr string
	}{
		{"messages", "", []string{"-m", "a", "-m", "b"}, 0, "A\nB\n", ""},
		{"lines of stdin", "a\nb\n", nil, 0, "A\nB\n", ""},
		{"hex of stdin", "6162\n", []string{"-i", "hex"}, 0, "AB\n", ""},
		{"nothing", "", nil, 0, "", ""},
		{"expect met", "", []string{"-m", "a", "-m", "b", "--expect", "2"}, 0, "A\nB\n", ""},
		{"expect none", "", []string{"-m", "a", "--expect", "0"}, 0, "", ""},
		{"expect not met", "", []string{"-m", "a", "--expect", "2", "--linger", "2"}, report.StatusUnmet, "A\n", ": 1 of 2 replies arrived"},
		{"lockstep", "a\nb\nc\n", []string{"--lockstep"}, 0, "A\nB\nC\n", ""},
		{"lockstep in pieces", "a\nb\nc\n", []string{"--lockstep", "--chunk", "3"}, 0, "A\nB\nC\n", "sent 15 bytes in 7 writes"},
		{"repeat", "a\n", []string{"--repeat", "3"}, 0, "A\nA\nA\n", ""},
		{"statistics", "", []string{"-m", "a", "--stats", "--lockstep"}, 0, "A\n", "round trip  p50 "},
		{"no half-close", "", []string{"-m", "a", "--no-half-close", "--linger", "2s"}, 0, "A\n", ""},
		{"timeout", "", []string{"-m", "a", "--no-half-close", "--timeout", "2"}, report.StatusTimeout, "A\n", "--timeout 2s passed"},
		{"idle timeout", "", []string{"-m", "a", "--no-half-close", "--idle-timeout", "2"}, report.StatusIO, "A\n", "nothing was received or sent within --idle-timeout 2s"},
		{"a message that does not fit", "", []string{"-m", strings.Repeat("x", 300), "-f", "u8", "--linger", "0.1"}, report.StatusPayload, "", "too long for u8"},
		{"input that is not hex", "zz\n", []string{"-i", "hex"}, report.StatusMalformed, "", "is not a hex digit"},
		{"a reply that is malformed", "", []string{"-m", "a", "--reply-framing", "netstring"}, report.StatusMalformed, "", addr + ": frame 0 at byte 0"},
		{"a file that is not there", "", []string{"nosuchfile"}, report.StatusIO, "", "hint: if this is a message and not a file, use -m nosuchfile"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := startNet(t, textFile(t, row.stdin), append([]string{"send", addr}, row.args...)...)
			r.want(row.status, row.stdout, row.stderr)
		})
	}
}

// A reply is printed if it comes long after the peer has read the end of our stream.
func TestLateReply(t *testing.T) {
	t.Parallel()
	addr := serveTest(t, func(c *net.TCPConn) {
		io.Copy(io.Discard, c) // until send closes its side
		time.Sleep(2 * time.Second)
		c.Write(frames("late"))
	})
	startNet(t, nil, "send", addr, "-m", "hi").want(0, "late\n")
}

// It is an error if the peer closes before the reply in --lockstep, or before --expect
// replies.
func TestEarlyClose(t *testing.T) {
	addr := serveTest(t, func(c *net.TCPConn) { io.ReadFull(c, make([]byte, 5)) })
	startNet(t, nil, "send", addr, "-m", "a", "--lockstep").want(report.StatusIO, "", addr+": no reply to message 0: the peer closed the connection")
	startNet(t, nil, "send", addr, "-m", "a", "--expect", "1").want(report.StatusUnmet, "", "0 of 1 reply arrived")
}

func TestSendStreamsLargeFile(t *testing.T) {
	got := make(chan int64, 1)
	addr := serveTest(t, func(c *net.TCPConn) {
		n, _ := io.Copy(io.Discard, c)
		got <- n
	})
	big := textFile(t, strings.Repeat("x", 20<<20)) // over --max-frame
	startNet(t, nil, "send", addr, "-i", "raw", big.Name()).want(0, "")
	if n := <-got; n != 20<<20+4 {
		t.Errorf("%d bytes arrived", n)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	addr := serveTest(t, echoes)
	began := time.Now()
	startNet(t, nil, "send", addr, "-m", "a", "--repeat", "5", "--rate", "20").want(0, strings.Repeat("A\n", 5))
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("five messages at 20 a second took %s", took)
	}
	for _, rate := range []string{"1e-10", "1e-300"} {
		startNet(t, nil, "send", addr, "-m", "a", "-m", "b", "--rate", rate, "--timeout", "2").want(report.StatusTimeout, "A\n")
	}
}

// --repeat 0 ends if there is nothing to repeat, or if no more replies are wanted.
func TestRepeatEnds(t *testing.T) {
	const soon = time.Second
	addr := serveTest(t, echoes)
	startNet(t, nil, "send", addr, "--repeat", "0").want(0, "")
	startNet(t, nil, "send", addr, "--repeat", "0", textFile(t, "").Name()).want(0, "")
	for _, more := range [][]string{{"--stats"}, {"--lockstep"}, {"--chunk", "frame"}, {"-q"}} {
		var took time.Duration
		for range 10 { // on a busy machine it may be late sometimes
			began := time.Now()
			startNet(t, nil, append([]string{"send", addr, "--repeat", "0", "-m", "x", "--expect", "4"}, more...)...).want(0, "X\nX\nX\nX\n")
			if took = time.Since(began); took < soon {
				break
			}
		}
		if took >= soon {
			t.Errorf("%q: the end took %s after 4 replies", more, took)
		}
	}
}

// All messages of standard input are sent, even if the wanted reply comes earlier.
func TestExpectSendsAll(t *testing.T) {
	got := make(chan string, 1)
	addr := serveTest(t, func(c *net.TCPConn) {
		c.Write(frames("early"))
		got <- readAll(c)
	})
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for _, m := range []string{"a\n", "b\n", "c\n"} {
			time.Sleep(60 * time.Millisecond)
			io.WriteString(w, m)
		}
		w.Close()
	}()
	startNet(t, in, "send", addr, "--expect", "1").want(0, "early\n")
	if all := <-got; all != string(frames("a", "b", "c")) {
		t.Errorf("the peer got %q", all)
	}
}

// If the output of dir: cannot be written, that is reported before a peer has sent anything.
func TestDirIsReady(t *testing.T) {
	file, taken := filepath.Join(t.TempDir(), "file"), t.TempDir()
	for _, name := range []string{file, filepath.Join(taken, "000000.bin")} {
		mustCreate(t, name)
	}
	startNet(t, nil, "listen", "-o", "dir:"+file, "0").want(report.StatusIO, "", file+": not a directory")
	startNet(t, nil, "listen", "-o", "dir:"+taken, "0").want(report.StatusIO, "", filepath.Join(taken, "000000.bin")+": file already exists")
	startNet(t, nil, "send", "-o", "dir:"+taken, "-m", "a", "1").want(report.StatusIO, "", "file already exists")
	startNet(t, nil, "listen", "-q", "-o", "dir:"+taken, "--timeout", "10ms", "0").want(report.StatusTimeout, "", "--timeout")
	empty := filepath.Join(t.TempDir(), "new")
	r := startNet(t, nil, "listen", "-o", "dir:"+empty, "0")
	dialTest(t, r.addr).Write(frames("a"))
	eventually(t, "the message", func() bool { got, _ := os.ReadFile(filepath.Join(empty, "000000.bin")); return string(got) == "a" })
	r.stop()
}

func TestRetryIsReported(t *testing.T) {
	t.Parallel()
	const line = "127.0.0.1:1: connection refused, trying again\n"
	startNet(t, nil, "send", "--retry", "500ms", "-v", "-m", "a", "1").want(report.StatusIO, "", line)
	if r := startNet(t, nil, "send", "--retry", "500ms", "-m", "a", "1"); r.status() != report.StatusIO || strings.Contains(r.errors(), "again") {
		t.Errorf("without -v: %q", r.errors())
	}
}

// A mistake on the command line is one line on stderr, with status 2, before any connection.
func TestNetUsage(t *testing.T) {
	rows := []struct{ args, want string }{
		{"send", "no address given"},
		{"listen", "no address given"},
		{"listen 0 more", `listen takes only one address: unexpected argument "more"`},
		{"send 0 -m a", "cannot connect to port 0"},
		{"send 1 -m a --chunk 0", "--chunk: want frame"},
		{"send 1 -m a --gap x", "--gap: want a time"},
		{"send 1 -m a --rate 0", "--rate: want a number"},
		{"send 1 -m a --rate inf", "--rate: want a number"},
		{"send 1 -m a --hex -o json", "--hex and -o cannot be combined"},
		{"listen 0 --exec=", "--exec needs a value, but the value is empty"},
		{"send 1 --timeout=", "--timeout needs a value, but the value is empty"},
		{"send 1 -m= --chunk=", "--chunk needs a value, but the value is empty"},
		{"listen 0 --client-ca ca.pem", "--client-ca turns TLS on, which needs a certificate"},
		{"send 1 -m a --expect -1", "--expect: want a number"},
		{"send 1 -m a file", "-m and FILE cannot be combined"},
		{"send 1 -m a --reply-framing nope", "--reply-framing: bad framing"},
		{"send 1 -m a --insecure --ca nosuch", "nosuch: no such file"},
		{"send unix:/s --tls", "needs --server-name"},
		{"send 1 --key k", "--key needs --cert"},
		{"listen 0 --echo --exec cat", "--echo and --exec cannot be combined"},
		{"listen 0 --max-conns 0", "--max-conns: want a number from 1"},
		{"listen 0 --tls", "TLS needs a certificate"},
		{"listen 0 --insecure", "insecure"},
		{"listen 0 -i dir:x", "dir is only for output"},
	}
	for _, row := range rows {
		r := startNet(t, nil, strings.Fields(row.args)...)
		if got := r.status(); got != report.StatusUsage && got != report.StatusIO || !strings.Contains(r.errors(), row.want) || r.output() != "" {
			t.Errorf("%s: status %d, stderr %q, want %q", row.args, got, r.errors(), row.want)
		}
	}
}

// If the input fails, send does not wait for replies that cannot come: it closes its side.
func TestSendExpectsNoMore(t *testing.T) {
	r := startNet(t, nil, "listen", "-q", "--echo", "0")
	out, errs, status := run(t, "", "send", r.addr, "--expect", "3", textFile(t, "a\nb\n").Name(), "/nonexist")
	if status != report.StatusIO || out != "a\nb\n" || !strings.Contains(errs, "/nonexist: no such file or directory") {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
}

// When the peer has closed its side, a pipe that gets the replies ends, although standard input
// goes on.
func TestSendPassesOnTheEnd(t *testing.T) {
	addr := serveTest(t, func(c *net.TCPConn) {
		c.Write(frames("bye"))
		c.CloseWrite()
		io.Copy(io.Discard, c)
	})
	stdin, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	replies, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, stdin, stdout, []string{"send", addr})
	replies.SetReadDeadline(time.Now().Add(patience))
	if got, err := io.ReadAll(replies); string(got) != "bye\n" || err != nil {
		t.Errorf("the pipe got %q, %v", got, err)
	}
	io.WriteString(typed, "one more\n")
	typed.Close()
	if got := r.status(); got != 0 {
		t.Errorf("status %d, %s", got, r.errors())
	}
}

package commands

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"framecat/commands/internal/report"
)

// --hex shows the frames of peers, and bytes that are not a frame.
func TestHex(t *testing.T) {
	r := startNet(t, nil, "listen", "-k", "--hex", "-f", "u8", "--max-frame", "200", "0")
	for _, sends := range []string{"\x03abc\x02hi", "\x04pi", "\xffGET"} {
		c := dialTest(t, r.addr)
		c.Write([]byte(sends))
		c.(*net.TCPConn).CloseWrite()
		readAll(c)
	}
	r.stop()
	want := `< conn 1 PEER
00000000 [03|61 62 63                                      .abc              #0 payload 3
00000004 [02|68 69                                         .hi               #1 payload 2

< conn 2 PEER
00000000 <04|70 69                                         .pi               leftover 3 of 5 bytes, 2 more to come

< conn 3 PEER
00000000 !ff 47 45 54                                      .GET              length 255 is over --max-frame 200
`
	if got := regexp.MustCompile(`127.0.0.1:\d+`).ReplaceAllString(r.output(), "PEER"); got != want {
		t.Errorf("the view is\n%s, want\n%s", got, want)
	}
	addr := serveTest(t, echoes)
	startNet(t, nil, "send", "--hex", "-m", "a", addr).want(0, "> "+addr+"\n"+
		"00000000 [00 00 00 01|61                                   ....a             #0 payload 1\n\n< "+addr+"\n"+
		"00000000 [00 00 00 01|41                                   ....A             #0 payload 1\n")
	startNet(t, nil, "send", "--hex", "-o", "hex", "-m", "a", addr).want(report.StatusUsage, "", "--hex and -o cannot be combined")
}

// An unfinished frame is shown, however its connection ends, and errors name the frame.
func TestHexUnfinished(t *testing.T) {
	t.Parallel()
	const whole = "00000000 [02|68 69                                         .hi               #0 payload 2\n"
	const half = "00000003 <04|70 69                                         .pi               leftover 3 of 5 bytes, 2 more to come\n"
	for _, row := range []struct {
		args   []string
		end    func(*net.TCPConn, *runner)
		status int
		stderr string
	}{
		{nil, func(c *net.TCPConn, _ *runner) { c.CloseWrite() }, report.StatusTruncated, "frame 1 at byte 3: the stream ends after 3 of 5 bytes"},
		{nil, func(c *net.TCPConn, _ *runner) { c.SetLinger(0); c.Close() }, report.StatusIO, "frame 1 at byte 3: connection reset by peer after 3 bytes of the frame"},
		{[]string{"--frame-timeout", "0.3"}, nil, report.StatusIO, "frame 1 at byte 3: not complete within --frame-timeout 300ms"},
		{[]string{"--idle-timeout", "2"}, nil, report.StatusIO, "frame 1 at byte 3: nothing was received or sent within --idle-timeout 2s after 3 bytes of the frame"},
		{nil, func(_ *net.TCPConn, r *runner) { r.signals <- syscall.SIGTERM }, 0, ""},
		{[]string{"-k"}, func(_ *net.TCPConn, r *runner) { r.signals <- syscall.SIGTERM }, 0, ""},
	} {
		r := startNet(t, nil, append([]string{"listen", "--hex", "-f", "u8", "0"}, row.args...)...)
		c := dialTest(t, r.addr).(*net.TCPConn)
		io.WriteString(c, "\x02hi\x04pi")
		eventually(t, "the first frame", func() bool { return strings.Contains(r.output(), whole) })
		if row.end != nil {
			row.end(c, r)
		}
		r.want(row.status, "< conn 1 "+c.LocalAddr().String()+"\n"+whole+half, row.stderr)
	}
	addr := serveTest(t, func(c *net.TCPConn) {
		io.ReadFull(c, make([]byte, 2))
		io.WriteString(c, "\x02hi\x04pi")
		<-t.Context().Done()
	})
	for _, row := range []struct {
		args   []string
		status int
	}{
		{[]string{"--linger", "2"}, report.StatusTruncated},
		{[]string{"--timeout", "2"}, report.StatusTimeout},
		{[]string{"--frame-timeout", "0.3"}, report.StatusIO},
	} {
		startNet(t, nil, append([]string{"send", addr, "--hex", "-f", "u8", "-m", "a"}, row.args...)...).want(row.status, "> "+addr+"\n"+
			"00000000 [01|61                                            .a                #0 payload 1\n\n< "+addr+"\n"+whole+half)
	}
}

// If many connections send and receive at once, each frame is shown whole and under its own heading.
func TestHexMany(t *testing.T) {
	const conns, each = 20, 200
	r := startNet(t, nil, "listen", "-k", "--hex", "--echo", "-f", "u8", "0")
	var wg sync.WaitGroup
	for range conns {
		c := dialTest(t, r.addr).(*net.TCPConn)
		wg.Add(1)
		go func() {
			defer wg.Done()
			port := c.LocalAddr().(*net.TCPAddr).Port
			for range each { // two rows per frame
				fmt.Fprintf(c, "\x15from %5d and more..", port)
			}
			c.CloseWrite()
			readAll(c)
		}()
	}
	wg.Wait()
	r.stop()
	port, rows := "", 0
	for line := range strings.Lines(r.output()) {
		switch {
		case line == "\n":
		case strings.HasPrefix(line, "< conn "), strings.HasPrefix(line, "> conn "):
			_, port, _ = strings.Cut(strings.TrimSpace(line), "127.0.0.1:")
		case rows%2 == 0 && strings.Contains(line, ".from "+fmt.Sprintf("%5s", port)+" and "), rows%2 == 1 && strings.Contains(line, "ore.."):
			rows++
		default:
			t.Fatalf("row %d under the heading of port %s: %s", rows, port, line)
		}
	}
	if rows != 2*2*conns*each {
		t.Errorf("%d rows, want %d", rows, 2*2*conns*each)
	}
}

// --hex shows what is sent too: each direction in its framing, whatever sends it, with arrows where
// the locale has UTF-8.
func TestHexBothWays(t *testing.T) {
	t.Parallel()
	const sent = "00000000 [01|61                                            .a                #0 payload 1\n"
	const answer = "00000000 |68 69/0a                                         hi.               #0 payload 2\n"
	u8toLines := func(c *net.TCPConn) {
		io.ReadFull(c, make([]byte, 2))
		io.WriteString(c, "hi\n")
	}
	for _, row := range []struct {
		args  []string
		stdin string
		exec  bool
	}{
		{[]string{"--exec", "echo hi"}, "", true},
		{nil, "hi\n", false},
	} {
		if row.exec && runtime.GOOS == "windows" {
			continue
		}
		r := startNet(t, textFile(t, row.stdin), append([]string{"listen", "0", "--hex", "-f", "u8", "--reply-framing", "lines"}, row.args...)...)
		c := dialTest(t, r.addr).(*net.TCPConn)
		if got := readN(c, 3); got != "hi\n" {
			t.Errorf("%q: the peer got %q", row.args, got)
		}
		head := "conn 1 " + c.LocalAddr().String() + "\n"
		if row.exec { // the connection ends with the command
			r.want(0, "> "+head+answer)
			continue
		}
		io.WriteString(c, "\x01a")
		c.CloseWrite()
		r.want(0, "> "+head+answer+"\n< "+head+sent)
	}

	addr := serveTest(t, u8toLines)
	for locale, arrows := range map[string][2]string{"C.UTF-8": {"→", "←"}, "C": {">", "<"}, "": {">", "<"}} {
		for _, more := range [][]string{nil, {"--chunk", "1"}, {"--expect", "1"}, {"--lockstep"}} {
			out, errs := mustCreate(t, t.TempDir()+"/out"), mustCreate(t, t.TempDir()+"/err")
			e := testEnv(textFile(t, ""), out, errs)
			e.Getenv = func(name string) string {
				if name == "LC_ALL" {
					return locale
				}
				return ""
			}
			status := runNet(e, nil, append([]string{"send", addr, "--hex", "-f", "u8", "--reply-framing", "lines", "-m", "a"}, more...))
			want := arrows[0] + " " + addr + "\n" + sent + "\n" + arrows[1] + " " + addr + "\n" + answer
			if got := mustRead(t, out.Name()); status != 0 || got != want {
				t.Errorf("%q in the locale %q: status %d, the view is\n%s, want\n%s", more, locale, status, got, want)
			}
		}
	}
	r := startNet(t, nil, "send", addr, "--hex", "--times", "-f", "u8", "--reply-framing", "lines", "-m", "a")
	r.status()
	if got := regexp.MustCompile(`\d\d:\d\d:\d\d\.\d{6} (\+\d+\.\d{6} s )?#0 payload \d`).FindAllStringSubmatch(r.output(), -1); len(got) != 2 || got[0][1] != "" || got[1][1] == "" {
		t.Errorf("with --times, the view is\n%s", r.output())
	}
	startNet(t, nil, "send", addr, "--times", "-m", "a").want(report.StatusUsage, "", "--times needs --hex")
}

// readN reads n bytes, or fewer if there are not so many.
func readN(r io.Reader, n int) string {
	b := make([]byte, n)
	n, _ = io.ReadFull(r, b)
	return string(b[:n])
}

// --rows limits the rows of a frame.
func TestHexRows(t *testing.T) {
	for _, row := range []struct{ args, want string }{
		{"", "00000000 [60|61\n00000010  61 61\n*\n00000050  61 61\n00000060  61\n"},
		{"--rows 0", "00000000 [60|61\n00000010  61 61\n00000020  61 61\n00000030  61 61\n00000040  61 61\n00000050  61 61\n00000060  61\n"},
		{"--rows 1", "00000000 [60|61\n         … 81 more bytes\n"},
	} {
		r := startNet(t, nil, append([]string{"listen", "--hex", "-f", "u8", "0"}, strings.Fields(row.args)...)...)
		c := dialTest(t, r.addr).(*net.TCPConn)
		io.WriteString(c, "\x60"+strings.Repeat("a", 96))
		c.CloseWrite()
		readAll(c)
		r.status()
		got := ""
		for line := range strings.Lines(r.output()) {
			if strings.HasPrefix(line, "0000") {
				line = strings.TrimRight(line[:15], " ") + "\n"
			}
			got += line
		}
		_, got, _ = strings.Cut(got, "\n") // the heading
		if got != row.want {
			t.Errorf("%s:\n%swant\n%s", row.args, got, row.want)
		}
	}
}

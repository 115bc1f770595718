package commands

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// clientPort is the port of a client in an output, which no test can know.
var clientPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// tapped sends a text through a tap to a server that echoes it, and waits for the echo. It returns
// what the tap printed.
func tapped(t *testing.T, text string, args ...string) *runner {
	t.Helper()
	addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
	r := startNet(t, nil, append(append([]string{"tap"}, args...), "0", addr)...)
	c := dialTest(t, r.addr).(*net.TCPConn)
	io.WriteString(c, text)
	if got := make([]byte, len(text)); text != "" {
		if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
			t.Errorf("got %q back, %v", got, err)
		}
	}
	c.CloseWrite()
	io.Copy(io.Discard, c)
	c.Close()
	return r
}

// What tap shows of an echo, in each form. Both directions have the same lines, in their order.
func TestTapView(t *testing.T) {
	for _, row := range []struct {
		name string
		text string
		args string
		want []string // lines of the client's direction, without times and addresses
	}{
		{"a list", "one\ntwo\n", "-f lines --time none", []string{" 1 >  #0       3  one", " 1 >  #1       3  two", " 1 >  closed"}},
		{"selected", "one\ntwo\nthree\n", "-f lines --time none --where payload~w --where size=3", []string{" 1 >  #1       3  two", " 1 >  closed"}},
		{"some frames", "one\ntwo\nthree\n", "-f lines --time none --frames 2-", []string{" 1 >  #2       5  three", " 1 >  closed"}},
		{"a leftover", "\x02hi\x05he", "-f u8 --time none", []string{" 1 >  #0       2  hi", " 1 >  <           leftover 3 of 6 bytes, 3 more to come: \\x05he", " 1 >  closed"}},
		{"it goes on after a malformed frame", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", "-f slip --time none", []string{
			" 1 >  ~        1  fill", " 1 >  #0       1  a", " 1 >  ~        1  fill", ` 1 >  !           not a frame: found 0x78 after ESC, expected 0xdc or 0xdd: b\xdbx\xc0`, " 1 >  #2       1  c", " 1 >  closed"}},
		{"a framing that is found", strings.Repeat("5:hello,2:hi,", 8), "-f auto --time none -n 2", []string{" 1 >  found       netstring with 31 bits of evidence", " 1 >  #0       5  hello", " 1 >  #1       2  hi"}},
		{"nothing of a terminal", "\x1b[31mred\n", "-f lines --time none", []string{" 1 >  #0       8  \\x1b[31mred", " 1 >  closed"}},
		{"rows", "\x02hi", "-f u8 --hex", []string{"conn 1 c2s  ADDRESS → ADDRESS", "00000000 [02|68 69                                         .hi               #0 payload 2"}},
		{"records", "\x02hi", "-f u8 -o json", []string{`{"type":"frame","index":0,"direction":"c2s","conn":1,"peer":"ADDRESS","time":TIME,"offset":0,"size":2,"wire":3,"header":"02","trailer":"","text":"hi"}`}},
		{"quiet", "one\n", "-f lines -q", nil},
	} {
		r := tapped(t, row.text, append(strings.Fields(row.args), "--color", "never")...)
		if status := r.stop(); status != 0 {
			t.Errorf("%s: status %d, %s", row.name, status, r.errors())
		}
		checkRecords(t, r.output())
		out := clientPort.ReplaceAllString(r.output(), "ADDRESS")
		out = regexp.MustCompile(`"time":"[^"]*","t":[0-9.]*`).ReplaceAllString(out, `"time":TIME`)
		var lines []string
		for line := range strings.Lines(out) {
			if back := strings.Contains(line, " <  ") && !strings.Contains(line, " >  ") || strings.Contains(line, "s2c"); back && len(row.want) > 0 {
				break // the rows of the other direction
			} else if !strings.Contains(line, " open ") && line != "\n" {
				lines = append(lines, strings.TrimSuffix(line, "\n"))
			}
		}
		if got, want := strings.Join(lines, "\n"), strings.Join(row.want, "\n"); got != want && !allIn(out, row.want) {
			t.Errorf("%s:\n%s\nwant\n%s", row.name, out, want)
		}
	}
}

// allIn reports whether a text has all lines, in their order.
func allIn(text string, lines []string) bool {
	if len(lines) == 0 {
		return text == ""
	}
	for _, line := range lines {
		i := strings.Index(text, line+"\n")
		if i < 0 {
			return false
		}
		text = text[i:]
	}
	return true
}

// The status of tap is 3 after malformed bytes, and 4 after an unfinished frame, if --expect-clean is
// given.
func TestTapExpectClean(t *testing.T) {
	for _, row := range []struct {
		text   string
		status int
	}{{"2:hi,", 0}, {"2:hi,3:abc;", report.StatusMalformed}, {"2:hi,3:ab", report.StatusTruncated}} {
		r := tapped(t, row.text, "-f", "netstring", "--expect-clean")
		if status := r.stop(); status != row.status {
			t.Errorf("%q: status %d, want %d\n%s", row.text, status, row.status, r.errors())
		}
	}
}

// Bytes after which no frame is found are shown in their direction, though the other one sends
// malformed bytes meanwhile.
func TestTapShowsLostBytes(t *testing.T) {
	for flags, want := range map[string][2]string{
		"--time none": {` 1 >  ?        9  garbage\r\n`, ` 1 <  ?        9  garbage\r\n`},
		"--hex":       {"conn 1 c2s  ADDRESS → ADDRESS\n00000000 !67 61 72 62 61 67 65 0d 0a", "conn 1 s2c  ADDRESS → ADDRESS\n00000000 !67 61 72 62 61 67 65 0d 0a"},
	} {
		r := tapped(t, "garbage\r\n", append(strings.Fields("-f resp"), strings.Fields(flags)...)...)
		status, out := r.stop(), clientPort.ReplaceAllString(r.output(), "ADDRESS")
		if status != 0 || strings.Count(out, "garbage") != 2 || !strings.Contains(out, want[0]) || !strings.Contains(out, want[1]) {
			t.Errorf("%s: status %d, want %q in\n%s", flags, status, want, out)
		}
	}
}

// If the framing that was found fits no more, it is found anew, at the latest when the connection ends.
func TestTapFindsAnew(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 3000} {
		addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
		r := startNet(t, nil, "tap", "--time", "none", "0", addr)
		c := dialTest(t, r.addr).(*net.TCPConn)
		for _, text := range []string{strings.Repeat("5:hello,2:hi,", 8), string(frames(slices.Repeat([]string{`{"jsonrpc":"2.0","method":"x"}`}, n)...))} {
			go io.WriteString(c, text)
			io.ReadFull(c, make([]byte, len(text)))
		}
		c.Close()
		for _, want := range []string{
			" 1 >  found       netstring with ", "\n 1 >  #15      2  hi\n", "\n 1 >  lost        cannot resynchronise", "\n 1 >  found       u32be with ",
			"\n 1 >  #16     30  {", fmt.Sprintf("\n 1 <  #%d     30  {", 15+n),
		} {
			eventually(t, fmt.Sprintf("%d messages: %q", n, want), func() bool { return strings.Contains(r.output(), want) })
		}
		if status := r.stop(); status != 0 {
			t.Errorf("status %d, %s", status, r.errors())
		}
	}
}

// A recording has what was relayed, and can be read back; so has a ring at the end.
func TestTapRecord(t *testing.T) {
	for _, ring := range []string{"", "ring:1MiB:"} {
		file := filepath.Join(t.TempDir(), "tape.pcapng")
		r := tapped(t, "one\ntwo\n", "-f", "lines", "--record", ring+file)
		if status := r.stop(); status != 0 {
			t.Errorf("status %d, %s", status, r.errors())
		}
		for _, direction := range []string{"c2s", "s2c"} {
			out, errs, status := run(t, "", "decode", "-f", "lines", "--direction", direction, file)
			if out != "one\ntwo\n" || status != 0 {
				t.Errorf("%s%s: %q, status %d, %s", ring, direction, out, status, errs)
			}
		}
		out, errs, status := run(t, "", "inspect", "-f", "lines", "--layout", "list", "--time", "none", file)
		if !allIn(out, []string{" 0 >  #0       3  one", " 0 >  #1       3  two", "4 frames, 16 bytes, payload 12 bytes (75.0%)"}) || status != 0 {
			t.Errorf("%s: status %d\n%s%s", ring, status, out, errs)
		}
	}
	full := tapped(t, strings.Repeat("line\n", 100_000), "-q", "--record", "/dev/full")
	if status := full.stop(); status != report.StatusIO || !strings.Contains(full.errors(), "no space left on device") {
		t.Errorf("a full disk: status %d, %s", status, full.errors())
	}
}

// A view that cannot go on delays and changes nothing of what is relayed.
func TestTapBlockedView(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a message of some length\n", 400_000) // more than a pipe and the queue hold
	for _, closed := range []bool{false, true} {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if closed {
			read.Close()
		} else {
			defer read.Close()
		}
		addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
		r := startNetTo(t, write, "tap", "-f", "lines", "0", addr)
		c := dialTest(t, r.addr).(*net.TCPConn)
		go func() {
			io.WriteString(c, text)
			c.CloseWrite()
		}()
		got, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(got, []byte(text)) {
			t.Errorf("closed %v: %d bytes came back, want %d: %v", closed, len(got), len(text), err)
		}
		c.Close()
		if status := r.stop(); status != 0 {
			t.Errorf("closed %v: status %d, %s", closed, status, r.errors())
		}
		if !closed && strings.Contains(r.errors(), ", 0 dropped views") {
			t.Errorf("no view was dropped: %s", r.errors())
		}
		write.Close()
	}
}

// The first bytes of a connection are shown even if its framing cannot be found and nothing more
// comes.
func TestTapUnknown(t *testing.T) {
	t.Parallel()
	addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
	r := startNet(t, nil, "tap", "-f", "auto", "--time", "none", "0", addr)
	c := dialTest(t, r.addr)
	defer c.Close()
	io.WriteString(c, "what is this?")
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(r.output(), " 1 >  ?       13  what is this?"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s%s", r.output(), r.errors())
		}
	}
	io.WriteString(c, strings.Repeat("5:hello,2:hi,", 8)) // after a pause, it is looked for again
	eventually(t, "a framing", func() bool { return strings.Contains(r.output(), " 1 >  #15      2  hi\n") })
	c.Close()
	if status := r.stop(); status != 0 || !strings.Contains(r.output(), " 1 >  unknown     the framing of the stream is unknown") {
		t.Errorf("status %d\n%s%s", status, r.output(), r.errors())
	}
}

// Around a command, messages are shown on standard error, or in a file; its output is its own.
func TestTapCommandView(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log-%p")
	for _, args := range [][]string{nil, {"--log", log}} {
		stdin := textFile(t, "one\ntwo\n")
		r := startNet(t, stdin, append(append([]string{"tap", "-f", "lines", "--time", "none"}, args...), "--", "sh", "-c", "cat; echo end; exit 3")...)
		if status := r.status(); status != 3 || r.output() != "one\ntwo\nend\n" {
			t.Errorf("%v: status %d, output %q, %s", args, status, r.output(), r.errors())
		}
		shown := r.errors()
		if args != nil {
			files, err := filepath.Glob(filepath.Join(filepath.Dir(log), "log-*"))
			if err != nil || len(files) != 1 || strings.Contains(files[0], "%p") {
				t.Fatal(files, err)
			}
			text, _ := os.ReadFile(files[0])
			if strings.Contains(shown, "#0") {
				t.Errorf("standard error has messages, too:\n%s", shown)
			}
			shown = string(text)
		}
		for _, want := range []string{" 1    open        standard input > sh -c cat; echo end; exit 3", " 1 >  #1       3  two", " 1 <  #2       3  end"} {
			if !strings.Contains(shown, want+"\n") {
				t.Errorf("%v: want %q in\n%s", args, want, shown)
			}
		}
	}
}

// What a program prints between its messages is shown as it is.
func TestTapStrayOutput(t *testing.T) {
	frame := func(s string) string {
		out, _, _ := run(t, "", "encode", "-f", "lsp", "-m", s)
		return out
	}
	output := textFile(t, "Starting server\n"+frame(`{"id":1}`)+"debug: x\n"+frame(`{"id":2}`))
	output.Close()
	stdin, held, err := os.Pipe() // held open: its end would stand between the rows, anywhere
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	r := startNet(t, stdin, "tap", "-f", "lsp", "--time", "none", "--", "cat", output.Name())
	if status := r.status(); status != 0 {
		t.Errorf("status %d", status)
	}
	// If the view is written in between, what was printed has a line of its own.
	rest := r.errors()
	for _, want := range []string{` 1 <  !           not a frame: found "Starting", expected a header line such as Content-Length: 5`, `Starting server\n` + "\n",
		` 1 <  #1       8  {"id":1}` + "\n", ` 1 <  !           not a frame: the header has no Content-Length`, `debug: x\n` + "\n", ` 1 <  #3       8  {"id":2}` + "\n"} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("no %q in\n%s", want, r.errors())
		}
		rest = after
	}
}

// What is redacted is not in the texts about bytes that cannot be translated or cut, either.
func TestTapRedactedFailures(t *testing.T) {
	for _, row := range []struct{ args, stdin string }{
		{"-f u32be --to lines", "hunter2 secret\n"},
		{"-f u32be --chunk frame", "hunter2 secret\n"},
		{"-f netstring --to lines", "hunter2 secret\n"},
		{"-f netstring --to lines", "9:hunter2\n?,"},
	} {
		args := append([]string{"tap", "--redact", "0-"}, strings.Fields(row.args)...)
		r := startNet(t, textFile(t, row.stdin), append(args, "--", "cat")...)
		r.status()
		errs := r.errors()
		if !strings.Contains(errs, "(the reason is redacted)") {
			t.Errorf("%s: no reason in\n%s", row.args, errs)
		}
		for _, secret := range []string{"hunt", `"h"`, "1752526452", `\n`} {
			if strings.Contains(errs, secret) {
				t.Errorf("%s: %s in\n%s", row.args, secret, errs)
			}
		}
	}
}

// A log that cannot be written is reported, and changes nothing else.
func TestTapFullLog(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	r := startNet(t, textFile(t, "a\n"), "tap", "-f", "lines", "--log", "/dev/full", "--", "sh", "-c", "cat; exit 3")
	if status := r.status(); status != 3 || r.output() != "a\n" || !strings.Contains(r.errors(), "messages could not be shown in /dev/full: no space left on device") {
		t.Errorf("status %d, %s, %s", status, r.output(), r.errors())
	}
}

// Flags that do not fit are refused before anything is relayed.
func TestTapFlags(t *testing.T) {
	same := filepath.Join(t.TempDir(), "same")
	for _, row := range []struct{ args, want string }{
		{"-f u33be", `there is no framing "u33be"`},
		{"-o hex", `-o of tap: want json, not "hex"`},
		{"--json-payload", "--json-payload needs -o json"},
		{"--hex -o json", "--hex and -o json cannot be combined"},
		{"--hex --layout list", "--hex and --layout list cannot be combined"},
		{"--layout dump", `--layout of tap: want list or frames, not "dump"`},
		{"--log x -q", "--log and -q cannot be combined"},
		{"--log " + same + " --record " + same, "--log and --record name the same file"},
		{"--expect-clean -q", "--expect-clean and -q cannot be combined"},
		{"--record ring:1:x", "--record: "},
		{"--where type=x -f resp", "resp has no type x"},
		{"--log /no/such/dir/x", "/no/such/dir/x: no such file or directory"},
	} {
		args := append([]string{"tap", "0", "127.0.0.1:1"}, strings.Fields(row.args)...)
		out, errs, status := run(t, "", args...)
		if status != report.StatusUsage && status != report.StatusIO || out != "" || !strings.Contains(errs, row.want) {
			t.Errorf("%s: status %d, %s%s; want %s", row.args, status, out, errs, row.want)
		}
	}
}

// A ring is written when a frame is malformed or a connection is reset, and at the end.
func TestTapRingIsSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
	r := startNet(t, nil, "tap", "-f", "netstring", "--record", "ring:1MiB:"+filepath.Join(dir, "tape-%n.pcapng"), "0", addr)
	saved := func(n int, reason string) {
		t.Helper()
		eventually(t, reason, func() bool {
			files, _ := filepath.Glob(filepath.Join(dir, "tape-*.pcapng"))
			return len(files) >= n && strings.Contains(r.errors(), reason)
		})
	}
	c := dialTest(t, r.addr).(*net.TCPConn)
	io.WriteString(c, "2:hi,3:abc;")
	saved(1, "a frame was malformed")
	files := 1
	for _, s := range link.Asking() { // however soon
		io.WriteString(c, "2:hi,")
		files++
		eventually(t, "the file of the signal", func() bool { // it has what was recorded 0.2 s later
			r.signals <- s
			time.Sleep(saveDelay)
			return strings.Contains(r.errors(), "SIGUSR1")
		})
		saved(files, "SIGUSR1 was received")
	}
	time.Sleep(saveEvery + 3*saveDelay) // the last signal may still be served
	c.SetLinger(0)
	c.Close()
	saved(files+1, "a connection was reset")
	if status := r.stop(); status != 0 {
		t.Errorf("status %d, %s", status, r.errors())
	}
	out, errs, _ := run(t, "", "decode", "-f", "netstring", "--direction", "c2s", filepath.Join(dir, "tape-000.pcapng"))
	if out != "hi\n" {
		t.Errorf("the first file has %q, %s", out, errs)
	}
}

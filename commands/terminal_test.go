//go:build linux || darwin

package commands

import (
	"bytes"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
)

// onTerminal runs a command with a terminal as standard output, and returns what the terminal
// got.
func onTerminal(t *testing.T, stdin string, args ...string) (shown, stderr string, status int) {
	t.Helper()
	return onNarrow(t, 0, stdin, args...)
}

// onNarrow is onTerminal for a terminal of so many columns.
func onNarrow(t *testing.T, columns uint16, stdin string, args ...string) (shown, stderr string, status int) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 50, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	in := tempFile(t, stdin)
	errs := tempFile(t, "")
	const end = "<the end>" // if the terminal is closed before all is read, the rest can be lost
	got := make(chan string)
	go func() {
		var b []byte
		for buf := make([]byte, 4096); !bytes.HasSuffix(b, []byte(end)); {
			n, err := master.Read(buf)
			if b = append(b, buf[:n]...); err != nil {
				break
			}
		}
		got <- strings.TrimSuffix(string(b), end)
	}()
	status = Run(testEnv(in, tty, errs).with(append([]string{"framecat"}, args...)))
	io.WriteString(tty, end)
	shown = strings.ReplaceAll(<-got, "\r\n", "\n")
	tty.Close()
	errs.Seek(0, io.SeekStart)
	text, _ := io.ReadAll(errs)
	return shown, string(text), status
}

// On a narrow terminal, pages and views have short lines. Commands and long words stay whole, so that
// they can be copied.
func TestNarrowTerminal(t *testing.T) {
	colorCode := regexp.MustCompile("\x1b\\[[0-9;]*m")
	good := strings.Repeat("\x00\x05hello\x00\x02hi", 200)
	for _, columns := range []int{20, 30, 40} {
		for _, args := range []string{"--help", "decode --help", "framings", "framings u16be", "framings --search json", "help json", "inspect -f u16be", "inspect -f u16be --summary", "inspect --summary", "inspect"} {
			shown, _, status := onNarrow(t, uint16(columns), good, strings.Fields(args)...)
			shown = colorCode.ReplaceAllString(shown, "")
			if status != 0 || shown == "" {
				t.Errorf("%s, %d columns: status %d", args, columns, status)
			}
			for line := range strings.Lines(shown) {
				line = strings.TrimSuffix(line, "\n")
				words := strings.TrimSpace(line)
				command := strings.HasPrefix(words, "framecat ") || strings.HasPrefix(words, "printf ") || strings.HasPrefix(words, "go on with: ")
				if !command && utf8.RuneCountInString(line) > columns && strings.Contains(words, " ") {
					t.Errorf("%s, %d columns: %q", args, columns, line)
				}
			}
		}
	}
}

// A process gets the message itself, even if the terminal shows it escaped.
func TestTerminalExec(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer tty.Close()
	r := startNetTo(t, tty, "listen", "--exec", "cat", "0")
	c := dialTest(t, r.addr)
	c.Write(frames("\x1b[m\\"))
	c.(*net.TCPConn).CloseWrite()
	if got := readAll(c); got != string(frames("\x1b[m\\")) {
		t.Errorf("the process got %q", got)
	}
	shown := make([]byte, 100)
	if n, _ := master.Read(shown); string(shown[:n]) != `\x1b[m\\`+"\r\n" {
		t.Errorf("the terminal got %q", shown[:n])
	}
	r.want(0, "")
}

// A payload cannot control the terminal, and binary data goes there only with --force.
func TestTerminal(t *testing.T) {
	const frames = "\x09\x1b[2J\xc2\x9b31m\x0aa\nb\u202ec\xffd\x07\\"
	rows := []struct {
		name, stdin, want string
		args              []string
		status            int
		stderr            string
	}{
		{"decode escapes", frames, `\x1b[2J\u009b31m` + "\n" + `a\nb\u202ec\xffd\x07` + "\n", []string{"decode", "-f", "u8"}, 4, "frame 2"},
		{"plain text stays", "\x06h\xc3\xa9llo", "héllo\n", []string{"decode", "-f", "u8"}, 0, ""},
		{"encode refuses", "hi\n", "", []string{"encode"}, 2, "encode writes binary data, and standard output is a terminal"},
		{"encode of a printable framing", "", "5:hello,", []string{"encode", "-f", "netstring", "-m", "hello"}, 0, ""},
		{"the last frame is not printable", "", "2:hi,", []string{"encode", "-f", "netstring", "-m", "hi", "-m", "\x1b[2J"}, 2,
			"framecat: message 1: its frame is not printable, and standard output is a terminal\nframecat: hint: to see the bytes, add | framecat inspect -f netstring;"},
		{"a printable framing, --force", "", "1:\a,", []string{"encode", "-f", "netstring", "-m", "\a", "--force"}, 0, ""},
		{"the framing is quoted", "hi\n", "", []string{"encode", "-f", `delim:\x1e`}, 2, `add | framecat inspect -f 'delim:\x1e'`},
		{"-o raw refuses", "\x02hi", "", []string{"decode", "-f", "u8", "-o", "raw"}, 2, "-o raw writes binary"},
		{"-o SPEC refuses", "\x02hi", "", []string{"decode", "-f", "u8", "-o", "nul"}, 2, "-o nul writes binary"},
		{"--force writes", "\x02hi", "hi", []string{"decode", "-f", "u8", "-o", "raw", "--force"}, 0, ""},
		{"--force lines are raw", "\x03\x1b[m", "\x1b[m\n", []string{"decode", "-f", "u8", "--force"}, 0, ""},
		{"hex is safe", "\x01\x1b", "1b\n", []string{"decode", "-f", "u8", "-o", "hex"}, 0, ""},
		{"json is safe", "\x01\x1b", `{"type":"frame","index":0,"offset":0,"size":1,"wire":2,"header":"01","trailer":"","text":"\u001b"}` + "\n", []string{"decode", "-f", "u8", "-o", "json"}, 0, ""},
	}
	for _, r := range rows {
		shown, stderr, status := onTerminal(t, r.stdin, r.args...)
		if shown != r.want || status != r.status || !strings.Contains(stderr, r.stderr) {
			t.Errorf("%s: %q, status %d, stderr %q; want %q, %d, %q", r.name, shown, status, stderr, r.want, r.status, r.stderr)
		}
	}
}

// Where a person sees stderr, send reports that no reply came; elsewhere, and with -q, it does not.
func TestTerminalNoReply(t *testing.T) {
	addr := serveTest(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) })
	for _, quiet := range []bool{false, true} {
		master, tty, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"framecat", "send", addr, "-m", "hi"}
		if quiet {
			args = append(args, "-q")
		}
		const end = "<the end>"
		shown := make(chan string)
		go func() {
			var b []byte
			for buf := make([]byte, 4096); !bytes.HasSuffix(b, []byte(end)); {
				n, err := master.Read(buf)
				if b = append(b, buf[:n]...); err != nil {
					break
				}
			}
			shown <- string(b)
		}()
		status := Run(testEnv(tempFile(t, ""), tempFile(t, ""), tty).with(args))
		io.WriteString(tty, end)
		got := <-shown
		if reported := strings.Contains(got, "sent 1 message, received 0 replies (0 bytes): the peer closed"); status != 0 || reported == quiet || quiet && got != end {
			t.Errorf("-q %t: status %d, the terminal got %q", quiet, status, got)
		}
		tty.Close()
		master.Close()
	}
	if r := startNet(t, nil, "send", addr, "-m", "hi"); r.status() != 0 || r.errors() != "" {
		t.Errorf("without a terminal: %q", r.errors())
	}
}

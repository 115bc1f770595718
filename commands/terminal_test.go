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
	return onTerminalOf(t, 0, stdin, args...)
}

// onTerminalOf is onTerminal with a number of columns; 0 is unknown.
func onTerminalOf(t *testing.T, cols uint16, stdin string, args ...string) (shown, stderr string, status int) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 50, Cols: cols}); err != nil {
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
			shown, _, status := onTerminalOf(t, uint16(columns), good, strings.Fields(args)...)
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

// A line of a list fits the terminal: first numbers become short, then framings lose their bits,
// then the start of addresses is cut, then packets and durations are left out.
func TestListFitsTerminal(t *testing.T) {
	t.Parallel()
	long := "===\nFollow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: [2001:db8:85a3:1234:5678:8a2e:370:7334]:54321\n" +
		"Node 1: [2001:db8:85a3:1234:5678:8a2e:370:9999]:15432\n" + strings.Repeat("026869056172616261\n\t323a68692c353a68656c6c6f2c\n", 60) + "===\n"
	for _, r := range []struct {
		cols  uint16
		stdin string // a capture, or a file
		want  []string
	}{
		{0, "pcap_interleaved.pcap", []string{"stream  client → server ", "     4  127.0.0.1:46866 → 127.0.0.1:17400     720  693634        67       109     2.00s  postgres 269, 3560\n"}},
		{140, "pcap_interleaved.pcap", []string{"stream  client → server ", "693634        67       109     2.00s  postgres 269, 3560\n"}},
		{80, "pcap_interleaved.pcap", []string{"# client → server ", "4 127.0.0.1:46866 → 127.0.0.1:17400    720  677K    67 109 2.0s postgres\n", " 18633     0   100  26 2.0s u8 336, -\n"}},
		{80, "dns_tcp4.pcap", []string{"0 127.0.0.1:43881 → 127.0.0.1:17300   4054 11524    77 72 9.9ms u16be 475, 424\n"}},
		{80, long, []string{"0 …", ":370:7334]:54321 → …", ":370:9999]:15432 ", "?, netstring 31\n"}},
		{60, long, []string{"0 …", "]:54321 → …", "]:15432 ", "?, netstring\n"}},
		{40, "pcap_interleaved.pcap", []string{"2 …1:35598 → …1:17200  18633     0 u8, -\n"}},
		{80, strings.Repeat("2:hi,5:hello,", 20), []string{"bytes  framing\n  260  netstring "}},
	} {
		args := []string{"inspect", "--list", "-q"}
		stdin := r.stdin
		if strings.HasSuffix(stdin, ".pcap") {
			args, stdin = append(args, captures+stdin), ""
		}
		shown, errs, status := onTerminalOf(t, r.cols, stdin, args...)
		for _, want := range r.want {
			if !strings.Contains(shown, want) {
				t.Errorf("%d columns: no %q in\n%s%s", r.cols, want, shown, errs)
			}
		}
		for line := range strings.Lines(shown) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); r.cols > 0 && n > int(r.cols) || status != 0 {
				t.Errorf("%d columns, status %d: a line has %d:\n%s", r.cols, status, n, line)
			}
		}
	}
}

// Each row of a summary fits a terminal.
func TestSummaryTableFits(t *testing.T) {
	for _, columns := range []uint16{80, 100} {
		shown, _, _ := onTerminalOf(t, columns, "", "inspect", "-f", "dns", "--summary", captures+"pcap_interleaved.pcap")
		rows := 0
		for line := range strings.Lines(shown) {
			line = strings.TrimRight(line, "\r\n")
			if strings.Contains(line, " c2s ") || strings.Contains(line, " s2c ") {
				if rows++; len([]rune(line)) > int(columns) {
					t.Errorf("%d columns: %q", columns, line)
				}
			}
		}
		if rows < 11 {
			t.Errorf("%d rows\n%s", rows, shown)
		}
	}
}

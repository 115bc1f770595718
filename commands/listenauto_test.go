package commands

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// netstrings returns n messages as netstrings, and as lines.
func netstrings(n int) (wire, lines string) {
	for i := range n {
		s := fmt.Sprintf("message %d %s", i*7919, strings.Repeat("x", i%13))
		wire += fmt.Sprintf("%d:%s,", len(s), s)
		lines += s + "\n"
	}
	return wire, lines
}

// redisCommands are two commands of a Redis client.
const redisCommands = "*2\r\n$3\r\nGET\r\n$4\r\nkey1\r\n*3\r\n$3\r\nSET\r\n$4\r\nkey2\r\n$5\r\nvalue\r\n"

// listen -f auto prints what listen prints with the framing that it found, and the flags hold.
func TestListenAuto(t *testing.T) {
	wire, lines := netstrings(20)
	escaped := strings.Repeat(`*2\r\n$3\r\nGET\r\n$4\r\nkey1\r\n`+"\n"+`*3\r\n$3\r\nSET\r\n$4\r\nkey2\r\n$5\r\nvalue\r\n`+"\n", 4)
	found := "found netstring with "
	for _, row := range []struct {
		name, sends string
		args        []string
		status      int
		stdout      string
		stderr      string
	}{
		{"lines", wire, nil, 0, lines, found},
		{"the command", wire, []string{"-n", "1"}, 0, "message 0 \n", "go on with: framecat listen -f netstring 0 -n 1 --port-file "},
		{"the format of the framing", strings.Repeat(redisCommands, 4), nil, 0, escaped, "found resp with "},
		{"frames of another framing", wire, []string{"-n", "1", "-o", "u8"}, 0, "\x0amessage 0 ", found},
		{"-o raw", wire, []string{"-n", "2", "-o", "raw"}, 0, "message 0 message 7919 x", found},
		{"--where", wire, []string{"-n", "1", "--where", "payload~7919"}, 0, "message 7919 x\n", found},
		{"--where a field", wire, []string{"--where", "type=x"}, 2, "", "found netstring: --where: netstring has no field type\n"},
		{"--where that is wrong for each framing", wire, []string{"--where", "size>x"}, 2, "", `found "x", expected a number`},
		{"--max-frame", wire, []string{"--max-frame", "12"}, 3, "message 0 \n", "length 14 is over --max-frame 12"},
		{"an unfinished frame", wire[:len(wire)-1], []string{"-q"}, 4, "", "frame 19 at byte "},
		{"a message that does not fit", "4:a\nbc," + wire, nil, 5, "", "to write it, use -o"},
		{"no framing", "hello\n", nil, 3, "", "hint: to keep the bytes that come, run framecat listen -f fixed:1 -o raw 127.0.0.1:"},
		{"nothing", "", nil, 0, "", ""},
		{"replies in the framing that was found", wire, []string{"--reply-framing", "auto", "-n", "1"}, 0, "message 0 \n", found},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := startNet(t, nil, append([]string{"listen", "-f", "auto", "0"}, row.args...)...)
			if r.addr != "" {
				c := dialTest(t, r.addr)
				io.WriteString(c, row.sends)
				c.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, c)
			}
			r.want(row.status, row.stdout, row.stderr)
		})
	}
}

// The records of -o json are those of the framing, with its fields and offsets.
func TestListenAutoJSON(t *testing.T) {
	wire, _ := netstrings(10)
	r := startNet(t, nil, "listen", "-f", "auto", "0", "-o", "json", "-n", "2")
	io.WriteString(dialTest(t, r.addr), wire)
	r.status()
	for _, want := range []string{`"offset":0,"size":10,"wire":14,"header":"31303a"`, `"offset":14,"size":14,"wire":18`} {
		if !strings.Contains(r.output(), want) {
			t.Errorf("want %s in\n%s", want, r.output())
		}
	}
}

// With --hex, the frames of all connections are shown in one view, and the replies too.
func TestListenAutoHex(t *testing.T) {
	r := startNet(t, nil, "listen", "-f", "auto", "-k", "0", "--hex", "--echo")
	wire, _ := netstrings(10)
	for _, sends := range []string{wire, strings.Repeat(redisCommands, 4)} {
		c := dialTest(t, r.addr)
		io.WriteString(c, sends)
		c.(*net.TCPConn).CloseWrite()
		if got := readAll(c); got != sends {
			t.Errorf("%d bytes came back, want %d", len(got), len(sends))
		}
	}
	r.stop()
	for _, want := range []string{"< conn 1 ", "> conn 1 ", "< conn 2 ", "> conn 2 ", "[31 30 3a|6d 65", "#9 payload"} {
		if !strings.Contains(r.output(), want) {
			t.Errorf("want %q in\n%s", want, r.output())
		}
	}
}

// The framing is found over TLS and Unix sockets too, however the writes are cut.
func TestListenAutoTransports(t *testing.T) {
	a := newAuthority(t)
	a.server("server")
	wire, lines := netstrings(10)
	for _, args := range [][]string{
		{"0", "--cert", a.file("server"), "--key", a.file("server")},
		{"unix:" + filepath.Join(t.TempDir(), "s")},
	} {
		for _, more := range [][]string{nil, {"-k", "-n", "10"}} {
			r := startNet(t, nil, append(append([]string{"listen", "-f", "auto"}, args...), more...)...)
			var c io.ReadWriteCloser = dialTest(t, strings.TrimPrefix(r.addr, "tls://"))
			if len(args) > 1 {
				c = tls.Client(c.(net.Conn), &tls.Config{InsecureSkipVerify: true})
			}
			for i := range len(wire) {
				io.WriteString(c, wire[i:i+1])
			}
			c.(interface{ CloseWrite() error }).CloseWrite()
			io.Copy(io.Discard, c)
			r.want(0, lines, "found netstring with ")
		}
	}
}

// $FRAMECAT_FRAMING may be auto too. Where the framing must be known, the error explains that.
func TestAutoUsage(t *testing.T) {
	for _, row := range []struct{ args, want string }{
		{"send -f auto localhost:1 -m hi", "-f auto guesses the framing of what is read, but send writes frames: give their framing\n"},
		{"encode -f auto -m hi", "-f auto guesses the framing of what is read, but encode writes frames: give their framing\n"},
		{"listen --reply-framing auto 0", "--reply-framing auto: listen writes the replies, and must know their framing\n"},
	} {
		out, errs, status := run(t, "", strings.Fields(row.args)...)
		if status != 2 || out != "" || !strings.Contains(errs, row.want) || !strings.Contains(errs, "hint: ") {
			t.Errorf("%s: status %d, %s", row.args, status, errs)
		}
	}
}

// The command to go on with is the one that was given, with the framing.
func TestWithFraming(t *testing.T) {
	for _, row := range []struct{ args, want string }{
		{"listen -f auto 0", "listen -f u8 0"},
		{"listen 0 -k --framing auto", "listen 0 -k --framing u8"},
		{"listen --framing=auto 0", "listen --framing=u8 0"},
		{"listen -kfauto 0", "listen -kfu8 0"},
		{"listen -f=auto 0", "listen -f=u8 0"},
		{"listen -kf auto 0", "listen -kf u8 0"},
		{"listen 0 -k", "listen -f u8 0 -k"},
		{"listen -f auto unix:auto --exec auto", "listen -f u8 unix:auto --exec auto"},
	} {
		if got := withFraming(strings.Fields("framecat "+row.args), "--framing", "u8"); got != "framecat "+row.want {
			t.Errorf("%s: got %s, want %s", row.args, got, row.want)
		}
	}
}

// send --reply-framing auto finds the framing of the replies.
func TestSendReplyAuto(t *testing.T) {
	wire, lines := netstrings(20)
	for _, row := range []struct {
		name, replies string
		args          []string
		status        int
		stdout        string
		stderr        string
	}{
		{"lines", wire, nil, 0, lines, " bits of evidence; go on with: framecat send "},
		{"--expect", wire, []string{"--expect", "1"}, 0, "message 0 \n", "found netstring with "},
		{"-o u8", wire, []string{"--expect", "1", "-o", "u8"}, 0, "\x0amessage 0 ", "found netstring with "},
		{"the format of the framing", strings.Repeat(redisCommands, 4), []string{"--expect", "1"}, 0, `*2\r\n$3\r\nGET\r\n$4\r\nkey1\r\n` + "\n", "found resp with "},
		{"--hex", wire, []string{"--hex", "--expect", "1"}, 0, "", "found netstring with "},
		{"an unfinished frame", wire[:len(wire)-1], []string{"-o", "raw"}, 4, strings.ReplaceAll(lines[:strings.LastIndex(lines[:len(lines)-1], "\n")+1], "\n", ""), "frame 19 at byte "},
		{"no framing", "hello\n", nil, 3, "", "the framing of the stream is unknown; the best guess, lines, has 0 of the 24 bits of evidence needed\n" +
			"framecat: hint: the bytes that came are \"hello\\n\"\nframecat: hint: it looks like text; try --reply-framing lines\n"},
		{"no framing, where a person looks", "hello\n", []string{"-v"}, 3, "", "sent 1 message, received 0 replies (6 bytes): the framing of what arrived is unknown\n"},
		{"no framing, --expect", "hello\n", []string{"--expect", "1"}, 3, "", "the framing of the stream is unknown"},
		{"nothing", "", nil, 0, "", ""},
		{"nothing, --expect", "", []string{"--expect", "1"}, 6, "", "0 of 1 reply arrived"},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr := serveTest(t, func(c *net.TCPConn) {
				io.ReadFull(c, make([]byte, 3))
				io.WriteString(c, row.replies)
				c.CloseWrite()
				io.Copy(io.Discard, c)
			})
			r := startNet(t, nil, append([]string{"send", "-f", "u8", "--reply-framing", "auto", addr, "-m", "hi"}, row.args...)...)
			if row.name == "--hex" {
				r.status()
				if out := r.output(); !strings.Contains(out, "[31 30 3a|6d 65") || !strings.Contains(out, "[02|68 69") {
					t.Errorf("printed\n%s", out)
				}
				return
			}
			r.want(row.status, row.stdout, row.stderr)
		})
	}
}

// listen -f auto finds in recorded streams of clients what decode -f auto finds.
func TestListenAutoRecorded(t *testing.T) {
	for _, name := range []string{"resp2_request", "mqttv311_pub_up", "h2_nghttp2_client", "dns_tcp4_query", "pg_simple_frontend", "fix_jspurefix_example"} {
		t.Run(name, func(t *testing.T) {
			sends := mustRead(t, "../testdata/captures/"+name+".bin")
			want, _, status := run(t, sends, "decode", "-f", "auto", "-o", "hex")
			r := startNet(t, nil, "listen", "-f", "auto", "0", "-o", "hex")
			c := dialTest(t, r.addr)
			io.WriteString(c, sends)
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
			r.want(status, want, " bits of evidence; go on with: framecat listen -f ")
		})
	}
}

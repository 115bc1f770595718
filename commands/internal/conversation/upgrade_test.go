package conversation

import (
	"bytes"
	"strings"
	"testing"

	"framecat/commands/internal/capture"
)

// hello is the start of a ClientHello.
const hello = "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"

// Another protocol follows in both directions, however the bytes before and after are cut.
func TestUpgrade(t *testing.T) {
	const (
		asks   = "GET / HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n"
		agrees = "HTTP/1.1 101 ok\r\nupgrade: websocket\r\n\r\n"
	)
	for _, row := range []struct {
		name  string
		specs string // of both directions
		steps []string
		want  []string // of both directions
	}{
		{"STARTTLS", "crlf crlf", []string{"0/1:220 hi\r\n", "0/0:STARTTLS\r\n", "0/1:220 go\r\n", "0/0:" + hello, "0/1:\x16\x03\x03\r\n", "0/0:\x17\r\n"},
			[]string{`#0 at 0: "STARTTLS"` + "\nupgraded to TLS\nend\nend\n" + `\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03\x17\r\n`,
				`#0 at 0: "220 hi"` + "\n" + `#1 at 8: "220 go"` + "\nend\nend\n" + `\x16\x03\x03\r\n`}},
		{"without an answer", "mysql mysql", []string{"0/1:\x01\x00\x00\x00v", "0/0:\x01\x00\x00\x01r" + hello, "0/1:\x16\x03"},
			[]string{`#0 at 0: "r"` + "\nupgraded to TLS\nend\nend\n" + `\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03`, `#0 at 0: "v"` + "\nend\nend\n" + `\x16\x03`}},
		{"all is TLS", "tls tls", []string{"0/0:" + hello, "0/1:\x16\x03\x03\x00\x01a", "0/0:" + hello},
			[]string{`#0 at 0: "\x01\x00\x00\x02\x03\x03"` + "\n" + `#1 at 11: "\x01\x00\x00\x02\x03\x03"` + "\nend\n", `#0 at 0: "a"` + "\nend\n"}},
		{"the server does not begin TLS", "crlf crlf", []string{"0/0:a\r\n", "0/1:b\r\n" + hello + "\r\n"},
			[]string{`#0 at 0: "a"` + "\nend\n", `#0 at 0: "b"` + "\n" + `#1 at 3: "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"` + "\nend\n"}},
		{"almost TLS", "u8 u8", []string{"0/0:\x01a\x16\x03\x01\x00\x06\x01\x00\x00\x03aaaaaaaaaaaaaa\x01b"},
			[]string{`#0 at 0: "a"` + "\n" + `#1 at 2: "\x03\x01\x00\x06\x01\x00\x00\x03aaaaaaaaaaaaaa"` + "\n" + `#2 at 25: "b"` + "\nend\n", ""}},
		{"the start of TLS is all that comes", "u8 u8", []string{"0/0:\x01a\x16\x03\x01"},
			[]string{`#0 at 0: "a"` + "\nframe 1 at byte 2: the stream ends after 3 of 23 bytes\nend\n" + `\x16\x03\x01`, ""}},
		{"an answer S", "postgres:role=frontend postgres", []string{"0/0:\x00\x00\x00\x08\x04\xd2\x16\x2f", "0/1:S", "0/0:" + hello, "0/1:\x16\x03"},
			[]string{`#0 at 0: "\x04\xd2\x16/"` + "\nupgraded to TLS\nend\nend\n" + `\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03`, `#0 at 0: ""` + "\nend\nend\n" + `\x16\x03`}},
		{"answers N, and a message of the same type", "postgres:role=frontend postgres",
			[]string{"0/0:\x00\x00\x00\x08\x04\xd2\x16\x30", "0/1:N", "0/0:\x00\x00\x00\x08\x04\xd2\x16\x2f", "0/1:N", "0/0:\x00\x00\x00\x08\x00\x03\x00\x00", "0/1:N\x00\x00\x00\x05x"},
			[]string{`#0 at 0: "\x04\xd2\x160"` + "\n" + `#1 at 8: "\x04\xd2\x16/"` + "\n" + `#2 at 16: "\x00\x03\x00\x00"` + "\nend\n", `#0 at 0: ""` + "\n" + `#1 at 1: ""` + "\n" + `#2 at 2: "x"` + "\nend\n"}},
		{"an error in place of an answer", "postgres:role=frontend postgres", []string{"0/0:\x00\x00\x00\x08\x04\xd2\x16\x2f", "0/1:E\x00\x00\x00\x05x"},
			[]string{`#0 at 0: "\x04\xd2\x16/"` + "\nend\n", `#0 at 0: "x"` + "\nend\n"}},
		{"HTTP to WebSocket", "crlf crlf", []string{"0/0:" + asks, "0/1:" + agrees + "\x81\x02hi", "0/0:\x81\x01x"},
			[]string{`#0 at 0: "GET / HTTP/1.1"` + "\n" + `#1 at 16: "Upgrade: WebSocket"` + "\n" + `#2 at 36: ""` + "\nend\n" + `#3 at 38: "x"` + "\nend\n",
				`#0 at 0: "HTTP/1.1 101 ok"` + "\n" + `#1 at 17: "upgrade: websocket"` + "\n" + `#2 at 37: ""` + "\nupgraded to websocket\nend\n" + `#3 at 39: "hi"` + "\nend\n"}},
		{"messages of HTTP to WebSocket", "http http", []string{"0/0:" + asks, "0/1:" + agrees + "\x81\x02hi", "0/0:\x81\x01x"},
			[]string{`#0 at 0: ""` + "\nend\n" + `#1 at 38: "x"` + "\nend\n",
				`#0 at 0: ""` + "\nupgraded to websocket\nend\n" + `#1 at 39: "hi"` + "\nend\n"}},
		{"an unfinished frame before", "crlf crlf", []string{"0/0:left", "0/1:" + agrees, "0/0:\x81\x01x"},
			[]string{"frame 0 at byte 0: the stream ends inside a frame, after 4 bytes\nend\n" + `#0 at 4: "x"` + "\nend\nleft",
				`#0 at 0: "HTTP/1.1 101 ok"` + "\n" + `#1 at 17: "upgrade: websocket"` + "\n" + `#2 at 37: ""` + "\nupgraded to websocket\nend\n"}},
	} {
		for _, piece := range []int{1 << 10, 1, 2, 5, 7} {
			l := &log{specs: map[[2]int]string{}}
			for i, spec := range strings.Fields(row.specs) {
				l.specs[[2]int{0, i}] = spec
			}
			e := &Engine{Watcher: l}
			for _, v := range events(append(append([]string{"0/0 open"}, row.steps...), "0/0 fin", "0/1 fin", "0/0 end")) {
				whole := v.Data
				for {
					n := min(piece, len(whole))
					v.Data, whole = bytes.Clone(whole[:n]), whole[n:]
					if err := e.Take(v); err != nil {
						t.Errorf("%s: %v", row.name, err)
					}
					if v.Kind != capture.Bytes || len(whole) == 0 {
						break
					}
				}
			}
			for dir, want := range row.want {
				if got := joined(l.parts[[2]int{0, dir}]); got != want {
					t.Errorf("%s in pieces of %d, direction %d:\n%s\nwant\n%s", row.name, piece, dir, got, want)
				}
			}
		}
	}
}

// The head of an upgrade is known from its first bytes on.
func TestHTTPHead(t *testing.T) {
	for _, row := range []struct {
		start string
		dir   int
		size  int
		ok    bool
	}{
		{"", 0, 0, false},
		{"G", 0, 0, false},
		{"GET / HTTP/1.1\r\nA: b\r\nUpgrade: x\r\n\r\n\x81", 0, 36, true},
		{"GET / HTTP/1.1\r\nA: b\r\nUpgrade: x\r\n\r", 0, 0, false},
		{"GET / HTTP/1.1\r\nA: b\r\n\r\n", 0, 0, true},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 0, true},
		{"\x81\x05hello", 0, 0, true},
		{"HTTP/1.1 1", 1, 0, false},
		{"HTTP/1.1 101 ok\r\nupgrade: x\r\n\r\n\x81", 1, 31, true},
		{"HTTP/1.1 2", 1, 0, true},
		{"\x00\x00", 1, 0, true},
		{strings.Repeat("A", mostHead+1), 0, 0, true},
	} {
		size, ok := HTTPHead([]byte(row.start), row.dir)
		if ok != row.ok || ok && size != row.size {
			t.Errorf("%.40q, direction %d: %d, %v; want %d, %v", row.start, row.dir, size, ok, row.size, row.ok)
		}
	}
}

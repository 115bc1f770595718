//go:build linux || darwin

package framing

import (
	"bytes"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
)

// watched is memory that shows which of its bytes are looked at: its pages can be closed.
type watched struct {
	t      *testing.T
	mem    []byte
	page   int
	closed int // where the closed pages end; the first page is always open
	work   int // bytes that were looked at again
}

func newWatched(t *testing.T, size int) *watched {
	page := os.Getpagesize()
	mem, err := syscall.Mmap(-1, 0, (size/page+3)*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	return &watched{t: t, mem: mem, page: page, closed: page}
}

func (w *watched) protect(mode int) {
	if w.closed > w.page {
		if err := syscall.Mprotect(w.mem[w.page:w.closed], mode); err != nil {
			w.t.Fatal(err)
		}
	}
}

// open opens all pages.
func (w *watched) open() {
	w.protect(syscall.PROT_READ | syscall.PROT_WRITE)
	w.closed = w.page
}

// look calls f, which may look at mem[:end]. If it looks at a page other than the first and
// the last two, it is called again with all pages open, and counts as if it had looked
// at everything.
func (w *watched) look(end int, f func()) {
	if closed := end/w.page*w.page - w.page; closed > w.closed {
		w.closed = closed
		w.protect(syscall.PROT_NONE)
	}
	if looksAtClosed(f) {
		w.work += end
		closed := w.closed
		w.open()
		f()
		w.closed = closed
		w.protect(syscall.PROT_NONE)
	}
}

func looksAtClosed(f func()) (did bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(interface{ Addr() uintptr }); !ok {
				panic(r)
			}
			did = true
		}
	}()
	f()
	return false
}

// scan gives a framing the bytes of wire one by one, as a Reader does, up to the end of
// the first frame or an error. It returns how many bytes were looked at again.
func (w *watched) scan(f Framing, wire []byte) (work int, last error) {
	w.open()
	start := w.page - 64 // the first bytes of the frame stay open
	w.work = 0
	var c Cursor
	at, end := start, start
	for _, b := range wire {
		w.mem[end] = b
		end++
		var e Extent
		before := c
		w.look(end, func() {
			c = before
			e, last = f.Scan(w.mem[at:end], &c)
		})
		if last != ErrMore || w.work > 10*len(wire) {
			break
		}
		if at += e.Skip; e.Skip > 0 {
			c.Seen = max(0, c.Seen-e.Skip)
			w.open()
			w.work += end - at
			end = start + copy(w.mem[start:], w.mem[at:end])
			at = start
		}
	}
	w.open()
	return w.work, last
}

// hardest are streams with much to look through before a frame is measured, besides a
// frame with a long payload: what comes first, and what is then repeated.
var hardest = map[string][][2]string{
	"lines": {{"", "x"}}, "crlf": {{"", "\r"}}, "nul": {{"", "x"}}, "any:0x0a,0x0d": {{"", "x"}},
	"delim:||": {{"", "|x"}}, `delim:\n,esc=\\`: {{"", "\\\\"}, {"", "\\\n"}}, "delim:END,esc=%": {{"", "EN"}, {"", "%END"}, {"", "%"}},
	"delim:aaaaaaab": {{"", "a"}}, "delim:;,crc=xor8": {{"", "x"}}, "delim:;,magic=>": {{">", ">"}}, "delim:aab,magic=aa": {{"aa", "a"}},
	"slip": {{"", "\xdb\xdc"}, {"", "\xc0"}}, "slip:crc=sum8": {{"", "\xdb\xdd"}}, "kiss": {{"", "\xdb"}, {"", "\xc0"}},
	"cobs": {{"", "\x01"}, {"", "\x00"}}, "cobsr": {{"", "\xff"}}, "cobs:crc=sum8": {{"", "\x02"}},
	"hdlc": {{"", "\x7d\x5e"}, {"", "\x7e"}}, "hdlc:accm=ffffffff": {{"a", "\x11"}, {"", "\x11"}, {"a", "\x7d\x11"}},
	"dle": {{"\x10\x02", "\x10\x10"}, {"\x10\x02", "x"}}, "stx-etx": {{"\x02", "\x10B"}, {"\x02", "\x10"}},
	"json-seq":          {{"\x1e[", "1,\n"}, {"\x1e\"", "\\\""}, {"\x1e", "\n"}, {"\x1e", "x\n"}, {"", "\x1e"}, {"", " "}, {"\x1e", "["}, {"\x1e", "1 "}},
	"json-seq:json=off": {{"\x1e", "x\n"}},
	"netstring":         {{"", "9"}, {"", "0"}}, "syslog": {{"", "9"}, {"", "0"}}, "varint": {{"", "\xff"}, {"", "\x80"}}, "ldap": {{"\x30\x88", "\x00"}},
	"chunked":        {{"5;", "x"}, {"5;", "a=\"b\";"}, {"0", "0"}, {"5", " "}, {"0\r\n", "A: b\r\n"}, {"0\r\nA: ", "b"}, {"0\r\n", "A"}, {"0;", "x"}},
	"content-length": {{"", "A"}, {"A: ", "b"}, {"", "A: b\r\n"}, {strings.Repeat("A: b\r\n", 4000) + "A: ", "b"}, {"", "Content-Length: 5\r\n"}},
	"http": {{"", "A"}, {"GET ", "x"}, {"GET / HTTP/1.1\r\n", "A"}, {"GET / HTTP/1.1\r\nA: ", "b"}, {"GET / HTTP/1.1\r\n", "A: b\r\n"}, {"HTTP/1.1 200 OK\r\n\r\n", "x"}, {"", "\r\n"},
		{chunkedHead, "1\r\nx\r\n"}, {chunkedHead + "5;", "x"}, {chunkedHead, "0"}, {chunkedHead + "20000\r\n", "x"}, {chunkedHead + "0\r\n", "A: b\r\n"}, {chunkedHead + "0\r\nA: ", "b"}, {chunkedHead + "0\r\n", "A"},
		{"GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 4000) + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"}},
	"sse":         {{"", "x"}, {"data: ", "x"}, {"", "data\n"}, {"", "data: x\r\n"}, {"", "\n"}, {"", "\r"}, {"", "a\n"}, {"", "a\r"}, {"data: ", "\r\nx"}},
	"json-stream": {{"[", "1,"}, {"\"", "\\\""}, {"", " "}, {"", "9"}, {"", "["}}, "msgpack": {{"", "\x91"}, {"\xdd\x00\x01\x00\x00", "\x01"}, {"\xdb\x00\x02\x00\x00", "x"}},
	"cbor-seq":      {{"", "\x81"}, {"", "\x9f"}, {"\x9f", "\x01"}, {"\x9f", "\x9f\xff"}, {"\x5f", "\x41x"}, {"\x9a\x00\x01\x00\x00", "\x01"}, {"", "\xc1"}},
	"starts:0xaa55": {{"\xaa\x55", "\xaa"}, {"\xaa\x55", "x"}}, "nmea": {{"$", "x"}, {"$", "*"}}, "imap": {{"", "x"}, {"", "{1}\r\nx"}, {"", "{"}, {"{100000}\r\n", "x"}, {"", "{0}\r\n"}},
	"smtp": {{"", "x"}, {"220-", "x"}, {"", "220-a\r\n"}, {"220-a\r\n", "x\r\n"}}, "sip": {{"", "A"}, {"SIP/2.0 200 OK\r\n", "A: b\r\n"}, {"", "\r\n"}}, "warc": {{"WARC/", "1"}, {"WARC/1.0\r\nA: ", "b"}},
	"rtsp": {{"", "A"}, {"OPTIONS ", "x"}, {"OPTIONS * RTSP/1.0\r\n", "A"}, {"OPTIONS * RTSP/1.0\r\nA: ", "b"}, {"OPTIONS * RTSP/1.0\r\n", "A: b\r\n"},
		{"OPTIONS * RTSP/1.0\r\nA: b\r\n", " c\r\n"}, {"OPTIONS * RTSP/1.0\r\nA: b\r\n", " "}, {"OPTIONS " + strings.Repeat("x", 20_000) + " RTSP/1.0\r\nA: b\r\n ", "c"},
		{"OPTIONS * RTSP/1.0\r\n" + strings.Repeat("A: b\r\n", 4000) + "A: ", "b"}, {"OPTIONS * RTSP/1.0\r\n", "Content-Length: 5\r\n"}, {"", "\r\n"}, {"", "\n"}, {"RTSP/1.0 200 ", "\r"}},
	"stomp": {{"", "A"}, {"SEND\n", "A"}, {"SEND\nA:", "b"}, {"SEND\n", "a:b\n"}, {"SEND\n", "content-length:5\n"}, {"SEND\n\n", "x"}, {"", "\n"}, {"", "\r\n"},
		{"SEND\n" + strings.Repeat("a:b\n", 5000) + "\n", "x"}, {"SEND\n" + strings.Repeat("a:b\n", 5000) + "a:", "x"}},
	"nats": {{"INFO ", "x"}, {"PUB ", "a "}, {"PUB a ", "9"}, {"SUB ", " "}, {"-ERR ", "\r"}},
	"resp": {{"+", "x"}, {"+", "\r"}, {"", "*1\r\n"}, {"", "*?\r\n"}, {"*100000\r\n", ":1\r\n"}, {"*?\r\n", "$1\r\nx\r\n"}, {"$?\r\n", ";1\r\nx\r\n"}, {"", "|1\r\n+a\r\n:1\r\n"},
		{"$200000\r\n", "x"}, {"*2\r\n$100000\r\n", "x"}, {"*1\r\n:", "1"}, {"$", "9"}, {"%100000\r\n", "+a\r\n"}},
	"resp:inline": {{"", "PING "}},
	"fix":         {{"8=", "F"}, {"8=FIX.4.4\x019=", "0"}, {"8=FIX.4.4\x019=100000\x01", "x"}},
	"ssh":         {{"", "x"}, {"SSH-", "\r"}}, "dbus": {{"\x00AUTH ", "x"}, {"\x00", "DATA x\r\n"}, {"\x00" + strings.Repeat("DATA x\r\n", 3000) + "DATA ", "x"}},
	"zmtp": {{"\xff", "\x00"}}, "http2:role=client": {{"", "PRI * "}}, "x11:role=client": {{"l\x00", "\x00"}}, "postgres": {{"", "\x00"}},
	"cassandra5": {{"", "\x00"}}, "websocket": {{"\x81\xff", "\x00"}}, "mqtt": {{"\x30", "\xff"}},
}

// A framing looks at each byte a few times at most, however slowly bytes arrive: what it has
// searched is not searched again at the next byte.
func TestLinear(t *testing.T) {
	const size = 120_000
	mem := newWatched(t, size+50_000)
	check := func(spec string, wire []byte) {
		work, err := mem.scan(mustParse(t, spec), wire)
		if work > 4*len(wire) {
			t.Errorf("%s: of %.40q…, %d bytes, %d were looked at again (%v)", spec, wire, len(wire), work, err)
		}
	}
	for _, k := range Entries() {
		for _, x := range k.examples {
			out, err := mustParse(t, x.Spec).Append(nil, Marks{}, bytes.Repeat([]byte("x"), size))
			if err != nil {
				out, _ = mustParse(t, x.Spec).Append(nil, Marks{}, []byte(x.Payload))
			}
			check(x.Spec, out)
		}
	}
	for spec, streams := range hardest {
		for _, s := range streams {
			check(spec, append([]byte(s[0]), bytes.Repeat([]byte(s[1]), size/len(s[1]))...))
		}
	}
}

// The search for the next frame after damage looks at each byte a few times at most, too.
func TestLinearRecover(t *testing.T) {
	const size = 60_000
	for spec, streams := range hardest {
		f := mustParse(t, spec)
		finds := map[string]func([]byte) (int, bool){}
		if s, ok := f.(Syncer); ok {
			finds["Sync"] = s.Sync
		}
		if e, ok := f.(ender); ok {
			finds["End"] = e.End
		}
		for name, find := range finds {
			for _, s := range streams {
				wire := append([]byte(s[0]), bytes.Repeat([]byte(s[1]), size/len(s[1]))...)
				work, at := 0, 0
				for end := 1; end <= len(wire); end++ {
					work += end - at
					n, found := find(wire[at:end])
					if n < 0 {
						break // it has no mark to search for
					}
					if at += n; found {
						at = end // frames follow, then another search
					}
				}
				if work > 10*len(wire) {
					t.Errorf("%s: %s of %.40q…, %d bytes, looks at %d", spec, name, wire, len(wire), work)
				}
			}
		}
	}
}

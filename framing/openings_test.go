package framing

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// Pieces of connections that encode never writes by itself: openings, lines between frames,
// frames in their other forms, and bytes that are none of these.
var pieces = map[string][]string{
	"ldap":            {"\x30\x05\x02\x01\x02\x42\x00", "\x30\x84\x00\x00\x00\x02ab", "\x30\x81\x03abc", "\x30\x00", "\x30\x80", "\x31"},
	"dbus":            {dbusClient, dbusServer, dbusLittle + "hi", dbusBig + "ho", "\x00", "OK 1\r\n", "DATA\r\n", "BEGIN\r\n", "B", "REJ", "EXTENSION_X\r\n"},
	"zmtp":            {zmtpHello, "\x00\x02hi", "\x01\x00", "\x04\x06\x05READY", "\x02\x00\x00\x00\x00\x00\x00\x00\x01x", "\xff", "\x05\x00", "\x08"},
	"rtsp":            {"$\x01\x00\x02hi", "\r\n", "\n", "\r", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 200 OK\nContent-Length: 3\n b\n\nabc", "RTSP/1.0 204 x\r\nContent-Length: 3\r\n\r\n", "A", " "},
	"ssh":             {"SSH-2.0-x\r\n", "Welcome\n", "\r\n", "\x00\x00\x00\x0c\x0a\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x0c\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x00", "x"},
	"x11:role=client": {x11Little, "\x7f\x00\x01\x00", "\x10\x01\x02\x00four", "\x48\x02\x00\x00\x03\x00\x00\x00four", "l", "Q"},
	"cassandra5":      {"\x05\x00\x02\x19\x99\x9ahello\x74\x80\x0e\xb6", "\x00\x00\x00\x77\xe7\x7d\xd3\x7e\x77\x44", "\x00\x00\x00\x77\xe7\x7dxxxx", "\x05"},
	"fastcgi":         {"\x01\x06\x00\x01\x00\x02\x06\x00hi\x00\x00\x00\x00\x00\x00", "\x01\x05\x00\x01\x00\x00\x00\x00", "\x02"},
	"chunked":         {"5;a=b\r\nhello\r\n", "0;x\r\nA: b\r\n\r\n", "00\r\n\r\n", "0A\r\n0123456789\r\n", "0\r\nA: b\r\n c\r\n\r\n", "3 \r\n1\r2\r\n", "0\r\nA:\x01\r\n\r\n", "0\r\nA: b\n\r\n\r\n", "5;\"a\n", "A\r", "0\r\n \r", "-1"},
	"http":            {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PUT / HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2;x\r\nhi\r\n3\r\nabc\r\n0\r\n\r\n", "5\r\n", "0\r\n\r\n", "\r\n", "HTTP/1.1 200 OK\r\n\r\n", "A: b\r\n", " c\r\n", "Content-Length: 3\r\n"},
	"websocket":       {"GET /a HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nA: b\r\nupgrade:  WebSocket \r\n\r\n", "\x81\x85\x00\x00\x00\x00hello", "\x01\x03Hel", "\x80\x02lo", "HTTP/1.1 200 OK\r\n\r\n", "GET / HTTP/1.1\r\n", "Upgrade: websocket\r\n", "\r\n", "\x00", "H", "G", "GET "},
	"content-length":  {"Content-Length: 5\r\n\r\nhello", "A: b\r\ncontent-length:0\r\n\r\n", "Content-Length: 02 \r\n\r\nhi", "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "A\r", "A: b\r\n\r\n", "Content-Length: x\r\n", "\r"},
	"nats":            {"PING\r\n", "PUB foo 5\r\nhello\r\n", "pub foo 002\r\nhi\r\n", "HPUB foo 12 17\r\nNATS/1.0\r\n\r\nhello\r\n", "INFO {\"a\":1}\r\n", "PUB a 2\r\nhello\r\n", "SUB foo 1\n", "MSG a\r\n", "+OK"},
	"sse":             {"data: a\n\n", "event: x\r\nid: 1\r\ndata:b\r\n\r\n", ": hi\n\n", "data\r\r", "\n", "data: a\ndata: b\nid: 1\n\n", "data:  x\ndata:y\n\n", "data: a\n\r", "data: a\r\n\r", "\r", "\r\n", "id: 1\n", "data: a\nid: 2\ndata\n\n", "da", "data"},
	"json-stream":     {"{\"a\":[1,2]}", "\"a\\\"b\"", " ", "[[],{}]", "12", "true\n", "-1.5e3 ", "\n\n", "]", "{]", "x", "\"", ",", "\x00"},
	"msgpack":         {"\x93\x01\x02\x03", "\x2a", "\x81\xa1a\xc4\x02hi", "\xdd\x00\x00\x00\x01\xcb\x00\x00\x00\x00\x00\x00\x00\x00", "\xd4\x01x", "\xda\x00\x02hi", "\xde\x00\x01\x01\x02", "\xc1", "\xdf\xff", "\x9f", "\xc6\xff\xff"},
	"cbor-seq":        {"\x83\x01\x02\x03", "\x18\x2a", "\xbf\x61a\x9f\x01\xff\x02\xc1\x00\xff", "\x5f\x41a\x42bc\xff", "\x9f\x82\x9f\xff\x01\xff", "\xc0\x61x", "\xf8\x20", "\xfb\x00\x00\x00\x00\x00\x00\x00\x00", "\xff", "\x9f\x9f\x9f", "\x1c", "\x5f", "\x9a\x00\x01\x00\x00", "\xbf\x01"},
	"starts:0xaa55":   {"\xaa\x55", "\xaa\x55hi", "\xaa\xaa\x55", "\xaa", "x"},
	"nmea":            {"$GPGLL,4916.45,N,12311.12,W,225444,A*31\r\n", "!AB*03\n", "$x\r\n", "$A,*B\r\n", "$A*4", "$A*00\r\n", "x", "\r\n", "\x00"},
	"smtp":            {"EHLO a\r\n", "250-a\r\n250-b\r\n250 c\r\n", "DATA\r\nhi\r\n..x\r\n.\r\n", "DATA\r\n.\r\n", "BDAT 5 LAST\r\nhello", "220\n", ".\r\n", "\r\n.", "BDAT x\r\n", "250-", "\x00", "DATA\r\n", "\r"},
	"ftp":             {"USER a\r\n", "211-F\r\n 212 x\r\n211 E\r\n", "\r\n", "211-", "211 ", "\x00", "\n"},
	"imap":            {"a NOOP\r\n", "a LOGIN {4}\r\nuser {2+}\r\npw\r\n", "* OK {x}\r\n", "{3}\r\n\r\n\x00\n", "{", "5}\r\n", "\r", "\x00", "{9}\r\n"},
	"sip":             {"OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n", "SIP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "\r\n\r\n", "\r\n", "A: b\r\n", "l: 2\r\n", "S", "\x00"},
	"warc":            {"WARC/1.0\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n", "WARC/1.1\r\nA: b\r\ncontent-length: 0\r\n\r\n\r\n\r\n", "\r\n", "WARC/", "\r\n\r\n", "Content-Length: 2\r\n"},
	"rtmp": {rtmpHandshake, rtmpEchoed, "\x02\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00\x00\x00\x00\x05", "\x04\x00\x00\x01\x00\x00\x06\x08\x01\x00\x00\x00abcde", "\xc4f", "\x44\x00\x00\x02\x00\x00\x02\x09hi", "\x84\x00\x00\x03ho",
		"\x05\xff\xff\xff\x00\x00\x03\x12\x01\x00\x00\x00\x01\x00\x00\x00abc", "\xc5\x01\x00\x00\x00def", "\x00\x07\x00\x00\x00\x00\x00\x01\x14\x00\x00\x00\x00x", "\xc0\x07y", "\x01\x07\x07\x00\x00\x00\x00\x00\x02\x14\x00\x00\x00\x00xx", "\x02\x00\x00\x00\x00\x00\x04\x02\x00\x00\x00\x00\x00\x00\x00\x04",
		"\x02\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00\x00\x00\x00\x02", "\x02\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00\x00\x00\x00\x00", "\xc3", "\xc4", "\x03", "\x04\x00\x00\x00\x00\x00\x06\x07"},
	"bittorrent":  {"\x13BitTorrent protocol" + strings.Repeat("x", 48), "\x00\x00\x00\x00", "\x00\x00\x00\x01\x02", "\x00\x00\x00\x03\x14hi", "\x13", "\x14"},
	"xmpp":        {"<?xml version='1.0'?>", "<stream:stream to='a'>", "<iq id=\"1\"><a/></iq>", " ", "<a><![CDATA[</a>]]></a>", "</stream:stream>", "<a>", "</a>", "<!", "<a"},
	"stomp":       {"SEND\n\nhello\x00", "SEND\r\na:b\r\ncontent-length:2\r\n\r\nh\x00\x00", "\r\n", "ACK\na:b\n\nhi\x00", "SEND\nab\n", "SEND\ncontent-length:1\n\nab\x00", "S\r", "x"},
	"resp":        {"*2\r\n:1\r\n$2\r\nhi\r\n", "|1\r\n+a\r\n:5\r\n+OK\r\n", "$?\r\n;2\r\nhe\r\n;0\r\n", "*?\r\n:1\r\n.\r\n", "$3\r\nhi\r\n", "*?\r\n*?\r\n", "$-2", ":1\r"},
	"fix":         {"8=FIX.4.4\x019=5\x0135=0\x0110=163\x01", "8=FIX.4.4\x019=05\x0135=0\x0110=211\x01", "8=FIX.4.4\x019=5\x0135=0\x0110=16", "8=FIX.4.4\x019=2\x0135=0\x0110=163\x01", "8=F", "10=163\x01"},
	"json-seq":    {"\x1e{\"a\":[1,\n2]}\n", "\x1e\"a\n\"\n", "\x1e1\n", "\x1e\x1e12", "\x1e[", "\x1e]\n"},
	"varint":      {"\x82\x00hi", "\x02ho", "\x81", "\xff\xff"},
	"mqtt":        {"\x30\x82\x00hi", "\x31\x02ho", "\x30", "\x00"},
	"syslog":      {"5 hello", "10 helloworld", "0 ", "05 hello"},
	"netbios-ssn": {"\x00\x00\x00\x02hi", "\x85\x00\x00\x00", "\x82\x00\x00\x01x", "\x00\x02", "\x01"},
}

// Connections of these pieces, some of them damaged, give the same frames however they are
// cut. Their frames, written again, are the same bytes.
func TestOpenings(t *testing.T) {
	rounds := 20
	if long() {
		rounds = 50
	}
	for spec, parts := range pieces {
		f, rnd := mustParse(t, spec), rand.New(rand.NewPCG(144, 233))
		for round := range rounds {
			var wire []byte
			if spec == "x11:role=client" {
				wire = append(wire, x11Little...)
			}
			for range 1 + rnd.IntN(8) {
				n := len(parts)
				if rnd.IntN(3) > 0 {
					n /= 2 // the valid ones come first
				}
				wire = append(wire, parts[rnd.IntN(n)]...)
			}
			if rnd.IntN(3) == 0 {
				wire = corrupt(wire, rnd)
			}
			limit := int64(-1)
			if rnd.IntN(3) == 0 {
				limit = int64(1 + rnd.IntN(40))
			}
			reader := func(src io.Reader) *Reader {
				r := NewReader(src, f)
				r.Max = limit
				return r
			}
			ref := readNext(reader(whole(wire)), true)
			for name, o := range map[string]outcome{
				"frames byte by byte":    readNext(reader(single(wire)), true),
				"frames at random cuts":  readNext(reader(random(wire, rnd)), true),
				"batches, whole":         readBatches(reader(whole(wire)), true),
				"batches at random cuts": readBatches(reader(random(wire, rnd)), true),
				"copies at random cuts":  readCopies(reader(random(wire, rnd)), true),
			} {
				if o != ref {
					t.Fatalf("%s, round %d, limit %d: %s differ\n got %d frames, %s\nwant %d frames, %s\nwire %q",
						spec, round, limit, name, o.frames, o.errs, ref.frames, ref.errs, wire)
				}
			}
			rewrite(t, f, wire)
		}
	}
}

// loose are framings whose frames can be written in several ways, of which Append has one.
var loose = map[string]bool{"http": true, "sse": true, "json-stream": true, "smtp": true}

// rewrite checks that the frames of wire, written again, are its bytes without the fill. Where
// they can be written in other ways, the payloads stay.
func rewrite(t *testing.T, f Framing, wire []byte) {
	t.Helper()
	frames, _ := drain(NewReader(whole(wire), f))
	var written bytes.Buffer
	w := NewWriter(&written, f)
	for _, g := range frames {
		written.Reset()
		err := w.WriteLike(Marks{[]byte(g.Header), []byte(g.Trailer)}, []byte(g.Payload))
		w.Flush()
		out := written.Bytes()
		if loose[f.String()] {
			if g.Trailer == smtpDot {
				out = append([]byte("DATA\r\n"), out...)
			}
			if back, _ := drain(NewReader(whole(out), f)); len(back) == 0 || back[len(back)-1].Payload != g.Payload || err != nil {
				t.Fatalf("%s: %q is written again as %q, %v", f, g.Payload, out, err)
			}
			continue
		}
		if want := wire[g.Offset:][:g.Wire]; err != nil || string(out) != string(want) {
			t.Fatalf("%s: %q is written again as %q, %v", f, want, out, err)
		}
	}
}

package hint

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand"
	"os"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
	"framecat/commands/internal/report"
	"framecat/framing"
)

const mib = 1 << 20

// A hint comes where the bytes before the fault agree with it, and else none does.
func TestHints(t *testing.T) {
	words := strings.Repeat("plain text, and more of it ", 800*1024)[:20*mib]
	noise := make([]byte, 20*mib)
	rand.New(rand.NewSource(7)).Read(noise)
	page := strings.Repeat("a line of text that is not short\n", 300)

	license, err := os.ReadFile("../../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	wideText := strings.Join(strings.Split(string(license), ""), "\x00") + "\x00"
	ids := ""
	for n := range 12 {
		ids += string([]byte{7, byte(n), 0, byte(5 + n)}) + words[n:2*n+5]
	}
	logs := ""
	for n := range 8 {
		logs += "\x01\x00\x00\x00" + length32(uint32(20+n)) + words[n*30:][:20+n]
	}
	pgRows := strings.Repeat("D\x00\x00\x00\x0b\x00\x01\x00\x00\x00\x011C\x00\x00\x00\x0dSELECT 1\x00Z\x00\x00\x00\x05I", 3)

	rows := []struct{ name, spec, stream, want string }{
		{"HTTP request", "u32be", "GET / HTTP/1.1\r\n\r\n", `the length bytes spell "GET ": the peer speaks HTTP; try -f http`},
		{"HTTP reply", "u16le", "HTTP/1.1 200 OK\r\n\r\n", `the stream begins with "HTTP": the peer speaks HTTP; try -f http`},
		{"HTTP as a netstring", "netstring", "POST / HTTP/1.1\r\n\r\n", `begins with "POST": the peer speaks HTTP; try -f http`},
		{"HTTP in a long u8", "u8", "GET /" + strings.Repeat("x", 500) + " HTTP/1.1\r\n\r\n", `begins with "GET ": the peer speaks HTTP`},
		{"HTTP after a frame", "u32be", "\x00\x00\x00\x03abcGET / HTTP/1.1\r\n", `the length bytes spell "GET ": the peer speaks HTTP`},
		{"HTTP, but the length is elsewhere", "u32be:offset=4", "GET / HTTP/1.1\r\n\r\n", `the stream begins with "GET "`},
		{"an upgrade to WebSocket", "http", "GET /a HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\n\r\n\x81\x82abcdhi", "the header Upgrade changes the protocol to websocket: try -f websocket"},
		{"an upgrade to HTTP/2", "http", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "the header Upgrade changes the protocol to http2: try -f http2 -s 50"},
		{"no upgrade", "http", "GET / HTTP/1.1\r\nHost: b\r\n\r\n\x81\x82abcdhi", ""},
		{"HTTP/2", "u32be", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "the peer speaks HTTP/2; try -f http2"},
		{"TLS", "u32be", "\x16\x03\x01\x00\x05\x01\x02\x03\x04\x05", "the length bytes are 16 03: this is a TLS record: the stream is encrypted; try -f tls"},
		{"TLS, one byte", "u8", "\x16\x03\x01\x00\x05\x01\x02\x03\x04\x05", "begins with 16 03: this is a TLS record"},
		{"a length that looks like TLS", "u16be", strings.Repeat("\x00\x05hello", 9) + "\x16\x03" + words[:5000], ""},
		{"TLS as TLS", "tls", "\x16\x03\x01\x00\x05\x01\x02", ""},
		{"a TLS alert", "u32be", "\x15\x03\x03\x00\x02\x02\x28", "the length bytes are 15 03: this is a TLS alert: the peer expects a stream that is encrypted; try -f tls"},
		{"HTTP after four bytes, one late", "u32be:offset=4", "\x00\x01\x02\x03TTP/1.1 200 OK", `the length 1414811695 is 54 54 50 2f: "TTP/", from byte 1 of "HTTP/1.1"`},
		{"a length in the other order", "u32be", "\x34\x01\x00\x00abcdefgh", "the length 872480768 is 34 01 00 00: 308 in the other byte order"},
		{"a little-endian one", "u32le", "\x00\x00\x01\x34abcdefgh", "the length 872480768 is 00 00 01 34: 308 in the other byte order"},
		{"a length in the other order that may be text", "u32be", "\x29\x56\x00\x00abcdefgh", "the length 693501952 is 29 56 00 00: 22057 in the other byte order"},
		{"a length after a type", "u32be", "\x04\x00\x00\x00\x05hello", "the length 67108864 is 04 00 00 00: the byte 04, and then zeros"},
		{"SSH", "u32be", "SSH-2.0-OpenSSH_9.2p1\r\n", "the peer speaks SSH; try -f ssh"},
		{"gzip", "u32be", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "the length bytes are 1f 8b: this is gzip"},
		{"AMQP", "u32be", "AMQP\x00\x00\x09\x01", `the length bytes spell "AMQP": the peer speaks AMQP; try -f amqp`},
		{"AMQP as such, cut", "amqp", "AMQP\x00\x00", ""},
		{"D-Bus", "u32be", "\x00AUTH EXTERNAL 31303030\r\n", "the length bytes are 00 41 55 54: the peer speaks D-Bus; try -f dbus"},
		{"FIX", "u32be", "8=FIX.4.4\x019=5\x0135=0\x0110=163\x01", `the length bytes spell "8=FI": the peer speaks FIX; try -f fix`},
		{"FIX in a long u8", "u8", "8=FIX.4.4\x019=5\x0135=0\x0110=163\x01", "try -f fix"},
		{"HL7", "u32be", "\x0bMSH|^~\\&|A\r\x1c\r", "the length bytes are 0b 4d 53 48: the peer writes HL7 messages; try -f mllp"},
		{"header lines", "u32be", "Content-Length: 2\r\n\r\n{}", "the stream begins with header lines; try -f content-length"},
		{"header lines as such", "lsp", "Content-Length: 20\r\n\r\n{}", ""},

		// If the framing in use can begin like this, there is no hint to another framing.
		{"STOMP, cut", "stomp", "CONNECT\naccept-version:1.2\n\n", ""},
		{"STOMP, a bad header", "stomp", "CONNECT\nbad\n\n\x00", ""},
		{"STOMP, no frame after one", "stomp", "CONNECT\n\n\x00garbage", "text is where a frame must begin: \"garbage\""},
		{"HTTP as STOMP", "stomp", "CONNECT host:443 HTTP/1.1\r\nHost: host:443\r\n\r\n", "begins with \"CONN\": the peer speaks HTTP; try -f http"},
		{"NATS, cut", "nats", "CONNECT {\"verbose\":fal", ""},
		{"RTSP, cut", "rtsp", "OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n", ""},
		{"RTSP, a bad header", "rtsp", "OPTIONS rtsp://a/b RTSP/1.0\r\nbad\r\nworse\r\n\r\n", ""},
		{"HTTP as RTSP", "rtsp", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "begins with \"OPTI\": the peer speaks HTTP; try -f http"},
		{"STOMP", "u32be", "CONNECT\naccept-version:1.2\n\n\x00", "try -f "},
		{"an HTTP proxy", "u32be", "CONNECT a:80 HTTP/1.1\r\n\r\n", "the peer speaks HTTP; try -f http"},
		{"SSH, cut", "ssh", "SSH-2.0-OpenSSH_9\r\n\x00\x00", ""},
		{"SSH, cut, strict", "ssh:strict", "SSH-2.0-OpenSSH_9\r\n\x00\x00", ""},
		{"SSH without its line", "ssh:banner=off", "SSH-2.0-OpenSSH_9\r\n\x00\x00", "the peer speaks SSH"},
		{"a Redis command, cut", "resp:inline", "GET key", ""},
		{"HTTP as RESP", "resp", "GET / HTTP/1.1\r\n\r\n", "begins with \"GET \": the peer speaks HTTP; try -f http"},
		{"RESP, cut", "resp", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", ""},
		{"RESP, cut early", "resp", "*2\r\n$3\r\nGET\r\n", ""},
		{"RESP, cut in a value", "resp", "*2\r\n$3\r\nGET\r\n$3\r\nab", ""},
		{"RESP, a wrong length", "resp", "*2\r\n$3\r\nGET\r\n$2\r\nabc\r\n:1\r\n:2\r\n", ""},
		{"lines as RESP", "resp", "OK 1\r\nOK 2\r\nOK 3\r\nOK 4\r\nOK 5\r\n", "try -f crlf"},
		{"HTTP/2, cut", "http2", "PRI * HTTP/2.0\r\n\r\nSM", ""},
		{"HTTP/2, cut, strict", "http2:strict", "PRI * HTTP/2.0\r\n\r\nSM", ""},
		{"HTTP/2, cut, larger", "http2:max=32KiB", "PRI * HTTP/2.0\r\n\r\nSM", ""},
		{"HTTP/2, a bad preface", "http2:strict", "PRI * HTTP/2.0\r\n\r\nXX", ""},
		{"TLS, too long", "tls:max=100", "\x16\x03\x01\x02\x00\x01\x02\x03\x04\x05", ""},

		{"JSON", "u32be", "{\"a\":1}\n", "the peer writes JSON; try -f lines"},
		{"JSON as a netstring", "netstring", "{\"a\":1}\n", `begins with "{\"a\"": the peer writes JSON; try -f lines`},
		{"JSON as header lines", "lsp", "{\"a\":1}\n", `begins with "{\"a\"": the peer writes JSON; try -f lines`},
		{"JSON as MQTT", "mqtt", "[1]\n", `begins with "[1]\n": the peer writes JSON; try -f lines`},
		{"JSON as RESP", "resp", "{\"a\":1}\n", `begins with "{\"a\"": the peer writes JSON; try -f lines`},
		{"text as header lines", "lsp", "hello world\n", `begins with "hell": the stream is text; try -f lines`},
		{"no JSON", "u32be", "[info] some text\n", `spell "[inf": the stream is text; try -f lines`},

		{"text", "u32be", "some plain text\nand another line\n", `the length bytes spell "some": the stream is text; try -f lines`},
		{"text, one byte", "u8", "some plain text\nand another line\n", `the stream begins with "some": the stream is text; try -f lines`},
		{"much text", "u8", page[:340], ""},
		{"much text that ends well", "u8", page[:330], "the stream is text; try -f lines"},
		{"text with CRLF", "u64le", "some plain text\r\nand\r\n", "the stream is text; try -f crlf"},
		{"text with NUL", "u32be", "some text\x00more of it\x00", "the stream is text; try -f nul"},
		{"text of another script", "u16be", "здравствуй\nмир\n", "the stream is text; try -f lines"},
		{"text after good frames", "u8", "\x05hello\x05world\x05he", ""},
		{"varints before a cut one", "varint", "\x05hello\x05world\x05he", ""},
		{"lengths that are letters", "u8", strings.Repeat("!a line of text of 33 characters.\n", 5) + "!a li", ""},
		{"netstring cut", "netstring", "5:hello,5:he", ""},
		{"content-length cut", "content-length", "Content-Length: 5\r\n\r\nhel", ""},
		{"syslog cut", "syslog", "5 hello5 hel", ""},
		{"ascii cut", "ascii:size=4", "0005hello0005hel", ""},
		{"chunked cut", "chunked", "5\r\nhello\r\n", ""},
		{"chunked cut where a line ends", "chunked", "c\r\nhello\r\n0\r\n\r\n\r", ""},
		{"fixed cut", "fixed:5", "abcdefg", ""},
		{"text as netstrings", "netstring", "some plain text\nand another line\n", "begins with \"some\": the stream is text; try -f lines"},
		{"text as header lines, one word", "lsp", "Content-Length: x\r\n\r\nhello\r\n", ""},
		{"too few words", "nats", "PUB a\r\n", ""},
		{"too many words", "nats", "PUB a b c d e\r\n", ""},
		{"a netstring's leading zero", "netstring", "5:hello,05:hello,", ""},
		{"NATS, a bad size", "nats", "PING\r\nPUB FOO x\r\n", ""},
		{"text after netstrings", "netstring", "5:hello,some plain text\n", "begins with \"some\": text is where a frame must begin: \"some plain text\""},
		{"netstring cut where a line ends", "netstring", "14:hello\nhello\n", ""},
		{"netstring without its end", "netstring", "5:hello\n5:hello\n", ""},
		{"a text's number as a length", "ascii:size=4", "2024-05-06 a line\n", ""},
		{"ones", "u64be", "\xff\xff\xff\xff\xff\xff\xff\xff", ""},
		{"slip", "u32be", "\xc0hel", ""},
		{"slip, text first", "u32be", "hello\xdb", ""},
		{"negative", "u8:signed", "\x80", ""},
		{"varint too long", "varint:strict", "\x85\x00hello", "without strict it would fit: try -f varint"},

		{"other byte order", "u32be", "\x05\x00\x00\x00hello\x05\x00\x00\x00world", "the length is plausible in the other byte order: try -f u32le"},
		{"other byte order, one frame", "u16be", "\x05\x00hello", "the length is plausible in the other byte order: try -f u16le"},
		{"other byte order, long frame", "u32be", "\xa0\x86\x01\x00" + words[:100000], "the length is plausible in the other byte order: try -f u32le"},
		{"other byte order of a key", "u16be:offset=2", "\x01\x02\x05\x00hello\x01\x02\x05\x00world", "other byte order: try -f u16le:offset=2"},
		{"other byte order of a protocol", "grpc", "\x00\x05\x00\x00\x00hello\x00\x02\x00\x00\x00hi", "other byte order: try -f u32le:offset=1"},
		{"other byte order of a protocol's type", "dicom", "\x04\x00\x05\x00\x00\x00hello\x04\x00\x02\x00\x00\x00hi", "other byte order: try -f u32le:offset=2"},
		{"other byte order of a long header", "cassandra", "\x04\x00\x00\x01\x07\x05\x00\x00\x00hello\x04\x00\x00\x02\x07\x02\x00\x00\x00hi", "other byte order: try -f u32le:offset=5"},
		{"other byte order, not three bytes", "docker", "\x01\x00\x00\x00\x05\x00\x00\x00hello\x02\x00\x00\x00\x02\x00\x00\x00hi", "other byte order: try -f u32le:offset=4"},
		{"other byte order of a rule of its own", "postgres", "Q\x0e\x00\x00\x00SELECT 1\x00\x00Q\x0e\x00\x00\x00SELECT 1\x00\x00", "other byte order: try -f u32le:offset=1,counts=itself"},
		{"other byte order of all names", "kafka", "\x05\x00\x00\x00hello\x05\x00\x00\x00world", "other byte order: try -f u32le"},
		{"a protocol's own bound", "tls:max=5", "\x17\x03\x03\x00\x05hello\x17\x03\x03\x00\x08good bye", "without max=5 it would fit: try -f tls"},
		{"a protocol's checksum", "grpc:crc=crc16-ccitt", "\x00\x00\x00\x00\x0b123456789\x37\x4b", "another checksum would fit: try -f grpc:crc=crc16-modbus"},
		{"counts the header", "u32be", "\x00\x00\x00\x09hello\x00\x00\x00\x09world", "it would fit if the length counted the header: try -f u32be:counts=frame"},
		{"counts the header, one frame", "u16le", "\x07\x00hello", "it would fit if the length counted the header: try -f u16le:counts=frame"},
		{"does not count the header", "u32be:counts=frame", "\x00\x00\x00\x05hello\x00\x00\x00\x05world", "if the length did not count the header: try -f u32be"},
		{"narrower", "u32be", "\x00\x05hello\x00\x05world", "a length field of another width would fit: try -f u16be"},
		{"narrowest", "u16be", "\x05hello\x05world", "a length field of another width would fit: try -f u8"},
		{"wider", "u64be", "\x00\x00\x00\x05hello\x00\x00\x00\x05world", "a length field of another width would fit: try -f u32be"},
		{"three bytes", "u32be", "\x00\x00\x05hello\x00\x00\x05world", "a length field of another width would fit: try -f u24be"},
		{"three bytes, one frame", "u32be", "\x00\x00\x05hello", "a length field of another width would fit: try -f u24be"},
		{"three bytes, little", "u32be", "\x05\x00\x00hello\x05\x00\x00world", "try -f u24le"},
		{"varint", "u16be", "\x02hi\xac\x02" + strings.Repeat("x", 300), "a varint length would fit: try -f varint"},
		{"netstrings", "u32be", "5:hello,5:world,", "the stream reads as netstring: try -f netstring"},
		{"ascii lengths", "u32be", "0005hello0005world", "the stream reads as ascii:size=4: try -f ascii:size=4"},
		{"lengths in slip", "slip", "\x00\x00\x00\x05hello\x00\x00\x00\x05world", "the stream reads as u32be: try -f u32be"},
		{"a text of two bytes a letter", "u32be", wideText, "text of 2 bytes a character"},
		{"a protocol's rival", "chrome", "\x00\x00\x00\x05hello\x00\x00\x00\x05world", "other byte order: try -f u32be"},
		{"a protocol", "u32be", pgRows, "the stream reads as postgres: try -f postgres"},
		{"a protocol as another", "grpc", logs, "the stream reads as docker: try -f docker"},
		{"a length after an id", "u32be", ids, "the stream reads as u16be: try -f u16be:offset=2"},
		{"a cut stream of another framing", "u32be", ids[:len(ids)-3], "try -f u16be:offset=2"},
		{"framed twice", "u32be", "\x00\x00\x00\x09\x00\x00\x00\x05hello\x00\x00\x00\x09\x00", "it is framed twice; pipe decode -o raw into decode -f u32be"},
		{"framed twice by chance", "u8", "\x05\x04abcd\x05", ""},
		{"many framed twice", "u8", strings.Repeat("\x02\x01a", 1000) + "\x05", "it is framed twice"},
		{"mixed syslog", "syslog", "1 a\n<14>b\n", "mixes octet counting with lines: try -f lines"},

		{"cut after 50 frames", "u8", strings.Repeat("\x05hello", 50) + "\x05hell", ""},
		{"cut after 10 frames", "u32be", strings.Repeat("\x00\x00\x00\x05hello", 10) + "\x00\x00\x00\x05h", ""},
		{"cut after units", "u8:unit=4", "\x01abcd\x02abcdefg", ""},
		{"cut header", "u32be", "\x00\x00\x00\x05hello\x00\x00", ""},
		{"cut in a long frame", "u32be", "\x00\x01\x00\x00" + words[:9000], ""},
		{"only a bound was passed", "u8:max=2", "\x03abc\x02ab", "without max=2 it would fit: try -f u8"},
		{"bad checksum", "u8:crc=sum8", "\x04abc\x00\x04abc\x00", ""},
		{"other checksum", "u16be:crc=crc16-ccitt", "\x00\x0b123456789\x37\x4b", "another checksum would fit: try -f u16be:crc=crc16-modbus"},
		{"small integers", "u16be", "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00", ""},

		{"over the limit", "u8 --max-frame 2", "\x03abc\x01d", "if frames are that long, allow them with --max-frame 4"},
		{"20 MiB of text", "u32be", length32(20*mib) + words, "if frames are that long, allow them with --max-frame 32MiB"},
		{"20 MiB of noise", "u32be", length32(20*mib) + string(noise), "allow them with --max-frame 32MiB"},
		{"20 MiB of noise after frames", "u32be", strings.Repeat("\x00\x00\x00\x05hello", 3) + length32(20*mib) + string(noise), "allow them with --max-frame 32MiB"},
		{"20 MiB of text after frames", "u32be", strings.Repeat("\x00\x00\x00\x05hello", 10) + length32(20*mib) + words, "allow them with --max-frame 32MiB"},
		{"3 GiB", "u32be", "\xb0\x9c\x8a\xff" + string(noise[:100]), ""},
		{"longer than any stream", "u64be", "\x7f\xff\xff\xff\xff\xff\xff\xff", ""},
		{"longer than any stream, in digits", "netstring", "9223372036854775808:", ""},
		{"longer than any stream, in hex digits", "chunked", "ffffffffffffffff\r\n", ""},
		{"long line", "lines --max-frame 4", "hello\n", "allow them with --max-frame SIZE"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			switch got := hintOf(t, row.spec, row.stream); {
			case row.want == "" && got != "":
				t.Errorf("got %q, want no hint", got)
			case !strings.Contains(got, row.want):
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// hintOf reads a stream that has a fault and returns the hint.
func hintOf(t *testing.T, spec, stream string) string {
	t.Helper()
	spec, size, limited := strings.Cut(spec, " --max-frame ")
	limit := int64(16 * mib)
	if limited {
		limit, _ = report.ParseSize(size)
	}
	faults, hints := read(t, spec, stream, limit, false)
	if faults == 0 {
		t.Fatal("there is no fault")
	}
	return strings.Join(hints, "\n")
}

// read reads a stream as commands do, counts the faults and collects the hints.
func read(t *testing.T, spec, stream string, limit int64, skip bool) (faults int, hints []string) {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	r := framing.NewReader(strings.NewReader(stream), f)
	r.Max, r.HeadSize = limit, HeadSize
	h := New(r)
	for {
		_, err := r.NextBatch()
		var e *framing.Error
		switch {
		case err == nil:
			continue
		case err == io.EOF:
			return faults, hints
		case !errors.As(err, &e):
			t.Fatal(err)
		}
		faults++
		hints = append(hints, h.Hints(f, r, e)...)
		if !skip || e.Fault == framing.Truncated {
			return faults, hints
		}
		if _, err := r.Recover(); err != nil {
			return faults, hints
		}
	}
}

// One cause has many faults: its hint is worth one line, and little time.
func TestHintOnce(t *testing.T) {
	faults, hints := read(t, "lines", strings.Repeat("abc\n", 20000), 1, true)
	if faults < 20000 {
		t.Errorf("%d faults, want 20000", faults)
	}
	if len(hints) != 1 {
		t.Errorf("%d hints, want 1", len(hints))
	}
}

// Noise has no good explanation, whatever it is read as.
func TestNoHintForNoise(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for _, spec := range []string{"u8", "u16be", "u24le", "u32be", "u64le", "varint", "netstring", "cobs", "slip", "u16be:offset=2,counts=frame", "kafka", "ascii:size=4", "tfrecord"} {
		hints, n := 0, 3
		if peers.Long() {
			n = 10
		}
		for range n {
			noise := make([]byte, 1+random.Intn(6000))
			random.Read(noise)
			_, got := read(t, spec, string(noise), 16*mib, false)
			if len(got) > 0 && !strings.Contains(got[0], "--max-frame") {
				hints++
				t.Logf("%s, %d bytes: %s", spec, len(noise), got)
			}
		}
		if hints > n/100 {
			t.Errorf("%s: %d hints for %d random streams", spec, hints, n)
		}
	}
}

// Well formed frames that are cut at any byte need no hint. Each row is cut at a few places.
func TestNoHintForCuts(t *testing.T) {
	cuts := 8
	if peers.Long() {
		cuts = 40
	}
	for _, k := range framing.Entries() {
		f, err := framing.Parse(k.Details().Examples()[0].Spec)
		if err != nil {
			t.Fatal(err)
		}
		var stream []byte
		for range 3 {
			stream, _ = f.Append(stream, framing.Marks{}, []byte(k.Details().Examples()[0].Payload))
		}
		from := len(stream)/3 + 1
		for n := from; n < len(stream); n += 1 + (len(stream)-from)/cuts {
			if _, hints := read(t, f.String(), string(stream[:n]), 16*mib, false); hints != nil {
				t.Errorf("-f %s, cut after %d of %d bytes:\n%s", f, n, len(stream), hints)
			}
		}
	}
}

// Nor do the openings of protocols, wherever they are cut.
func TestNoHintForOpenings(t *testing.T) {
	for spec, opening := range map[string]string{
		"stomp":        "CONNECT\naccept-version:1.2\nhost:a\n\n\x00",
		"nats":         "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB a 1\r\nPING\r\n",
		"rtsp":         "OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 2\r\nUser-Agent: c\r\n\r\nhi",
		"ssh":          "Welcome\r\nSSH-2.0-OpenSSH_9\r\n\x00\x00\x00\x0c\x0a\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"ssh:strict":   "SSH-2.0-OpenSSH_9\r\n\x00\x00\x00\x0c\x0a\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"resp":         "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n",
		"resp:inline":  "GET key\r\nGET key\r\nPOST\r\nHEAD of it\r\nOPTI\r\n",
		"http2:strict": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"dbus":         "\x00AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n",
		"lsp":          "Content-Type: a\r\nContent-Length: 2\r\n\r\n{}",
		"chunked":      "b\r\n{\"a\":\n1,\n}\n\r\n0\r\n\r\n",
	} {
		for n := 1; n < len(opening); n++ {
			if _, hints := read(t, spec, opening[:n], 16*mib, false); hints != nil {
				t.Errorf("-f %s, cut after %d of %d bytes:\n%s", spec, n, len(opening), hints)
			}
		}
	}
}

func length32(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// What hints find in streams of real programs.
func TestRecordedStreams(t *testing.T) {
	for _, row := range []struct{ file, spec, want string }{
		{"mysql_server.bin", "u16le", "the stream reads as mysql: try -f mysql"},
		{"pg_simple_backend.bin", "u32be", "the stream reads as postgres: try -f postgres"},
		{"tw_netstring.bin", "u32be", "the stream reads as netstring: try -f netstring"},
	} {
		b, err := os.ReadFile("../../../testdata/captures/" + row.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, hints := read(t, row.spec, string(b), 16*mib, false); strings.Join(hints, "\n") != row.want {
			t.Errorf("%s as %s: %q, want %q", row.file, row.spec, hints, row.want)
		}
	}
}

// A check that only some frames do not pass is named, also after frames that pass it. A wrong
// byte is damage, and no other framing.
func TestHintsAfterGoodFrames(t *testing.T) {
	docker, mqtt, dicom, cases := "", "", "", 0
	for n := range 12 {
		text := strings.Repeat("hello world ", n%3+1)
		docker += "\x01\x00\x00\x00" + length32(uint32(len(text))) + text
		mqtt += "\x30" + string([]byte{byte(len(text) + 4)}) + "\x00\x02ab" + text
		dicom += "\x04\x00" + length32(uint32(len(text))) + text
	}
	for _, row := range []struct{ spec, stream, want string }{
		{"docker:strict", docker + "\x01\x00\x00\x01\x00\x00\x00\x05hello" + docker, "without strict it would fit: try -f docker"},
		{"mqtt:strict", mqtt + "\x31\x86\x00\x00\x02abcc" + mqtt, "without strict it would fit: try -f mqtt"},
	} {
		if got := hintOf(t, row.spec, row.stream); got != row.want {
			t.Errorf("%s: %q, want %q", row.spec, got, row.want)
		}
	}
	for at := len(dicom) / 2; at < len(dicom)/2+40; at++ {
		b := []byte(dicom)
		b[at] ^= 0x40
		faults, hints := read(t, "dicom", string(b), 16*mib, false)
		if all := strings.Join(hints, "\n"); strings.Contains(all, "try -f") || strings.Contains(all, "--max-frame") {
			t.Errorf("dicom, byte %d: %q", at, all)
		} else if faults > 0 && all != "" {
			cases++
		}
	}
	if cases < 5 {
		t.Errorf("dicom: %d hints, want 5", cases)
	}
}

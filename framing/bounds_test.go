package framing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
)

// Lengths that could overflow give a frame, an error or a wait for more. They allocate no
// memory, as the buffer grows only with what arrived.
func TestHostileLengths(t *testing.T) {
	values := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 1, 1 << 32,
		1<<63 - 9, 1<<63 - 1, 1 << 63, 1<<63 + 1, math.MaxUint64 - 1, math.MaxUint64}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for _, size := range []int{1, 2, 3, 4, 8} {
		for _, endian := range []string{"be", "le"} {
			for _, adjust := range []string{"", ",adjust=-1", ",adjust=-4", ",adjust=-2147483648", ",adjust=1", ",adjust=2147483647", ",counts=frame", ",counts=payload,header=20"} {
				for _, unit := range []string{"", ",unit=2", ",unit=4", ",unit=2147483647"} {
					highBits := fmt.Sprintf(",mask=%#x", binaryDigits.capacity(size)&^15)
					for _, more := range []string{"", ",mask=0x7f", highBits, ",signed", ",offset=3", ",trailer=ab", ",crc=crc32"} {
						spec := fmt.Sprintf("length:size=%d,endian=%s%s%s%s", size, endian, adjust, unit, more)
						f := mustParse(t, spec)
						for _, v := range values {
							if n++; n%29 != 0 { // 29 divides no length of these lists of values: each value meets each key
								continue
							}
							checkHostile(t, f, spec, hostileFrame(v, size, endian, more))
						}
					}
				}
			}
		}
	}
	for _, spec := range []string{"varint", "varint:max=5", "varint:strict"} {
		for _, v := range values {
			checkHostile(t, mustParse(t, spec), spec, binary.AppendUvarint(nil, v))
		}
	}
	for _, spec := range []string{"netstring", "syslog", "content-length", "chunked", "ascii:size=8", "bcd:size=8", "tfrecord",
		"resp", "nats", "stomp", "fix"} {
		f := mustParse(t, spec)
		for _, v := range values {
			for _, text := range []string{"%d:", "%d ", "Content-Length: %d\r\n\r\n", "%x\r\n", "%08d",
				"$%d\r\n", "*%d\r\n", "%%%d\r\n", "|1\r\n*?\r\n*%d\r\n", "$?\r\n;%d\r\n", "PUB a %d\r\n", "HPUB a 1 %d\r\n",
				"SEND\ncontent-length:%d\n\n", "8=FIX.4.4\x019=%d\x01"} {
				checkHostile(t, f, spec, fmt.Appendf(nil, text, v))
			}
			b := binary.LittleEndian.AppendUint64(nil, v)
			checkHostile(t, f, spec, binary.LittleEndian.AppendUint32(b, maskedCRC(b)))
		}
	}
	for spec, text := range map[string]string{
		"ldap": "\x30\x88", "ldap:strict": "\x30\x88", "zmtp": "\x02", "rtsp": "$\x00", "ssh": "", "x11": "\x7f\x00", "x11:endian=be": "\x7f\x00\x00\x00",
		"x11:role=client": "l\x00\x0b\x00\x00\x00", "dbus": "l\x01\x00\x01", "fastcgi": "\x01\x06\x00\x01", "netbios-ssn": "\x00", "cassandra5": "",
	} {
		for _, v := range values {
			checkHostile(t, mustParse(t, spec), spec, binary.BigEndian.AppendUint64([]byte(text), v))
			checkHostile(t, mustParse(t, spec), spec, binary.LittleEndian.AppendUint64([]byte(text), v))
		}
	}
	runtime.ReadMemStats(&after)
	if n < 10_000 {
		t.Errorf("only %d lengths were tried", n)
	}
	// Each Reader has one buffer; a buffer for an announced gigabyte would exceed the bound.
	if per := (after.TotalAlloc - before.TotalAlloc) / uint64(n); per > 2*bufferSize {
		t.Errorf("%d bytes allocated for each length", per)
	}
}

// A length that no stream can have is reported as such, whatever the limit is. It is shown
// as it was written; an … replaces digits only if there are more of them.
func TestLongerThanAnyStream(t *testing.T) {
	for _, row := range []struct{ spec, wire, length string }{
		{"u64be", "\x7f\xff\xff\xff\xff\xff\xff\xff", "9223372036854775807"},
		{"u64be:max=1GiB", "\x7f\xff\xff\xff\xff\xff\xff\xff", ""},
		{"u64be:unit=8", "\x7f\xff\xff\xff\xff\xff\xff\xff", "9223372036854775807"},
		{"u64le:adjust=8", "\xf8\xff\xff\xff\xff\xff\xff\x7f", "9223372036854775800"},
		{"u64be:crc=crc32", "\x7f\xff\xff\xff\xff\xff\xff\xff", "9223372036854775807"},
		{"netstring", "9223372036854775808:", "9223372036854775808"},
		{"netstring", "92233720368547758080:", "9223372036854775808…"},
		{"syslog", "9223372036854775808 ", "9223372036854775808"},
		{"chunked", "ffffffffffffffff\r\n", "ffffffffffffffff"},
		{"chunked", "ffffffffffffffffF\r\n", "ffffffffffffffff…"},
		{"resp", "$9223372036854775808\r\n", "9223372036854775808"},
		{"resp", "$92233720368547758080\r\n", "9223372036854775808…"},
		{"nats", "PUB a 9223372036854775808\r\n", "9223372036854775808"},
		{"nats", "PUB a 92233720368547758080\r\n", "9223372036854775808…"},
		{"fix", "8=FIX.4.4\x019=9223372036854775808\x01", "9223372036854775808"},
		{"fix", "8=FIX.4.4\x019=92233720368547758080\x01", "9223372036854775808…"},
	} {
		want := "length " + row.length + " is longer than any stream"
		if row.length == "" {
			want = "length 9223372036854775807 is over the maximum 1073741824 of u64be:max=1073741824"
		}
		for _, src := range []io.Reader{whole([]byte(row.wire)), single([]byte(row.wire))} {
			r := NewReader(src, mustParse(t, row.spec))
			r.Max = 1 << 20
			_, err := r.Next()
			if fault, ok := err.(*Error); !ok || fault.Detail != want || fault.Fault != LengthTooLarge {
				t.Errorf("%s: %q gives %v, want %q", row.spec, row.wire, err, want)
			}
		}
	}
}

func hostileFrame(v uint64, size int, endian, more string) []byte {
	var b [8]byte
	field := b[:]
	if endian == "le" {
		binary.LittleEndian.PutUint64(field, v)
		field = field[:size]
	} else {
		binary.BigEndian.PutUint64(field, v)
		field = field[8-size:]
	}
	offset := ""
	if more == ",offset=3" {
		offset = "abc"
	}
	return append([]byte(offset), field...)
}

func checkHostile(t *testing.T, f Framing, spec string, header []byte) {
	t.Helper()
	e, err := f.Scan(header, new(Cursor))
	if err == nil && (e.Body < 0 || e.Body > math.MaxInt64-int64(e.Header)-int64(e.Trailer)) {
		t.Fatalf("%s: % x has extent %+v", spec, header, e)
	}
	r := NewReader(io.MultiReader(bytes.NewReader(header), strings.NewReader("0123456789abcdefghijklmnopqrstuvwxyz")), f)
	r.Max = int64(len(header)%2)*101 - 1 // with and without a limit
	for i := 0; ; i++ {
		fr, err := r.Next()
		if err != nil {
			if e := (*Error)(nil); err != io.EOF && !errors.As(err, &e) {
				t.Fatalf("%s: % x: error %v", spec, header, err)
			}
			break
		}
		if r.Max > 0 && int64(len(fr.Payload)) > r.Max || i > 60 {
			t.Fatalf("%s: % x: frame %d has %d bytes", spec, header, i, len(fr.Payload))
		}
	}
	if cap(r.buf) > bufferSize {
		t.Fatalf("%s: % x: the buffer grew to %d", spec, header, cap(r.buf))
	}
}

// A length is refused as soon as its field is complete, not when its body has arrived.
func TestLimitAtOnce(t *testing.T) {
	for spec, header := range map[string]string{
		"u32be": "\x7f\xff\xff\xff", "varint": "\xff\xff\x03", "netstring": "9999:", "syslog": "9999 ",
		"content-length": "Content-Length: 9999\r\n\r\n", "chunked": "ffff\r\n", "tfrecord": "\xff\xff\x00\x00\x00\x00\x00\x00",
		"u16be:crc=crc32": "\xff\xff", "fixed:1000": "x", "nats": "PUB a 9999\r\n", "stomp": "SEND\ncontent-length:9999\n\n", "fix": "8=FIX.4.4\x019=9999\x01",
		"http": "POST / HTTP/1.1\r\nContent-Length: 9999\r\n\r\n", "sip": "SIP/2.0 200 OK\r\nl: 9999\r\n\r\n", "bittorrent": "\x00\x00\xff\xff", "rtmp": "\x04\x00\x00\x00\x00\xff\xff\x09\x01\x00\x00\x00", "smtp": "BDAT 9999\r\n", "ldap": "\x30\x82\xff\xff", "zmtp": "\x00\xff", "rtsp": "$\x00\xff\xff", "dbus": "l\x01\x00\x01\xff\xff\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00",
		"fastcgi": "\x01\x06\x00\x01\xff\xff\x00\x00", "netbios-ssn": "\x00\x01\xff\xff", "ssh": "\x00\x00\x01\x04\x04", "x11": "\x7f\x00\xff\xff",
		"cassandra5": "\x5d\x00\x02\xc5\x52\x6e",
	} {
		if spec == "tfrecord" {
			b := []byte(header)
			header = string(binary.LittleEndian.AppendUint32(b, maskedCRC(b)))
		}
		pr, pw := io.Pipe()
		go pw.Write([]byte(header)) // and sends nothing more
		r := NewReader(pr, mustParse(t, spec))
		r.Max = 90
		_, err := r.Next()
		if e, ok := err.(*Error); !ok || e.Err != ErrTooLong || e.Fault != LengthTooLarge {
			t.Errorf("%s: %v, want it over the limit", spec, err)
		}
		pr.Close()
	}
}

// Delimited frames are refused before much more than the limit is held in memory.
func TestEndlessFrame(t *testing.T) {
	for spec, start := range map[string]string{
		"lines": "", "crlf": "", `delim:\n,esc=\\`: "", "any:0x0a": "", "slip": "", "kiss": "", "cobs": "", "cobsr": "", "hdlc": "", "hdlc:accm=ffffffff": "x",
		"rtsp": "OPTIONS * RTSP/1.0\r\nA: ", "dbus": "DATA ", "ssh": "",
		"dle": "\x10\x02", "stx-etx": "\x02", "json-seq": "\x1e", "content-length": "A: ", "chunked": "0\r\n", "delim:;,crc=crc32": "",
		"resp": "*3\r\n+", "resp:inline": "", "nats": "INFO ", "http": "HTTP/1.1 200 OK\r\n\r\n", "http:strict": chunkedHead + "5;", "sse": ":", "starts:>": ">", "nmea": "$", "smtp": "220-", "imap": "", "sip": "SIP/2.0 200 ", "warc": "WARC/", "xmpp": "<a>",
		"json-stream": "[", "msgpack": "\xdd\xff\xff\xff\xff", "cbor-seq": "\x9f", "stomp": "SEND\n\n", "fix": "8=",
	} {
		src := &endless{start: start}
		r := NewReader(src, mustParse(t, spec))
		r.Max = 1 << 20
		_, err := r.Next()
		if e, ok := err.(*Error); !ok || e.Err != ErrTooLong || e.Start != 0 || e.Fault != FrameTooLarge && e.Fault != headerTooLarge {
			t.Errorf("%s: %v, want it too long", spec, err)
		}
		if src.n > 5<<20 {
			t.Errorf("%s: %d bytes were read before it was refused", spec, src.n)
		}
	}
}

type endless struct {
	start string
	n     int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.start)
	e.start = e.start[n:]
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	e.n += len(p)
	return len(p), nil
}

// Fill between frames is dropped as it arrives: memory stays flat.
func TestFillIsDropped(t *testing.T) {
	for spec, s := range map[string][2]string{
		"slip": {"\xc0", "hello\xc0"}, "kiss": {"\xc0", "\x00hello\xc0"}, "cobs": {"\x00", "\x06hello\x00"},
		"hdlc": {"\x7e", "hello\xbd\x34\x7e"}, "json-seq": {"\x1e", "\"hello\"\n"}, "stomp": {"\n", "SEND\n\nhello\x00"},
		"http": {"\n", "GET / HTTP/1.1\nContent-Length: 5\n\nhello"}, "sse": {"\n", "data: hello\n\n"}, "json-stream": {" ", "\"hello\""}, "rtsp": {"\n", "$\x00\x00\x05hello"},
	} {
		const size = 8 << 20
		fill := bytes.Repeat([]byte(s[0]), size)
		r := NewReader(io.MultiReader(bytes.NewReader(fill), strings.NewReader(s[1])), mustParse(t, spec))
		f, err := r.Next()
		if err != nil || strings.Trim(string(f.Payload), `"`) != "hello" || f.Offset < size-1 {
			t.Errorf("%s: %+v, %v", spec, f, err)
		}
		if cap(r.buf) > bufferSize {
			t.Errorf("%s: the buffer grew to %d", spec, cap(r.buf))
		}
	}
}

// After the first frame, no frame allocates memory.
func TestNoAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const allocRuns = 20 // one that allocates once in 20 frames is found
	for _, k := range Entries() {
		if k.Name == "mix" || k.traits.Timed { // mix tries its framings one after another
			continue
		}
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			frame, err := f.Append(nil, Marks{}, []byte(x.Payload))
			if err != nil {
				t.Fatal(err)
			}
			wire := bytes.Repeat(frame, 400)
			check := func(name string, read func()) {
				if n := testing.AllocsPerRun(allocRuns, read); n > 0 {
					t.Errorf("%s: %s allocates %v times a frame", x.Spec, name, n)
				}
			}
			r := NewReader(bytes.NewReader(wire), f)
			check("Next", func() {
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
			})
			big := bytes.Repeat(wire, 150*allocRuns/100)
			r = NewReader(bytes.NewReader(big), f)
			r.NextBatch()
			check("NextBatch", func() {
				if _, err := r.NextBatch(); err != nil {
					t.Fatal(err)
				}
			})
			w := NewWriter(io.Discard, f)
			w.buf = make([]byte, 0, 4*bufferSize)
			payload := []byte(x.Payload)
			check("Write", func() { w.Write(payload) })
			r = NewReader(bytes.NewReader(wire), f)
			b, err := r.NextBatch()
			if err != nil {
				t.Fatal(err)
			}
			check("WriteBatch", func() { w.WriteBatch(b) })
		}
	}
}

// An error of the source is returned unchanged, after the frames before it.
func TestSourceError(t *testing.T) {
	boom := errors.New("boom")
	for _, read := range []func(*Reader) ([]got, error){drain, drainBatch} {
		r := NewReader(io.MultiReader(strings.NewReader("\x01a\x01b\x05x"), failing{boom}), mustParse(t, "u8"))
		frames, err := read(r)
		if len(frames) != 2 || err != boom {
			t.Errorf("%d frames, %v", len(frames), err)
		}
		if string(r.Buffered()) != "\x05x" {
			t.Errorf("buffered %q", r.Buffered())
		}
	}
	r := NewReader(bytes.NewReader(nil), mustParse(t, "u8"))
	r.src = readFunc(func([]byte) (int, error) { return 0, nil })
	if _, err := r.Next(); err != io.ErrNoProgress {
		t.Errorf("a source that gives nothing: %v", err)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// A large frame fed byte by byte, and a long line in small reads: twice the size takes
// about twice the time, not four times.
func BenchmarkLinear(b *testing.B) {
	for _, size := range []int{128 << 10, 256 << 10} {
		frame, _ := mustParse(b, "u32be").Append(nil, Marks{}, make([]byte, size))
		benchRead(b, fmt.Sprintf("u32be-byte-by-byte-%dK", size>>10), "u32be", frame, 1)
		benchRead(b, fmt.Sprintf("json-seq-byte-by-byte-%dK", size>>10), "json-seq", jsonLines(size), 1)
		benchRead(b, fmt.Sprintf("cobs-byte-by-byte-%dK", size>>10), "cobs", append(bytes.Repeat([]byte{1}, size), 0), 1)
	}
	for _, size := range []int{32 << 20, 64 << 20} {
		benchRead(b, fmt.Sprintf("lines-4K-%dM", size>>20), "lines", append(bytes.Repeat([]byte("x"), size), '\n'), 4096)
		benchRead(b, fmt.Sprintf("esc-4K-%dM", size>>20), `delim:\n,esc=\\`, append(bytes.Repeat([]byte("x"), size), '\n'), 4096)
	}
}

func jsonLines(size int) []byte {
	return append(append([]byte("\x1e["), bytes.Repeat([]byte("1,\n"), size/3)...), "1]\n"...)
}

func benchRead(b *testing.B, name, spec string, wire []byte, cut int) {
	f := mustParse(b, spec)
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(len(wire)))
		for range b.N {
			r := NewReader(&cutReader{wire, func() int { return cut }}, f)
			r.Max = -1
			if _, err := r.Next(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The buffer for a large frame grows to its size once a good part of it has arrived, and not to the next
// power of two.
func TestLargeFrameBuffer(t *testing.T) {
	const size = 70 << 20
	head := []byte{size >> 24, size >> 16 & 0xff, size >> 8 & 0xff, size & 0xff}
	r := NewReader(io.MultiReader(bytes.NewReader(head), io.LimitReader(zeroReader{}, size)), mustParse(t, "u32be"))
	r.Max = -1
	f, err := r.Next()
	if err != nil || len(f.Payload) != size {
		t.Fatalf("%d bytes, %v", len(f.Payload), err)
	}
	if n := len(r.buf); n > size+size/16 {
		t.Errorf("the buffer has %d bytes for a frame of %d", n, size)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

package framing

import (
	"bytes"
	"cmp"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// cutReader returns data in pieces of the sizes that next gives.
type cutReader struct {
	data []byte
	next func() int
}

func (r *cutReader) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.next())], r.data)
	r.data = r.data[n:]
	return n, nil
}

func whole(data []byte) io.Reader  { return bytes.NewReader(data) }
func single(data []byte) io.Reader { return &cutReader{data, func() int { return 1 }} }
func random(data []byte, rnd *rand.Rand) io.Reader {
	return &cutReader{data, func() int {
		if rnd.IntN(4) == 0 {
			return 1
		}
		return 1 + rnd.IntN(64)
	}}
}

// A got is a copy of a frame that is still valid after the next call of the Reader.
type got struct {
	Index, Offset, Wire      int64
	Header, Trailer, Payload string
}

func asGot(f Frame) got {
	return got{f.Index, f.Offset, f.Size, string(f.Header), string(f.Trailer), string(f.Payload)}
}

// drain reads all frames with Next.
func drain(r *Reader) (frames []got, err error) {
	for {
		f, err := r.Next()
		if err != nil {
			return frames, err
		}
		frames = append(frames, asGot(f))
	}
}

// drainBatch reads all frames with NextBatch.
func drainBatch(r *Reader) (frames []got, err error) {
	for {
		b, err := r.NextBatch()
		if err != nil {
			return frames, err
		}
		for i := range b.Frames {
			frames = append(frames, asGot(b.Frame(i)))
		}
	}
}

func mustParse(t testing.TB, spec string) Framing {
	t.Helper()
	f, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// cutExample splits the frame of an example at its marks.
func cutExample(t testing.TB, frame string) (fill, header, body, trailer string) {
	t.Helper()
	first := max(0, strings.Index(frame, "|"))
	if i := strings.LastIndex(frame[:first], "~"); i >= 0 {
		fill, frame = frame[:i], frame[i+1:]
	}
	header, rest, ok := strings.Cut(frame, "|")
	if !ok {
		t.Fatalf("example %q has no | before its payload", frame)
	}
	body, trailer, _ = strings.Cut(rest, "|")
	return fill, header, body, trailer
}

// Append writes the examples of the table, and a Reader reads them.
func TestExamples(t *testing.T) {
	for _, k := range Entries() {
		if len(k.examples) == 0 {
			t.Errorf("%s has no example", k.Name)
		}
		for _, x := range k.examples {
			t.Run(x.Spec, func(t *testing.T) {
				f := mustParse(t, x.Spec)
				fill, header, body, trailer := cutExample(t, x.Frame)
				if strings.HasPrefix(x.Spec, "delim:||") { // its delimiter is the mark itself
					body, trailer = "hello", "||"
				}
				want := fill + header + body + trailer
				frame, err := f.Append([]byte("before"), Marks{}, []byte(x.Payload))
				if err != nil || string(frame) != "before"+want {
					t.Fatalf("Append(%q) = %q, %v; want %q after what was there", x.Payload, frame, err, want)
				}
				got, err := drain(NewReader(strings.NewReader(want+want), f))
				if len(got) != 2 || err != io.EOF && err != errInBody(x.Spec, err) {
					t.Fatalf("reading it twice: %d frames, %v", len(got), err)
				}
				if g := got[1]; g.Header != header || g.Trailer != trailer || g.Payload != x.Payload || g.Index != 1 ||
					g.Offset != int64(len(want)+len(fill)) || g.Wire != int64(len(want)-len(fill)) {
					t.Errorf("the second frame is %+v, want header %q, payload %q, trailer %q", g, header, x.Payload, trailer)
				}
			})
		}
	}
}

// errInBody is err if a chunked body without its last chunk may end so.
func errInBody(spec string, err error) error {
	if e, ok := err.(*Error); ok && spec == "chunked" && e.Fault == Truncated && e.Have == 0 {
		return err
	}
	return io.EOF
}

// String returns a spec that Parse turns into the same framing.
func TestString(t *testing.T) {
	rows := []struct{ spec, want string }{
		{"lines", "lines"},
		{`delim:\n`, "lines"},
		{`delim:0x0d0a`, "crlf"},
		{"length:size=4", "u32be"},
		{"length:size=4,endian=le", "u32le"},
		{"length:size=5", "length:size=5"},
		{"u16be:offset=2,adjust=-4", "u16be:offset=2,counts=frame"},
		{"u16be:counts=payload,header=7", "u16be:adjust=5,header=7"},
		{"u32be:mask=0x7fffffff", "u32be:mask=0x7fffffff"},
		{"u32be:max=64KiB,min=0", "u32be:max=65536"},
		{`u8:magic=A\,,header=3,magic-at=1`, `u8:header=3,magic=A\,,magic-at=1`},
		{"varint:strict,max=0x5", "varint:max=5,strict"},
		{"hdlc:fcs=16,accm=0xFFFFFFFF", "hdlc:accm=ffffffff"},
		{"any:\\n,0x0d", "any:0x0a,0x0d"},
		{`delim:\x30x41`, `delim:\x30x41`},
		{"json-seq:json", "json-seq"},
		{"delim:a=b", "delim:a=b"},
		{"u8:offset=010", "u8:offset=10"},
		{"kafka", "kafka"},
		{"kafka:max=0x10", "kafka:max=0x10"},
		{"kafka:signed", "kafka:signed"}, // as its row is
		{"bgp:max=65535,magic-at=0", "bgp:max=65535,magic-at=0"},
		{"u32be:prefix=0x80,signed", `u32be:prefix=\x80\0\0\0,signed`}, // the length overwrites it
		{"ssh:banner", "ssh"},
		{"kafka:crc=crc32,max=16", "kafka:max=16,crc=crc32"},
		{"tls:max=0x4100", "tls:max=0x4100"},
		{"lines:esc=%", `delim:\n,esc=%`},
		{"slip:crc=crc32", "slip:crc=crc32"},
		{`delim:\n,crc=xor8`, `delim:\n,crc=xor8`},
	}
	for _, k := range Entries() {
		for _, x := range k.examples {
			rows = append(rows, struct{ spec, want string }{x.Spec, mustParse(t, x.Spec).String()})
		}
	}
	for _, r := range rows {
		f := mustParse(t, r.spec)
		if got := f.String(); got != r.want {
			t.Errorf("Parse(%q) prints %q, want %q", r.spec, got, r.want)
		}
		again, err := Parse(f.String())
		if err != nil || again.String() != f.String() {
			t.Errorf("Parse(%q) prints %q, which gives %v, %v", r.spec, f, again, err)
		}
	}
}

func TestBadSpec(t *testing.T) {
	rows := []struct {
		spec string
		pos  int
		text string
		word string // one of those that are right there
	}{
		{"", 0, "a framing has a name", ""},
		{"u32eb", 0, `no framing "u32eb"`, "u32be"},
		{"netstrin", 0, "no framing", "netstring"},
		{"u32be:", 6, "an argument is missing", ""},
		{"u32be:offset=1,,", 15, "an argument is missing", ""},
		{"u32be:ofset=1", 6, `no key "ofset"`, "offset"},
		{"u32be:offset", 6, "offset needs a value", ""},
		{"u32be:offset=-1", 13, "out of range, expected 0 to 65536", ""},
		{"u32be:offset=one", 13, "not a number", ""},
		{"u32be:offset=1,offset=2", 15, "given twice", ""},
		{"u32be:counts=frmae", 13, "counts is one of", "frame"},
		{"u32be:counts=frame,adjust=1", 19, "two ways to set the same value", ""},
		{"u32be:signed=1", 13, "takes no value", ""},
		{"u32be:header=2", 13, "no room for the length field", ""},
		{"u32be:prefix=ABCDE", 13, "longer than the header", ""},
		{"u32be:magic=ABCDE", 12, "after the end of the header", ""},
		{"u32be:magic=AB,magic-at=3", 24, "after the end of the header", ""},
		{"u32be:magic=AB,offset=2,prefix=AC", 31, "the prefix contradicts the magic", ""},
		{"grpc:offset=0,magic=A", 20, "the magic overlaps the length field", ""},
		{"u32be:magic=0xabc", 12, "two hex digits", ""},
		{"u32be:magic=0xzz,header=9", 14, "not hex digits", ""},
		{"u32be:mask=0", 11, "selects no bit", ""},
		{"u32be:mask=0x1ffffffff", 11, "4 bytes does not have the mask's bits 0x100000000", ""},
		{"u8:mask=0x3ff", 8, "1 byte does not have the mask's bits 0x300", ""},
		{"ascii:mask=0x1", 6, `no key "mask"`, ""},
		{"u8:max=0,min=1", 13, "over the maximum", ""},
		{"u8:min=256", 7, "over the maximum 255", ""},
		{"u8:max=300", 7, "300 is over 255", ""},
		{"bgp:max=70000", 8, "70000 is over 65535", ""},
		{"netbios-ssn:max=200000", 16, "200000 is over 131071", ""},
		{"bgp:min=5000", 8, "over the maximum 4096", ""},
		{"u32be:max=4kib", 10, "write 4KiB", ""},
		{"u32be:max=4kb", 10, "write 4096", ""},
		{"u32be:size=4", 6, "part of the name", ""},
		{"u32be:offset=2,endian=be", 15, "part of the name", ""},
		{"kafka:size=4", 6, `no key "size"`, ""},
		{"kafka:signed,signed", 13, "given twice", ""},
		{"kafka:signed=1", 13, "takes no value", ""},
		{"u32be:offset=one,counts=frmae", 13, "not a number", ""},
		{`delim`, 5, "needs the delimiter", ""},
		{`delim:\q`, 6, "no escape `\\q`:", ""},
		{`delim:\é`, 6, "no escape `\\é`:", ""},
		{"delim:\\\n", 6, `no escape "\\\n":`, ""},
		{`delim:\x4`, 6, `two hex digits`, ""},
		{`delim:\`, 6, `a backslash must be followed`, ""},
		{`delim:ab,esc=a`, 13, `must not be part`, ""},
		{`delim:|,esc=ab`, 12, "expected one byte", ""},
		{`lines:esc=xy`, 10, "expected one byte", ""},
		{`mllp:esc=x`, 9, "do not go together", ""},
		{"fixed", 5, "needs the size", ""},
		{"fixed:4,magic=abcde", 14, "longer than the frame", ""},
		{"fixed:0", 6, "at least 1 byte", ""},
		{"fixed:x", 6, "is not a size", ""},
		{"any", 3, "needs the bytes", ""},
		{"any:ab", 4, "each argument must be one byte", ""},
		{"hdlc:accm=12", 10, "8 hex digits", ""},
		{"hdlc:fcs=8", 9, "fcs is one of", ""},
		{"lines:x", 6, "lines has no key \"x\"; it has esc magic crc", ""},
		{"slip:crc=crc23", 9, "crc is one of", "crc32"},
		{"u8:offset=0b11", 10, "not a number", ""},
		{"u8:offset=--1", 10, "not a number", ""},
		{"fixed:0o17", 6, "is not a size", ""},
		{"ssh:banner=no", 11, "banner is on or off", "off"},
		{"ssh:banner=False", 11, "banner is on or off", "off"},
		{"ssh:banner=1", 11, "banner is on or off", "on"},
		{"json-seq:json=of", 14, "json is on or off", "off"},
		{"json-seq:json=no", 14, "json is on or off", "off"},
		{"json-seq:json=yes", 14, "json is on or off", "on"},
		{"u32be:mask=0x7fffffff,prefix=0x80,signed", 29, "the prefix makes the signed length negative", ""},
		{"http2:max=16MiB", 10, "16777216 is over 16777215", ""},
		{"varint:max=11", 11, "expected 1 to 10", ""},
	}
	for _, r := range rows {
		_, err := Parse(r.spec)
		e, ok := err.(*SpecError)
		if !ok {
			t.Errorf("Parse(%q) = %v, want a SpecError", r.spec, err)
			continue
		}
		if e.Pos != r.pos || !strings.Contains(e.Detail, r.text) || r.word != "" && !slices.Contains(e.Words, r.word) || e.Spec != r.spec {
			t.Errorf("Parse(%q): at %d %q, words %q; want at %d %q, with %q", r.spec, e.Pos, e.Detail, e.Words, r.pos, r.text, r.word)
		}
	}
}

// Append refuses a payload that Scan would read back differently, and leaves dst as it was.
func TestAppendRefuses(t *testing.T) {
	rows := []struct{ spec, payload, text string }{
		{"u8", strings.Repeat("x", 256), "too long for u8"},
		{"u16be:max=3", "abcd", "too long"},
		{"u16be:min=3", "ab", "too short"},
		{"u16be:unit=4", "abc", "a payload of 3 bytes is not a multiple of the length unit, 4"},
		{"u8:signed", strings.Repeat("x", 128), "too long"},
		{"u8:mask=0xf0", "abcd", "the mask 0xf0 has no room for 4,"},
		{"u8:mask=0xf0", strings.Repeat("x", 16), ""},
		{"u8:mask=0xf0", strings.Repeat("x", 256), "too long"},
		{"u8:mask=0x07", strings.Repeat("x", 8), "too long"},
		{"lines", "a\nb", `contains the delimiter "\n" at byte 1`},
		{"crlf", "a\r", ""},
		{"delim:aa", "xa", "contains the delimiter"},
		{"delim:aab,esc=%", "xa", ""},
		{"delim:aa,esc=%", "xa", "read as an earlier delimiter"},
		{"any:0x0a,0x0d", "a\rb", "at byte 1"},
		{"fixed:3", "", "does not fit"},
		{"fixed:3", "abcd", "does not fit"},
		{"syslog", "", "no empty message"},
		{"http2:role=client", "hello", "begins with the preface"},
		{"slip", "", "no empty packet"},
		{"hdlc", "", "no empty frame"},
		{"hdlc:fcs=none", "", "no empty frame"},
		{"json-seq", "{", "not valid JSON"},
		{"json-seq", "1\x1e", "contains RS"},
		{"json-seq", "1\n ", "complete JSON text before"},
		{"varint:max=1", strings.Repeat("x", 128), "too long"},
		{"ascii:size=1", "0123456789", "too long"},
		{"resp", "", "an empty payload is not a value"},
		{"resp", "PING\r\n", "not a value: byte 0"},
		{"resp:inline", "PING\r\n", ""},
		{"resp", "$5\r\nhello", "ends inside a value"},
		{"resp", "+OK\r\n+OK\r\n", "more bytes after a value, at byte 5"},
	}
	for _, r := range rows {
		out, err := mustParse(t, r.spec).Append([]byte("before"), Marks{}, []byte(r.payload))
		if r.text == "" {
			if err != nil {
				t.Errorf("%s refuses %q: %v", r.spec, r.payload, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), r.text) || !isPayload(err) || string(out) != "before" {
			t.Errorf("%s of %.20q: %q, %v; want an ErrPayload %q and nothing appended", r.spec, r.payload, out, err, r.text)
		}
	}
}

// Describe returns only fields whose names are in the row.
func TestVariableFields(t *testing.T) {
	for _, k := range Entries() {
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			d, ok := f.(Describer)
			if !ok {
				if len(k.variable) > 0 {
					t.Errorf("%s has no Describe, but its row names %q", x.Spec, k.variable)
				}
				continue
			}
			wire, err := f.Append(nil, Marks{}, []byte(x.Payload))
			if err != nil {
				t.Fatal(err)
			}
			frame, err := NewReader(bytes.NewReader(wire), f).Next()
			if err != nil {
				t.Fatal(err)
			}
			for _, field := range d.Describe(nil, frame.Header, frame.Body) {
				if !slices.Contains(k.variable, field.Name) {
					t.Errorf("%s: a frame has the field %s, which the row does not name", x.Spec, field.Name)
				}
			}
		}
	}
}

func TestNamesAscend(t *testing.T) {
	for _, k := range Entries() {
		for _, f := range k.Fields {
			ascend := func(a, b named) int { return cmp.Compare(a.Value, b.Value) }
			if !slices.IsSortedFunc(f.Names, ascend) {
				t.Errorf("%s: names of %s are not in the order of their values", k.Name, f.Name)
			}
		}
	}
}

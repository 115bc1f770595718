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
				src := io.Reader(strings.NewReader(want + want))
				if k.traits.Timed {
					src = pauses(want, "|", want)
				}
				got, err := drain(NewReader(src, f))
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
		{"mcp", "{", "not valid JSON"},
		{"mcp", `{"id":1}`, "no JSON-RPC message"},
		{"mcp", "{\n\"jsonrpc\":\"2.0\"}", `contains the delimiter "\n" at byte 1`},
		{"mcp", `"jsonrpc"`, "does not begin with { or ["},
		{"json-seq", "1\x1e", "contains RS"},
		{"json-seq", "1\n ", "complete JSON text before"},
		{"starts:aa", "xa", "contains the mark \"aa\" at byte 1"},
		{"sse", "a\rb", "contains CR at byte 1"},
		{"http:head", "x", "answer to HEAD"},
		{"json-stream", "{", "not valid JSON"},
		{"json-stream", "1 ", "blanks around"},
		{"msgpack", "\x92\x01", "ends inside a MessagePack value"},
		{"msgpack", "\x01\x01", "more bytes after a MessagePack value, at byte 1"},
		{"cbor-seq", "", "an empty payload is not a CBOR item"},
		{"cbor-seq", "\xff", "not a CBOR item: found a break"},
		{"nmea", "a\nb", "at byte 1, expected text"},
		{"smtp", "a\r\nb", "more than one frame"},
		{"smtp", "250-a", "more lines must follow"},
		{"smtp", "BDAT 3", "more than one frame"},
		{"xmpp", "", "not a stanza"},
		{"xmpp", "<a>", "ends inside a stanza"},
		{"xmpp", "<a/> ", "not one stanza"},
		{"xmpp", "<stream>", "not one stanza"},
		{"xmpp", "hello", "byte 0"},
		{"imap", "a {5}", "more lines must follow"},
		{"imap", "a\x00", "byte 1"},
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
			row := EntryOf(f)
			wire, err := f.Append(nil, Marks{}, []byte(x.Payload))
			if err != nil {
				t.Fatal(err)
			}
			frame, err := NewReader(bytes.NewReader(wire), f).Next()
			if err != nil {
				t.Fatal(err)
			}
			for _, field := range row.Describe(nil, f, frame) {
				named := slices.ContainsFunc(row.Fields, func(f Field) bool { return f.Name == field.Name })
				if !named && !slices.Contains(row.variable, field.Name) {
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

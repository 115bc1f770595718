package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"framecat/framing"
)

// Objects may be on one line or several, and may have other members. An error names the wrong
// byte; | in a row marks it, and is not a part of the text.
func TestJSONIn(t *testing.T) {
	for _, row := range []struct{ text, want string }{ // the payloads; an error is "!" and a word of it
		{"", ""},
		{" \r\n\t", ""},
		{`{"text":"a"}`, "a"},
		{`{"text":"a"}{"text":"b"}`, "a b"},
		{"{\"text\":\n\t\"a\"\n}\n\n{ \"text\" : \"b\" }", "a b"},
		{`{"text":"\u00e9\ud83d\ude00\n"}`, "é😀\n"},
		{`{"text":"\\ud83d"}`, `\ud83d`},
		{`{"text":"{\"}]"}`, `{"}]`},
		{`{"hex":"61 62"} {"base64":"Yw=="} {"base64":"Yw"}`, "ab c c"},
		{`{"json":{"a": 1e400, "a":2}}`, `{"a": 1e400, "a":2}`},
		{"{\"json\" : [1,\n2] }", "[1,\n2]"},
		{`{"json":1,"text":"a"}`, "a"},
		{`{"json":null,"base64":"YQ=="}`, "a"},
		{`{"json":null}`, "null"},
		{`{"index":0,"text":"a","fields":{"x":[1,{"y":"}"}]},"Text":"no"}`, "a"},

		{`{"text":"a"} |x`, "a !want { to begin an object"},
		{`|[]`, "!want { to begin an object"},
		{`|"text"`, "!want { to begin an object"},
		{`{"text":"a"} |{"other":1}`, "a !has 0"},
		{`|{"text":"a","hex":"61"}`, "!has 2"},
		{`|{"Text":"a"}`, "!has 0"},
		{`|{"text":"a","text":"b"}`, `!"text" is given twice`},
		{`|{"text":"a","te\u0078t":"b"}`, `!"text" is given twice`},
		{`|{"text":"a","header":"00","x":{},"header":"01"}`, `!"header" is given twice`},
		{`|{"x":1,"text":"a","x":2}`, `!"x" is given twice`},
		{`{"text":"x\":\\","x":{"a":1,"a":[{"b":2}],"text":3},"y":[{"text":4},"text"]}`, `x":\`},
		{`|{"text":1}`, `!"text" must be a string, not 1`},
		{`|{"text":null}`, `!"text" must be a string, not null`},
		{`|{"text":["a long list","that is cut off"]}`, `!not ["a long list","that…`},
		{`|{"hex":"6x"}`, `!byte 1 of "hex"`},
		{`|{"hex":"6"}`, `!byte 1 of "hex"`},
		{`|{"base64":"!"}`, `!byte 0 of "base64"`},
		{`|{"text":"\ud83d"}`, "!half a surrogate pair"},
		{`|{"text":"\ude00\ud83d"}`, "!half a surrogate pair"},
		{`|{"text":"\ud83d\u0041"}`, "!half a surrogate pair"},
		{"|{\"text\":\"\xff\"}", "!not UTF-8"},
		{`{"text":"\ufffd"}`, "\ufffd"},
		{`{"text":|x}`, "!invalid character"},
		{`{"text":"a"|]}`, "!invalid character"},
	} {
		before, after, marked := strings.Cut(row.text, "|")
		for way, src := range map[string]func() *framing.Reader{
			"whole": func() *framing.Reader { return framing.NewReader(strings.NewReader(before+after), JSONObjects{}) },
			"byte by byte": func() *framing.Reader {
				return framing.NewReader(iotest.OneByteReader(strings.NewReader(before+after)), JSONObjects{})
			},
		} {
			r := src()
			var got []string
			var e *framing.Error
			for {
				f, err := r.Next()
				if err != nil {
					errors.As(err, &e)
					break
				}
				got = append(got, string(f.Payload))
			}
			want, fault, faulty := strings.Cut(row.want, "!")
			if strings.TrimSpace(want) != strings.TrimSpace(strings.Join(got, " ")) {
				t.Errorf("%q, %s: %q, want %q", row.text, way, got, want)
			}
			switch {
			case faulty != marked:
				t.Fatalf("the row %q is wrong", row.text)
			case faulty && (e == nil || e.Fault != "bad-json" || e.Offset != int64(len(before)) || !strings.Contains(e.Detail, fault)):
				t.Errorf("%q, %s: %v, want %q at byte %d", row.text, way, e, fault, len(before))
			case !faulty && e != nil:
				t.Errorf("%q, %s: %v", row.text, way, e)
			}
		}
	}
}

// A text that ends inside an object is truncated.
func TestJSONCut(t *testing.T) {
	for _, text := range []string{`{`, `{"text":"a`, `{"text":"}`, `{"a":{}`, `{"text":"\`} {
		_, err := framing.NewReader(strings.NewReader(text), JSONObjects{}).Next()
		var e *framing.Error
		if !errors.As(err, &e) || e.Fault != framing.Truncated {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A taggedSender is a Sender whose messages have tags.
type taggedSender struct{}

func (taggedSender) Name() string                 { return "conn 1" }
func (taggedSender) AppendTags(dst []byte) []byte { return append(dst, `,"conn":1`...) }
func (taggedSender) AppendFrameTags(dst []byte, offset, size int64) []byte {
	if offset == 0 {
		return AppendTime(dst, time.Unix(1700000000, 5))
	}
	return dst
}

// Each message is an object on one line, which also names the source of the message.
func TestJSONOut(t *testing.T) {
	for _, row := range []struct {
		spec, wire string
		from       Origin
		want       string
	}{
		{"u8", "\x01a\x00", Origin{}, `{"type":"frame","index":0,"offset":0,"size":1,"wire":2,"header":"01","trailer":"","text":"a"}` + "\n" + `{"type":"frame","index":1,"offset":2,"size":0,"wire":1,"header":"00","trailer":"","text":""}` + "\n"},
		{"netstring", "2:\"\\,", Origin{File: "in\n.bin"}, `{"type":"frame","index":0,"file":"in\n.bin","offset":0,"size":2,"wire":5,"header":"323a","trailer":"2c","text":"\"\\"}` + "\n"},
		{"u8", "\x02\xff\x00", Origin{}, `{"type":"frame","index":0,"offset":0,"size":2,"wire":3,"header":"02","trailer":"","base64":"/wA="}` + "\n"},
		{"u8", "\x01a\x01b", Origin{From: taggedSender{}}, `{"type":"frame","index":0,"conn":1,"time":"2023-11-14T22:13:20.000000005Z","t":1700000000.000000005,"offset":0,"size":1,"wire":2,"header":"01","trailer":"","text":"a"}` + "\n" +
			`{"type":"frame","index":1,"conn":1,"offset":2,"size":1,"wire":2,"header":"01","trailer":"","text":"b"}` + "\n"},
		{"docker", "\x01\x00\x00\x00\x00\x00\x00\x02hi", Origin{}, `{"type":"frame","index":0,"offset":0,"size":2,"wire":10,"header":"0100000000000002","trailer":"","fields":{"stream":"stdout","reserved":0},"text":"hi"}` + "\n"},
		{"http2:role=client", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Origin{}, `{"type":"frame","index":0,"offset":0,"size":0,"wire":24,"silent":true,"header":"505249202a20485454502f322e300d0a0d0a534d0d0a0d0a","trailer":"","text":""}` + "\n"},
	} {
		f, b := batchOf(t, row.spec, row.wire)
		var out bytes.Buffer
		s := NewSink(Format{Name: "json"}, Frames(f), &out, nil)
		row.from.Framing, row.from.Entry = f, Frames(f).Entry
		if n, err := s.Write(b, row.from); n != len(b.Frames) || err != nil || s.Flush() != nil || out.String() != row.want {
			t.Errorf("%s of %q: %d, %v\n%swant\n%s", row.spec, row.wire, n, err, out.String(), row.want)
		}
		if !s.TakesSilent() {
			t.Error("frames without a message have no object")
		}
	}
}

// The strings of objects cannot control a terminal, and encoding/json reads the original back.
func TestJSONString(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", `""`},
		{"plain é 😀", `"plain é 😀"`},
		{"\"\\\n\r\t", `"\"\\\n\r\t"`},
		{"\x00\x1b\x7f", `"\u0000\u001b\u007f"`},
		{"\u009b\u202e\u2028\ufeff", `"\u009b\u202e\u2028\ufeff"`},
		{"\U000e0001", `"\udb40\udc01"`},
		{"\xff", `"` + "\ufffd" + `"`},
	} {
		got := AppendJSONString(nil, []byte(row.text))
		if string(got) != row.want {
			t.Errorf("%q: %s, want %s", row.text, got, row.want)
		}
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != strings.ToValidUTF8(row.text, "\ufffd") {
			t.Errorf("%q reads back as %q, %v", row.text, back, err)
		}
	}
}

// The value of a header field is a number, unless the value has a name or the field is text.
func TestJSONFields(t *testing.T) {
	for _, row := range []struct{ spec, field, text, want string }{
		{"docker", "stream", "stdout", `{"stream":"stdout"}`},
		{"docker", "stream", "7", `{"stream":7}`},
		{"dbus", "serial", "4294967295", `{"serial":4294967295}`},
		{"ldap", "message", "3", `{"message":3}`},
		{"x11", "opcode", "130", `{"opcode":130}`},
		{"x11", "opcode", "CreateWindow", `{"opcode":"CreateWindow"}`},
		{"nats", "subject", "12", `{"subject":"12"}`},
		{"fix", "type", "0", `{"type":"0"}`},
		{"bgp", "marker", "12345678901234567890123456789012", `{"marker":"12345678901234567890123456789012"}`},
		{"nats", "subject", "a\x1b", `{"subject":"a\u001b"}`},
	} {
		e := framing.Lookup(row.spec)
		if got := appendFields(nil, e, []framing.FieldText{{Name: row.field, Text: row.text}}); string(got) != row.want {
			t.Errorf("%s: %s, want %s", row.spec, got, row.want)
		}
	}
}

// A time is written twice: as a date, and in seconds with all digits.
func TestJSONTime(t *testing.T) {
	for _, row := range []struct {
		at   time.Time
		want string
	}{
		{time.Unix(0, 0), `,"time":"1970-01-01T00:00:00.000000000Z","t":0.000000000`},
		{time.Unix(1795936341, 20), `,"time":"2026-11-29T07:12:21.000000020Z","t":1795936341.000000020`},
		{time.Unix(1, 999999999).In(time.FixedZone("", 3600)), `,"time":"1970-01-01T00:00:01.999999999Z","t":1.999999999`},
		{time.Unix(-1, 750000000), `,"time":"1969-12-31T23:59:59.750000000Z","t":-0.250000000`},
		{time.Unix(-2, 750000000), `,"time":"1969-12-31T23:59:58.750000000Z","t":-1.250000000`},
		{time.Unix(-2, 0), `,"time":"1969-12-31T23:59:58.000000000Z","t":-2.000000000`},
	} {
		if got := AppendTime(nil, row.at); string(got) != row.want {
			t.Errorf("%s: %s, want %s", row.at, got, row.want)
		}
	}
}

// The object of a frame without fields is written without an allocation.
func TestJSONAllocates(t *testing.T) {
	f, b := batchOf(t, "u8", "\x05hello\x02\xff\x00\x03\"a\n")
	s := NewSink(Format{Name: "json"}, Frames(f), io.Discard, nil)
	o := Origin{Framing: f, Entry: Frames(f).Entry}
	n := testing.AllocsPerRun(100, func() {
		s.Write(b, o)
		s.Flush()
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A large batch is written in parts, to save memory. If a write fails, the number of messages
// that were taken is returned.
func TestJSONFlushes(t *testing.T) {
	var wire bytes.Buffer
	f, _ := framing.Parse("u16be")
	for range 8 {
		b, _ := f.Append(nil, framing.Marks{}, bytes.Repeat([]byte{'x'}, 60_000))
		wire.Write(b)
	}
	r := framing.NewReader(&wire, f)
	r.BufferSize = 1 << 20
	b, err := r.NextBatch()
	if err != nil || len(b.Frames) < 5 {
		t.Fatalf("%d frames, %v", len(b.Frames), err)
	}
	s := NewSink(Format{Name: "json"}, Frames(f), fullDisk{}, nil)
	if n, err := s.Write(&b, Origin{}); n >= len(b.Frames) || err != syscall.ENOSPC {
		t.Errorf("%d of %d were taken, %v", n, len(b.Frames), err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

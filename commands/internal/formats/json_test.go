package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

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
		return append(dst, `,"first":true`...)
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
		{"u8", "\x01a\x00", Origin{}, `{"index":0,"offset":0,"wire":2,"header":"01","trailer":"","text":"a"}` + "\n" + `{"index":1,"offset":2,"wire":1,"header":"00","trailer":"","text":""}` + "\n"},
		{"netstring", "2:\"\\,", Origin{File: "in\n.bin"}, `{"index":0,"file":"in\n.bin","offset":0,"wire":5,"header":"323a","trailer":"2c","text":"\"\\"}` + "\n"},
		{"u8", "\x02\xff\x00", Origin{}, `{"index":0,"offset":0,"wire":3,"header":"02","trailer":"","base64":"/wA="}` + "\n"},
		{"u8", "\x01a\x01b", Origin{From: taggedSender{}}, `{"index":0,"conn":1,"first":true,"offset":0,"wire":2,"header":"01","trailer":"","text":"a"}` + "\n" + `{"index":1,"conn":1,"offset":2,"wire":2,"header":"01","trailer":"","text":"b"}` + "\n"},
	} {
		f, b := batchOf(t, row.spec, row.wire)
		var out bytes.Buffer
		s := NewSink(Format{Name: "json"}, Frames(f), &out, nil)
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
	got := AppendFrame([]byte{'{'}, framing.Frame{}, "", nil, []framing.FieldText{{Name: "type", Text: "a\x1b"}, {Name: "flags", Text: "0"}})
	if want := `"fields":{"type":"a\u001b","flags":"0"}`; !strings.Contains(string(got), want) {
		t.Errorf("%s, want %s in it", got, want)
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

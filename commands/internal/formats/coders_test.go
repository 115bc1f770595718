package formats

import (
	"errors"
	"strings"
	"testing"

	"framecat/framing"
)

// Each line of a coded format is a message. A line that is not valid has a fault at its first
// wrong byte; | in a row marks this byte, and is not a part of the line.
func TestCodedLines(t *testing.T) {
	for _, row := range []struct{ format, line, want string }{ // want "!" is a fault
		{"hex", "", ""},
		{"hex", "6869", "hi"},
		{"hex", "68 69\t", "hi"},
		{"hex", "6 8 6 9", "hi"},
		{"hex", "C3a9", "é"},
		{"hex", "6869\r", "hi"},
		{"hex", "68|x9", "!"},
		{"hex", "|:68", "!"},
		{"hex", "686|", "!"},
		{"hex", "68 6|", "!"},
		{"hex", "0|x68", "!"},

		{"base64", "", ""},
		{"base64", "aGk=", "hi"},
		{"base64", "aGk", "hi"},
		{"base64", "  aGk= ", "hi"},
		{"base64", "aGk=\r", "hi"},
		{"base64", "////", "\xff\xff\xff"},
		{"base64", "aG|_-", "!"},
		{"base64", "|-Gk=", "!"},
		{"base64", " a|!k=", "!"},
		{"base64", "aGkxx|", "!"},
		{"base64", "aGk=|x", "!"},

		{"escaped", "", ""},
		{"escaped", "plain é", "plain é"},
		{"escaped", `a\n\r\t\\b`, "a\n\r\t\\b"},
		{"escaped", `\a\b\f\v\e`, "\a\b\f\v\x1b"},
		{"escaped", `\"\'\?`, `"'?`},
		{"escaped", `\x41\xfF\x0`, "A\xff\x00"},
		{"escaped", `\x414`, "A4"},
		{"escaped", `\0\101\3777`, "\x00A\xff7"},
		{"escaped", `\18`, "\x018"},
		{"escaped", "a\r", "a"},
		{"escaped", `a|\`, "!"},
		{"escaped", `a|\q`, "!"},
		{"escaped", `|\xg`, "!"},
		{"escaped", `|\x`, "!"},
		{"escaped", `ab|\400`, "!"},
		{"escaped", `|\é`, "!"},
	} {
		format, err := In(row.format)
		if err != nil {
			t.Fatal(err)
		}
		before, after, marked := strings.Cut(row.line, "|")
		f, err := framing.NewReader(strings.NewReader(before+after+"\n"), format.Framing).Next()
		var e *framing.Error
		switch {
		case row.want == "!":
			if !marked || !errors.As(err, &e) || e.Offset != int64(len(before)) || e.Detail == "" || !errors.Is(err, framing.ErrMalformed) {
				t.Errorf("%s of %q: %q, %v; want a fault at byte %d", row.format, row.line, f.Payload, err, len(before))
			}
		case err != nil || string(f.Payload) != row.want:
			t.Errorf("%s of %q: %q, %v; want %q", row.format, row.line, f.Payload, err, row.want)
		}
	}
}

// A message is written as one line, and reading the line gives the message back.
func TestCodedPayloads(t *testing.T) {
	for _, row := range []struct{ format, payload, want string }{
		{"hex", "", "\n"},
		{"hex", "hi\n\xff", "68690aff\n"},
		{"base64", "", "\n"},
		{"base64", "hi\n\xff", "aGkK/w==\n"},
		{"escaped", "", "\n"},
		{"escaped", "hi\n\xff\\", `hi\n\xff\\` + "\n"},
		{"escaped", "\x01" + "1", `\x011` + "\n"},
		{"json", "hi\n", `{"base64":"aGkK"}` + "\n"}, // a message without the header of its frame
		{"raw", "hi\n", "hi\n"},
	} {
		format, err := In(row.format)
		if err != nil {
			t.Fatal(err)
		}
		got, err := format.Framing.Append(nil, framing.Marks{}, []byte(row.payload))
		if err != nil || string(got) != row.want {
			t.Errorf("%s of %q: %q, %v; want %q", row.format, row.payload, got, err, row.want)
		}
		f, err := framing.NewReader(strings.NewReader(string(got)), format.Framing).Next()
		if err != nil || string(f.Payload) != row.payload {
			t.Errorf("%s of %q: %q comes back, %v", row.format, row.payload, f.Payload, err)
		}
	}
}

// After a bad line, the next line is read.
func TestCodedRecover(t *testing.T) {
	for _, name := range []string{"hex", "base64", "escaped"} {
		format, _ := In(name)
		good, _ := format.Framing.Append(nil, framing.Marks{}, []byte("good"))
		r := framing.NewReader(strings.NewReader("\\!\n"+string(good)), format.Framing)
		if _, err := r.Next(); err == nil {
			t.Errorf("%s takes a bad line", name)
		}
		if n, err := r.Recover(); n != 3 || err != nil {
			t.Errorf("%s: %d bytes are skipped, %v", name, n, err)
		}
		if f, err := r.Next(); err != nil || string(f.Payload) != "good" {
			t.Errorf("%s: the next is %q, %v", name, f.Payload, err)
		}
	}
}

// The limit is for the message, not for its line: the line of a message that is not over the
// limit may have two or four times as many bytes.
func TestCodedLimit(t *testing.T) {
	const limit = 100
	for _, name := range []string{"hex", "base64", "escaped", "json"} {
		format, _ := In(name)
		for n, fits := range map[int]bool{limit: true, limit + 1: false} {
			line, err := format.Framing.Append(nil, framing.Marks{}, []byte(strings.Repeat("\x01", n)))
			if err != nil {
				t.Fatal(err)
			}
			r := framing.NewReader(strings.NewReader(string(line)), format.Framing)
			r.Max = limit
			if _, err := r.Next(); (err == nil) != fits || !fits && !errors.Is(err, framing.ErrTooLong) {
				t.Errorf("%s: %d bytes of %d: %v", name, n, limit, err)
			}
		}
	}
}

// The whole input is one message, even if it is empty.
func TestRaw(t *testing.T) {
	for _, text := range []string{"", "a", "a\nb\x00"} {
		r := framing.NewReader(strings.NewReader(text), Raw().Framing)
		if f, err := r.Next(); err != nil || string(f.Payload) != text {
			t.Errorf("%q: %q, %v", text, f.Payload, err)
		}
		if f, err := r.Next(); err == nil {
			t.Errorf("%q: there is another, %q", text, f.Payload)
		}
	}
}

package formats

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// Only text without characters that could control a terminal is printable.
func TestPrintable(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "5:hello,": true, "Content-Length: 2\r\n\r\nhi": true, "a\tb\n": true, "é€😀\n": true, "\n\n": true, `\x1b[2J`: true,
		"\x1b[2J": false, "a\rb": false, "a\r": false, "\x00": false, "\xff": false, "\xc2\x9b": false, "\x7f": false, "a\u202eb": false, "a\u2028b": false, "\b": false, "\r\r\n": false,
	} {
		if got := Printable([]byte(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// Framings whose headers and trailers are text are printable.
func TestIsPrintable(t *testing.T) {
	for words, want := range map[string]bool{
		"lines crlf netstring syslog nats content-length lsp chunked delim:\\n delim:; ascii:size=4 fixed:5 fixed:4 resp":      true,
		"u8 u16be u32be u32le varint nul slip cobs hdlc json-seq stx-etx kafka http2 websocket delim:\\x1e postgres fix stomp": false,
	} {
		for _, spec := range strings.Fields(words) {
			f, err := framing.Parse(spec)
			if err != nil {
				t.Fatal(err)
			}
			if got := IsPrintable(f); got != want {
				t.Errorf("%s: %t, want %t", spec, got, want)
			}
		}
	}
}

// A terminal gets each frame up to the first one that is not printable.
func TestScreenSink(t *testing.T) {
	hints := []string{"a hint"}
	for _, row := range []struct {
		spec     string
		payloads []string
		want     string
		err      string
	}{
		{"netstring", []string{"hello", "", "hi"}, "5:hello,0:,2:hi,", ""},
		{"netstring", []string{"hello", "\x1b[2J", "hi"}, "5:hello,", "message 1: its frame is not printable"},
		{"netstring", []string{"\xff"}, "", "message 0: its frame is not printable"},
		{"lines", []string{"a", "b\u202e", "c"}, "a\n", "message 1: its frame is not printable"},
		{"content-length", []string{"hi"}, "Content-Length: 2\r\n\r\nhi", ""},
	} {
		f, err := framing.Parse(row.spec)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		wire := ""
		for _, p := range row.payloads {
			wire += string(rune(len(p))) + p
		}
		_, b := batchOf(t, "u8", wire)
		s := NewScreenSink(f, Raw(), "-f", &out, &report.Reporter{}, hints)
		n, err := s.Write(b, Origin{})
		if err == nil {
			err = s.Flush()
		}
		var fail *report.Failure
		switch {
		case row.err == "" && (err != nil || n != len(row.payloads)):
			t.Errorf("%s %q: %d written, %v", row.spec, row.payloads, n, err)
		case row.err != "" && (!errors.As(err, &fail) || fail.Status != report.StatusUsage || !fail.Fatal || fail.Hints[0] != hints[0] || !strings.HasPrefix(fail.Text, row.err)):
			t.Errorf("%s %q: %v, want %q", row.spec, row.payloads, err, row.err)
		}
		if out.String() != row.want {
			t.Errorf("%s %q: %q, want %q", row.spec, row.payloads, out.String(), row.want)
		}
	}
}

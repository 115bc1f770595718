package compare

import (
	"strings"
	"testing"

	"framecat/framing"
)

// comparerOf returns a Comparer that ignores what the words name.
func comparerOf(t *testing.T, spec, words string) *Comparer {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Read(strings.Fields(words))
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.For(f, framing.EntryOf(f))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// messageOf returns the message of the only frame of a stream.
func messageOf(t *testing.T, f framing.Framing, stream string) Message {
	t.Helper()
	fr, err := framing.NewReader(strings.NewReader(stream), f).Next()
	if err != nil {
		t.Fatalf("%q: %v", stream, err)
	}
	return Message{fr.Header, fr.Body, fr.Trailer, fr.Payload}
}

// frameOf returns the frame of a payload.
func frameOf(t *testing.T, f framing.Framing, payload string) string {
	t.Helper()
	frame, err := f.Append(nil, framing.Marks{}, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return string(frame)
}

// Each row states whether two frames are equal, less what is ignored.
func TestEqual(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		spec, ignore, a, b string
		want               bool
	}{
		// JSON: of any length, and so the length of the frame does not count.
		{"u8", ".id", "\x08{\"id\":7}", "\x09{\"id\":42}", true},
		{"u8", ".id", "\x08{\"id\":7}", "\x0a{\"id\":\"a\"}", true},
		{"u8", ".id", "\x08{\"id\":7}", "\x02{}", false},
		{"u8", ".id", "\x0d{\"id\":7,\"x\":}", "\x0d{\"id\":8,\"x\":}", false}, // no JSON
		{"u8", ".id", "\x0e{\"id\":7,\"x\":1}", "\x0f{\"id\":42,\"x\":1}", true},
		{"u8", ".id", "\x0e{\"id\":7,\"x\":1}", "\x0f{\"id\":42,\"x\":2}", false},
		{"u8", ".id .x", "\x0e{\"id\":7,\"x\":1}", "\x0f{\"id\":42,\"x\":2}", true},
		{"netstring", ".[]", "3:[1],", "10:{\"a\":true},", false},
		{"json-seq", ".id", "\x1e{\"id\":7}\n", "\x1e{\"id\":42}\n", true},
		{"mcp", ".id", "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}\n", "{\"jsonrpc\":\"2.0\",\"id\":42,\"result\":1}\n", true},
		{"lsp", ".id", "Content-Length: 8\r\n\r\n{\"id\":7}", "Content-Length: 10\r\n\r\n{\"id\":421}", true},
		{"lsp", ".id", "Content-Length: 8\r\nA: b\r\n\r\n{\"id\":7}", "Content-Length: 10\r\n\r\n{\"id\":421}", false},

		// Bytes of payloads.
		{"u8", "0-1", "\x04abcd", "\x04xycd", true},
		{"u8", "0-1", "\x04abcd", "\x04xyzd", false},
		{"u8", "2-", "\x04abcd", "\x02ab", true},
		{"u8", "0 3", "\x04abcd", "\x04xbcx", true},
		{"fixed:4", "0-1", "abcd", "xycd", true},
		{"fixed:4", "0-1", "abcd", "xyzd", false},

		// Regular expressions, in headers too.
		{"lines", "/[0-9]+/", "id 7 ok\n", "id 1234 ok\n", true},
		{"lines", "/[0-9]+/", "id 7 ok\n", "id 7 no\n", false},
		{"lines", "/a+/ /ab/", "xaab\n", "xab\n", true}, // they may overlap
		{"lsp", "/X:.*/", "Content-Length: 1\r\nX: 1\r\n\r\na", "Content-Length: 1\r\nX: 22\r\n\r\na", true},
		{"lsp", "/X:.*/", "Content-Length: 1\r\nX: 1\r\n\r\na", "Content-Length: 1\r\nY: 22\r\n\r\na", false},
		{"resp", "/[0-9]{5,}/", "+at 10000\r\n", "+at 10001\r\n", true},

		// Header fields, and a checksum over them.
		{"modbus", "transaction", "\x00\x01\x00\x00\x00\x02\x05a", "\x00\x02\x00\x00\x00\x02\x05a", true},
		{"modbus", "transaction", "\x00\x01\x00\x00\x00\x02\x05a", "\x00\x02\x00\x00\x00\x02\x06a", false},
		{"modbus", "TRANSACTION unit", "\x00\x01\x00\x00\x00\x02\x05a", "\x00\x02\x00\x00\x00\x02\x06a", true},

		// Without anything to ignore, all bytes count.
		{"lines", "", "a\n", "a\r\n", false},
		{"u8", "", "\x01a", "\x01a", true},
	} {
		c := comparerOf(t, row.spec, row.ignore)
		if got := c.Equal(messageOf(t, c.framing, row.a), messageOf(t, c.framing, row.b)); got != row.want {
			t.Errorf("%s --ignore %s: %q and %q are equal: %t", row.spec, row.ignore, row.a, row.b, got)
		}
	}
}

// For each framing, a message that has two payloads of different lengths is equal to itself less all of the
// payload, wherever the framing can carry it.
func TestEachFraming(t *testing.T) {
	t.Parallel()
	for _, k := range framing.Entries() {
		for _, x := range k.Details().Examples() {
			f, err := framing.Parse(x.Spec)
			if err != nil {
				t.Fatal(err)
			}
			c := comparerOf(t, x.Spec, "0-")
			var frames []string
			for _, payload := range []string{"12345678", "1234567890123456"} {
				if b, err := f.Append(nil, framing.Marks{}, []byte(payload)); err == nil {
					frames = append(frames, string(b))
				}
			}
			if len(frames) < 2 {
				continue
			}
			if _, err := f.Append(nil, framing.Marks{}, nil); err != nil {
				continue
			}
			if a, b := messageOf(t, f, frames[0]), messageOf(t, f, frames[1]); !c.Equal(a, b) {
				t.Errorf("%s: %q and %q differ: %q and %q", x.Spec, frames[0], frames[1], c.Key(a), c.Key(b))
			}
		}
	}
}

// Each line of a text is compared as a payload.
func TestLines(t *testing.T) {
	t.Parallel()
	c := comparerOf(t, "u8", ".id /^at.[0-9]+/")
	if got, want := c.Lines("at 12: x\n{\"id\":7}\n\nend"), ": x\n{\"id\":}\n\nend"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (*Comparer)(nil).Lines("a\n"); got != "a\n" {
		t.Errorf("%q", got)
	}
}

// A value that is wrong is refused, with the place and what may be written.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ what, want string }{
		{".a..b", "--ignore: expected a key\n    .a..b\n       ^"},
		{"7-4", "--ignore: byte 4 is before byte 7"},
		{"/[0-9", "--ignore: expected a regular expression between / and /"},
		{"/(/", "--ignore: the regular expression is wrong"},
	} {
		if _, err := Read([]string{row.what}); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %s", row.what, err, row.want)
		}
	}
	f, _ := framing.Parse("modbus")
	g, _ := Read([]string{"transation"})
	if _, err := g.For(f, framing.EntryOf(f)); err == nil || !strings.Contains(err.Error(), "--ignore: modbus has no field transation") {
		t.Errorf("%v", err)
	}
}

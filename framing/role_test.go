package framing

import (
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// Each row with a key role names the role of the client, and so of the server.
func TestRolesOfRows(t *testing.T) {
	n := 0
	for _, k := range rows {
		for _, key := range k.keys {
			words, ok := strings.CutPrefix(key.Name, "role=")
			if !ok {
				continue
			}
			n++
			for _, role := range []string{k.roles.client, k.roles.server} {
				if role != "" && !strings.Contains("|"+words+"|", "|"+role+"|") {
					t.Errorf("%s has no role %q", k.Name, role)
				}
			}
			if k.roles.client == "" {
				t.Errorf("%s has a role, but none for clients", k.Name)
			}
		}
	}
	if n < 4 {
		t.Errorf("%d rows have roles", n)
	}
}

func TestSentBy(t *testing.T) {
	const client, server = 0, 1
	for _, row := range []struct {
		spec         string
		end          int
		header, want string // the fields of a frame
	}{
		{"postgres", client, "E\x00\x00\x00\x09", "type=Execute"},
		{"postgres", server, "E\x00\x00\x00\x09", "type=ErrorResponse"},
		{"postgres:role=frontend", server, "E\x00\x00\x00\x09", "type=Execute"},
		{"postgres:role=backend", client, "E\x00\x00\x00\x09", "type=ErrorResponse"},
		{"x11", client, x11Little, "setup=X11.0"},
		{"x11:endian=be", client, x11Cookie, "setup=X11.0"},
		{"x11", client, "\x10\x01\x03\x00", "opcode=InternAtom"},
		{"http2", client, "\x00\x00\x00\x04\x00\x00\x00\x00\x00", "type=SETTINGS flags=0 stream=0"},
		{"mqtt", client, "\xc0\x00", "type=PINGREQ flags=0"},
	} {
		f := mustParse(t, row.spec)
		k := EntryOf(f)
		sent := k.Details().SentBy(row.end, f)
		if sent.String() != f.String() {
			t.Errorf("%s sent by %d is %s", row.spec, row.end, sent)
		}
		var got []string
		for _, field := range k.Describe(nil, sent, Frame{Header: []byte(row.header)}) {
			got = append(got, field.Name+"="+field.Text)
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s sent by %d: %q is %s, want %s", row.spec, row.end, row.header, s, row.want)
		}
	}
}

// A capture may begin before or after what a client sends only once.
func TestSentByClientFromTheMiddle(t *testing.T) {
	const pad = "\x7f\x00\x01\x00"
	for _, row := range []struct{ spec, stream, want string }{
		{"x11", x11Little + pad, "12 4"},
		{"x11", pad + pad, "4 4"},
		{"x11", "l\x00\x01\x00" + pad, "4 4"}, // a request whose opcode is the letter of a setup
		{"x11:endian=be", x11Cookie + "\x7f\x00\x00\x01", "48 4"},
		{"http2", http2Preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00", "24 9"},
		{"http2", "\x00\x00\x00\x04\x00\x00\x00\x00\x00", "9"},
	} {
		f := mustParse(t, row.spec)
		f = EntryOf(f).Details().SentBy(0, f)
		for name, src := range map[string]io.Reader{"at once": strings.NewReader(row.stream), "byte by byte": iotest.OneByteReader(strings.NewReader(row.stream))} {
			var sizes []string
			for frame, err := range NewReader(src, f).Frames() {
				if err != nil {
					t.Fatalf("%s: %q: %v", row.spec, row.stream, err)
				}
				sizes = append(sizes, strconv.FormatInt(frame.Size, 10))
			}
			if got := strings.Join(sizes, " "); got != row.want {
				t.Errorf("%s %s: %q has frames of %s, want %s", row.spec, name, row.stream, got, row.want)
			}
		}
	}
}

func TestWithoutRole(t *testing.T) {
	for _, row := range [][2]string{
		{"postgres", "postgres"}, {"postgres:role=frontend", "postgres"}, {"x11:role=client,endian=be", "x11:endian=be"},
		{"x11:endian=be,role=client", "x11:endian=be"}, {"http2:max=20000,role=client,strict", "http2:max=20000,strict"}, {"u16be:offset=2", "u16be:offset=2"},
	} {
		if got := Lookup(row[0]).Details().WithoutRole(row[0]); got != row[1] {
			t.Errorf("%s without its role is %s, want %s", row[0], got, row[1])
		}
	}
}

// What a client sends is masked only if it is known that a client sends it.
func TestWebSocketMasksWhatAClientSends(t *testing.T) {
	for _, row := range []struct {
		spec   string
		end    int
		masked bool
	}{{"websocket", 0, true}, {"websocket", 1, false}, {"websocket:role=server", 0, false}, {"websocket:role=client", 1, true}} {
		f := mustParse(t, row.spec)
		b, err := EntryOf(f).Details().SentBy(row.end, f).Append(nil, Marks{}, []byte("hello"))
		if err != nil || b[1]&wsMask != 0 != row.masked {
			t.Errorf("%s sent by %d: % x, %v", row.spec, row.end, b, err)
		}
	}
}

package hint

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

// hintsOf returns the hints for a stream that cannot be read to its end.
func hintsOf(t *testing.T, spec, stream string, a Advice) []string {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	r := framing.NewReader(strings.NewReader(stream), f)
	r.HeadSize = HeadSize
	h := New(r)
	h.Advice = a
	for err == nil {
		_, err = r.Next()
	}
	var fault *framing.Error
	if !errors.As(err, &fault) {
		t.Fatalf("%q as %s: %v", stream, spec, err)
	}
	first := h.Hints(f, r, fault)
	if again := h.Hints(f, r, fault); len(first) > 0 && len(again) > 0 {
		t.Errorf("%q as %s: hints are given twice: %q", stream, spec, again)
	}
	if unwanted := (&Hinter{Off: true}).Hints(f, r, fault); unwanted != nil {
		t.Errorf("%q as %s: hints that are not wanted: %q", stream, spec, unwanted)
	}
	return first
}

// Hints name the flag of the command, say that the framing was assumed, and describe the bytes of
// a peer if nothing explains them.
func TestAdvice(t *testing.T) {
	const http = "HTTP/1.1 400 Bad Request\r\n\r\n"
	assumed := "no framing was given, so u32be was assumed"
	for _, row := range []struct {
		spec, stream string
		a            Advice
		want         []string
	}{
		{"u32be", http, Advice{}, []string{`the length bytes spell "HTTP": the peer speaks HTTP; try -f http`}},
		{"u32be", http, Advice{Flag: "--reply-framing"}, []string{`the length bytes spell "HTTP": the peer speaks HTTP; try --reply-framing http`}},
		{"u32be", http, Advice{Assumed: "u32be", Auto: true}, []string{`the length bytes spell "HTTP": the peer speaks HTTP; try -f http`, assumed}},
		{"u32be", "ok\n", Advice{}, nil},
		{"u32be", "ok\n", Advice{Assumed: "u32be", Auto: true}, []string{assumed + "; try -f auto"}},
		{"u32be", "ok\n", Advice{Assumed: "u32be"}, []string{assumed + "; set the framing with -f"}},
		{"u32be", "ok\n", Advice{Peer: true}, []string{`the bytes that came are "ok\n", a line of text: try -f lines`}},
		{"u32be", "a\r\n", Advice{Peer: true, Flag: "--reply-framing"}, []string{`the bytes that came are "a\r\n", a line of text: try --reply-framing crlf`}},
		{"u32be", "ok\x00", Advice{Peer: true}, []string{`the bytes that came are "ok\x00", a line of text: try -f nul`}},
		{"u32be", "\x00\x00\x00\x02h", Advice{Peer: true}, []string{`the bytes that came are 00 00 00 02 68`}},
		{"u32be", "\x00\x00\x00\x01h\x00", Advice{Peer: true}, nil}, // a frame came before
		{"lines", "PING", Advice{Peer: true}, []string{`the bytes that came are "PING"`}},
		{"u32be", "\x00\x00\x00\x52\x80" + strings.Repeat("x", 30), Advice{Peer: true},
			[]string{`the bytes that came begin with 00 00 00 52 80 78 78 78 78 78 78 78 78 78 78 78 …`}},
		{"u8", "\x1bc2J\n", Advice{Peer: true}, []string{`the bytes that came are 1b 63 32 4a 0a`}}, // never raw
	} {
		if got := hintsOf(t, row.spec, row.stream, row.a); !slices.Equal(got, row.want) {
			t.Errorf("%q as %s: %q, want %q", row.stream, row.spec, got, row.want)
		}
	}
}

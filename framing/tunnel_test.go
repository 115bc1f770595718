package framing

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The frames of a stream, one a line: those of the opening with their fields, the others with their
// payload. An error comes last.
func tunnelled(t *testing.T, f Framing, src io.Reader) string {
	t.Helper()
	var lines []string
	r := NewReader(src, f)
	for {
		fr, err := r.Next()
		var fault *Error
		switch {
		case err == io.EOF:
			return strings.Join(lines, "; ")
		case errors.As(err, &fault):
			return strings.Join(append(lines, atText(fault.Fault, fault.Offset)), "; ")
		case err != nil:
			t.Fatal(err)
		case fr.Silent:
			var fields []string
			for _, d := range EntryOf(f).Describe(nil, f, fr) {
				fields = append(fields, d.Name+"="+d.Text)
			}
			lines = append(lines, strings.Join(fields, " "))
		default:
			lines = append(lines, string(fr.Payload))
		}
	}
}

const (
	proxyHeader2 = proxyV2 + "\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x09\x13\x88\x00\x50"
	proxyFields  = "source=192.0.2.1 source port=5000 destination=192.0.2.9 destination port=80"
)

func TestTunnel(t *testing.T) {
	for _, r := range []struct{ spec, wire, want string }{
		{"proxy/lines", "PROXY TCP4 192.0.2.1 192.0.2.9 5000 80\r\nhi\n", "proxy=v1 protocol=TCP4 " + proxyFields + "; hi"},
		{"proxy/lines", proxyHeader2 + "hi\nho\n", "proxy=v2 protocol=TCP4 " + proxyFields + "; hi; ho"},
		{"proxy/lines", "hi\nPROXY UNKNOWN\r\n", "hi; PROXY UNKNOWN\r"},
		{"proxy/lines", "PRO", "truncated@3"},
		{"proxy/lines", "PRO\n", "PRO"},
		{"proxy:role=client/lines", "hi\n", "bad-magic@0"},
		{"proxy:role=server/lines", "PROXY UNKNOWN\r\n", "PROXY UNKNOWN\r"},
		{"proxy", "PROXY UNKNOWN\r\nhi\nho\n", "proxy=v1 protocol=UNKNOWN; hi\nho\n"},
		{"proxy/http", "PROXY UNKNOWN\r\nGET / HTTP/1.0\r\n\r\n", "proxy=v1 protocol=UNKNOWN; "},
		{"proxy/resp", "PROXY UNKNOWN\r\n*?\r\n:1\r\n.\r\n", "proxy=v1 protocol=UNKNOWN; *?\r\n:1\r\n.\r\n"},
		{"proxy/slip", "PROXY UNKNOWN\r\n\xc0a\xdb\xdc\xc0", "proxy=v1 protocol=UNKNOWN; a\xc0"},
		{"proxy/u8:crc=sum8", "PROXY UNKNOWN\r\n\x02aa", "proxy=v1 protocol=UNKNOWN; a"},
		{"proxy/websocket:join", "PROXY UNKNOWN\r\n\x01\x03Hel\x89\x00\x80\x02lo", "proxy=v1 protocol=UNKNOWN; ; Hello"},
		{"proxy/http2/lines", "PROXY UNKNOWN\r\n\x00\x00\x04\x00\x00\x00\x00\x00\x01a\nb\n", "proxy=v1 protocol=UNKNOWN; a; b"},
		{"socks5/lines", "\x05\x02\x00\x02\x01\x01a\x01b\x05\x01\x00\x03\x01a\x00\x50hi\n", "message=greeting methods=none password; message=login user=a; message=request command=CONNECT address=a port=80; hi"},
		{"socks5/lines", "\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50hi\n", "message=method methods=none; message=reply reply=succeeded address=127.0.0.1 port=80; hi"},
		{"socks5/lines", "\x05\x02\x01\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50hi\n", "message=method methods=password; message=status reply=succeeded; message=reply reply=succeeded address=127.0.0.1 port=80; hi"},
		{"socks5/lines", "\x05\x02\x01\x01", "message=method methods=password; message=status reply=failed"},
		{"socks5/lines", "\x05\x02", "message=method methods=password"},
		{"socks5/lines", "\x05\x02\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50hi\n", "message=greeting methods=GSSAPI none; message=request command=CONNECT address=127.0.0.1 port=80; hi"},
		{"socks5:role=server/lines", "\x05\x02\x01\x00\x05\x00\x00\x04" + zeros8 + zeros8 + "\x00\x00hi\n", "message=method methods=password; message=status reply=succeeded; message=reply reply=succeeded address=:: port=0; hi"},
		{"socks5:role=server", "\x05\xff", "message=method methods=refused"},
		{"socks5:role=server", "\x05\xff\x05", "message=method methods=refused; bad-header@2"},
		{"socks5:role=server", "\x05\x02\x01\x01\x05", "message=method methods=password; message=status reply=failed; bad-header@4"},
		{"socks5:role=server", "\x05\x02\x05", "message=method methods=password; bad-version@2"},
		{"socks5:role=server", "\x05\x00\x05\x05\x00\x01" + zeros8[:6] + "x", "message=method methods=none; message=reply reply=connection refused address=0.0.0.0 port=0; bad-header@12"},
		{"socks5:role=server", "\x05\x01", "bad-type@1"},
		{"socks5:role=client", "\x04\x01", "bad-version@0"},
		{"socks5:role=client", "\x05\x00", "length-too-small@1"},
		{"socks5:role=client", "\x05\x01\x00\x05\x04", "message=greeting methods=none; bad-opcode@4"},
		{"socks5:role=client", "\x05\x01\x00\x05\x01\x01", "message=greeting methods=none; reserved-bits@5"},
		{"socks5:role=client", "\x05\x01\x00\x05\x01\x00\x02", "message=greeting methods=none; bad-type@6"},
		{"socks5:role=client", "\x05\x01\x00\x05\x01\x00", "message=greeting methods=none; truncated@6"},
		{"proxy/socks5/lines", "PROXY UNKNOWN\r\n\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50hi\n", "proxy=v1 protocol=UNKNOWN; message=greeting methods=none; message=request command=CONNECT address=127.0.0.1 port=80; hi"},
		{"proxy/proxy/lines", "PROXY UNKNOWN\r\n" + proxyHeader2 + "hi\n", "proxy=v1 protocol=UNKNOWN; proxy=v2 protocol=TCP4 " + proxyFields + "; hi"},
	} {
		f := mustParse(t, r.spec)
		if f.String() != r.spec {
			t.Errorf("%s is written %s", r.spec, f)
		}
		for _, src := range []io.Reader{strings.NewReader(r.wire), iotest.OneByteReader(strings.NewReader(r.wire))} {
			if got := tunnelled(t, f, src); got != r.want {
				t.Errorf("%s: %q gives %q, want %q", r.spec, r.wire, got, r.want)
			}
		}
	}
}

func TestProxyHeader(t *testing.T) {
	v2 := func(rest string) string { return proxyV2 + rest }
	local := "\x20\x00\x00\x00"
	p := &proxyHeader{role: role{name: "client"}}
	for _, r := range []struct{ wire, want string }{
		{"PROXY UNKNOWN\r\n", "15|0|0 silent"},
		{"PROXY UNKNOWN anything at all\r\n", "31|0|0 silent"},
		{"PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 0 65535\r\n", "49|0|0 silent"},
		{"PROXY TCP4 192.0.2.1 192.0.2.9 5000 80\n", "more"},
		{"PROXY TCP4 192.0.2.01 192.0.2.9 5000 80\r\n", "bad-header@11"},
		{"PROXY TCP4 2001:db8::1 2001:db8::2 5000 80\r\n", "bad-header@11"},
		{"PROXY TCP6 192.0.2.1 192.0.2.9 5000 80\r\n", "bad-header@11"},
		{"PROXY TCP4  192.0.2.1 192.0.2.9 5000 80\r\n", "bad-header@11"},
		{"PROXY TCP4 192.0.2.1 192.0.2.9 5000 65536\r\n", "bad-header@36"},
		{"PROXY TCP4 192.0.2.1 192.0.2.9 05 80\r\n", "bad-header@31"},
		{"PROXY TCP4 192.0.2.1 192.0.2.9 5000\r\n", "bad-header@35"},
		{"PROXY TCP4 192.0.2.1 192.0.2.9 5000 80 \r\n", "bad-header@38"},
		{"PROXY UDP4 192.0.2.1 192.0.2.9 5000 80\r\n", "bad-header@6"},
		{"PROXY " + strings.Repeat("x", 101), "header-too-large@0"},
		{"PROXY UNKNOWN " + strings.Repeat("x", 91) + "\r\n", "107|0|0 silent"},
		{"proxy TCP4", "bad-magic@0"},
		{v2(local), "16|0|0 silent"},
		{v2("\x20\xff\x00\x02ab"), "18|0|0 silent"}, // LOCAL: the family is not read
		{v2("\x10"), "bad-version@12"},
		{v2("\x22"), "bad-opcode@12"},
		{v2("\x21\x41"), "bad-type@13"},
		{v2("\x21\x13"), "bad-type@13"},
		{v2("\x21\x11\x00\x0b"), "length-too-small@14"},
		{v2("\x21\x00\x00\x00"), "16|0|0 silent"},
		{v2("\x21\x00\x00\x05\x02\x00\x02ab"), "21|0|0 silent"},
		{v2("\x21\x00\x00\x05\x02\x00\x03ab"), "bad-length@16"},
		{v2("\x21\x00\x00\x02\x02\x00"), "bad-length@16"},
		{v2("\x21\x00\x00\x07\x03\x00\x04\x3e\xc9\x89\x4e"), "23|0|0 silent"},
		{v2("\x21\x00\x00\x07\x03\x00\x04\x3e\xc9\x89\x4f"), "checksum@19"},
		{v2("\x21\x00\x00\x06\x03\x00\x03abc"), "length-invalid@17"},
	} {
		shown := "more"
		for n := range len(r.wire) + 1 {
			got := scanned(p, []byte(r.wire[:n]))
			if got != shown && shown != "more" {
				t.Errorf("%q shows %s, its first %d bytes %s", r.wire, got, n, shown)
			}
			shown = got
		}
		if shown != r.want {
			t.Errorf("%q is %s, want %s", r.wire, shown, r.want)
		}
	}
}

// A Writer writes an opening once, before the first frame, and none if the first frame is one.
func TestOpeningIsWritten(t *testing.T) {
	for _, r := range []struct{ spec, like, want string }{
		{"proxy/lines", "", "PROXY UNKNOWN\r\na\nb\n"},
		{"proxy:v2/lines", "", proxyV2 + "\x20\x00\x00\x00a\nb\n"},
		{"proxy:role=server/lines", "", "a\nb\n"},
		{"proxy:source=192.0.2.1:5000,destination=192.0.2.9:80/lines", "", "PROXY TCP4 192.0.2.1 192.0.2.9 5000 80\r\na\nb\n"},
		{"proxy:v2,source=192.0.2.1:5000,destination=192.0.2.9:80/lines", "", proxyHeader2 + "a\nb\n"},
		{"proxy:source=[2001:db8::1]:1,destination=[::1]:2/lines", "", "PROXY TCP6 2001:db8::1 ::1 1 2\r\na\nb\n"},
		{"proxy/lines", proxyHeader2, proxyHeader2 + "a\nb\n"},
	} {
		f := mustParse(t, r.spec)
		if f.String() != r.spec {
			t.Errorf("%s is written %s", r.spec, f)
		}
		var out bytes.Buffer
		w := NewWriter(&out, f)
		if r.like != "" {
			w.WriteLike(Marks{Header: []byte(r.like)}, nil)
		}
		if w.Write([]byte("a")); w.Write([]byte("b")) != nil || w.Flush() != nil || out.String() != r.want {
			t.Errorf("%s: wrote %q, want %q", r.spec, out.String(), r.want)
		}
	}
	for spec, want := range map[string]string{
		"proxy:source=192.0.2.1:5000/lines":                       "belong together",
		"proxy:source=192.0.2.1,destination=1.1.1.1:1/lines":      "not an address with a port",
		"proxy:source=192.0.2.1:1,destination=[2001:db8::1]:1/u8": "same family",
		"proxy/nosuch": "there is no framing",
	} {
		if _, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", spec, err, want)
		}
	}
}

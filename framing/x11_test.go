package framing

import (
	"io"
	"strings"
	"testing"
)

const (
	x11Little = "l\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	x11Cookie = "B\x00\x00\x0b\x00\x00\x00\x12\x00\x10\x00\x00" + "MIT-MAGIC-COOKIE-1\x00\x00" + "0123456789abcdef"
)

func TestX11Requests(t *testing.T) {
	checkScan(t, []scanRow{
		{"x11", "\x7f\x00\x01\x00|", ""},
		{"x11", "\x10\x01\x03\x00|\x02\x00\x00\x00ab\x00\x00", ""},
		{"x11:endian=be", "\x10\x01\x00\x03|\x00\x02\x00\x00ab\x00\x00", ""},
		{"x11", "\x48\x02\x00\x00\x03\x00\x00\x00|four", ""}, // BIG-REQUESTS
		{"x11", "\x48\x02\xff\xff|" + strings.Repeat("four", 65534), ""},
		{"x11", "\x48\x02\x00\x00\xff\xff\xff\xff", "8|17179869172|0"},
		{"x11", "\x7f\x00\x01", "more"},
		{"x11", "\x48\x02\x00\x00\x03\x00\x00", "more"},
		{"x11", "\x48\x02\x00\x00\x00\x00\x00\x00", "length-too-small@4"},
		{"x11", "\x48\x02\x00\x00\x01\x00\x00\x00", "length-too-small@4"},
	})
}

func TestX11Setup(t *testing.T) {
	checkScan(t, []scanRow{
		{"x11:role=client", x11Little, "12|0|0 silent"},
		{"x11:role=client,endian=be", x11Cookie, "48|0|0 silent"},
		{"x11:role=client", x11Little[:11], "more"},
		{"x11:role=client", x11Cookie, "bad-magic@0"}, // the other byte order
		{"x11:role=client,endian=be", x11Little, "bad-magic@0"},
		{"x11:role=client", "Q\x00\x0b\x00", "bad-magic@0"},
	})
	wire := x11Cookie + "\x10\x01\x00\x03\x00\x02\x00\x00ab\x00\x00" + "\x7f\x00\x00\x01"
	f := mustParse(t, "x11:role=client,endian=be")
	for _, src := range []io.Reader{whole([]byte(wire)), single([]byte(wire))} {
		frames, err := drain(NewReader(src, f))
		var again []byte
		for _, g := range frames {
			again, _ = f.Append(again, Marks{Header: []byte(g.Header)}, []byte(g.Payload))
		}
		if len(frames) != 3 || err != io.EOF || string(again) != wire {
			t.Errorf("%d frames, %v; written again %q", len(frames), err, again)
		}
	}
}

func TestX11Append(t *testing.T) {
	for _, r := range []struct{ like, payload, want string }{
		{"", "four", "\x7f\x00\x02\x00four"},
		{"\x10\x01\x09\x00", "four", "\x10\x01\x02\x00four"},
		{"\x48\x02\x00\x00\x09\x00\x00\x00", "four", "\x48\x02\x00\x00\x03\x00\x00\x00four"},
		{"\x48\x02\x09\x00", strings.Repeat("four", 65535), "\x48\x02\x00\x00\x01\x00\x01\x00" + strings.Repeat("four", 65535)},
	} {
		out, err := mustParse(t, "x11").Append(nil, Marks{Header: []byte(r.like)}, []byte(r.payload))
		if err != nil || string(out) != r.want {
			t.Errorf("like %q: %.20q, %v; want %.20q", r.like, out, err, r.want)
		}
	}
	checkRefused(t, "x11", []refusedRow{
		{Marks{}, 3, "not a multiple of the length unit, 4"},
		{Marks{Header: []byte("\x48\x02\x00\x00\x01\x00\x00\x00")}, 4, ""},
		{Marks{Header: []byte(x11Little)}, 0, ""},
	})
	checkRefused(t, "x11:role=client", []refusedRow{
		{Marks{}, 4, "begins with a setup"},
		{Marks{Header: []byte(x11Little)}, 4, ""},
		{Marks{Header: []byte(x11Cookie)}, 0, ""},
	})
}

func TestX11Describe(t *testing.T) {
	checkDescribe(t, "x11", []describeRow{
		{"\x10\x01\x03\x00", "", "opcode=InternAtom"},
		{"\x82\x01\x03\x00", "", "opcode=130"},
	})
	f := mustParse(t, "x11:role=client").(Describer)
	if d := f.Describe(nil, []byte(x11Little), nil); len(d) != 1 || d[0].Text != "X11.0" {
		t.Errorf("a setup is %+v", d)
	}
}

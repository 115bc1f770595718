package framing

import (
	"strings"
	"testing"
)

var zmtpHello = "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x01NULL" + strings.Repeat("\x00", 48)

func TestZMTPOpening(t *testing.T) {
	checkScan(t, []scanRow{
		{"zmtp", zmtpHello, "64|0|0 silent"},
		{"zmtp", "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f", "more"},
		{"zmtp", "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x04", "64|0|0 silent"}, // peers use the lower version of the two
		{"zmtp", "\xfe\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03", "bad-magic@0"},
		{"zmtp", "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7e\x03", "bad-magic@0"},
		{"zmtp", "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x01\x03", "bad-version@10"}, // ZMTP 2.0
		{"zmtp", "GET / HTTP/1.1\r\n", "bad-magic@0"},
	})
}

func TestZMTPFrames(t *testing.T) {
	checkScan(t, []scanRow{
		{"zmtp", "\x00\x05|hello", ""},
		{"zmtp", "\x01\x00|", ""},
		{"zmtp", "\x04\x06|\x05READY", ""},
		{"zmtp", "\x02\x00\x00\x00\x00\x00\x00\x00\x05|hello", ""}, // a short length would do
		{"zmtp", "\x06\x00\x00\x00\x00\x00\x00\x01\x00|" + strings.Repeat("x", 256), ""},
		{"zmtp", "\x00", "more"},
		{"zmtp", "\x03\x00\x00\x00\x00\x00\x00\x00", "more"},
		{"zmtp", "\x05", "bad-flag@0"},
		{"zmtp", "\x07", "bad-flag@0"},
		{"zmtp", "\x02\x80\x00\x00\x00\x00\x00\x00\x00", "length-too-large@1"},
		{"zmtp", "\x02\x7f\xff\xff\xff\xff\xff\xff\xff", "length-too-large@1"},
	})
}

// After the first frame, a byte that cannot be flags is reported as bad flags, even if a
// greeting begins with it.
func TestZMTPLater(t *testing.T) {
	for wire, want := range map[string]string{
		zmtpHello + "\x08\x00":                "bad-flag@64",
		zmtpHello + zmtpHello:                 "bad-flag@64",
		"\x00\x01a\xff":                       "bad-flag@3",
		zmtpHello + "\x00\x01a\x05\x00":       "bad-flag@67",
		zmtpHello + "\x00\x01a\x02\x00\x00":   "truncated@70",
		zmtpHello[:40]:                        "truncated@40",
		zmtpHello + "\x00\x01a\x00\x01b\xfe.": "bad-flag@70",
	} {
		for _, read := range []func(*Reader) ([]got, error){drain, drainBatch} {
			_, err := read(NewReader(single([]byte(wire)), zmtp{}))
			e, ok := err.(*Error)
			if !ok || atText(e.Fault, e.Offset) != want {
				t.Errorf("%q: %v, want %s", wire, err, want)
			}
		}
	}
}

// Flags are imitated. LONG is too, and is set if a length needs it.
func TestZMTPAppend(t *testing.T) {
	long := strings.Repeat("x", 256)
	for _, r := range []struct{ like, payload, want string }{
		{"", "hi", "\x00\x02hi"},
		{"", long, "\x02\x00\x00\x00\x00\x00\x00\x01\x00" + long},
		{"\x01\x09", "hi", "\x01\x02hi"},
		{"\x01\x09", long, "\x03\x00\x00\x00\x00\x00\x00\x01\x00" + long},
		{"\x06\x00\x00\x00\x00\x00\x00\x00\x00", "hi", "\x06\x00\x00\x00\x00\x00\x00\x00\x02hi"},
		{zmtpHello, "", zmtpHello},
	} {
		out, err := zmtp{}.Append(nil, Marks{Header: []byte(r.like)}, []byte(r.payload))
		if err != nil || string(out) != r.want {
			t.Errorf("like %q: %.80q, %v; want %.80q", r.like, out, err, r.want)
		}
	}
	checkRefused(t, "zmtp", []refusedRow{
		{Marks{Header: []byte(zmtpHello)}, 1, ""},
		{Marks{Header: []byte("\x05\x00")}, 1, ""},
		{Marks{Header: []byte("\x00\x00"), Trailer: []byte("x")}, 1, ""},
	})
}

func TestZMTPDescribe(t *testing.T) {
	checkDescribe(t, "zmtp", []describeRow{
		{zmtpHello, "", "greeting=ZMTP 3.1 mechanism=NULL"},
		{"\x04\x06", "\x05READY", "command=READY"},
		{"\x04\x02", "\x05R", "command=without a name"},
		{"\x01\x02", "ab", "more=yes"},
		{"\x00\x02", "ab", "more=no"},
	})
}

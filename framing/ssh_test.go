package framing

import (
	"strings"
	"testing"
)

func TestSSHPackets(t *testing.T) {
	checkScan(t, []scanRow{
		{"ssh", "\x00\x00\x00\x0c\x0a|\x15|\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", ""},
		{"ssh:banner=off", "\x00\x00\x00\x0c\x04|\x15123456|\x00\x00\x00\x00", ""},
		{"ssh", "\x00\x00\x00\x0d\x04|\x151234567|\x00\x00\x00\x00", ""}, // not a multiple of 8
		{"ssh:strict", "\x00\x00\x00\x0d\x04", "length-invalid@0"},
		{"ssh", "\x00\x00\x00\x0c\x0b||12345678901", ""},
		{"ssh", "\x00\x00\x00\x0c", "more"},
		{"ssh", "\x00\x00\x88\xb4\x04", "5|34991|4"}, // 35000 bytes in all
		{"ssh", "\x00\x00\x88\x01", "length-too-large@0"},
		{"ssh", "\x00\x03\xff\xfc\x04", "5|262135|4"},
		{"ssh", "\x00\x04\x00\x04", "length-too-large@0"},
		{"ssh:banner=off", "SSH-", "length-too-large@0"},
		{"ssh", "\xff\xff\xff\xff", "more"}, // this may be a line in another language
		{"ssh", "\x16\x03\x01\x00", "length-too-large@0"},
		{"ssh", "\x00\x00\x00\x0b", "length-too-small@0"},
		{"ssh", "\x00\x00\x00\x00", "length-too-small@0"},
		{"ssh", "\x00\x00\x00\x0c\x0c", "bad-padding@4"},
		{"ssh", "\x00\x00\x00\x0c\xff", "bad-padding@4"},
		{"ssh", "\x00\x00\x00\x0c\x03", "bad-padding@4"},
	})
}

func TestSSHLines(t *testing.T) {
	checkScan(t, []scanRow{
		{"ssh", "|SSH-2.0-OpenSSH_9.2|\r\n", ""},
		{"ssh", "|SSH-1.99-x|\n", ""},
		{"ssh", "|Welcome|\r\n", ""},
		{"ssh", "||\r\n", ""},
		{"ssh", "SSH-2.0-x\r", "more"},
		{"ssh", "SSH-2.0-\x00", "bad-header@0"},
		{"ssh", strings.Repeat("x", sshLine), "frame-too-large@0"},
		{"ssh", strings.Repeat("x", sshLine+9) + "\r\n", "frame-too-large@0"},
	})
	const nop = "\x00\x00\x00\x0c\x0a\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for wire, want := range map[string]string{
		"Welcome\r\nSSH-2.0-x\r\n" + nop + "\xaa\xbb\xcc\xdd": "3 length-too-large@36",
		"SSH-2.0-x\r\nSSH-2.0-x\r\n":                          "1 length-too-large@11",
		nop + "SSH-2.0-x\r\n":                                 "1 length-too-large@16",
	} {
		frames, err := drain(NewReader(single([]byte(wire)), mustParse(t, "ssh")))
		e, ok := err.(*Error)
		if !ok || want != string(rune('0'+len(frames)))+" "+atText(e.Fault, e.Offset) {
			t.Errorf("%q: %d frames, %v; want %s", wire, len(frames), err, want)
		}
	}
}

// The padding is as long as in the packet to imitate if that is possible, and has the same
// bytes.
func TestSSHAppend(t *testing.T) {
	like := Marks{[]byte("\x00\x00\x00\x14\x0a"), []byte("0123456789")} // 9 bytes of payload
	for _, r := range []struct {
		like          Marks
		payload, want string
	}{
		{Marks{}, "\x15", "\x00\x00\x00\x0c\x0a|\x15|\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{Marks{}, "", "\x00\x00\x00\x0c\x0b||\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{Marks{}, "\x021234567", "\x00\x00\x00\x14\x0b|\x021234567|\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{like, "\x0212345678", "\x00\x00\x00\x14\x0a|\x0212345678|0123456789"},
		{like, "\x02", "\x00\x00\x00\x0c\x0a|\x02|0123456789"},
		{like, "\x02123", "\x00\x00\x00\x0c\x07|\x02123|0123456"},
		{like, "\x021", "\x00\x00\x00\x0c\x09|\x021|012345678"},
		{Marks{[]byte("\x00\x00\x00\x0d\x04"), []byte("abcd")}, "\x021234567", "\x00\x00\x00\x0d\x04|\x021234567|abcd"},
		{Marks{Trailer: []byte("\n")}, "SSH-2.0-x", "|SSH-2.0-x|\n"},
		{Marks{Trailer: []byte("\r\n")}, "", "||\r\n"},
	} {
		out, err := mustParse(t, "ssh").Append(nil, r.like, []byte(r.payload))
		if want := strings.ReplaceAll(r.want, "|", ""); string(out) != want || err != nil {
			t.Errorf("like %q, payload %q: %q, %v; want %q", r.like, r.payload, out, err, want)
		}
	}
	checkRefused(t, "ssh", []refusedRow{
		{Marks{}, 256 << 10, "too long"},
		{Marks{Trailer: []byte("\r\n")}, 1, "as a line"},
		{Marks{Trailer: []byte("\r\n")}, sshLine, "as a line"},
		{Marks{[]byte("\x00\x00\x00\x14\x0a"), []byte("short")}, 1, ""},
		{Marks{[]byte("\x00\x00\x00\x0c\x0c"), []byte("012345678901")}, 1, ""},
	})
	for _, payload := range []string{"a\nb", "a\r", "\x01"} {
		if out, err := mustParse(t, "ssh").Append(nil, Marks{Trailer: []byte("\n")}, []byte(payload)); !isPayload(err) || out != nil {
			t.Errorf("a line %q: %q, %v; want it refused", payload, out, err)
		}
	}
}

func TestSSHDescribe(t *testing.T) {
	checkDescribe(t, "ssh", []describeRow{
		{"\x00\x00\x00\x0c\x0a", "\x15", "padding=10 message=NEWKEYS"},
		{"\x00\x00\x00\x0c\x0a", "\x50", "padding=10 message=80"},
		{"", "SSH-2.0-x", "line=version"},
		{"", "Welcome", "line=text"},
	})
}

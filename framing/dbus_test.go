package framing

import (
	"io"
	"strings"
	"testing"
)

const (
	dbusClient = "\x00AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"
	dbusServer = "OK 1234deadbeef\r\nAGREE_UNIX_FD\r\n"
	dbusLittle = "l\x01\x00\x01\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00" + "x\x00\x00\x00\x00\x00\x00\x00"
	dbusBig    = "B\x01\x00\x01\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x09" + "123456789\x00\x00\x00\x00\x00\x00\x00"
)

func TestDBusMessages(t *testing.T) {
	checkScan(t, []scanRow{
		{"dbus", dbusLittle + "|hi", ""},
		{"dbus", dbusBig + "|hi", ""},
		{"dbus", "l\x04\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00|", ""},
		{"dbus", "BEAT\x00", "bad-version@3"},
		{"dbus", "BE\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00|", ""}, // an unknown type, big-endian
		{"dbus", dbusLittle[:15], "more"},
		{"dbus", "L\x01\x00\x01", "bad-magic@0"},
		{"dbus", "Q", "bad-magic@0"},
		{"dbus", "\x00\x01\x00\x01", "bad-magic@0"},
		{"dbus", "GET / HTTP/1.1\r\n", "bad-magic@0"},
		{"dbus", "l\x00", "bad-type@1"},
		{"dbus", "l\x01\x00\x02", "bad-version@3"},
		{"dbus", "l\x01\x00\x01\x00\x00\x00\x08", "length-too-large@4"},
		{"dbus", "l\x01\x00\x01\xff\xff\xff\xff", "length-too-large@4"},
		{"dbus", "l\x01\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x04", "length-too-large@12"},
		{"dbus", "l\x01\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xff", "length-too-large@12"},
		{"dbus", "l\x01\x00\x01\xf0\xff\xff\x03\x01\x00\x00\x00\x00\x00\x00\x04", "67108880|67108848|0"}, // 2^27 in all
		{"dbus", "l\x01\x00\x01\xf1\xff\xff\x03\x01\x00\x00\x00\x00\x00\x00\x04", "length-too-large@4"},
	})
}

func TestDBusLines(t *testing.T) {
	checkScan(t, []scanRow{
		{"dbus", "|" + dbusClient, ""},
		{"dbus", "|" + dbusServer + "|", "more"}, // another line may follow
		{"dbus", dbusServer + dbusLittle, "0|32|0"},
		{"dbus", dbusServer + dbusBig, "0|32|0"},
		{"dbus", dbusServer + "Q", "0|32|0"},
		{"dbus", dbusServer + "BE\x00", "0|32|0"},
		{"dbus", "AUTH\r\nBEGIN\r\n", "0|13|0"}, // without the zero byte
		{"dbus", "\x00BEGIN\r\n", "0|8|0"},
		{"dbus", "EXTENSION_ORG_X\r\nBEGIN\r\n", "0|24|0"},
		{"dbus", "\x00", "more"},
		{"dbus", "OK", "more"},
		{"dbus", "OKAY", "bad-magic@0"},
		{"dbus", "OPTIONS * HTTP/1.1\r\n", "bad-magic@0"},
		{"dbus", "\x00\x00", "bad-magic@0"},
		{"dbus", "DATA " + strings.Repeat("0", maxHeader), "frame-too-large@0"},
	})
}

// In a connection the SASL lines are one frame, however they are cut, and each message is
// another.
func TestDBusConnection(t *testing.T) {
	for _, r := range []struct {
		wire     string
		payloads []string
		partial  bool
	}{
		{dbusClient + dbusLittle + "hi" + dbusBig + "ho", []string{dbusClient, "hi", "ho"}, false},
		{dbusServer + dbusBig + "hi", []string{dbusServer, "hi"}, false},
		{dbusServer, []string{dbusServer}, false},
		{dbusServer + "REJ", []string{dbusServer}, true},
		{dbusServer + "REJECTED EXTERNAL\r", []string{dbusServer}, true},
		{"OK 1", nil, true},
	} {
		for _, src := range []io.Reader{whole([]byte(r.wire)), single([]byte(r.wire))} {
			frames, err := drain(NewReader(src, dbus{}))
			var payloads []string
			var again []byte
			for _, f := range frames {
				payloads = append(payloads, f.Payload)
				again, _ = dbus{}.Append(again, Marks{Header: []byte(f.Header)}, []byte(f.Payload))
			}
			if strings.Join(payloads, "|") != strings.Join(r.payloads, "|") || (err != io.EOF) != r.partial || !strings.HasPrefix(r.wire, string(again)) {
				t.Errorf("%q: %q, %v, written again %q", r.wire, payloads, err, again)
			}
		}
	}
}

func TestDBusAppend(t *testing.T) {
	checkRefused(t, "dbus", []refusedRow{
		{Marks{Header: []byte(dbusLittle), Trailer: []byte("x")}, 1, ""},
		{Marks{Header: []byte(dbusLittle[:16])}, 1, ""},
		{Marks{Header: []byte("l\x01\x00\x02" + dbusLittle[4:])}, 1, ""},
		{Marks{Header: []byte(dbusClient)}, 1, ""},
		{Marks{}, 1<<27 - 23, "too long"},
	})
}

func TestDBusDescribe(t *testing.T) {
	checkDescribe(t, "dbus", []describeRow{
		{dbusLittle, "hi", "order=little-endian type=METHOD_CALL flags=0 version=1 serial=1"},
		{dbusBig, "hi", "order=big-endian type=METHOD_CALL flags=0 version=1 serial=1"},
		{"", dbusServer, "opening=SASL"},
	})
}

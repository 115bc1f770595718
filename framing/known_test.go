package framing

import (
	"slices"
	"strings"
	"testing"
)

// Each text that Describe returns for a field at no fixed offset is one that Known knows: as
// the text of a name, or of a value without a name. A name has the same text however it is found.
func TestKnown(t *testing.T) {
	streams := map[string]string{
		"postgres": "\x00\x00\x00\x08\x04\xd2\x16\x2f" + "Q\x00\x00\x00\x04" + "D\x00\x00\x00\x04" + "y\x00\x00\x00\x04", "ldap": "\x30\x05\x02\x01\x02\x42\x00\x30\x05\x02\x01\x02\x41\x00",
		"x11": "\x7f\x00\x01\x00\xc8\x00\x01\x00", "resp": "+OK\r\n$-1\r\n*-1\r\n%0\r\n:1\r\n", "nats": "PUB a 0\r\n\r\nPING\r\n+OK\r\n",
		"fix": "8=FIX.4.4\x019=5\x0135=A\x0110=180\x018=FIX.4.4\x019=6\x0135=U1\x0110=250\x01", "rtsp": "$\x07\x00\x00PLAY a RTSP/1.0\r\n\r\n",
		"http": "GET / HTTP/1.1\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
		"sse":  "id: 1\ndata: x\n\n", "msgpack": "\x01\x80\x90\xa0\xc0\xc3\xc4\x00\xd4\x00\x00\xca\x00\x00\x00\x00\xff", "cbor-seq": "\x01\x20\x40\x60\x80\xa0\xc0\x01\xf6",
		"smtp": "EHLO a\r\n250 OK\r\n", "ftp": "QUIT\r\n221 Bye\r\n", "imap": "a1 NOOP\r\n", "nmea": "$GPGLL,1\r\n", "sip": "SIP/2.0 200 OK\r\ni: 1\r\n\r\n", "warc": "WARC/1.0\r\nWARC-Type: a\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
		"bittorrent": "\x13BitTorrent protocol" + strings.Repeat("x", 48) + "\x00\x00\x00\x00\x00\x00\x00\x01\x14\x00\x00\x00\x01\x99",
		"dlt":        "DLT\x01" + strings.Repeat("x", 12) + "\x35\x00\x00\x16ECU\x00\x00\x00\x00\x09\x40\x00APP\x00CTX\x00",
		"stun":       "\x40\x00\x00\x00\x01\x01\x00\x00\x21\x12\xa4\x42" + strings.Repeat("x", 12),
		"rtmp":       rtmpHandshake + rtmpEchoed + "\x03\x00\x00\x00\x00\x00\x01\x14\x00\x00\x00\x00x\xc3x\x43\x00\x00\x01\x00\x00\x00\x09",
		"socks5":     "\x05\x01\x00\x01\x01a\x01b\x05\x01\x00\x03\x01a\x00\x50",
		"proxy":      "PROXY TCP4 192.0.2.1 192.0.2.9 5000 80\r\n",
		"dbus":       "\x00AUTH\r\nBEGIN\r\n", "zmtp": "\x00\x00\x01\x00", "ssh": "SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "stomp": "SEND\n\n\x00",
	}
	for _, k := range Entries() {
		if len(k.variable) == 0 {
			continue
		}
		spec := k.Name
		if _, err := Parse(spec); err != nil { // it needs arguments
			spec = k.examples[0].Spec
		}
		f := mustParse(t, spec)
		described := 0
		stream := streams[k.Name]
		if stream == "" { // the row shows all forms
			for _, x := range k.Details().Examples() {
				if x.Spec == spec {
					stream += strings.ReplaceAll(x.Frame, "|", "")
				}
			}
		}
		frames := NewReader(strings.NewReader(stream), f)
		for frame, err := range frames.Frames() {
			if err != nil {
				t.Errorf("%s: %v", k.Name, err)
				break
			}
			for _, field := range k.Describe(nil, f, frame) {
				if !slices.Contains(k.variable, field.Name) {
					continue
				}
				described++
				values, other := k.Details().Known(f, field.Name)
				named := slices.ContainsFunc(values, func(v FieldText) bool { return v.Text == field.Text })
				if other != nil && !named && other(field.Text) != field.Text && other(strings.Trim(field.Text, `"`)) != field.Text {
					t.Errorf("%s: %s %s is not known", k.Name, field.Name, field.Text)
				}
			}
		}
		if described == 0 {
			t.Errorf("%s: no field was described", k.Name)
		}
		for _, name := range k.variable {
			values, other := k.Details().Known(f, name)
			for _, v := range values {
				if other == nil || v.Name == "" || v.Text == "" {
					t.Errorf("%s: %s has a value %q without a text", k.Name, name, v)
				}
			}
		}
	}
}

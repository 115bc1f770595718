package detect

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// A first frame that is longer than what is looked at counts by how it begins, whatever it holds.
func TestDetectLong(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var counting []byte
	for i := range 4 << 10 {
		counting = append(counting, byte(i))
	}
	inside := map[string][]byte{"text": bytes.Repeat([]byte("the quick brown fox jumps over "), 150), "noise": noiseOf(r, 4<<10), "counting": counting}
	for _, row := range []struct{ spec, head string }{
		{"resp", "$131072\r\n"},
		{"resp", "*2\r\n$100000\r\n"},
		{"http", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"},
		{"http", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"},
		{"http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x10\x00\x00\x01\x86\xa0\x00\x00\x00\x00\x00\x01"},
		{"nats", "INFO {\"server_id\":\"x\"}\r\nMSG foo 1 100000\r\n"},
		{"content-length", "Content-Length: 100000\r\n\r\n"},
		{"stomp", "MESSAGE\nsubscription:0\nmessage-id:7\ndestination:/queue/a\ncontent-length:100000\n\n"},
		{"fix", "8=FIX.4.4\x019=100000\x01"},
		{"smb", "\x00\x01\x86\xa0\xfeSMB\x40\x00"},
		{"websocket", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x82\x7f\x00\x00\x00\x00\x00\x01\x86\xa0"},
		{"", "\x00\x01\x86\xa0"}, // u32be: a length alone is no evidence
		{"", "\xa0\x86\x01\x03"}, // mysql
		{"", ""},
	} {
		for nature, payload := range inside {
			got := sure(append([]byte(row.head), payload...)[:4<<10], false)
			if spec := append(got, Candidate{})[0].Spec; spec != row.spec {
				t.Errorf("%q and %s: %q, want %q: %s", row.head, nature, spec, row.spec, show(got))
			}
		}
	}
}

package replay

import (
	"strings"
	"testing"
)

// The head that changes a connection to WebSocket depends on the key of the client. Its accept is that of the
// example in RFC 6455, section 1.3.
func TestAnswerHead(t *testing.T) {
	t.Parallel()
	const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nsec-websocket-accept: *\r\n\r\n"
	s := &Stream{Heads: [2][]byte{[]byte("GET /chat HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n"), []byte(strings.Replace(switching, "*", "old", 1))}}
	p := NewAnswers(&Tape{Streams: []*Stream{s}}, nil).Serve()
	for request, want := range map[string]string{
		"GET /chat HTTP/1.1\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n": strings.Replace(switching, "*", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1),
		"GET /chat HTTP/1.1\r\n\r\n": string(s.Heads[Server]),
		"GET /news HTTP/1.1\r\n\r\n": "",
	} {
		if got, _ := p.AnswerHead([]byte(request)); string(got) != want {
			t.Errorf("%q is answered with %q, want %q", request, got, want)
		}
	}
}

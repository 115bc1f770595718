package replay

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"strings"
)

// MostHead is how long the head of a message of HTTP may be.
const MostHead = 64 << 10

// HeadSize returns how many bytes at the start of a stream are the head of a message of HTTP. Whole is false if more
// must come.
func HeadSize(start []byte) (size int, whole bool) {
	i := bytes.Index(start, []byte("\r\n\r\n"))
	return i + 4, i >= 0
}

// AnswerHead returns the head of the server as an answer to that of a client. It is not ok if the client asks for
// something else than the recorded one did.
func (p *Player) AnswerHead(request []byte) (head []byte, ok bool) {
	if firstLine(request) != firstLine(p.stream.Heads[Client]) {
		return nil, false
	}
	return accept(p.stream.Heads[Server], request), true
}

func firstLine(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	return string(line)
}

// accept returns the head of a server with the header by which a server of WebSocket shows that it has read the
// request: it depends on the random key of the client (RFC 6455 section 4.2.2).
func accept(head, request []byte) []byte {
	key := header(request, "Sec-WebSocket-Key")
	if key == "" {
		return head
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	var out []byte
	for line := range bytes.Lines(head) {
		if name, _, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(name), "Sec-WebSocket-Accept") {
			line = []byte(string(name) + ": " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n")
		}
		out = append(out, line...)
	}
	return out
}

// header returns the value of a header, or "".
func header(head []byte, name string) string {
	for line := range strings.Lines(string(head)) {
		if n, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

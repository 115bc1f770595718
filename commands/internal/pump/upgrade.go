package pump

import (
	"bytes"
	"encoding/binary"
	"strings"

	"framecat/framing"
)

// helloSize is how many bytes show a ClientHello:
//
//	16 03 01 | 02 00 | 01     | 00 01 fc
//	record     size    Client   size, the record's less these 4 bytes
//	           of it   Hello
const helloSize = 9

// BeginsTLS reports whether a stream begins with a ClientHello, or whether it may, if more bytes come.
// Its bytes are held and, after them, more.
func BeginsTLS(held, more []byte) (hello, wait bool) {
	if len(held) == 0 {
		held, more = more, nil
	}
	if len(held) == 0 || held[0] != 0x16 {
		return false, false
	}
	var start [helloSize]byte
	n := copy(start[:], held)
	b := start[:n+copy(start[n:], more)]
	if len(b) > 1 && b[1] != 3 || len(b) > 2 && b[2] > 4 || len(b) > 5 && b[5] != 1 || len(b) > 6 && b[6] != 0 {
		return false, false
	}
	if len(b) < helloSize {
		return false, true
	}
	return int(binary.BigEndian.Uint16(b[3:])) == int(binary.BigEndian.Uint16(b[7:]))+4, false
}

// Switching is how an answer of HTTP begins after which the connection has another protocol.
const Switching = "HTTP/1.1 101 "

// A SwitchHead looks for the end of the head of such an answer in the lines that a server sends.
type SwitchHead struct {
	inside   bool
	protocol string // that the head names
}

// SawFrame takes the next frame: a line, or a message of HTTP, whose header has the head.
func (h *SwitchHead) SawFrame(f *framing.Frame) (protocol string, over bool) {
	if !bytes.HasPrefix(f.Header, []byte(Switching)) {
		return h.Saw(f.Payload)
	}
	for line := range bytes.SplitSeq(f.Header, []byte("\n")) {
		if protocol, over = h.Saw(line); over {
			break
		}
	}
	return protocol, over
}

// Saw takes the next line, without its LF. It returns true after the head, with the name of the
// protocol that follows.
func (h *SwitchHead) Saw(line []byte) (protocol string, over bool) {
	line = bytes.TrimSuffix(line, []byte("\r"))
	switch {
	case bytes.HasPrefix(line, []byte(Switching)):
		*h = SwitchHead{inside: true}
	case !h.inside:
	case len(line) == 0:
		h.inside = false
		return h.protocol, true
	default:
		if name, value, _ := strings.Cut(string(line), ":"); strings.EqualFold(name, "upgrade") {
			h.protocol = strings.TrimSpace(value)
		}
	}
	return "", false
}

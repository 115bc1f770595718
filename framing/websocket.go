package framing

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// websocket is a WebSocket frame: flags and opcode, a length of 7, 16 or 64 bits,
// and a key to unmask the payload with if a client sent it.
//
//	81 | 85 | 37 FA 21 3D | 7F 9F 4D 51 58
//	op  mask+length  key    payload, masked: "Hello"
//
// Each frame is read by itself; it may be a fragment of a message. With strict, fragments
// must be in order, and RSV1, which marks a compressed message, is refused. The heads of HTTP
// before the first frame are read too: see websocketHead.
//
// Source: RFC 6455 section 5.
type websocket struct {
	role   role // a client masks what it writes
	strict bool
}

const (
	wsFin     = 0x80
	wsRSV1    = 0x40
	wsRSV23   = 0x30
	wsMask    = 0x80
	wsText    = 1
	wsBinary  = 2
	wsControl = 8 // this and higher opcodes
)

func (w *websocket) String() string {
	s := newSpec("websocket")
	w.role.arg(s)
	s.word("strict", w.strict)
	return s.b.String()
}

func (w *websocket) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) == 0 {
		return Extent{}, ErrMore
	}
	if err := w.checkFirst(b[0], c); err != nil {
		n, more := websocketHead(b, c)
		if n > 0 || more != nil {
			return Extent{Header: n, Silent: true}, more
		}
		return Extent{}, err
	}
	if len(b) < 2 {
		return Extent{}, ErrMore
	}
	n, h := uint64(b[1]&^wsMask), 2
	if b[0]&wsControl != 0 && n > 125 {
		return Extent{}, malformed(LengthTooLarge, 1, "a control frame has a length of more than 125 bytes")
	}
	switch {
	case n == 126 && len(b) < 4, n == 127 && len(b) < 10:
		return Extent{}, ErrMore
	case n == 126:
		n, h = uint64(binary.BigEndian.Uint16(b[2:])), 4
	case n == 127:
		n, h = binary.BigEndian.Uint64(b[2:]), 10
	}
	switch {
	case h == 4 && n < 126, h == 10 && n < 1<<16:
		return Extent{}, malformed(lengthNonMinimal, 2, "length %d is written in %d bytes, but needs fewer", n, h-2)
	case n > 1<<63-1-14:
		return Extent{}, tooLong(2, "length %d is longer than any stream", n)
	}
	field := max(1, min(h-1, 2))
	if b[1]&wsMask != 0 {
		h += 4
	}
	if op := b[0] & 15; w.strict && op < wsControl {
		c.Stream = uint64(1 - b[0]>>7) // open until a fragment has FIN
	}
	return Extent{Header: h, Body: int64(n), Announced: true, Field: field}, nil
}

// checkFirst checks flags and opcode. In the Cursor, Stream is 1 between the
// fragments of a message.
func (w *websocket) checkFirst(b byte, c *Cursor) error {
	op := b & 15
	switch {
	case b&wsRSV23 != 0:
		return malformed(reservedBits, 0, "RSV2 or RSV3 is set in %#02x", b)
	case w.strict && b&wsRSV1 != 0:
		return malformed(reservedBits, 0, "RSV1 is set in %#02x: the message is compressed", b)
	case op > wsBinary && op < wsControl || op > 10:
		return malformed(badOpcode, 0, "opcode %d is unknown, expected 0 continuation, 1 text, 2 binary, 8 close, 9 ping or 10 pong", op)
	case op >= wsControl && b&wsFin == 0:
		return malformed(badFlag, 0, "FIN is not set in %#02x, but a control frame cannot be in fragments", b)
	case w.strict && op == 0 && c.Stream == 0:
		return malformed(badContinuation, 0, "found a continuation, expected a new message")
	case w.strict && op != 0 && op < wsControl && c.Stream == 1:
		return malformed(badContinuation, 0, "found a new message, expected a continuation of the last one")
	}
	return nil
}

func (w *websocket) Split(b []byte, spans []Span) []Span {
	if w.strict {
		return spans
	}
	return splitScan(w, b, spans)
}

func (w *websocket) Unescape(dst, header, body, _ []byte) ([]byte, error) {
	start := len(dst)
	dst = append(dst, body...)
	if header[1]&wsMask != 0 {
		mask(dst[start:], header[len(header)-4:])
	}
	return dst, nil
}

// Unmasked returns a header without the mask: that of the same message as a server sends it. It changes header.
func (*websocket) Unmasked(header []byte) []byte {
	if len(header) < 6 || header[1]&wsMask == 0 {
		return header
	}
	header[1] &^= wsMask
	return header[:len(header)-4]
}

// mask XORs b with the key of 4 bytes, over and over.
func mask(b, key []byte) {
	k := uint64(binary.LittleEndian.Uint32(key))
	k |= k << 32
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^k)
	}
	for i := range b {
		b[i] ^= byte(k >> (8 * i))
	}
}

func (*websocket) MinPayload(body int64) int64 { return body }

func (w *websocket) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	first, masked := byte(wsFin|wsText), w.role.name == "client"
	var key [4]byte
	switch h := like.Header; {
	case !like.none():
		e, err := (&websocket{}).Scan(h, new(Cursor))
		switch {
		case err != nil || e.Header != len(h) || len(like.Trailer) > 0 || e.Silent && len(payload) > 0:
			return dst, ErrMarks
		case e.Silent:
			return append(dst, h...), nil
		case w.strict && h[0]&wsRSV1 != 0:
			return dst, ErrMarks
		}
		first, masked = h[0], h[1]&wsMask != 0
		if masked {
			copy(key[:], h[len(h)-4:])
		}
	case masked:
		rand.Read(key[:])
		fallthrough
	default:
		if !utf8.Valid(payload) {
			first = wsFin | wsBinary
		}
	}
	n := len(payload)
	if first&wsControl != 0 && n > 125 {
		return dst, payloadError("a payload of %d bytes is too long for a control frame, which holds at most 125", n)
	}
	m := byte(0)
	if masked {
		m = wsMask
	}
	switch {
	case n < 126:
		dst = append(dst, first, m|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, first, m|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, m|127), uint64(n))
	}
	if !masked {
		return append(dst, payload...), nil
	}
	dst = append(append(dst, key[:]...), payload...)
	mask(dst[len(dst)-n:], key[:])
	return dst, nil
}

func parseWebSocket(k *Entry, s *settings) (Framing, error) {
	return &websocket{role: s.role(k, "client", "server"), strict: s.word("strict")}, nil
}

// lengthField returns the length with the byte that announces its size, and the bit of the mask.
func (w *websocket) lengthField(frame []byte, e Extent) (field lengthField, ok bool) {
	mask, size := frame[1]&wsMask, e.Header-1
	if mask != 0 {
		size -= 4 // the key
	}
	wide := func(v uint64) []byte { return binary.BigEndian.AppendUint64([]byte{127 | mask}, v) }
	field = lengthField{At: 1, Size: size, Value: uint64(e.Body), Max: math.MaxInt64, Full: math.MaxInt64, Negative: wide(1 << 63), Put: func(v uint64) []byte {
		switch {
		case v < 126:
			return []byte{byte(v) | mask}
		case v <= math.MaxUint16:
			return binary.BigEndian.AppendUint16([]byte{126 | mask}, uint16(v))
		}
		return wide(v)
	}}
	switch size {
	case 1:
		field.Long = []byte{126 | mask, 0, byte(e.Body)}
	case 3:
		field.Long = wide(field.Value)
	}
	return field, true
}

// A client opens a WebSocket with a request of HTTP, and the server agrees:
//
//	GET /chat HTTP/1.1\r\n … Upgrade: websocket\r\n … \r\n     | 81 85 …
//	HTTP/1.1 101 Switching Protocols\r\n … \r\n                | 81 05 …
//
// Neither G nor H begins a frame. So these heads are frames of their own, without a message, wherever
// they are; other messages of HTTP are malformed.
//
// Source: RFC 6455 section 4.
var websocketOpenings = [...]string{"GET ", "HTTP/1.1 101 "}

// websocketMost is how long such a head may be.
const websocketMost = 64 << 10

// websocketHead measures the head at the start of b that opens a WebSocket. It returns 0 if b begins with
// something else, and ErrMore if that is not known yet.
func websocketHead(b []byte, c *Cursor) (n int, err error) {
	if !opensWebSocket(b) {
		return 0, nil
	}
	for i := c.Seen; i < min(len(b), websocketMost); i++ {
		switch v := b[i]; {
		case v == '\n' && bytes.HasSuffix(b[:i], []byte("\r\n\r")):
			if !asksWebSocket(b[:i]) {
				return 0, nil
			}
			return i + 1, nil
		case v < ' ' && v != '\t' && v != '\r' && v != '\n':
			return 0, nil
		}
	}
	if c.Seen = len(b); len(b) >= websocketMost || c.EOF && !bytes.Contains(bytes.ToLower(b), []byte("\nsec-websocket-")) {
		return 0, nil
	}
	return 0, ErrMore
}

// opensWebSocket reports whether b, which may be too short to be sure, begins as such a head.
func opensWebSocket(b []byte) bool {
	for _, start := range websocketOpenings {
		if n := min(len(b), len(start)); string(b[:n]) == start[:n] {
			return true
		}
	}
	return false
}

// asksWebSocket reports whether a line of the head changes the protocol to WebSocket.
func asksWebSocket(head []byte) bool {
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("upgrade")) && bytes.EqualFold(bytes.TrimSpace(value), []byte("websocket")) {
			return true
		}
	}
	return false
}

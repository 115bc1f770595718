package framing

import (
	"encoding/binary"
	"strconv"
)

// How RTMP is written, joined and described.

// rtmpCommand is the header that encode writes: a command in the chunk stream 3, with the time 0.
const rtmpCommand = "\x03\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00"

func (f *rtmp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return f.follow(dst, like, payload, new(Cursor))
}

// follow writes a chunk. A header to imitate keeps its length if the payload is a part of a message of
// that length; otherwise the payload is a whole message.
func (f *rtmp) follow(dst []byte, like Marks, payload []byte, c *Cursor) ([]byte, error) {
	if size := f.chunkSize(c); len(payload) > int(size) {
		return dst, payloadError("a payload of %s is too long for a chunk of %s, which has at most %d: rtmp:join writes several", plural(int64(len(payload)), "byte"), f, size)
	}
	if len(like.Trailer) > 0 {
		return dst, ErrMarks
	}
	header := like.Header
	if len(header) == 0 {
		header = []byte(rtmpCommand)
	}
	out := append(append(dst, header...), payload...)
	frame := out[len(dst):]
	if !like.none() && f.reads(frame, len(header), c) {
		return out, nil
	}
	if n := rtmpLengthAt(header); n > 0 {
		putU24(frame[n:], len(payload))
		if f.reads(frame, len(header), c) {
			return out, nil
		}
	}
	if like.none() {
		return dst, payloadError("the stream has a half of the handshake, and the other half must follow")
	}
	return dst, ErrMarks
}

// reads reports whether a frame is read as it was meant: with a header of so many bytes, and all else as
// the body. Then the Cursor goes on after it.
func (f *rtmp) reads(frame []byte, header int, c *Cursor) bool {
	after := c.fresh()
	e, err := f.Scan(frame, &after)
	if err != nil || e.Header != header || int(e.Body) != len(frame)-header {
		return false
	}
	*c = after
	return true
}

// rtmpLengthAt returns where in a header the length of the message is; 0 if it has none.
func rtmpLengthAt(header []byte) int {
	n, format, _ := rtmpBasic(header)
	if n == 0 || format > 1 || len(header) < n+7 || len(header) > n+rtmpFields[format]+4 {
		return 0
	}
	return n + 3
}

func putU24(b []byte, v int) { b[0], b[1], b[2] = byte(v>>16), byte(v>>8), byte(v) }

// followWhole writes a message in as many chunks as it needs.
func (f *rtmp) followWhole(dst []byte, like Marks, payload []byte, c *Cursor) ([]byte, error) {
	size := int(f.chunkSize(c))
	if len(payload) <= size {
		return f.follow(dst, like, payload, c)
	}
	if len(payload) > rtmpMost {
		return dst, payloadError("a payload of %s is too long for rtmp, whose messages have at most %d", plural(int64(len(payload)), "byte"), rtmpMost)
	}
	header := []byte(rtmpCommand)
	if !like.none() {
		header = append(header[:0], like.Header...)
	}
	if n := rtmpLengthAt(header); n > 0 {
		putU24(header[n:], len(payload))
	}
	after := c.fresh()
	out, err := f.follow(dst, Marks{Header: header, Trailer: like.Trailer}, payload[:size], &after)
	if err != nil {
		return dst, err
	}
	n, format, id := rtmpBasic(header)
	row, _ := rtmpFind(after.state, id)
	if int(row.left) != len(payload)-size {
		return dst, ErrMarks // the header has another length, which it does not show
	}
	next := append([]byte{}, header[:n]...)
	next[0] |= 3 << 6
	if extra := header[n+rtmpFields[format]:]; row.extended {
		next = append(next, extra...)
	}
	for payload = payload[size:]; len(payload) > 0; payload = payload[min(size, len(payload)):] {
		if out, err = f.follow(out, Marks{Header: next}, payload[:min(size, len(payload))], &after); err != nil {
			return dst, err
		}
	}
	*c = after
	return out, nil
}

// joinRTMP is for the chunks of a message. Its header becomes one of format 0, with all fields and the
// time of the message.
var joinRTMP = joinRule{
	part: func(h, payload []byte, after *Cursor) framePart {
		_, _, id := rtmpBasic(h)
		row, _ := rtmpFind(after.state, id)
		p := framePart{message: uint64(id), data: payload, last: row.left == 0}
		if row.kind == rtmpAbort && len(payload) == 4 {
			p.alone, p.drops, p.message = true, true, uint64(binary.BigEndian.Uint32(payload))
			return p
		}
		p.first = int(row.left)+len(payload) == int(row.length)
		p.next, p.header = !p.first, row.header()
		return p
	},
	whole: func([]byte, int) {}, // the header has the length of the message
}

// header returns the header of format 0 for the last message in a chunk stream.
func (s *rtmpRow) header() (h []byte) {
	switch id := s.id - 64; {
	case s.id < 64:
		h = []byte{byte(s.id)}
	case id < 256:
		h = []byte{0, byte(id)}
	default:
		h = []byte{1, byte(id), byte(id >> 8)}
	}
	h = binary.BigEndian.AppendUint32(h, min(s.clock, 0xffffff)<<8)[:len(h)+3]
	h = binary.BigEndian.AppendUint32(h, s.length<<8|uint32(s.kind))
	h = binary.LittleEndian.AppendUint32(h, s.stream)
	if s.clock >= 0xffffff {
		h = binary.BigEndian.AppendUint32(h, s.clock)
	}
	return h
}

// Describe returns what the header of a chunk has, or which half of a handshake it is.
func (f *rtmp) Describe(dst []FieldText, h, _ []byte) []FieldText {
	switch len(h) {
	case 0:
		return dst
	case rtmpHello:
		return append(dst, FieldText{"handshake", "hello"})
	case rtmpEcho:
		return append(dst, FieldText{"handshake", "echo"})
	}
	n, format, id := rtmpBasic(h)
	dst = append(dst, FieldText{"chunk stream", decimal(uint64(id))}, FieldText{"format", decimal(uint64(format))})
	if len(h) < n+rtmpFields[format] || format == 3 {
		return dst
	}
	time, name := u24(h[n:]), "delta"
	if end := n + rtmpFields[format]; time == 0xffffff && len(h) >= end+4 {
		time = binary.BigEndian.Uint32(h[end:])
	}
	if format == 0 {
		name = "timestamp"
	}
	dst = append(dst, FieldText{name, decimal(uint64(time))})
	if format < 2 {
		dst = append(dst, FieldText{"length", decimal(uint64(u24(h[n+3:])))}, FieldText{"type", otherThan(rtmpTypes, "%d", 255)(strconv.Itoa(int(h[n+6])))})
	}
	if format == 0 {
		dst = append(dst, FieldText{"stream", decimal(uint64(binary.LittleEndian.Uint32(h[n+7:])))})
	}
	return dst
}

func (f *rtmp) known(field string) ([]FieldText, func(string) string) {
	switch field {
	case "handshake":
		return []FieldText{{"hello", "hello"}, {"echo", "echo"}}, nothing
	case "type":
		return rtmpTypes.known(), otherThan(rtmpTypes, "%d", 255)
	case "format":
		return nil, otherThan(nil, "%d", 3)
	case "chunk stream":
		return nil, otherThan(nil, "%d", 64+1<<16-1)
	case "length":
		return nil, otherThan(nil, "%d", rtmpMost)
	}
	return nil, otherThan(nil, "%d", 1<<32-1)
}

package framing

import (
	"encoding/binary"
	"slices"
)

// A joinRule is how a protocol cuts messages into frames.
type joinRule struct {
	// part reports which part of a message a frame is. After is what is remembered of the stream up to
	// its end.
	part func(header, payload []byte, after *Cursor) framePart
	// whole changes the header of the first frame to that of a whole message of size bytes.
	whole func(header []byte, size int)
	// next returns what the frame after a full one imitates; nil if frames are never full.
	next func(Marks) Marks
}

// A framePart is a frame as a part of a message.
type framePart struct {
	message uint64 // which of the messages that are open, such as a stream of HTTP/2
	data    []byte // what the frame adds to it; not copied
	header  []byte // the header of the message, if that of the frame is another; nil if not

	alone  bool // it is not a part of one: a message of its own
	ends   bool // with alone: the message is complete
	drops  bool // with alone: the message is given up
	first  bool // it begins a message
	next   bool // it continues a message
	last   bool // the message is complete with it
	packed bool // with first: the message is compressed
	closes bool // with last, and with ends: nothing more comes in the stream of the message
}

// joinWebSocket is for fragments (RFC 6455 section 5.4), between which control frames may be. RSV1
// marks a message that is compressed (RFC 7692).
var joinWebSocket = joinRule{
	part: func(h, payload []byte, _ *Cursor) framePart {
		op := h[0] & 15
		if op >= wsControl {
			return framePart{alone: true}
		}
		return framePart{data: payload, first: op != 0, next: op == 0, last: h[0]&wsFin != 0, packed: op != 0 && h[0]&wsRSV1 != 0}
	},
	whole: func(h []byte, _ int) { h[0] = h[0]&^wsRSV1 | wsFin },
}

// joinHTTP2 is for the DATA of each stream (RFC 9113 section 6.1). It ends with the flag
// END_STREAM, which trailers can have too, or with RST_STREAM.
var joinHTTP2 = joinRule{
	part: func(h, payload []byte, _ *Cursor) framePart {
		const data, headers, reset = 0, 1, 3
		const endStream, padded = 1, 8
		if len(h) != 9 { // the preface
			return framePart{alone: true}
		}
		p := framePart{message: uint64(binary.BigEndian.Uint32(h[5:]) &^ (1 << 31)), data: payload}
		switch end := h[4]&endStream != 0; h[3] {
		case data:
			p.last, p.closes = end, end
			if h[4]&padded != 0 && len(payload) > 0 && len(payload) > int(payload[0]) {
				p.data = payload[1 : len(payload)-int(payload[0])]
			}
		case headers:
			p.alone, p.ends, p.closes = true, end, true
		case reset:
			p.alone, p.drops = true, true
		default:
			p.alone = true
		}
		return p
	},
	whole: func(h []byte, size int) {
		const endStream, padded = 1, 8
		h[4] = h[4]&^padded | endStream
		size = min(size, 1<<24-1)
		h[0], h[1], h[2] = byte(size>>16), byte(size>>8), byte(size)
	},
}

// joinSunRPC is for the fragments of a record (RFC 5531 section 11).
var joinSunRPC = joinRule{
	part: func(h, payload []byte, _ *Cursor) framePart { return framePart{data: payload, last: h[0]&0x80 != 0} },
	whole: func(h []byte, size int) {
		binary.BigEndian.PutUint32(h, 1<<31|uint32(min(size, 1<<31-1)))
	},
}

// joinMySQL is for packets that are full: the payload goes on in the next one.
var joinMySQL = joinRule{
	part: func(_, payload []byte, _ *Cursor) framePart {
		return framePart{data: payload, last: len(payload) < mysqlMost}
	},
	whole: func([]byte, int) {},
	next: func(like Marks) Marks {
		h := [4]byte{3: 1}
		if len(like.Header) == 4 {
			h[3] = like.Header[3] + 1
		}
		return Marks{Header: h[:]}
	},
}

// joinDocker is for the bytes of standard output, and those of standard error. They are streams
// without messages of their own.
var joinDocker = joinRule{
	part: func(h, payload []byte, _ *Cursor) framePart {
		return framePart{message: uint64(h[0]), data: payload, last: true}
	},
	whole: func([]byte, int) {},
}

// joinKey is the key of the rows that have a rule for joining.
var joinKey = key{"join", "read whole messages, of all their frames"}

// joins reports whether the row has the key join.
func (e *Entry) joins() bool { return slices.Contains(e.keys, joinKey) }

package framing

import "encoding/binary"

// fstrm is Frame Streams, which carries dnstap: data frames, and control frames that begin with
// a length of 0.
//
//	length, 4   | data
//	00 00 00 00 | length, 4 | control type, 4 | fields
//
// A control frame has no message.
//
// Source: farsightsec/fstrm, fstrm/control.h.
var fstrm = sized{
	spec: "fstrm", standard: "\x00\x00\x00\x00",
	put: func(header []byte, size int64) {
		if size > 1<<32-1 {
			size = 0 // no frame
		}
		binary.BigEndian.PutUint32(header, uint32(size))
	},
	read: func(b []byte) (Extent, error) {
		if len(b) < 4 {
			return Extent{}, ErrMore
		}
		if n := binary.BigEndian.Uint32(b); n > 0 {
			return Extent{Header: 4, Body: int64(n), Announced: true}, nil
		}
		if len(b) < 8 {
			return Extent{}, ErrMore
		}
		n := binary.BigEndian.Uint32(b[4:])
		switch {
		case n < 4:
			return Extent{}, malformed(LengthTooSmall, 4, "length %d of a control frame is less than the 4 bytes of its type", n)
		case n > fstrmControl:
			return Extent{}, tooLong(4, "length %d of a control frame is over the maximum %d", n, fstrmControl)
		case len(b) < 12:
			return Extent{}, ErrMore
		}
		if kind := binary.BigEndian.Uint32(b[8:]); fstrmTypes.Of(uint64(kind)) == "" {
			return Extent{}, malformed(BadType, 8, "control type %d is unknown, expected 1 to 5", kind)
		}
		return Extent{Header: 8 + int(n), Silent: true}, nil
	},
}

const fstrmControl = 512 // the longest control frame

var fstrmTypes = names{{1, "ACCEPT"}, {2, "START"}, {3, "STOP"}, {4, "READY"}, {5, "FINISH"}}

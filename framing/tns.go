package framing

import "encoding/binary"

// tns is a packet of Oracle's Net8. Its length, which counts the whole packet, has two forms: 2
// bytes and a checksum that is always 0, or 4 bytes once both ends have agreed on a newer version.
//
//	length, 2 | 00 00 | type | flags | 00 00 | payload
//	length, 4         | type | flags | 00 00 | payload
//
// A packet has the second form if its first two bytes are 0, or the next two are not.
//
// Sources: Wireshark, packet-tns.c; Oracle publishes no specification.
var tns = sized{
	spec: "tns", standard: "\x00\x08\x00\x00\x06\x00\x00\x00",
	put: func(header []byte, size int64) {
		if tnsWide(header) {
			binary.BigEndian.PutUint32(header, uint32(size+8))
		} else {
			binary.BigEndian.PutUint16(header, uint16(size+8))
		}
	},
	read: func(b []byte) (Extent, error) {
		if len(b) < 4 {
			return Extent{}, ErrMore
		}
		size := int64(binary.BigEndian.Uint16(b))
		if tnsWide(b) {
			size = int64(binary.BigEndian.Uint32(b))
		}
		switch {
		case size < 8:
			return Extent{}, malformed(LengthTooSmall, 0, "length %d is less than the 8 bytes of the header, which it counts", size)
		case size > tnsMax:
			return Extent{}, tooLong(0, "length %d is over %d, the longest packet", size, tnsMax)
		case len(b) > 4 && tnsTypes.Of(uint64(b[4])) == "":
			return Extent{}, malformed(BadType, 4, "type %d is unknown", b[4])
		case len(b) < 5:
			return Extent{}, ErrMore
		}
		return Extent{Header: 8, Body: size - 8, Announced: true}, nil
	},
}

const tnsMax = 2 << 20 // the largest session data unit

func tnsWide(b []byte) bool {
	return b[0]|b[1] == 0 || b[2]|b[3] != 0
}

var tnsTypes = names{
	{1, "connect"}, {2, "accept"}, {3, "acknowledge"}, {4, "refuse"}, {5, "redirect"}, {6, "data"}, {7, "null"}, {9, "abort"}, {11, "resend"},
	{12, "marker"}, {13, "attention"}, {14, "control"}, {15, "data descriptor"},
}

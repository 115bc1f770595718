package framing

import "encoding/binary"

// stun is STUN over TCP: messages, and the channel data of TURN between them. The first two bits
// show which of the two it is.
//
//	type, 2    | length, 2 | 21 12 A4 42 | transaction, 12 | attributes        00…
//	channel, 2 | length, 2 | data | padding to a multiple of 4                 01…
//
// The length counts what follows the header, without the padding of channel data.
//
// Sources: RFC 8489 section 5; RFC 8656 section 12.4.
var stun = sized{
	spec: "stun", standard: "\x40\x00\x00\x00", pad: 4, mark: stunCookie, markAt: 4,
	put: func(header []byte, size int64) { binary.BigEndian.PutUint16(header[2:], uint16(size)) },
	read: func(b []byte) (Extent, error) {
		if len(b) > 0 && b[0] >= 0x80 {
			return Extent{}, malformed(BadType, 0, "found 0x%02x, expected the first two bits 00 of a message or 01 of channel data", b[0])
		}
		if len(b) < 4 {
			return Extent{}, ErrMore
		}
		size := int64(binary.BigEndian.Uint16(b[2:]))
		if b[0] >= 0x40 {
			return Extent{Header: 4, Body: size, Trailer: paddingTo(4, size), Announced: true, Field: 2}, nil
		}
		if size%4 != 0 {
			return Extent{}, malformed(lengthInvalid, 2, "length %d of a message is not a multiple of 4", size)
		}
		if err := checkMagic(b, 4, stunCookie); err != nil {
			return Extent{}, err
		}
		if len(b) < 8 {
			return Extent{}, ErrMore
		}
		return Extent{Header: 20, Body: size, Announced: true, Field: 2}, nil
	},
	describe: func(dst []FieldText, header, _ []byte) []FieldText {
		kind := binary.BigEndian.Uint16(header)
		if header[0] >= 0x40 {
			return append(dst, FieldText{"class", "channel data"})
		}
		// The two bits of the class are between those of the method.
		method := uint64(kind&0xf | kind>>1&0x70 | kind>>2&0xf80)
		dst = append(dst, FieldText{"class", stunClasses.Of(uint64(kind>>4&1 | kind>>7&2))})
		return append(dst, FieldText{"method", otherThan(stunMethods, "%d", 0xfff)(decimal(method))})
	},
	values: func(field string) ([]FieldText, func(string) string) {
		if field == "class" {
			return stunClasses.known(), nothing
		}
		return stunMethods.known(), otherThan(stunMethods, "%d", 0xfff)
	},
}

const stunCookie = "\x21\x12\xa4\x42"

var stunClasses = names{{0, "request"}, {1, "indication"}, {2, "success"}, {3, "error"}, {4, "channel data"}}

var stunMethods = names{{1, "Binding"}, {3, "Allocate"}, {4, "Refresh"}, {6, "Send"}, {7, "Data"}, {8, "CreatePermission"}, {9, "ChannelBind"}, {10, "Connect"}, {11, "ConnectionBind"}, {12, "ConnectionAttempt"}}

package framing

import "encoding/binary"

// amqp1 is AMQP 1.0: a size, which counts the whole frame, and where the body begins.
//
//	00 00 00 1A | 02 | 00 | 00 00   | [more header] | body
//	size         doff type  channel
//
// The header has 4 × doff bytes. Each side begins with 8 bytes, "AMQP", a protocol and a version,
// which are a frame of their own without a message; after SASL they come again.
//
// Source: OASIS AMQP 1.0 part 2, sections 2.2 and 2.3; part 5, section 5.3.1.
var amqp1 = sized{
	spec: "amqp1", standard: "\x00\x00\x00\x08\x02\x00\x00\x00",
	put: func(header []byte, size int64) {
		if size += int64(len(header)); size > 1<<32-1 {
			size = 0 // no frame
		}
		binary.BigEndian.PutUint32(header, uint32(size))
	},
	read: func(b []byte) (Extent, error) {
		if len(b) > 0 && b[0] == amqpOpening[0] {
			if err := checkMagic(b, 0, amqpOpening); err != nil {
				return Extent{}, err
			}
			switch n := len(b); {
			case n > 4 && amqp1Protocols.Of(uint64(b[4])) == "":
				return Extent{}, malformed(badVersion, 4, "protocol is %d, expected 0 AMQP, 2 TLS or 3 SASL", b[4])
			case n > 5 && b[5] != 1:
				return Extent{}, malformed(badVersion, 5, "major version is %d, expected 1; amqp reads version 0-9-1", b[5])
			case n < 8:
				return Extent{}, ErrMore
			}
			return Extent{Header: 8, Silent: true}, nil
		}
		if len(b) < 4 {
			return Extent{}, ErrMore
		}
		size := int64(binary.BigEndian.Uint32(b))
		if size < 8 {
			return Extent{}, malformed(LengthTooSmall, 0, "size %d is less than the 8 bytes of the header, which it counts", size)
		}
		if len(b) < 6 {
			return Extent{}, ErrMore
		}
		head := 4 * int64(b[4])
		switch {
		case head < 8 || head > size:
			return Extent{}, malformed(BadHeader, 4, "the header has 4 × %d bytes, expected at least 8 and at most the %d of the frame", b[4], size)
		case b[5] > 1:
			return Extent{}, malformed(BadType, 5, "type is %d, expected 0 AMQP or 1 SASL", b[5])
		}
		return Extent{Header: int(head), Body: size - head, Announced: true}, nil
	},
	describe: func(dst []FieldText, header, _ []byte) []FieldText {
		if header[0] == amqpOpening[0] {
			return append(dst, FieldText{"type", "protocol header"})
		}
		return append(dst, FieldText{"type", amqp1Types.Of(uint64(header[5]))}, FieldText{"channel", decimal(uint64(binary.BigEndian.Uint16(header[6:])))})
	},
	values: func(field string) ([]FieldText, func(string) string) {
		if field == "channel" {
			return nil, otherThan(nil, "%d", 1<<16-1)
		}
		return amqp1Types.known(), nothing
	},
}

var amqp1Protocols = names{{0, "AMQP"}, {2, "TLS"}, {3, "SASL"}}

var amqp1Types = names{{0, "AMQP"}, {1, "SASL"}, {2, "protocol header"}}

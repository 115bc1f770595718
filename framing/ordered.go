package framing

import "encoding/binary"

// Protocols whose frames choose their byte order.

// orderOf returns the byte order that a flag chooses.
func orderOf(little bool) binary.ByteOrder {
	if little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// dcerpc is a PDU of connection-oriented DCE RPC, as in Microsoft's RPC over TCP.
//
//	05 | minor | type | flags | order | 3 bytes | length, 2 | auth length, 2 | call id, 4 | payload
//	├───────────────────────────────── header, 16 bytes ─────────────────────────────────┤
//
// The length counts the whole PDU. The upper half of the byte order is 1 if numbers are
// little-endian, and 0 if they are big-endian. The authentication is the end of the payload: its
// own header of 8 bytes, and as many bytes as the auth length says.
//
// Sources: The Open Group, C706, chapter 12; MS-RPCE section 2.2.
var dcerpc = sized{
	spec: "dcerpc", standard: "\x05\x00\x00\x03\x10\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00",
	put: func(header []byte, size int64) {
		orderOf(header[4]&0x10 != 0).PutUint16(header[8:], uint16(size+16))
	},
	describe: func(dst []FieldText, header, _ []byte) []FieldText {
		return append(dst, FieldText{"call", decimal(uint64(orderOf(header[4]&0x10 != 0).Uint32(header[12:])))})
	},
	values: func(string) ([]FieldText, func(string) string) { return nil, otherThan(nil, "%d", 1<<32-1) },
	read: func(b []byte) (Extent, error) {
		switch n := len(b); {
		case n > 0 && b[0] != 5:
			return Extent{}, malformed(badVersion, 0, "version is %d, expected 5", b[0])
		case n > 1 && b[1] > 1:
			return Extent{}, malformed(badVersion, 1, "minor version is %d, expected 0 or 1", b[1])
		case n > 2 && dcerpcTypes.Of(uint64(b[2])) == "":
			return Extent{}, malformed(BadType, 2, "type is %d, which is no type of a PDU over TCP", b[2])
		case n > 4 && b[4]&0xee != 0:
			return Extent{}, malformed(badFlag, 4, "data representation is 0x%02x, expected 0x00 or 0x10: big- or little-endian, and ASCII; or the same plus 1: EBCDIC", b[4])
		case n < 12:
			return Extent{}, ErrMore
		}
		order := orderOf(b[4]&0x10 != 0)
		length, auth := int64(order.Uint16(b[8:])), int64(order.Uint16(b[10:]))
		if length < 16 {
			return Extent{}, malformed(LengthTooSmall, 8, "length %d is less than the 16 bytes of the header, which it counts", length)
		}
		if auth > 0 && auth+8 > length-16 {
			return Extent{}, malformed(lengthInvalid, 10, "auth length %d and its header of 8 bytes do not fit in the payload of %s", auth, plural(length-16, "byte"))
		}
		return Extent{Header: 16, Body: length - 16, Announced: true, Field: 8}, nil
	},
}

var dcerpcTypes = names{
	{0, "request"}, {2, "response"}, {3, "fault"}, {11, "bind"}, {12, "bind_ack"}, {13, "bind_nak"}, {14, "alter_context"}, {15, "alter_context_resp"},
	{16, "auth3"}, {17, "shutdown"}, {18, "co_cancel"}, {19, "orphaned"}, {20, "rts"},
}

// giop is a message of CORBA's GIOP, as IIOP sends it over TCP.
//
//	GIOP | major, minor | flags | type | size, 4 | payload
//	├──────────── header, 12 bytes ────────────┤
//
// The lowest bit of flags is set if numbers are little-endian; the next bit, if fragments follow.
//
// Source: OMG, CORBA 3.3 part 2, section 9.4.
var giop = sized{
	spec: "giop", standard: "GIOP\x01\x02\x00\x00\x00\x00\x00\x00", mark: "GIOP",
	put: func(header []byte, size int64) {
		orderOf(header[6]&1 != 0).PutUint32(header[8:], uint32(size))
	},
	read: func(b []byte) (Extent, error) {
		if err := checkMagic(b, 0, "GIOP"); err != nil {
			return Extent{}, err
		}
		switch n := len(b); {
		case n > 4 && b[4] != 1:
			return Extent{}, malformed(badVersion, 4, "major version is %d, expected 1", b[4])
		case n > 5 && b[5] > 3:
			return Extent{}, malformed(badVersion, 5, "minor version is %d, expected 0 to 3", b[5])
		case n > 7 && b[7] > 7:
			return Extent{}, malformed(BadType, 7, "type is %d, expected 0 to 7", b[7])
		case n < 12:
			return Extent{}, ErrMore
		}
		return Extent{Header: 12, Body: int64(orderOf(b[6]&1 != 0).Uint32(b[8:])), Announced: true, Field: 8}, nil
	},
}

var giopTypes = names{
	{0, "Request"}, {1, "Reply"}, {2, "CancelRequest"}, {3, "LocateRequest"}, {4, "LocateReply"}, {5, "CloseConnection"}, {6, "MessageError"}, {7, "Fragment"},
}

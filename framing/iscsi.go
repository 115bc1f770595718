package framing

// iscsi is an iSCSI PDU without digests: a header of 48 bytes, more header, and data that is
// padded to a multiple of 4.
//
//	opcode | 3 bytes | more header, 1 | data length, 3 | 40 bytes | [more header] | data | padding
//	├──────────────────────────────────── header ────────────────────────────────┤
//
// The second length counts words of 4 bytes.
//
// Source: RFC 7143 section 11.2.
var iscsi = sized{
	spec: "iscsi", standard: "\x00\x80\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\xff\xff\xff\xff\xff\xff\xff\xff" + zeros8 + zeros8 + zeros8, pad: 4,
	put: func(header []byte, size int64) {
		header[5], header[6], header[7] = byte(size>>16), byte(size>>8), byte(size)
	},
	read: func(b []byte) (Extent, error) {
		if len(b) > 0 && (b[0] >= 0x80 || iscsiOpcodes.Of(uint64(b[0]&0x3f)) == "") {
			return Extent{}, malformed(badOpcode, 0, "opcode 0x%02x is unknown", b[0])
		}
		if len(b) > 1 && b[0]&0x3f == 0 && b[1] != 0x80 { // so that zeros are no frame
			return Extent{}, malformed(badFlag, 1, "flags 0x%02x of a NOP-Out, expected 0x80", b[1])
		}
		if len(b) < 8 {
			return Extent{}, ErrMore
		}
		size := int64(u24be(b[5:]))
		return Extent{Header: 48 + 4*int(b[4]), Body: size, Trailer: paddingTo(4, size), Announced: true, Field: 5}, nil
	},
}

const zeros8 = "\x00\x00\x00\x00\x00\x00\x00\x00"

var iscsiOpcodes = names{
	{0x00, "NOP-Out"}, {0x01, "SCSI Command"}, {0x02, "Task Management Request"}, {0x03, "Login Request"}, {0x04, "Text Request"}, {0x05, "Data-Out"}, {0x06, "Logout Request"}, {0x10, "SNACK"},
	{0x20, "NOP-In"}, {0x21, "SCSI Response"}, {0x22, "Task Management Response"}, {0x23, "Login Response"}, {0x24, "Text Response"}, {0x25, "Data-In"}, {0x26, "Logout Response"}, {0x31, "R2T"}, {0x32, "Asynchronous Message"}, {0x3f, "Reject"},
}

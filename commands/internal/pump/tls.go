package pump

import "encoding/binary"

// HelloSize is how many bytes show a ClientHello:
//
//	16 03 01 | 02 00 | 01     | 00 01 fc
//	record     size    Client   size, the record's less these 4 bytes
//	           of it   Hello
const HelloSize = 9

// BeginsTLS reports whether b begins with a ClientHello, or whether it may, if more bytes come.
func BeginsTLS(b []byte) (hello, wait bool) {
	if len(b) == 0 || b[0] != 0x16 || len(b) > 1 && b[1] != 3 || len(b) > 2 && b[2] > 4 || len(b) > 5 && b[5] != 1 || len(b) > 6 && b[6] != 0 {
		return false, false
	}
	if len(b) < HelloSize {
		return false, true
	}
	return int(binary.BigEndian.Uint16(b[3:])) == int(binary.BigEndian.Uint16(b[7:]))+4, false
}

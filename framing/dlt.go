package framing

import (
	"bytes"
	"encoding/binary"
)

// dlt is a message of AUTOSAR's diagnostic log and trace. Bits of its first byte show which parts
// the header has. In a file, 16 bytes come first; on a serial line, 4.
//
//	[DLT 01 | time, 8 | ECU, 4] | flags | counter | length, 2 | [ECU, 4] | [session, 4] | [time, 4] | [10 bytes] | payload
//	[DLS 01]
//	├────────────────────────────────────────────── header ──────────────────────────────────────────────────┤
//
// The length counts all from flags on.
//
// Source: AUTOSAR, Log and Trace Protocol Specification, section 5.1.
var dlt = sized{
	spec: "dlt", standard: "\x21\x00\x00\x0e\x40\x00APP\x00CTX\x00", mark: "DLT\x01",
	put: func(header []byte, size int64) {
		at := dltStart(header)
		if size += int64(len(header) - at); size > 1<<16-1 {
			size = 0 // no frame
		}
		binary.BigEndian.PutUint16(header[at+2:], uint16(size))
	},
	read: func(b []byte) (Extent, error) {
		if len(b) > 0 && b[0] == 'D' {
			mark := "DLT\x01"
			if len(b) > 2 && b[2] == 'S' {
				mark = "DLS\x01"
			}
			if err := checkMagic(b, 0, mark); err != nil {
				return Extent{}, err
			}
			if len(b) < 4 {
				return Extent{}, ErrMore
			}
		}
		at := dltStart(b)
		switch {
		case len(b) > at && b[at]>>5 != 1:
			return Extent{}, malformed(badVersion, at, "version is %d, expected 1", b[at]>>5)
		case len(b) < at+4:
			return Extent{}, ErrMore
		}
		head, size := dltParts(b[at]), int(binary.BigEndian.Uint16(b[at+2:]))
		if size < head {
			return Extent{}, malformed(LengthTooSmall, at+2, "length %d is less than the %d bytes of the header, which it counts", size, head)
		}
		return Extent{Header: at + head, Body: int64(size - head), Announced: true, Field: at + 2}, nil
	},
	describe: func(dst []FieldText, header, _ []byte) []FieldText {
		at := dltStart(header)
		flags := header[at]
		at += 4
		if flags&dltECU != 0 {
			dst = append(dst, FieldText{"ECU", dltID(header[at:])})
			at += 4
		}
		if flags&dltSession != 0 {
			at += 4
		}
		if flags&dltTime != 0 {
			dst = append(dst, FieldText{"time", decimal(uint64(binary.BigEndian.Uint32(header[at:])))})
			at += 4
		}
		if flags&dltExtended != 0 {
			dst = append(dst, FieldText{"type", dltTypes.Of(uint64(header[at] >> 1 & 7))}, FieldText{"application", dltID(header[at+2:])}, FieldText{"context", dltID(header[at+6:])})
		}
		return dst
	},
	values: func(field string) ([]FieldText, func(string) string) {
		switch field {
		case "type":
			return dltTypes.known(), nothing
		case "time":
			return nil, otherThan(nil, "%d", 1<<32-1)
		}
		return nil, nil
	},
}

const (
	dltExtended = 1
	dltECU      = 4
	dltSession  = 8
	dltTime     = 16
)

// dltStart returns where the flags are: after the header of a file or a serial line, if there is one.
func dltStart(b []byte) int {
	switch {
	case len(b) < 4 || string(b[:2]) != "DL" || b[3] != 1:
		return 0
	case b[2] == 'T':
		return 16
	case b[2] == 'S':
		return 4
	}
	return 0
}

// dltParts returns the size of the header from flags on.
func dltParts(flags byte) int {
	n := 4
	for _, part := range [...]struct{ flag, size int }{{dltExtended, 10}, {dltECU, 4}, {dltSession, 4}, {dltTime, 4}} {
		if int(flags)&part.flag != 0 {
			n += part.size
		}
	}
	return n
}

// dltID returns a name of 4 bytes, which is filled up with zeros.
func dltID(b []byte) string { return printable(bytes.TrimRight(b[:4], "\x00")) }

var dltTypes = names{{0, "log"}, {1, "application trace"}, {2, "network trace"}, {3, "control"}, {4, "type 4"}, {5, "type 5"}, {6, "type 6"}, {7, "type 7"}}

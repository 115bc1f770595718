package framing

import (
	"bytes"
	"slices"
)

// mavlink is the messages of drones and their ground stations, in two versions.
//
//	FE | length, 1 | seq, 1 | system, 1 | component, 1 | message, 1 | payload | CRC, 2
//	FD | length, 1 | incompatible flags, 1 | compatible flags, 1 | seq, 1 | system, 1 | component, 1 | message, 3 | payload | CRC, 2 | [signature, 13]
//
// The length counts the payload. The CRC covers all before it but the first byte, and then one byte more,
// which depends on the message and is not sent. So that of a message whose definition is not known here
// is not checked. A signature follows if the lowest incompatible flag is set.
//
// Source: MAVLink developer guide, Packet Serialization and Message Signing.
type mavlink struct{}

const (
	mavlink1       = 0xfe
	mavlink2       = 0xfd
	mavlinkHeader1 = 6
	mavlinkHeader2 = 10
	mavlinkSigned  = 0x01
	mavlinkSign    = 13 // the size of a signature
	mavlinkDefault = "\xfd\x00\x00\x00\x00\x01\x01\x00\x00\x00"
)

// mavlinkMessage is what is known of a message.
type mavlinkMessage struct {
	id    uint32
	extra byte // that its CRC covers
	name  string
}

var mavlinkSum = checksum{size: 2, little: true, of: crcMCRF4XX}

func (mavlink) String() string { return "mavlink" }

func (mavlink) Scan(b []byte, _ *Cursor) (Extent, error) {
	e := Extent{Trailer: 2, Announced: true, Field: 1}
	switch {
	case len(b) == 0:
		return Extent{}, ErrMore
	case b[0] == mavlink1:
		e.Header = mavlinkHeader1
	case b[0] == mavlink2:
		e.Header = mavlinkHeader2
		switch {
		case len(b) < 3:
			return Extent{}, ErrMore
		case b[2]&^mavlinkSigned != 0:
			return Extent{}, malformed(badFlag, 2, "incompatible flags %#x, expected 0, or 1 in a signed message", b[2])
		case b[2] == mavlinkSigned:
			e.Trailer += mavlinkSign
		}
	default:
		return Extent{}, malformed(BadMagic, 0, "found %s, expected fe (version 1) or fd (version 2)", shown(string(b[:1])))
	}
	if len(b) < 2 {
		return Extent{}, ErrMore
	}
	e.Body = int64(b[1])
	return e, nil
}

func (f mavlink) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

// mavlinkID returns the id in a whole header.
func mavlinkID(header []byte) uint32 {
	if header[0] == mavlink1 {
		return uint32(header[5])
	}
	return uint32(header[7]) | uint32(header[8])<<8 | uint32(header[9])<<16
}

// mavlinkOf returns the message with this id, or nil.
func mavlinkOf(id uint32) *mavlinkMessage {
	i, found := slices.BinarySearchFunc(mavlinkMessages, id, func(m mavlinkMessage, id uint32) int { return int(m.id) - int(id) })
	if !found {
		return nil
	}
	return &mavlinkMessages[i]
}

// Unescape checks the CRC, if the message is known.
func (mavlink) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	if m := mavlinkOf(mavlinkID(header)); m != nil {
		start := len(dst) // what is covered is put together there
		dst = append(append(append(dst, header[1:]...), body...), m.extra)
		if err := mavlinkSum.check(dst[start:], trailer[:2], len(header)+len(body)); err != nil {
			return dst[:start], err
		}
		dst = dst[:start]
	}
	return append(dst, body...), nil
}

func (mavlink) MinPayload(body int64) int64 { return body }

// Append computes the CRC of a message that is known. That of another is copied with its header.
func (f mavlink) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(payload) > 255 {
		return dst, payloadError("a payload of %s is too long for mavlink, whose frames hold at most 255", plural(int64(len(payload)), "byte"))
	}
	start := len(dst)
	if like.none() {
		like = Marks{[]byte(mavlinkDefault), make([]byte, 2)}
	} else if e, err := f.Scan(like.Header, new(Cursor)); err != nil || e.Header != len(like.Header) || e.Trailer != len(like.Trailer) {
		return dst, ErrMarks
	}
	dst = append(append(dst, like.Header...), payload...)
	dst[start+1] = byte(len(payload))
	m := mavlinkOf(mavlinkID(like.Header))
	if m == nil {
		return append(dst, like.Trailer...), nil
	}
	sum := crcMCRF4XX(append(dst, m.extra)[start+1:])
	return append(append(dst, byte(sum), byte(sum>>8)), like.Trailer[2:]...), nil
}

// Sync finds the next byte that begins a frame of either version.
func (mavlink) Sync(b []byte) (int, bool) {
	if i := bytes.IndexByte(b, mavlink2); i >= 0 {
		b = b[:i+1]
	}
	if i := bytes.IndexByte(b, mavlink1); i >= 0 {
		return i, true
	}
	if n := len(b); n > 0 && b[n-1] == mavlink2 {
		return n - 1, true
	}
	return len(b), false
}

// Describe returns the fields of the header, whose places depend on the version.
func (mavlink) Describe(dst []FieldText, header, _ []byte) []FieldText {
	version, seq, signed := "1", header[2:], "no"
	if header[0] == mavlink2 {
		version, seq = "2", header[4:]
		if header[2] == mavlinkSigned {
			signed = "yes"
		}
	}
	number := func(b byte) string { return decimal(uint64(b)) }
	return append(dst, FieldText{"version", version}, FieldText{"seq", number(seq[0])}, FieldText{"sysid", number(seq[1])},
		FieldText{"compid", number(seq[2])}, FieldText{"msgid", mavlinkName(mavlinkID(header))}, FieldText{"signed", signed})
}

// mavlinkName returns the name of a message, or else its id.
func mavlinkName(id uint32) string {
	if m := mavlinkOf(id); m != nil {
		return m.name
	}
	return decimal(uint64(id))
}

func (mavlink) known(field string) (values []FieldText, other func(string) string) {
	switch field {
	case "version":
		return nil, otherThan(nil, "%d", 2)
	case "signed":
		return []FieldText{{"no", "no"}, {"yes", "yes"}}, nothing
	case "msgid":
		var all names
		for _, m := range mavlinkMessages {
			all = append(all, named{uint64(m.id), m.name})
		}
		return all.known(), otherThan(all, "%d", 1<<24-1)
	}
	return nil, otherThan(nil, "%d", 255)
}

func parseMAVLink(*Entry, *settings) (Framing, error) { return mavlink{}, nil }

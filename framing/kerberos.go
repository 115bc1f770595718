package framing

import "encoding/binary"

// kerberos is a Kerberos message over TCP: its length, and the message in DER, whose own length
// must fit.
//
//	00 00 00 6B | 6A 69 …
//	length, 4     tag and length in DER, content
//
// The highest bit of the length is reserved.
//
// Source: RFC 4120 section 7.2.2.
type kerberos struct{}

func (kerberos) String() string { return "kerberos" }

func (kerberos) Scan(b []byte, _ *Cursor) (Extent, error) {
	switch n := len(b); {
	case n > 0 && b[0] >= 0x80:
		return Extent{}, malformed(lengthNegative, 0, "the highest bit of the length is set, which is reserved")
	case n > 4 && kerberosTypes.Of(uint64(b[4])) == "":
		return Extent{}, malformed(BadType, 4, "found 0x%02x, which is the tag of no Kerberos message", b[4])
	case n < 6:
		return Extent{}, ErrMore
	}
	size := int64(binary.BigEndian.Uint32(b))
	octets := int(b[5] & 0x7f) // length octets after this one, or the length itself
	inner := int64(2 + octets)
	if b[5] >= 0x80 {
		if octets == 0 || octets > 4 {
			return Extent{}, malformed(BadLength, 5, "found 0x%02x, expected a definite length of at most 4 bytes in DER", b[5])
		}
		if len(b) < 6+octets {
			return Extent{}, ErrMore
		}
		v := int64(0)
		for _, c := range b[6 : 6+octets] {
			v = v<<8 | int64(c)
		}
		inner = int64(2+octets) + v
	}
	if size != inner {
		return Extent{}, malformed(lengthInvalid, 0, "length %d, but the message in DER has %d bytes", size, inner)
	}
	return Extent{Header: 4, Body: size, Announced: true}, nil
}

// Append refuses a payload that is no message: its frame could not be read.
func (k kerberos) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (len(like.Header) != 4 || len(like.Trailer) > 0) {
		return dst, ErrMarks
	}
	start := len(dst)
	dst = append(binary.BigEndian.AppendUint32(dst, uint32(len(payload))), payload...)
	e, err := k.Scan(dst[start:], new(Cursor))
	if err != nil || e.Body != int64(len(payload)) {
		return dst[:start], payloadError("the payload is no Kerberos message in DER")
	}
	return dst, nil
}

func (k kerberos) Split(b []byte, spans []Span) []Span { return splitScan(k, b, spans) }

// Structure calls keep with the tag and the length in DER.
func (kerberos) Structure(payload []byte, keep func(start, end int)) {
	head := 2
	if payload[1] >= 0x80 {
		head += int(payload[1] & 0x7f)
	}
	keep(0, head)
}

// Describe reads the tag of the message.
func (kerberos) Describe(dst []FieldText, _, body []byte) []FieldText {
	if len(body) == 0 {
		return dst
	}
	return append(dst, FieldText{"type", kerberosTypes.Of(uint64(body[0]))})
}

func (kerberos) known(string) ([]FieldText, func(string) string) {
	return kerberosTypes.known(), nothing
}

func parseKerberos(*Entry, *settings) (Framing, error) { return kerberos{}, nil }

var kerberosTypes = names{
	{0x6a, "AS-REQ"}, {0x6b, "AS-REP"}, {0x6c, "TGS-REQ"}, {0x6d, "TGS-REP"}, {0x6e, "AP-REQ"}, {0x6f, "AP-REP"},
	{0x70, "TGT-REQ"}, {0x71, "TGT-REP"}, {0x74, "KRB-SAFE"}, {0x75, "KRB-PRIV"}, {0x76, "KRB-CRED"}, {0x7e, "KRB-ERROR"},
}

package framing

import (
	"fmt"
	"math"
	"math/bits"
)

// ldap is an LDAP message: an ASN.1 SEQUENCE in BER, whose length is definite. The
// payload is the content of the SEQUENCE: message ID, operation, controls.
//
//	30 | length, 1 byte                   | content   up to 127
//	30 | 80+n | length, n bytes, n up to 8 | content   any; longer than needed is legal
//
// Sources: RFC 4511 section 5.1; X.690 section 8.1.3.
type ldap struct{ strict bool }

const ldapTag = 0x30

func (l ldap) String() string {
	w := newSpec("ldap")
	w.word("strict", l.strict)
	return w.b.String()
}

func (l ldap) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) > 0 && b[0] != ldapTag {
		return Extent{}, malformed(BadMagic, 0, "found 0x%02x, expected 0x30, the SEQUENCE that begins an LDAP message", b[0])
	}
	if len(b) < 2 {
		return Extent{}, ErrMore
	}
	n := int(b[1] & 0x7f) // length octets after this one, or the length itself
	switch {
	case b[1] == 0x80:
		return Extent{}, malformed(BadLength, 1, "the length is indefinite (0x80), expected a definite one")
	case b[1] == 0xff:
		return Extent{}, malformed(BadLength, 1, "the first byte of the length is 0xff, which is reserved")
	case b[1] < 0x80:
		return Extent{Header: 2, Body: int64(n), Announced: true, Field: 1}, nil
	case n > 8:
		return Extent{}, malformed(BadLength, 1, "the length has %d bytes, expected at most 8", n)
	case len(b) < 2+n:
		return Extent{}, ErrMore
	}
	v := uint64(0)
	for _, c := range b[2 : 2+n] {
		v = v<<8 | uint64(c)
	}
	if v > math.MaxInt64-10 {
		return Extent{}, tooLong(1, "length %d is longer than any stream", v)
	}
	if want := lengthOctets(int64(v)); l.strict && n > want {
		return Extent{}, malformed(lengthNonMinimal, 1, "length %d is written in %s, expected %d", v, plural(int64(n)+1, "byte"), want+1)
	}
	return Extent{Header: 2 + n, Body: int64(v), Announced: true, Field: 1}, nil
}

// lengthOctets returns how many bytes the shortest form of a length has after its first byte.
func lengthOctets(size int64) int {
	if size < 0x80 {
		return 0
	}
	return (bits.Len64(uint64(size)) + 7) / 8
}

func (l ldap) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(l, dst, like, payload)
}

// AppendHeader keeps the width of the length in like where that is allowed, as Active
// Directory always writes 84 and four bytes.
func (l ldap) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	n := lengthOctets(size)
	if !like.none() {
		e, err := l.Scan(like.Header, new(Cursor))
		if err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		if !l.strict {
			n = max(n, e.Header-2)
		}
	}
	if n == 0 {
		return append(dst, ldapTag, byte(size)), nil
	}
	dst = append(dst, ldapTag, 0x80|byte(n))
	for i := n - 1; i >= 0; i-- {
		dst = append(dst, byte(size>>(8*i)))
	}
	return dst, nil
}

func (ldap) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

func (l ldap) Split(b []byte, spans []Span) []Span { return splitScan(l, b, spans) }

// Describe reads the message ID and the tag of the operation after it.
func (ldap) Describe(dst []FieldText, _, body []byte) []FieldText {
	if len(body) < 2 || body[0] != 2 || body[1] == 0 || body[1] > 4 || len(body) < 3+int(body[1]) {
		return dst
	}
	id := 0
	for _, c := range body[2 : 2+body[1]] {
		id = id<<8 | int(c)
	}
	tag := body[2+body[1]]
	name := ldapOperations.Of(uint64(tag))
	if name == "" {
		name = fmt.Sprintf("0x%02x", tag)
	}
	return append(dst, FieldText{"message", fmt.Sprint(id)}, FieldText{"operation", name})
}

func (ldap) known(field string) ([]FieldText, func(string) string) {
	if field == "message" {
		return nil, otherThan(nil, "%d", 1<<32-1)
	}
	return ldapOperations.known(), otherThan(ldapOperations, "0x%02x", 255)
}

var ldapOperations = names{
	{0x60, "bindRequest"}, {0x61, "bindResponse"}, {0x42, "unbindRequest"}, {0x63, "searchRequest"}, {0x64, "searchResEntry"},
	{0x65, "searchResDone"}, {0x73, "searchResRef"}, {0x66, "modifyRequest"}, {0x67, "modifyResponse"}, {0x68, "addRequest"},
	{0x69, "addResponse"}, {0x4a, "delRequest"}, {0x6b, "delResponse"}, {0x6c, "modDNRequest"}, {0x6d, "modDNResponse"},
	{0x6e, "compareRequest"}, {0x6f, "compareResponse"}, {0x50, "abandonRequest"}, {0x77, "extendedReq"}, {0x78, "extendedResp"},
	{0x79, "intermediateResponse"},
}

func parseLDAP(_ *Entry, s *settings) (Framing, error) { return ldap{strict: s.word("strict")}, nil }

func (l ldap) lengthField(_ []byte, e Extent) (field lengthField, ok bool) {
	put := func(n int, v uint64) (b []byte) {
		if n == 0 {
			return []byte{byte(v)}
		}
		b = append(b, 0x80|byte(n))
		for i := n - 1; i >= 0; i-- {
			b = append(b, byte(v>>(8*i)))
		}
		return b
	}
	field = lengthField{
		At: 1, Size: e.Header - 1, Value: uint64(e.Body), Max: math.MaxInt64, Full: math.MaxInt64, Negative: put(4, math.MaxUint32),
		Put: func(v uint64) []byte { return put(lengthOctets(int64(v)), v) },
	}
	if n := e.Header - 1; n < 8 {
		field.Long = put(n, field.Value)
	}
	return field, true
}

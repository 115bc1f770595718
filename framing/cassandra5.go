package framing

import (
	"encoding/binary"
	"hash/crc32"
)

// cassandra5 is a frame of Cassandra's native protocol from version 5 on, not
// compressed. Header and payload each have a checksum; all numbers are
// little-endian.
//
//	length, 17 bits; self-contained, 1; zeros, 6 | CRC-24 | payload | CRC-32
//	├──────────────── 3 bytes ──────────────────┼─── 3 ──┤         ├── 4 ───┤
//
// A frame that is self-contained holds whole messages; one that is not, a part of
// a message too long for it.
//
// Sources: native_protocol_v5.spec section 2.1; org.apache.cassandra.net.Crc.
type cassandra5 struct{}

const (
	cassandraMax  = 1<<17 - 1
	cassandraFlag = 1 << 17 // self-contained
)

func (cassandra5) String() string { return "cassandra5" }

// crc24 is Cassandra's CRC over a header.
func crc24(b []byte) uint32 {
	crc := uint32(0x875060)
	for _, c := range b {
		crc ^= uint32(c) << 16
		for range 8 {
			crc = crc<<1 ^ 0x1974f0b*(crc>>23&1)
		}
	}
	return crc
}

// cassandraCRC is a CRC-32 over four bytes that are not sent and then the payload, so
// that the checksum of an empty payload is not 0.
func cassandraCRC(b []byte) uint32 { return crc32.Update(cassandraSeed, crc32.IEEETable, b) }

// cassandraSeed is the CRC-32 of FA 2D 55 CA, the four bytes.
const cassandraSeed = 0x44777ed3

func (cassandra5) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) < 6 {
		return Extent{}, ErrMore
	}
	if got, want := u24le(b[3:]), crc24(b[:3]); got != want {
		return Extent{}, malformed(Checksum, 3, "header checksum %06x, expected %06x", got, want)
	}
	return Extent{Header: 6, Body: int64(u24le(b) & cassandraMax), Trailer: 4, Announced: true}, nil
}

func (cassandra5) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	if got, want := binary.LittleEndian.Uint32(trailer), cassandraCRC(body); got != want {
		return dst, malformed(Checksum, len(header)+len(body), "payload checksum %08x, expected %08x", got, want)
	}
	return append(dst, body...), nil
}

func (cassandra5) MinPayload(body int64) int64 { return body }

func (f cassandra5) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(payload) > cassandraMax {
		return dst, payloadError("a payload of %s is too long for cassandra5, whose frames hold at most %d", plural(int64(len(payload)), "byte"), cassandraMax)
	}
	bits := uint32(cassandraFlag)
	if !like.none() {
		if e, err := f.Scan(like.Header, new(Cursor)); err != nil || e.Header != len(like.Header) || len(like.Trailer) != e.Trailer {
			return dst, ErrMarks
		}
		bits = u24le(like.Header) &^ cassandraMax
	}
	start := len(dst)
	bits |= uint32(len(payload))
	dst = append(dst, byte(bits), byte(bits>>8), byte(bits>>16))
	crc := crc24(dst[start:])
	dst = append(dst, byte(crc), byte(crc>>8), byte(crc>>16))
	return binary.LittleEndian.AppendUint32(append(dst, payload...), cassandraCRC(payload)), nil
}

func (f cassandra5) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

func parseCassandra5(*Entry, *settings) (Framing, error) { return cassandra5{}, nil }

package framing

import (
	"encoding/binary"
	"math"
)

// tfrecord is TensorFlow's record file: a length and data, each with a masked
// CRC-32C, all little-endian. The first is checked before the length is trusted.
//
//	length u64 | crc(length) u32 | data | crc(data) u32
//
// Source: tensorflow/core/lib/io/record_writer.cc.
type tfrecord struct{}

func (tfrecord) String() string { return "tfrecord" }

func maskedCRC(b []byte) uint32 {
	crc := crc32C(b)
	return (crc>>15 | crc<<17) + 0xa282ead8
}

func (tfrecord) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) < 12 {
		return Extent{}, ErrMore
	}
	if got, want := binary.LittleEndian.Uint32(b[8:]), maskedCRC(b[:8]); got != want {
		return Extent{}, malformed(Checksum, 8, "length checksum %08x, expected %08x", got, want)
	}
	n := binary.LittleEndian.Uint64(b)
	if n > math.MaxInt64-16 {
		return Extent{}, tooLong(0, "length %d is longer than any stream", n)
	}
	return Extent{Header: 12, Body: int64(n), Trailer: 4, Announced: true}, nil
}

func (tfrecord) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	if got, want := binary.LittleEndian.Uint32(trailer), maskedCRC(body); got != want {
		return dst, malformed(Checksum, len(header)+len(body), "data checksum %08x, expected %08x", got, want)
	}
	return append(dst, body...), nil
}

func (tfrecord) MinPayload(body int64) int64 { return body }

func (t tfrecord) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() {
		if e, err := t.Scan(like.Header, new(Cursor)); err != nil || e.Header != len(like.Header) || len(like.Trailer) != 4 {
			return dst, ErrMarks
		}
	}
	start := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(payload)))
	dst = binary.LittleEndian.AppendUint32(dst, maskedCRC(dst[start:]))
	return binary.LittleEndian.AppendUint32(append(dst, payload...), maskedCRC(payload)), nil
}

func parseTFRecord(*Entry, *settings) (Framing, error) { return tfrecord{}, nil }

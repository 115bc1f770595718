package framing

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// varint is a length in base 128, least significant group first, then the payload.
//
//	1xxxxxxx 1xxxxxxx 0xxxxxxx | payload
//
// Sources: the protobuf encoding document, protobuf's delimited streams, Netty's
// ProtobufVarint32FrameDecoder (max=5).
type varint struct {
	width  int // longest varint, 1 to 10 bytes
	strict bool
}

func (v *varint) String() string {
	w := newSpec("varint")
	if v.width != binary.MaxVarintLen64 {
		w.arg("max=%d", v.width)
	}
	w.word("strict", v.strict)
	return w.b.String()
}

func (v *varint) Scan(b []byte, _ *Cursor) (Extent, error) {
	n := uint64(0)
	for i, c := range b[:min(len(b), v.width)] {
		if i == 9 && c&0x7f > 1 {
			return Extent{}, malformed(varintOverflow, 0, "the varint % x is over 64 bits", b[:i+1])
		}
		n |= uint64(c&0x7f) << (7 * i)
		if c&0x80 != 0 {
			continue
		}
		if v.strict && c == 0 && i > 0 {
			return Extent{}, malformed(varintNonMinimal, 0, "the varint % x has more bytes than its value %d needs", b[:i+1], n)
		}
		if n > math.MaxInt64-uint64(i+1) {
			return Extent{}, tooLong(0, "length %d is longer than any stream", n)
		}
		return Extent{Header: i + 1, Body: int64(n), Announced: true}, nil
	}
	if len(b) >= v.width {
		return Extent{}, malformed(varintTooLong, 0, "the varint % x does not end, expected at most %d bytes", b[:v.width], v.width)
	}
	return Extent{}, ErrMore
}

func (v *varint) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(v, dst, like, payload)
}

func (v *varint) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if (bits.Len64(uint64(size))+6)/7 > v.width {
		return dst, payloadError("a payload of %s is too long for %s", plural(size, "byte"), v)
	}
	if !like.none() {
		e, err := v.Scan(like.Header, new(Cursor))
		switch {
		case err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0:
			return dst, ErrMarks
		case e.Body == size: // it may be longer than needed
			return append(dst, like.Header...), nil
		}
	}
	return binary.AppendUvarint(dst, uint64(size)), nil
}

func (v *varint) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

func (v *varint) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) && at < len(b) {
		h, n := at+1, int(b[at])
		if n >= 0x80 {
			if at+1 < len(b) && b[at+1] < 0x80 && b[at+1] > 0 && v.width > 1 {
				h, n = at+2, n&0x7f|int(b[at+1])<<7
			} else if e, err := v.Scan(b[at:], new(Cursor)); err == nil && e.Body <= int64(len(b)) {
				h, n = at+e.Header, int(e.Body)
			} else {
				break
			}
		}
		if n > len(b)-h {
			break
		}
		spans = append(spans, Span{at, h, h + n, h + n})
		at = h + n
	}
	return spans
}

func (v *varint) AppendAll(dst, src []byte, spans []Span) ([]byte, int) {
	dst = growFor(dst, spans, binary.MaxVarintLen64)
	n := len(dst)
	dst = dst[:cap(dst)]
	for i, s := range spans {
		size := s.BodyEnd - s.HeaderEnd
		if bits.Len(uint(size)) > 7*v.width {
			return dst[:n], i
		}
		if size < 0x80 {
			dst[n] = byte(size)
			n++
		} else {
			n += binary.PutUvarint(dst[n:], uint64(size))
		}
		n += copyShort(dst[n:], src, s.HeaderEnd, size)
	}
	return dst[:n], len(spans)
}

func parseVarint(_ *Entry, s *settings) (Framing, error) {
	return &varint{
		width:  int(s.integer("max", binary.MaxVarintLen64, 1, binary.MaxVarintLen64)),
		strict: s.word("strict"),
	}, nil
}

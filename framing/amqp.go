package framing

import "encoding/binary"

// amqp is AMQP 0-9-1: type, channel, size, payload and an end mark.
//
//	01 | 00 01 | 00 00 00 05 | 00 14 00 0A 00 | CE
//	type channel  size         payload          end
//
// A connection is opened by a header of 8 bytes, "AMQP" and a version, which is a
// frame of its own without a message. A server sends one too, to refuse a version.
//
// Source: AMQP 0-9-1 specification, sections 4.2.2 and 4.2.3.
type amqp struct{}

const (
	amqpOpening = "AMQP"
	amqpEnd     = "\xce"
)

func (amqp) String() string { return "amqp" }

func (amqp) Scan(b []byte, _ *Cursor) (Extent, error) {
	switch {
	case len(b) == 0:
		return Extent{}, ErrMore
	case b[0] == amqpOpening[0]:
		if err := checkMagic(b, 0, amqpOpening); err != nil {
			return Extent{}, err
		}
		if len(b) < 8 {
			return Extent{}, ErrMore
		}
		return Extent{Header: 8, Silent: true}, nil
	case !isAMQPType(b[0]):
		return Extent{}, malformed(BadType, 0, "type %d is unknown, expected 1 method, 2 header, 3 body or 8 heartbeat", b[0])
	case len(b) < 7:
		return Extent{}, ErrMore
	}
	return Extent{Header: 7, Body: int64(binary.BigEndian.Uint32(b[3:])), Trailer: 1, Want: amqpEnd, Announced: true, Field: 3}, nil
}

func isAMQPType(c byte) bool { return c >= 1 && c <= 3 || c == 8 }

func (a amqp) Split(b []byte, spans []Span) []Span { return splitScan(a, b, spans) }

func (a amqp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(a, dst, like, payload)
}

func (a amqp) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if size > 1<<32-1 {
		return dst, payloadError("a payload of %s is too long for amqp", plural(size, "byte"))
	}
	start := []byte{3, 0, 1}
	if !like.none() {
		e, err := a.Scan(like.Header, new(Cursor))
		switch {
		case err != nil || e.Header != len(like.Header) || string(like.Trailer) != e.Want:
			return dst, ErrMarks
		case e.Silent && size > 0:
			return dst, ErrMarks
		case e.Silent:
			return append(dst, like.Header...), nil
		}
		start = like.Header[:3]
	}
	return binary.BigEndian.AppendUint32(append(dst, start...), uint32(size)), nil
}

func (amqp) AppendTrailer(dst []byte, like Marks, _ int64) []byte {
	if len(like.Header) == 8 {
		return dst
	}
	return append(dst, amqpEnd...)
}

func parseAMQP(*Entry, *settings) (Framing, error) { return amqp{}, nil }

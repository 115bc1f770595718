package framing

import "encoding/binary"

// mqtt is an MQTT control packet: type and flags, the remaining length in base 128,
// and that many bytes.
//
//	30 | 05 | 00 01 61 68 69
//	type length  payload: variable header and message
//
// The length has 4 bytes at most. The standard wants it as short as possible, but only
// strict refuses a longer form.
//
// Source: MQTT 3.1.1 section 2.2.3; MQTT 5.0 sections 1.5.5 and 2.1.4.
type mqtt struct{ strict bool }

const mqttMax = 1<<28 - 1

func (m mqtt) String() string {
	w := newSpec("mqtt")
	w.word("strict", m.strict)
	return w.b.String()
}

func (m mqtt) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) > 0 && b[0] < 0x10 {
		return Extent{}, malformed(BadType, 0, "packet type is 0, expected 1 to 15")
	}
	n := int64(0)
	for i := 1; i < min(len(b), 5); i++ {
		n |= int64(b[i]&0x7f) << (7 * (i - 1))
		switch {
		case b[i] >= 0x80:
		case m.strict && b[i] == 0 && i > 1:
			return Extent{}, malformed(varintNonMinimal, 1, "the length % x has more bytes than its value %d needs", b[1:i+1], n)
		default:
			return Extent{Header: i + 1, Body: n, Announced: true, Field: 1}, nil
		}
	}
	if len(b) >= 5 {
		return Extent{}, malformed(varintTooLong, 1, "the length % x does not end, expected at most 4 bytes", b[1:5])
	}
	return Extent{}, ErrMore
}

func (m mqtt) Split(b []byte, spans []Span) []Span { return splitScan(m, b, spans) }

func (m mqtt) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(m, dst, like, payload)
}

func (m mqtt) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if size > mqttMax {
		return dst, payloadError("a payload of %s is too long for mqtt, whose packets hold at most %d", plural(size, "byte"), mqttMax)
	}
	kind := byte(0x30)
	if !like.none() {
		e, err := m.Scan(like.Header, new(Cursor))
		if err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		if e.Body == size { // the length may have more bytes than needed
			return append(dst, like.Header...), nil
		}
		kind = like.Header[0]
	}
	return binary.AppendUvarint(append(dst, kind), uint64(size)), nil
}

func (mqtt) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

func parseMQTT(_ *Entry, s *settings) (Framing, error) { return mqtt{s.word("strict")}, nil }

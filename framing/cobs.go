package framing

import "bytes"

// cobs replaces the zeros of a payload by the distances between them, and ends it
// with a zero.
//
//	03 11 22 02 33 | 00     for the payload 11 22 00 33
//	└──────┘ └───┘          a code counts itself and the bytes before the next zero
//
// A code of FF means 254 bytes without a zero after them. Zeros before a frame are
// fill. With reduced set (COBS/R), the last byte takes the place of the last code if its
// value is not less than the code.
//
// Sources: Cheshire and Baker, "Consistent Overhead Byte Stuffing", ToN 1999;
// cobs-python for COBS/R.
type cobs struct{ reduced bool }

func (c cobs) String() string {
	if c.reduced {
		return "cobsr"
	}
	return "cobs"
}

func (cobs) Scan(b []byte, c *Cursor) (Extent, error) { return scanFlagged(b, c, 0) }

func (cobs) Split(b []byte, spans []Span) []Span { return splitFlagged(b, 0, spans) }

func (c cobs) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	for i := 0; i < len(body); {
		code := int(body[i])
		end := i + code
		if end > len(body) {
			if !c.reduced {
				return dst, malformed(badBlock, i, "the code %#02x announces %s, but %d follow", code, plural(int64(code-1), "byte"), len(body)-i-1)
			}
			return append(append(dst, body[i+1:]...), body[i]), nil
		}
		dst = append(dst, body[i+1:end]...)
		if code < 0xff && end < len(body) {
			dst = append(dst, 0)
		}
		i = end
	}
	return dst, nil
}

// locate returns where the n-th byte of the payload is in the body. A zero is in the code
// that takes its place.
func (c cobs) locate(body []byte, n int) int {
	for i := 0; i < len(body); {
		code := int(body[i])
		if rest := len(body) - i - 1; code-1 > rest && n >= rest {
			return i // the last code is the last byte of the payload
		}
		if n < code-1 {
			return min(i+1+n, len(body))
		}
		i, n = i+code, n-(code-1)
		if code < 0xff {
			if n == 0 {
				return min(i, len(body))
			}
			n--
		}
	}
	return len(body)
}

// MinPayload subtracts a code for each 254 bytes, and the first code.
func (cobs) MinPayload(body int64) int64 { return max(0, body-body/255-1) }

func (c cobs) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (len(like.Header) > 0 || string(like.Trailer) != "\x00") {
		return dst, ErrMarks
	}
	code := len(dst)
	for {
		n := bytes.IndexByte(payload[:min(254, len(payload))], 0)
		if n < 0 && len(payload) > 254 {
			dst = append(append(dst, 0xff), payload[:254]...)
			payload, code = payload[254:], len(dst)
			continue
		}
		if n < 0 {
			break
		}
		dst = append(append(dst, byte(n+1)), payload[:n]...)
		payload, code = payload[n+1:], len(dst)
	}
	dst = append(append(dst, byte(len(payload)+1)), payload...)
	if last := len(dst) - 1; c.reduced && last > code && dst[last] >= dst[code] {
		dst[code], dst = dst[last], dst[:last]
	}
	return append(dst, 0), nil
}

func (c cobs) AppendAll(dst, src []byte, spans []Span) ([]byte, int) {
	return appendEach(c, growFor(dst, spans, 8), src, spans)
}

func (cobs) Sync(b []byte) (int, bool) { return syncFlag(b, 0) }

func parseCobs(k *Entry, s *settings) (Framing, error) {
	return withChecksum(cobs{reduced: k.Name == "cobsr"}, 1, s), nil
}

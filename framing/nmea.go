package framing

import (
	"bytes"
	"encoding/hex"
)

// nmea is the sentences of GPS receivers and ships: text after $ or !, with a checksum.
//
//	$ | GPGLL,4916.45,N,12311.12,W,225444,A | *31\r\n
//
// The checksum is the exclusive or of the payload. Some senders leave it out, or end a line in LF alone.
//
// Source: NMEA 0183, as described in gpsd's "NMEA Revealed"; IEC 61162-1.
type nmea struct{ strict bool }

func (n nmea) String() string {
	w := newSpec("nmea")
	w.word("strict", n.strict)
	return w.b.String()
}

// nmeaTail is the length of the longest trailer.
const nmeaTail = len("*31\r\n")

func (n nmea) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) == 0 {
		return Extent{}, ErrMore
	}
	if b[0] != '$' && b[0] != '!' {
		return Extent{}, malformed(BadMagic, 0, "found %s, expected $ or !, which begins a sentence", shown(string(b[:1])))
	}
	line, next := textLine(b, 0, c.Seen)
	e := Extent{Header: 1, Body: int64(max(0, len(line)-1-nmeaTail))}
	if at := badControl(line, c.Seen, true); at >= 0 {
		known := at - 1 - nmeaTail
		if line[at] == '\r' { // the byte after it shows the fault
			known++
		}
		e.Body = int64(max(0, known))
		return e, malformed(BadHeader, at, "found %s in a sentence, expected text", shown(string(line[at:at+1])))
	}
	if next == 0 {
		c.Seen = len(b)
		return e, ErrMore
	}
	body := line[1:]
	if at := len(body) - 3; at >= 0 && body[at] == '*' {
		body = body[:at]
	} else if n.strict {
		return e, malformed(Checksum, len(line), "the sentence has no checksum, expected * and two hex digits")
	}
	return Extent{Header: 1, Body: int64(len(body)), Trailer: next - 1 - len(body)}, nil
}

func (n nmea) Split(b []byte, spans []Span) []Span { return splitScan(n, b, spans) }

// summed reports whether a sentence with this trailer has a checksum.
func (nmea) summed(trailer []byte) bool { return len(trailer) > 0 && trailer[0] == '*' }

func nmeaSum(payload []byte) (sum byte) {
	for _, v := range payload {
		sum ^= v
	}
	return sum
}

// Unescape checks the checksum, if there is one.
func (n nmea) Unescape(dst, _, body, trailer []byte) ([]byte, error) {
	if len(trailer) > 2 && trailer[0] == '*' {
		var got [1]byte
		if _, err := hex.Decode(got[:], trailer[1:3]); err != nil || got[0] != nmeaSum(body) {
			return dst, malformed(Checksum, 2+len(body), "found the checksum %q, expected %02X", trailer[1:3], nmeaSum(body))
		}
	}
	return append(dst, body...), nil
}

func (n nmea) MinPayload(body int64) int64 { return body }

func (n nmea) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	first, summed, end := byte('$'), true, "\r\n"
	if !like.none() {
		t := like.Trailer
		summed = len(t) > 3 && t[0] == '*'
		if summed {
			t = t[3:]
		}
		if len(like.Header) != 1 || like.Header[0] != '$' && like.Header[0] != '!' || string(t) != "\r\n" && string(t) != "\n" || n.strict && !summed {
			return dst, ErrMarks
		}
		first, end = like.Header[0], "\r\n"[2-len(t):]
	}
	if at := badControl(payload, 0, true); at >= 0 {
		return dst, payloadError("the payload contains %s at byte %d, expected text", shown(string(payload[at:at+1])), at)
	}
	if at := len(payload) - 3; !summed && at >= 0 && payload[at] == '*' {
		return dst, payloadError("the payload ends in what is read as a checksum, at byte %d", at)
	}
	dst = append(append(dst, first), payload...)
	if summed {
		const digits = "0123456789ABCDEF"
		sum := nmeaSum(payload)
		dst = append(dst, '*', digits[sum>>4], digits[sum&15])
	}
	return append(dst, end...), nil
}

// Sync finds the next sentence.
func (n nmea) Sync(b []byte) (int, bool) {
	if i := bytes.IndexAny(b, "$!"); i >= 0 {
		return i, true
	}
	return len(b), false
}

// Describe returns the first word, in which the sender comes before the type.
func (n nmea) Describe(dst []FieldText, _, body []byte) []FieldText {
	word, _, _ := bytes.Cut(body, []byte(","))
	if len(word) > 2 && word[0] != 'P' { // P is for types of one maker
		dst, word = append(dst, FieldText{"talker", printable(word[:2])}), word[2:]
	}
	return append(dst, FieldText{"type", printable(word)})
}

func parseNMEA(_ *Entry, s *settings) (Framing, error) { return nmea{s.word("strict")}, nil }

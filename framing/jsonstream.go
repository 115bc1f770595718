package framing

import "encoding/json"

// jsonStream is JSON values one after the other, with or without blanks and line ends between them. A
// frame is a value, and blanks are fill. An object, an array or a string ends where it is closed, so it is not held
// until more comes. A number or a word ends at a byte that cannot be part of it, or at the end of the stream: a
// blank that ends it is its trailer.
//
//	{"a":1}{"b":[2,\n3]} 4 5\n
//	└──────┘└───────────┘^ ^^
//
// A value that is not JSON makes only its own frame malformed.
//
// Source: RFC 8259, of which each value is a text; jq, Python's raw_decode, Go's json.Decoder.
type jsonStream struct{}

func (jsonStream) String() string { return "json-stream" }

func (jsonStream) Scan(b []byte, c *Cursor) (Extent, error) {
	e := Extent{}
	for e.Skip < len(b) && isBlank(b[e.Skip]) {
		e.Skip++
	}
	f := b[e.Skip:]
	if len(f) == 0 {
		return e, ErrMore
	}
	closes := f[0] == '{' || f[0] == '[' || f[0] == '"'
	if !closes && !isScalar(f[0]) {
		return e, malformed(badJSON, 0, "found %q, expected a JSON value", f[:1])
	}
	i := max(0, c.Seen-e.Skip)
	if !closes {
		for i < len(f) && isScalar(f[i]) {
			i++
		}
		e.Body = int64(i)
		if i < len(f) || c.EOF {
			if i < len(f) && isBlank(f[i]) {
				e.Trailer = 1
			}
			return e, nil
		}
		c.Seen = len(b)
		return e, ErrMore
	}
	s := c.Pending
	for ; i < len(f); i++ {
		if s = jsonState(s, f[i]); s == hasValue {
			e.Body = int64(i + 1)
			return e, nil
		}
	}
	c.Pending, c.Seen = s, len(b)
	e.Body = int64(len(f))
	return e, ErrMore
}

// isScalar reports whether c can be part of a number or a word.
func isScalar(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.'
}

func (jsonStream) Split(b []byte, spans []Span) []Span { return splitScan(jsonStream{}, b, spans) }

func (jsonStream) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	if !json.Valid(body) {
		return dst, malformed(badJSON, 0, "the value is not valid JSON")
	}
	return append(dst, body...), nil
}

func (jsonStream) MinPayload(body int64) int64 { return body }

func (j jsonStream) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(like.Header) > 0 || len(like.Trailer) > 1 || len(like.Trailer) == 1 && !isBlank(like.Trailer[0]) {
		return dst, ErrMarks
	}
	if !json.Valid(payload) {
		return dst, payloadError("the payload is not valid JSON")
	}
	if isBlank(payload[0]) || isBlank(payload[len(payload)-1]) {
		return dst, payloadError("the payload has blanks around its value")
	}
	switch scalar := isScalar(payload[0]); {
	case !scalar && len(like.Trailer) > 0:
		return dst, ErrMarks
	case scalar && len(like.Trailer) == 0:
		return append(append(dst, payload...), lf), nil
	}
	return append(append(dst, payload...), like.Trailer...), nil
}

func (jsonStream) Sync(b []byte) (int, bool) { return syncAfter(b, "\n") }

func parseJSONStream(*Entry, *settings) (Framing, error) { return jsonStream{}, nil }

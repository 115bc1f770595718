package framing

import (
	"bytes"
	"encoding/json"
)

// jsonSeq is a sequence of JSON texts, each between RS and LF.
//
//	1E | {"a":1} | 0A
//
// A frame ends at the first LF after which its text is complete JSON, so a live message
// is not held until the next one comes. Otherwise it ends at the next RS or at the end of
// the stream. A text that is not JSON makes only its own frame malformed.
//
// Source: RFC 7464 sections 2.1 to 2.4.
type jsonSeq struct {
	loose bool // texts are not checked
}

const (
	rs = 0x1e
	lf = '\n'
)

func (j *jsonSeq) String() string {
	if j.loose {
		return "json-seq:json=off"
	}
	return "json-seq"
}

// Pending in the Cursor holds these bits, and above them the depth of brackets.
const (
	inString = 1 << iota
	inEscape
	hasValue // the text has more than blanks
	noJSON   // the text is not JSON: only an RS can end it
	depthOne
)

func (j *jsonSeq) Scan(b []byte, c *Cursor) (Extent, error) {
	// Blanks after a frame, and all but the last of several RS, are fill.
	skip := 0
	for skip < len(b) && isBlank(b[skip]) {
		skip++
	}
	for skip+1 < len(b) && b[skip] == rs && b[skip+1] == rs {
		skip++
	}
	if skip == len(b) {
		return Extent{Skip: skip}, ErrMore
	}
	text := b[skip:]
	if text[0] != rs {
		return Extent{Skip: skip}, malformed(BadMagic, 0, "found %q, expected RS (0x1e)", text[:1])
	}
	for i := max(1, c.Seen-skip); i < len(text); i++ {
		switch {
		case text[i] == rs:
			return j.frame(skip, text[:i]), nil
		case c.Pending&noJSON != 0:
		case text[i] == lf && c.Pending == hasValue:
			if json.Valid(text[1:i]) {
				return j.frame(skip, text[:i+1]), nil
			}
			c.Pending |= noJSON
		default:
			c.Pending = jsonState(c.Pending, text[i])
		}
	}
	c.Seen = len(b)
	if c.EOF && len(text) > 1 && text[len(text)-1] == lf {
		return j.frame(skip, text), nil
	}
	return Extent{Skip: skip, Body: int64(max(0, len(text)-2))}, ErrMore
}

// frame returns the extent of RS, text and the LF that may end it.
func (j *jsonSeq) frame(skip int, text []byte) Extent {
	e := Extent{Skip: skip, Header: 1, Body: int64(len(text) - 1)}
	if e.Body > 0 && text[len(text)-1] == lf {
		e.Body--
		e.Trailer = 1
	}
	return e
}

// jsonState returns the state after the byte c. It follows brackets and strings, as an LF
// inside of them does not end a text.
func jsonState(s int64, c byte) int64 {
	if s&inString != 0 {
		switch {
		case s&inEscape != 0:
			return s &^ inEscape
		case c == '\\':
			return s | inEscape
		case c == '"':
			return s &^ inString
		}
		return s
	}
	if isBlank(c) {
		return s
	}
	s |= hasValue
	switch c {
	case '"':
		return s | inString
	case '[', '{':
		return s + depthOne
	case ']', '}':
		if s < depthOne {
			return s | noJSON
		}
		return s - depthOne
	}
	return s
}

// isClosed reports whether a text that ends in c is known to be whole; a number or a word
// could go on (section 2.4).
func isClosed(c byte) bool { return isBlank(c) || c == '}' || c == ']' || c == '"' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func (j *jsonSeq) Unescape(dst, _, body, trailer []byte) ([]byte, error) {
	switch {
	case j.loose:
	case !json.Valid(body):
		return dst, malformed(badJSON, 1, "the text is not valid JSON")
	case len(trailer) == 0 && !isClosed(body[len(body)-1]):
		return dst, malformed(badJSON, 1, "the text %q may be cut, expected a line feed after it", clip(body))
	}
	return append(dst, body...), nil
}

func (j *jsonSeq) MinPayload(body int64) int64 { return body }

func (j *jsonSeq) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (string(like.Header) != "\x1e" || string(like.Trailer) != "\n") {
		return dst, ErrMarks
	}
	if i := bytes.IndexByte(payload, rs); i >= 0 {
		return dst, payloadError("the payload contains RS (0x1e) at byte %d", i)
	}
	start := len(dst)
	out := append(append(append(dst, rs), payload...), lf)
	e, err := j.Scan(out[start:], &Cursor{EOF: true})
	switch {
	case !j.loose && !json.Valid(payload):
		return dst, payloadError("the payload is not valid JSON")
	case err != nil || e.Body != int64(len(payload)) || e.Trailer != 1:
		return dst, payloadError("the payload is a complete JSON text before its last line feed")
	}
	return out, nil
}

func (j *jsonSeq) Sync(b []byte) (int, bool) { return syncAt(b, "\x1e") }

func parseJSONSeq(_ *Entry, s *settings) (Framing, error) {
	return &jsonSeq{loose: !s.on("json")}, nil
}

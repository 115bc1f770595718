package formats

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"framecat/framing"
)

// JSONObjects is the framing of the input format json: JSON objects one after another, each
// on one line or several.
type JSONObjects struct{}

func (JSONObjects) String() string { return "json" }

// The state of the scan, in Pending of the Cursor: two bits, and the depth of brackets above
// them.
const (
	inString = 1 << iota
	inEscape
	depthOne
)

func (JSONObjects) Scan(b []byte, c *framing.Cursor) (framing.Extent, error) {
	skip := 0
	for skip < len(b) && (isBlank(b[skip]) || b[skip] == '\n' || b[skip] == '\r') {
		skip++
	}
	if skip == len(b) {
		return framing.Extent{Skip: skip}, framing.ErrMore
	}
	text := b[skip:]
	if text[0] != '{' {
		return framing.Extent{Skip: skip}, badJSON(0, "found %q, want { to begin an object", text[:1])
	}
	for i := max(0, c.Seen-skip); i < len(text); i++ {
		s := c.Pending
		switch ch := text[i]; {
		case s&inEscape != 0:
			s &^= inEscape
		case s&inString != 0 && ch == '\\':
			s |= inEscape
		case ch == '"':
			s ^= inString
		case s&inString != 0:
		case ch == '{' || ch == '[':
			s += depthOne
		case ch == '}' || ch == ']':
			s -= depthOne
		}
		if c.Pending = s; s == 0 {
			return framing.Extent{Skip: skip, Body: int64(i + 1)}, nil
		}
	}
	c.Seen = len(b)
	return framing.Extent{Skip: skip, Body: int64(len(text))}, framing.ErrMore
}

func badJSON(at int, format string, args ...any) *framing.Error {
	return &framing.Error{Fault: "bad-json", Offset: int64(at), Detail: fmt.Sprintf(format, args...), Err: framing.ErrMalformed}
}

// readMembers reads an object. Members with other names are ignored, but none may be given twice.
func readMembers(body []byte) (m jsonMembers, err error) {
	if !json.Valid(body) {
		at := 0
		err := json.Unmarshal(body, new(json.RawMessage))
		if s, ok := err.(*json.SyntaxError); ok {
			at = max(0, int(s.Offset)-1)
		}
		return m, badJSON(at, "%s", err)
	}
	m, again := membersOf(body)
	if again != "" {
		return m, badJSON(0, "%q is given twice", again)
	}
	given := 0
	for key, value := range m {
		switch {
		case value == nil || key == keyJSON:
			continue
		case value[0] != '"':
			return m, badJSON(0, "%q must be a string, not %s", keyNames[key], clip(value))
		case key < keyJSON:
			given++
		}
	}
	if m[keyJSON] != nil && given == 0 {
		given = 1
	}
	if given != 1 {
		return m, badJSON(0, `the object must have one of "text", "base64", "hex" and "json", and has %d`, given)
	}
	return m, nil
}

// isText reports whether a JSON string is valid text. Where it is not, encoding/json puts
// U+FFFD without an error.
func isText(raw []byte) bool {
	if !utf8.Valid(raw) {
		return false
	}
	for i := 0; i+6 <= len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		r, ok := escapedUnit(raw[i:])
		if !ok || !utf16.IsSurrogate(r) {
			i++
			continue
		}
		low, ok := escapedUnit(raw[i+6:])
		if !ok || utf16.DecodeRune(r, low) == utf8.RuneError {
			return false
		}
		i += 11
	}
	return true
}

// escapedUnit reads the UTF-16 unit of a \u escape at the start of b.
func escapedUnit(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(v), err == nil
}

// clip returns the start of a JSON value, for an error.
func clip(b []byte) string {
	if len(b) > 20 {
		return string(b[:20]) + "…"
	}
	return string(b)
}

func (JSONObjects) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	m, err := readMembers(body)
	if err != nil {
		return dst, err
	}
	switch {
	case m[keyText] != nil:
		return appendText(dst, m[keyText])
	case m[keyBase64] != nil:
		return appendCoded(dst, m, keyBase64, decodeBase64)
	case m[keyHex] != nil:
		return appendCoded(dst, m, keyHex, decodeHex)
	}
	return append(dst, m[keyJSON]...), nil
}

// appendText appends the text that a JSON string means.
func appendText(dst, raw []byte) ([]byte, error) {
	if inside := raw[1 : len(raw)-1]; bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return append(dst, inside...), nil
	}
	s := stringOf(raw)
	if strings.ContainsRune(s, utf8.RuneError) && !isText(raw) {
		return dst, badJSON(0, "%q has half a surrogate pair, or bytes that are not UTF-8", keyNames[keyText])
	}
	return append(dst, s...), nil
}

// appendCoded appends the bytes that a string means in a code.
func appendCoded(dst []byte, m jsonMembers, key int, decode func(dst, text []byte) ([]byte, int, error)) ([]byte, error) {
	out, at, err := decode(dst, []byte(stringOf(m[key])))
	if err != nil {
		return dst, badJSON(0, "byte %d of %q: %s", at, keyNames[key], err)
	}
	return out, nil
}

// MinPayload returns the size of the smallest payload that an object of this length can have: a
// byte may take a \u escape, and other keys a megabyte.
func (JSONObjects) MinPayload(body int64) int64 { return max(0, body-1<<20) / 6 }

func (JSONObjects) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	text, _ := json.Marshal(map[string]string{"base64": base64.StdEncoding.EncodeToString(payload)})
	return append(append(dst, text...), '\n'), nil
}

// jsonMarks returns the header and trailer of an object that Unescape has read: those that the
// frame is to have too.
func jsonMarks(body []byte) framing.Marks {
	m, _ := membersOf(body)
	h, err1 := hex.DecodeString(stringOf(m[keyHeader]))
	t, err2 := hex.DecodeString(stringOf(m[keyTrailer]))
	if err1 != nil || err2 != nil {
		return framing.Marks{Header: []byte{0}, Trailer: m[keyTrailer]} // no framing accepts it
	}
	return framing.Marks{Header: h, Trailer: t}
}

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

// A jsonMessage has the values of an object; other keys are ignored.
type jsonMessage struct {
	payload         string
	as              string // "text", "base64", "hex" or "json"
	header, trailer string
}

// readMessage reads an object. It unmarshals to a map, because encoding/json ignores the case
// of keys for the fields of a struct.
func readMessage(body []byte) (m jsonMessage, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		at := 0
		if s, ok := err.(*json.SyntaxError); ok {
			at = max(0, int(s.Offset)-1)
		}
		return m, badJSON(at, "%s", err)
	}
	if members(body) > len(object) {
		return m, badJSON(0, "%q is given twice", repeated(body))
	}
	given := 0
	for _, key := range []struct {
		name string
		to   *string
	}{{"text", &m.payload}, {"base64", &m.payload}, {"hex", &m.payload}, {"header", &m.header}, {"trailer", &m.trailer}} {
		raw, ok := object[key.name]
		if !ok {
			continue
		}
		if json.Unmarshal(raw, key.to) != nil || raw[0] != '"' {
			return m, badJSON(0, "%q must be a string, not %s", key.name, clip(raw))
		}
		if key.to == &m.payload {
			m.as = key.name
			given++
		}
		if key.name == "text" && strings.ContainsRune(m.payload, utf8.RuneError) && !isText(raw) {
			return m, badJSON(0, "%q has half a surrogate pair, or bytes that are not UTF-8", key.name)
		}
	}
	if raw, ok := object["json"]; ok && given == 0 {
		m.payload, m.as, given = string(raw), "json", 1
	}
	if given != 1 {
		return m, badJSON(0, `the object must have one of "text", "base64", "hex" and "json", and has %d`, given)
	}
	return m, nil
}

// members returns how many members a valid object has. A key that is given twice counts twice.
func members(object []byte) (n int) {
	depth := 0
	for i := 0; i < len(object); i++ {
		switch object[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			if depth == 1 {
				n++
			}
		case '"':
			for i++; object[i] != '"'; i++ {
				if object[i] == '\\' {
					i++
				}
			}
		}
	}
	return n
}

// repeated returns the first key that a valid object has twice.
func repeated(object []byte) string {
	d := json.NewDecoder(bytes.NewReader(object))
	seen := map[string]bool{}
	d.Token() // the bracket
	for d.More() {
		var value json.RawMessage
		t, _ := d.Token()
		d.Decode(&value)
		key, _ := t.(string)
		if seen[key] {
			return key
		}
		seen[key] = true
	}
	return ""
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
	m, err := readMessage(body)
	if err != nil {
		return dst, err
	}
	decode := decodeHex
	switch m.as {
	case "text", "json":
		return append(dst, m.payload...), nil
	case "base64":
		decode = decodeBase64
	}
	out, at, err := decode(dst, []byte(m.payload))
	if err != nil {
		return dst, badJSON(0, "byte %d of %q: %s", at, m.as, err)
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

// jsonMarks returns the header and trailer of an object, which the frame is to have too.
func jsonMarks(body []byte) framing.Marks {
	if !bytes.Contains(body, []byte(`"header"`)) && !bytes.Contains(body, []byte(`"trailer"`)) {
		return framing.Marks{}
	}
	m, err := readMessage(body)
	if err != nil {
		return framing.Marks{}
	}
	h, err1 := hex.DecodeString(m.header)
	t, err2 := hex.DecodeString(m.trailer)
	if err1 != nil || err2 != nil {
		return framing.Marks{Header: []byte{0}, Trailer: []byte(m.trailer)} // no framing accepts it
	}
	return framing.Marks{Header: h, Trailer: t}
}

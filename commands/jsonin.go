package commands

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"framecat/framing"
)

// jsonObjects are messages as JSON objects one after another, on one line or many.
type jsonObjects struct{}

func (jsonObjects) String() string { return "json" }

// What the Cursor's Pending holds: the depth of brackets above these bits.
const (
	inString = 1 << iota
	inEscape
	depthOne
)

func (jsonObjects) Scan(b []byte, c *framing.Cursor) (framing.Extent, error) {
	skip := 0
	for skip < len(b) && (isBlank(b[skip]) || b[skip] == '\n' || b[skip] == '\r') {
		skip++
	}
	if skip == len(b) {
		return framing.Extent{Skip: skip}, framing.ErrMore
	}
	text := b[skip:]
	if text[0] != '{' {
		return framing.Extent{Skip: skip}, badJSON(0, "%q where an object must begin with {", text[:1])
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
	return &framing.Error{Kind: framing.BadJSON, Offset: int64(at), Detail: fmt.Sprintf(format, args...), Err: framing.ErrMalformed}
}

// A jsonMessage is what an object says; other keys are ignored.
type jsonMessage struct {
	Text    *string `json:"text"`
	Base64  *string `json:"base64"`
	Hex     *string `json:"hex"`
	Header  string  `json:"header"`
	Trailer string  `json:"trailer"`
}

func (jsonObjects) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	var m jsonMessage
	if err := json.Unmarshal(body, &m); err != nil {
		at := 0
		if s, ok := err.(*json.SyntaxError); ok {
			at = max(0, int(s.Offset)-1)
		}
		return dst, badJSON(at, "%s", err)
	}
	given := 0
	for _, s := range []*string{m.Text, m.Base64, m.Hex} {
		if s != nil {
			given++
		}
	}
	if given != 1 {
		return dst, badJSON(0, `the object needs one of "text", "base64" and "hex", and has %d`, given)
	}
	if m.Text != nil {
		return append(dst, *m.Text...), nil
	}
	decode, text := decodeHex, m.Hex
	if m.Base64 != nil {
		decode, text = decodeBase64, m.Base64
	}
	out, _, err := decode(dst, []byte(*text))
	if err != nil {
		return dst, badJSON(0, "%s", err)
	}
	return out, nil
}

// MinPayload allows for a \u escape a byte, and for a megabyte of other keys.
func (jsonObjects) MinPayload(body int64) int64 { return max(0, body-1<<20) / 6 }

func (jsonObjects) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	text, _ := json.Marshal(map[string]string{"base64": base64.StdEncoding.EncodeToString(payload)})
	return append(append(dst, text...), '\n'), nil
}

// jsonMarks reads the header and trailer to imitate.
func jsonMarks(body []byte) framing.Marks {
	if !bytes.Contains(body, []byte(`"header"`)) && !bytes.Contains(body, []byte(`"trailer"`)) {
		return framing.Marks{}
	}
	var m jsonMessage
	if json.Unmarshal(body, &m) != nil {
		return framing.Marks{}
	}
	h, err1 := hex.DecodeString(m.Header)
	t, err2 := hex.DecodeString(m.Trailer)
	if err1 != nil || err2 != nil {
		return framing.Marks{Header: []byte{0}, Trailer: []byte(m.Trailer)} // no framing's
	}
	return framing.Marks{Header: h, Trailer: t}
}

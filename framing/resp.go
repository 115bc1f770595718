package framing

import (
	"bytes"
	"strconv"
)

// resp is the Redis serialization protocol, versions 2 and 3. A frame is one whole
// value, nested ones included, and all of it is payload:
//
//	+OK\r\n                        simple string, and all types of one line
//	$5\r\nhello\r\n                bulk string: its length, its bytes
//	*2\r\n:1\r\n$2\r\nhi\r\n       array: how many values, then these
//	%1\r\n+a\r\n:1\r\n             map: how many pairs
//	|1\r\n+ttl\r\n:5\r\n+OK\r\n    attribute: pairs, then the value they belong to
//	$?\r\n;2\r\nhe\r\n;0\r\n       streamed string: parts, then an empty one
//	*?\r\n:1\r\n.\r\n              streamed array, map or set: values, then an end
//
// Redis servers also accept a command as a line of words; these are read only with inline.
//
// Source: Redis serialization protocol specification (redis.io); RESP3.md.
type resp struct{ inline bool }

func (r resp) String() string {
	w := newSpec("resp")
	w.word("inline", r.inline)
	return w.b.String()
}

// A respForm is how a value continues after its type byte.
type respForm uint8

const (
	respNone   respForm = iota
	respLine            // text and CR LF
	respBulk            // a length and CR LF, that many bytes and CR LF
	respValues          // a count and CR LF, that many values
	respPrefix          // a count and CR LF, that many pairs, the value they belong to
	respPart            // a part of a streamed string, like a bulk; a part of length 0 ends it
	respEnd             // CR LF: the end of a streamed aggregate
)

type respType struct {
	name    string
	form    respForm
	times   uint8 // values for each that the count announces
	null    bool  // a length of -1 means that there is no value
	streams bool  // ? in place of a length means that it is not known yet
}

var respTypes = [256]respType{
	'+': {name: "simple string", form: respLine},
	'-': {name: "simple error", form: respLine},
	':': {name: "integer", form: respLine},
	'_': {name: "null", form: respLine},
	'#': {name: "boolean", form: respLine},
	',': {name: "double", form: respLine},
	'(': {name: "big number", form: respLine},
	'$': {name: "bulk string", form: respBulk, null: true, streams: true},
	'!': {name: "bulk error", form: respBulk},
	'=': {name: "verbatim string", form: respBulk},
	'*': {name: "array", form: respValues, times: 1, null: true, streams: true},
	'~': {name: "set", form: respValues, times: 1, streams: true},
	'>': {name: "push", form: respValues, times: 1},
	'%': {name: "map", form: respValues, times: 2, streams: true},
	'|': {name: "attribute", form: respPrefix, times: 2},
	';': {name: "part of a streamed string", form: respPart},
	'.': {name: "end of a streamed aggregate", form: respEnd},
}

func (r resp) Scan(b []byte, c *Cursor) (Extent, error) {
	w := respWalk{due: 1}
	if c.Seen > 0 {
		w = respWalk{at: c.Seen, in: c.Pending & 3, due: c.Pending >> 2, outer: c.Stream}
	}
	err := w.read(b, r.inline)
	switch err {
	case nil:
		return Extent{Body: int64(w.at)}, nil
	case ErrMore:
		c.Seen, c.Pending, c.Stream = w.at, w.due<<2|w.in, w.outer
		return Extent{Body: max(w.least, int64(len(b)))}, ErrMore
	}
	return Extent{Body: w.least}, err
}

func (r resp) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) && at < len(b) {
		w := respWalk{due: 1}
		if w.read(b[at:], r.inline) != nil {
			break
		}
		spans = append(spans, Span{at, at, at + w.at, at + w.at})
		at += w.at
	}
	return spans
}

func (r resp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() {
		return dst, ErrMarks
	}
	w := respWalk{due: 1}
	err := w.read(payload, r.inline)
	if fault, ok := err.(*Error); ok {
		return dst, payloadError("the payload is not a value: byte %d: %s", fault.Offset, fault.Detail)
	}
	switch {
	case len(payload) == 0:
		return dst, payloadError("an empty payload is not a value")
	case err != nil:
		return dst, payloadError("the payload ends inside a value")
	case w.at < len(payload):
		return dst, payloadError("the payload has more bytes after a value, at byte %d", w.at)
	}
	return append(dst, payload...), nil
}

// Structure calls keep with each part of a payload that shows where values begin and end: types,
// lengths, counts and line ends. The rest may be overwritten.
func (resp) Structure(payload []byte, keep func(start, end int)) {
	for at := 0; at < len(payload); {
		line := bytes.Index(payload[at:], []byte("\r\n"))
		if line < 0 {
			return
		}
		end := at + line + 2
		switch respTypes[payload[at]].form {
		case respLine, respNone: // or a command in a line, or the end of an empty string
			keep(at, at+1)
			keep(end-2, end)
		case respBulk, respPart:
			keep(at, end)
			if n, err := strconv.Atoi(string(payload[at+1 : at+line])); err == nil && n > 0 && n <= len(payload)-end-2 {
				end += n + 2
				keep(end-2, end)
			}
		default:
			keep(at, end)
		}
		at = end
	}
}

// Describe returns the name of the value's type.
func (resp) Describe(dst []FieldText, _, body []byte) []FieldText {
	name := "inline command"
	if len(body) > 1 && respTypes[body[0]].form != respNone {
		name = respTypes[body[0]].name
		if respTypes[body[0]].null && body[1] == '-' {
			name = "null " + name
		}
	}
	return append(dst, FieldText{"type", name})
}

// known returns the names of types.
func (resp) known(string) (values []FieldText, other func(string) string) {
	for _, t := range respTypes {
		if t.form != respNone {
			values = append(values, FieldText{t.name, t.name})
		}
		if t.null {
			values = append(values, FieldText{"null " + t.name, "null " + t.name})
		}
	}
	return append(values, FieldText{"inline command", "inline command"}), nothing
}

func parseResp(_ *Entry, s *settings) (Framing, error) { return resp{inline: s.word("inline")}, nil }

// lengthField returns the first length of a string, such as that in the array of a command.
func (resp) lengthField(frame []byte, _ Extent) (field lengthField, ok bool) {
	at := 0
	if frame[0] == '*' {
		at = bytes.IndexByte(frame, '\n') + 1
	}
	if at >= len(frame) || frame[at] != '$' {
		return field, false
	}
	digits, _, _ := bytes.Cut(frame[at+1:], []byte("\r"))
	n, err := strconv.ParseUint(string(digits), 10, 63)
	if err != nil {
		return field, false
	}
	return digitsField(digits, at+1, n), true
}

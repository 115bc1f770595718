package framing

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// dbus is a D-Bus connection: lines of SASL that open it, then messages, each in
// the byte order that its first byte gives: l is little-endian, B is big-endian.
//
//	order | type | flags | version 1 | body length | serial | fields length | fields | zeros to 8 | body
//	  1       1      1         1            4           4           4
//	├────────────────────────────────── header ───────────────────────────────────────┤ payload
//
//	00 AUTH EXTERNAL 31303030 CR LF … BEGIN CR LF                                       payload
//
// The lines before a message are one frame, all payload. A client's begin with a
// zero byte and end in BEGIN; a server's end where no further line follows. No line
// begins like a message, so no state is needed.
//
// Source: D-Bus Specification, "Message Protocol" and "Authentication Protocol".
type dbus struct{}

const (
	dbusFixed  = 16      // of the header
	dbusFields = 1 << 26 // longest array
	dbusTotal  = 1 << 27 // longest message
)

// defaultDBus is a METHOD_RETURN, serial 1, with one field: the reply is to serial 1.
var defaultDBus = []byte("l\x02\x01\x01\x00\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00" + "\x05\x01u\x00\x01\x00\x00\x00")

// saslCommands begin the lines of both sides. The commands of extensions begin with the
// last one, EXTENSION_.
var saslCommands = []string{
	"AUTH", "CANCEL", "BEGIN", "DATA", "ERROR", "NEGOTIATE_UNIX_FD",
	"OK", "REJECTED", "AGREE_UNIX_FD", "EXTENSION_",
}

func (dbus) String() string { return "dbus" }

func (dbus) Scan(b []byte, c *Cursor) (Extent, error) {
	switch {
	case len(b) == 0:
		return Extent{}, ErrMore
	case b[0] == 'l', b[0] == 'B' && !bytes.HasPrefix(b, []byte("BEGI")): // a message has its version there
		return dbusMessage(b)
	}
	return dbusLines(b, c)
}

func dbusOrder(b []byte) binary.ByteOrder {
	if b[0] == 'B' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// dbusMessage measures the message at the start of b.
func dbusMessage(b []byte) (Extent, error) {
	order := dbusOrder(b)
	if len(b) > 1 && b[1] == 0 {
		return Extent{}, malformed(BadType, 1, "message type is 0, expected 1 or more")
	}
	if len(b) > 3 && b[3] != 1 {
		return Extent{}, malformed(badVersion, 3, "protocol version is %d, expected 1", b[3])
	}
	if len(b) < 8 {
		return Extent{}, ErrMore
	}
	body := int64(order.Uint32(b[4:]))
	if body > dbusTotal-dbusFixed {
		return Extent{}, tooLong(4, "with a body of %d bytes the message is longer than the maximum %d", body, dbusTotal)
	}
	if len(b) < dbusFixed {
		return Extent{}, ErrMore
	}
	fields := int64(order.Uint32(b[12:]))
	if fields > dbusFields {
		return Extent{}, tooLong(12, "header fields of %d bytes are over the maximum %d", fields, dbusFields)
	}
	header := dbusFixed + (fields+7)&^7
	if header+body > dbusTotal {
		return Extent{}, tooLong(4, "with a header of %d bytes and a body of %d bytes the message is longer than the maximum %d", header, body, dbusTotal)
	}
	return Extent{Header: int(header), Body: body, Announced: true, Field: 4}, nil
}

// dbusLines measures the SASL lines at the start of b.
func dbusLines(b []byte, c *Cursor) (Extent, error) {
	b = b[:min(len(b), maxHeader)] // longer openings are refused, as lines announce no length
	for {
		// Pending holds where a line starts, and whether that is sure to be a SASL line. The
		// lines before it are complete; that line was examined up to Seen.
		start := int(c.Pending >> 1)
		word := b[start:]
		if start == 0 && word[0] == 0 {
			word = word[1:]
		}
		sure, maybe := c.Pending&1 != 0, true
		if !sure {
			sure, maybe = saslLine(word)
		}
		switch {
		case sure:
			c.Pending |= 1
		case !maybe && start == 0:
			return Extent{}, badOpening(b)
		case !maybe:
			return Extent{Body: int64(start)}, nil
		}
		from := max(start, c.Seen-1)
		i := bytes.Index(b[from:], []byte("\r\n"))
		if !sure || i < 0 {
			if len(b) == maxHeader {
				e := tooLong(0, "the SASL lines are longer than %d bytes", maxHeader)
				e.Fault = FrameTooLarge
				return Extent{}, e
			}
			if c.EOF && start > 0 {
				return Extent{Body: int64(start)}, nil
			}
			c.Seen = len(b)
			return Extent{}, ErrMore
		}
		end := int64(from + i + 2)
		c.Pending = end << 1
		if bytes.HasPrefix(word, []byte("BEGIN")) {
			return Extent{Body: end}, nil
		}
	}
}

// saslLine reports whether b begins a SASL line: for sure, or maybe, if the rest
// of its first word follows.
func saslLine(b []byte) (sure, maybe bool) {
	for _, word := range saslCommands {
		n := len(word)
		switch {
		case len(b) <= n:
			maybe = maybe || strings.HasPrefix(word, string(b))
		case string(b[:n]) == word && (b[n] == ' ' || b[n] == '\r' || word[n-1] == '_'):
			return true, true
		}
	}
	return false, maybe
}

// badOpening returns the error for bytes that begin neither a message nor a SASL line.
func badOpening(b []byte) error {
	n, maybe := 0, true
	for maybe {
		n++
		_, maybe = saslLine(bytes.TrimPrefix(b[:n], []byte("\x00")))
	}
	return malformed(BadMagic, 0, "found %q, expected a message (l or B) or a SASL line", b[:n])
}

// Append writes SASL lines without a header, if the payload consists of them and there is
// no header to imitate.
func (dbus) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	h := like.Header
	switch {
	case like.none() && isSASL(payload):
		return append(dst, payload...), nil
	case like.none():
		h = defaultDBus
	case len(h) < dbusFixed || h[0] != 'l' && h[0] != 'B' || len(like.Trailer) > 0:
		return dst, ErrMarks
	}
	out := append(dst, h...)
	header := out[len(dst):]
	order := dbusOrder(header)
	order.PutUint32(header[4:], 0)
	if e, err := dbusMessage(header); err != nil || e.Header != len(header) {
		return dst, ErrMarks
	}
	if len(payload) > dbusTotal-len(header) {
		return dst, payloadError("a payload of %s is too long for dbus, whose messages have at most %d bytes", plural(int64(len(payload)), "byte"), dbusTotal)
	}
	order.PutUint32(header[4:], uint32(len(payload)))
	return append(out, payload...), nil
}

// isSASL reports whether b contains only SASL lines.
func isSASL(b []byte) bool {
	if sure, _ := saslLine(bytes.TrimPrefix(b, []byte("\x00"))); !sure {
		return false
	}
	e, err := dbusLines(b, &Cursor{EOF: true})
	return err == nil && e.Body == int64(len(b))
}

// Split measures messages only; Scan measures SASL lines.
func (dbus) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) && at < len(b) && (b[at] == 'l' || b[at] == 'B') {
		e, err := dbusMessage(b[at:])
		if err != nil || int64(e.Header)+e.Body > int64(len(b)-at) {
			break
		}
		s := spanOf(e, at)
		spans, at = append(spans, s), s.End
	}
	return spans
}

func (dbus) Describe(dst []FieldText, header, _ []byte) []FieldText {
	if len(header) < dbusFixed {
		return append(dst, FieldText{"opening", "SASL"})
	}
	return append(dst, FieldText{"serial", fmt.Sprint(dbusOrder(header).Uint32(header[8:]))})
}

func (dbus) known(field string) ([]FieldText, func(string) string) {
	if field == "opening" {
		return []FieldText{{"SASL", "SASL"}}, nothing
	}
	return nil, otherThan(nil, "%d", 1<<32-1)
}

func parseDBus(*Entry, *settings) (Framing, error) { return dbus{}, nil }

func (dbus) lengthField(frame []byte, e Extent) (field lengthField, ok bool) {
	if !e.Announced { // lines
		return field, false
	}
	field = integerField(frame, 4, 4, dbusOrder(frame))
	field.Max = dbusTotal - dbusFixed
	return field, true
}

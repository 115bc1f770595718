package framing

import (
	"bytes"
	"math"
	"strconv"
)

// replies is the lines of SMTP and FTP: commands, and replies that may have several lines. A frame is a
// command or a whole reply.
//
//	| EHLO a                     | \r\n
//	| 250-b\r\n250-SIZE\r\n250 OK | \r\n      up to the line with the code and a blank
//
// After the command DATA of SMTP comes a message, which is a frame too. A line of it that begins with a dot has
// one more on the wire, which is not part of the payload.
//
//	| Subject: c\r\n\r\nhello\r\n | .\r\n
//
//	BDAT 5 LAST\r\n | hello |                 the command has the length of what follows
//
// If the server refuses DATA, no message comes, but the client's direction alone does not show that.
//
// Sources: RFC 5321 sections 4.2.1 and 4.5.2, RFC 3030; RFC 959 section 4.2.
type replies struct {
	name string
	data bool // DATA and BDAT are known
}

func (r *replies) String() string { return r.name }

// smtpDot ends a message. Stream in the Cursor is 1 before a message.
const smtpDot = ".\r\n"

// Pending is the start of the line that is not read yet. In a message it is smtpInMessage, and the number
// of dots that were added.
const smtpInMessage = 1 << 62

func (r *replies) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) == 0 { // a message that has not begun: the Cursor stays as it is
		return Extent{}, ErrMore
	}
	if c.Stream == 1 || c.Pending&smtpInMessage != 0 {
		c.Stream, c.Pending = 0, c.Pending|smtpInMessage
		return r.message(b, c)
	}
	for {
		start := int(c.Pending)
		seen := max(start, c.Seen)
		line, next := textLine(b, start, seen)
		known := r.atLeast(start, line)
		if at := badControl(line, seen-start, true); at >= 0 {
			return r.atLeast(start, line[:at]), malformed(BadHeader, start+at, "found %s in a line, expected text", shown(string(line[at:at+1])))
		}
		if next == 0 {
			if c.Seen = len(b); known.Body == 0 && len(line) > maxHeader {
				return known, longHeader()
			}
			return known, ErrMore
		}
		if start == 0 && r.chunks(line) && len(line) > 5 {
			if len(line) > maxHeader {
				return known, longHeader()
			}
			return r.chunk(line, next)
		}
		known.Body = int64(start + len(line))
		first := line
		if start > 0 {
			first = b[:min(4, len(b))]
		}
		if !replyGoesOn(first) || start > 0 && replyEnds(line, first) {
			if r.data && start == 0 && bytes.EqualFold(line, []byte("DATA")) {
				c.Stream = 1
			}
			known.Trailer = next - start - len(line)
			return known, nil
		}
		c.Pending, c.Seen = int64(next), next
	}
}

// chunks reports whether a line is a BDAT command, or may be the start of one.
func (r *replies) chunks(line []byte) bool {
	const command = "BDAT "
	n := min(len(line), len(command))
	return r.data && bytes.EqualFold(line[:n], []byte(command[:n]))
}

// atLeast returns the extent of a line that is not whole: all of it is body, unless it may be a BDAT command. If it may
// be DATA, a limit must not stop Scan before it knows.
func (r *replies) atLeast(start int, line []byte) Extent {
	if start == 0 && (r.chunks(line) || r.data && len(line) <= 4 && bytes.EqualFold(line, []byte("DATA"[:len(line)]))) {
		return Extent{}
	}
	return Extent{Body: int64(start + len(line))}
}

// replyGoesOn reports whether a first line begins a reply of several lines.
func replyGoesOn(line []byte) bool { return len(line) > 3 && isDecimal(line[:3]) && line[3] == '-' }

// replyEnds reports whether a line is the last of the reply that begins with first.
func replyEnds(line, first []byte) bool {
	return len(line) >= 3 && string(line[:3]) == string(first[:3]) && (len(line) == 3 || line[3] == ' ')
}

// chunk measures what a BDAT command announces.
func (r *replies) chunk(line []byte, next int) (Extent, error) {
	digits, _, _ := bytes.Cut(line[5:], []byte(" "))
	if !isDecimal(digits) {
		return Extent{}, malformed(BadLength, 5, "%q is not a length, expected decimal digits", clip(digits))
	}
	size, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || size > math.MaxInt64-int64(next) {
		return Extent{}, tooLong(5, "length %s is longer than any stream", clip(digits))
	}
	return Extent{Header: next, Body: size, Announced: true, Field: 5, Plain: true}, nil
}

// message measures a message after DATA.
func (r *replies) message(b []byte, c *Cursor) (Extent, error) {
	for {
		dot := 0 // of the next line that begins with one
		if c.Seen > 0 || len(b) > 0 && b[0] != '.' {
			from := max(0, c.Seen-2)
			i := bytes.Index(b[from:], []byte("\r\n."))
			if i < 0 {
				c.Seen = len(b)
				return Extent{Body: int64(len(b)), Dropped: c.Pending &^ smtpInMessage}, ErrMore
			}
			dot = from + i + 2
		}
		rest := b[dot:]
		if bytes.HasPrefix(rest, []byte(smtpDot)) {
			return Extent{Body: int64(dot), Dropped: c.Pending &^ smtpInMessage, Trailer: len(smtpDot)}, nil
		}
		if bytes.HasPrefix([]byte(smtpDot), rest) {
			c.Seen = dot
			return Extent{Body: int64(dot), Dropped: c.Pending &^ smtpInMessage}, ErrMore
		}
		c.Seen = dot + 1
		c.Pending++
	}
}

// Unescape removes the dots that were added to a message.
func (r *replies) Unescape(dst, _, body, trailer []byte) ([]byte, error) {
	if string(trailer) != smtpDot {
		return append(dst, body...), nil
	}
	body = bytes.TrimPrefix(body, []byte("."))
	for {
		i := bytes.Index(body, []byte("\r\n."))
		if i < 0 {
			return append(dst, body...), nil
		}
		dst = append(dst, body[:i+2]...)
		body = body[i+3:]
	}
}

func (r *replies) MinPayload(body int64) int64 { return body }

func (r *replies) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	switch {
	case r.data && string(like.Trailer) == smtpDot && len(like.Header) == 0:
		return appendDots(dst, payload)
	case r.data && len(like.Header) > 0:
		line, next := textLine(like.Header, 0, 0)
		if next != len(like.Header) || len(line) <= 5 || !bytes.EqualFold(line[:5], []byte("BDAT ")) || badControl(line, 0, true) >= 0 || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		e, err := r.chunk(line, next)
		if err != nil {
			return dst, ErrMarks
		}
		if e.Body == int64(len(payload)) {
			return append(append(dst, like.Header...), payload...), nil
		}
		dst = strconv.AppendInt(append(dst, line[:5]...), int64(len(payload)), 10)
		return append(append(dst, bytes.TrimLeft(like.Header[5:], "0123456789")...), payload...), nil
	}
	return appendLines(r, dst, like, payload)
}

// appendDots appends a message after DATA.
func appendDots(dst, payload []byte) ([]byte, error) {
	if len(payload) > 0 && !bytes.HasSuffix(payload, []byte("\r\n")) {
		return dst, payloadError("the message does not end in CR LF")
	}
	if bytes.HasPrefix(payload, []byte(".")) {
		dst = append(dst, '.')
	}
	for {
		i := bytes.Index(payload, []byte("\r\n."))
		if i < 0 {
			return append(append(dst, payload...), smtpDot...), nil
		}
		dst = append(append(dst, payload[:i+3]...), '.')
		payload = payload[i+3:]
	}
}

// appendLines appends a frame of f that is the payload and an end of line.
func appendLines(f Framing, dst []byte, like Marks, payload []byte) ([]byte, error) {
	end := "\r\n"
	if !like.none() {
		if len(like.Header) > 0 || string(like.Trailer) != "\r\n" && string(like.Trailer) != "\n" {
			return dst, ErrMarks
		}
		end = end[2-len(like.Trailer):]
	}
	c := cursors.Get().(*Cursor)
	defer cursors.Put(c)
	*c = Cursor{}
	out := append(append(dst, payload...), end...)
	e, err := f.Scan(out[len(dst):], c)
	switch fault, ok := err.(*Error); {
	case ok:
		return dst, payloadError("the payload cannot be read: byte %d: %s", fault.Offset, fault.Detail)
	case err != nil:
		return dst, payloadError("the payload is not whole: more lines must follow")
	case e.Header > 0 || e.Body != int64(len(payload)) || e.Trailer != len(end):
		return dst, payloadError("the payload would be read as more than one frame")
	}
	return out, nil
}

func (r *replies) Sync(b []byte) (int, bool) { return syncAfter(b, "\n") }

// Describe returns the code of a reply, or the command.
func (r *replies) Describe(dst []FieldText, header, body []byte) []FieldText {
	line, _ := textLine(body, 0, 0)
	if len(header) > 0 {
		line, _ = textLine(header, 0, 0)
	}
	if len(line) >= 3 && isDecimal(line[:3]) && (len(line) == 3 || line[3] == ' ' || line[3] == '-') {
		return append(dst, FieldText{"code", string(line[:3])})
	}
	word, _, _ := bytes.Cut(line, []byte(" "))
	for _, v := range word {
		if v|0x20 < 'a' || v|0x20 > 'z' {
			return dst // a line of a message
		}
	}
	if len(word) == 0 || len(word) > 12 {
		return dst
	}
	return append(dst, FieldText{"command", string(bytes.ToUpper(word))})
}

func (r *replies) known(field string) ([]FieldText, func(string) string) {
	if field == "code" {
		return nil, otherThan(nil, "%03d", 999)
	}
	return nil, nil
}

func parseSMTP(*Entry, *settings) (Framing, error) { return &replies{"smtp", true}, nil }

func parseFTP(*Entry, *settings) (Framing, error) { return &replies{"ftp", false}, nil }

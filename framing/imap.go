package framing

import (
	"bytes"
	"math"
	"strconv"
)

// imap is the commands and responses of IMAP. Each is a line, but a line that ends in a length in
// braces continues with so many bytes, a literal, and then the rest of the line.
//
//	| a1 LOGIN {4}\r\nuser {4+}\r\npass | \r\n
//
// Source: RFC 9051 sections 2.2 and 4.3; RFC 7888 for {N+}, RFC 3516 for ~{N}.
type imap struct{}

func (imap) String() string { return "imap" }

// Pending in the Cursor is the start of the line, or of the rest of one, that is not read yet.
func (imap) Scan(b []byte, c *Cursor) (Extent, error) {
	for {
		start := int(c.Pending)
		if start > len(b) {
			return Extent{Body: int64(start)}, ErrMore
		}
		seen := max(start, c.Seen)
		line, next := textLine(b, start, seen)
		e := Extent{Body: int64(start + len(line))}
		if at := badControl(line, seen-start, true); at >= 0 {
			return Extent{Body: int64(start + at)}, malformed(BadHeader, start+at, "found %s in a line, expected text", shown(string(line[at:at+1])))
		}
		if next == 0 {
			c.Seen = len(b)
			return e, ErrMore
		}
		digits, at := imapLiteral(line)
		if at < 0 {
			e.Trailer = next - start - len(line)
			return e, nil
		}
		size, err := strconv.ParseInt(string(digits), 10, 64)
		if err != nil || size > int64(math.MaxInt-next) {
			return e, tooLong(start+at, "length %s is longer than any stream", clip(digits))
		}
		c.Pending = int64(next) + size
	}
}

// imapLiteral returns the length in braces at the end of a line, and where it is, or -1.
func imapLiteral(line []byte) (digits []byte, at int) {
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || line[len(line)-1] != '}' {
		return nil, -1
	}
	digits = bytes.TrimSuffix(line[open+1:len(line)-1], []byte("+"))
	if !isDecimal(digits) {
		return nil, -1
	}
	return digits, open + 1
}

func (imap) Split(b []byte, spans []Span) []Span { return splitScan(imap{}, b, spans) }

func (imap) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendLines(imap{}, dst, like, payload)
}

func (imap) Sync(b []byte) (int, bool) { return syncAfter(b, "\n") }

// Describe returns the tag of the command, which is * in responses of the server, and the word after it.
func (imap) Describe(dst []FieldText, _, body []byte) []FieldText {
	line, _ := textLine(body, 0, 0)
	tag, rest, _ := bytes.Cut(line, []byte(" "))
	word, _, _ := bytes.Cut(rest, []byte(" "))
	dst = append(dst, FieldText{"tag", printable(tag)})
	if len(word) > 0 {
		dst = append(dst, FieldText{"command", printable(word)})
	}
	return dst
}

func parseIMAP(*Entry, *settings) (Framing, error) { return imap{}, nil }

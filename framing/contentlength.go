package framing

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// contentLength is a block of header lines, one of them Content-Length, an empty
// line, and the payload.
//
//	Content-Length: 5\r\n
//	\r\n
//	hello
//
// Source: Language Server Protocol 3.17, "Base Protocol"; the Debug Adapter
// Protocol uses the same. Names are case-insensitive, the length counts bytes.
type contentLength struct{}

func (contentLength) String() string { return "content-length" }

// maxHeader bounds the header lines of a text framing. They announce no length, and a
// stream without an end of line must not fill the memory.
const maxHeader = 64 << 10

var lengthName = []byte("Content-Length")

func (contentLength) Scan(b []byte, c *Cursor) (Extent, error) {
	full := len(b) >= maxHeader
	b = b[:min(len(b), maxHeader)]
	for {
		// Pending holds where a line starts, and whether its name is good. The lines before it
		// are good; that line was examined up to Seen.
		start := int(c.Pending >> 1)
		seen := max(start, c.Seen)
		line, whole := headerLine(b, start, c)
		if c.Pending&1 == 0 {
			at, named := badName(line, seen-start, whole)
			if at >= 0 {
				return Extent{}, malformed(BadHeader, start, "found %q, expected a header line such as Content-Length: 5", clip(line[:max(1, at)]))
			}
			if named {
				c.Pending |= 1
			}
		}
		if !whole && full {
			return Extent{}, longHeader()
		}
		if !whole {
			return Extent{}, ErrMore
		}
		c.Seen = start + len(line) + 2
		c.Pending = int64(c.Seen) << 1
		if len(line) == 0 {
			return blockLength(b[:c.Seen])
		}
		if _, _, err := lengthOf(line, start); err != nil {
			return Extent{}, err
		}
	}
}

func longHeader() *Error {
	e := malformed(headerTooLarge, 0, "the header is longer than %d bytes", maxHeader)
	e.Err = ErrTooLong
	return e
}

// headerLine returns what has arrived of the line at start, without its CRLF. It keeps
// how far it searched in c.Seen.
func headerLine(b []byte, start int, c *Cursor) (line []byte, whole bool) {
	from := max(start, c.Seen-1)
	if i := bytes.Index(b[from:], []byte("\r\n")); i >= 0 {
		return b[start : from+i], true
	}
	c.Seen = len(b)
	return b[start:], false
}

// badName returns the offset of the first byte that the name of a header line can't
// contain, or -1, and whether the whole name is there. An empty line has no name. The bytes
// before seen were checked before, and are not a whole name.
func badName(line []byte, seen int, whole bool) (at int, named bool) {
	for i := max(0, min(seen, len(line))-1); i < len(line); i++ { // the last byte seen may be a CR that was accepted
		switch c := line[i]; {
		case c == ':' && i > 0:
			return -1, true
		case c == '\r' && i == 0 && len(line) == 1 && !whole:
			return -1, false // this may be the empty line
		case !isNameByte(c):
			return i, false
		}
	}
	if whole && len(line) > 0 {
		return len(line), false
	}
	return -1, false
}

// isNameByte reports whether c can be in the name of a header line.
func isNameByte(c byte) bool {
	letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-'
	return letter || c > ' ' && c < 0x7f && strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) < 0
}

// lengthOf returns the value of a Content-Length line and where it is in the line; the
// size is -1 for any other line.
func lengthOf(line []byte, start int) (size int64, at int, err error) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	if !bytes.EqualFold(name, lengthName) {
		return 0, -1, nil
	}
	return lengthValue(value, len(name)+1, start)
}

// lengthValue reads the value of a Content-Length line, which is at offset from of the line.
func lengthValue(value []byte, from, start int) (size int64, at int, err error) {
	at = from + len(value) - len(bytes.TrimLeft(value, " \t"))
	digits := bytes.Trim(value, " \t")
	if !isDecimal(digits) {
		return 0, at, malformed(BadLength, start+at, "%q is not a length, expected decimal digits", clip(digits))
	}
	size, e := strconv.ParseInt(string(digits), 10, 64)
	if e != nil || size > 1<<63-1-maxHeader {
		return 0, at, tooLong(start+at, "length %s is longer than any stream", clip(digits))
	}
	return size, at, nil
}

// blockLength reads the length from a whole block of valid lines.
func blockLength(block []byte) (Extent, error) {
	e := Extent{Header: len(block), Body: -1, Announced: true}
	for start := 0; ; {
		line, _, _ := bytes.Cut(block[start:], []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		if size, at, _ := lengthOf(line, start); at >= 0 {
			if e.Body >= 0 && size != e.Body {
				return Extent{}, malformed(duplicateLength, start+at, "the second Content-Length is %d, but the first is %d", size, e.Body)
			}
			if e.Body < 0 {
				e.Field = start + at
			}
			e.Body = size
		}
		start += len(line) + 2
	}
	if e.Body < 0 {
		return Extent{}, malformed(missingLength, 0, "the header has no Content-Length")
	}
	return e, nil
}

func (f contentLength) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(f, dst, like, payload)
}

func (f contentLength) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if like.none() {
		return append(strconv.AppendInt(append(dst, "Content-Length: "...), size, 10), "\r\n\r\n"...), nil
	}
	e, err := f.Scan(like.Header, new(Cursor))
	if err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0 || len(like.Header) > maxHeader-64 {
		return dst, ErrMarks // longer lengths need room
	}
	if e.Body == size {
		return append(dst, like.Header...), nil
	}
	for start := 0; ; { // write each length anew, and copy the rest
		line, _, _ := bytes.Cut(like.Header[start:], []byte("\r\n"))
		if _, at, _ := lengthOf(line, start); at >= 0 && len(line) > 0 {
			dst = strconv.AppendInt(append(dst, line[:at]...), size, 10)
		} else {
			dst = append(dst, line...)
		}
		dst = append(dst, "\r\n"...)
		if len(line) == 0 {
			return dst, nil
		}
		start += len(line) + 2
	}
}

func (contentLength) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

// clip returns the start of b, to be shown in an error.
func clip(b []byte) string {
	if len(b) > 32 {
		return fmt.Sprintf("%s…", b[:32])
	}
	return string(b)
}

func parseContentLength(*Entry, *settings) (Framing, error) { return contentLength{}, nil }

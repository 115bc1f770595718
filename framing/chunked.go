package framing

import (
	"bytes"
	"io"
	"math"
	"strconv"
)

// chunked is HTTP's chunked coding. A frame is a chunk; the last chunk is a frame
// with an empty payload, and the trailer fields are part of its trailer. The
// Cursor's Stream is 1 inside a body, between its chunks.
//
//	4 [;ext] CRLF | Wiki | CRLF
//	0 [;ext] CRLF |      | [name: value CRLF]… CRLF
//
// Source: RFC 9112 section 7.1.
type chunked struct{}

func (chunked) String() string { return "chunked" }

// Pending in the Cursor is 0 at the start of a size line, and chunkExtension inside the extension
// of one. After the last size line it holds three numbers: bit 0 is 1 if the name of the field
// that is being read is good; from bit chunkField on is where that field starts; and from bit
// chunkHeader on is where the size line ends.
const (
	chunkExtension = 1
	chunkField     = 1
	chunkHeader    = 32
)

func (chunked) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) == 0 && c.EOF && c.Stream == 1 {
		return Extent{}, io.ErrUnexpectedEOF
	}
	if c.Pending>>chunkHeader == 0 {
		size, end, err := chunkSize(b, c)
		if err != nil {
			return Extent{}, err
		}
		if size > 0 {
			c.Stream = 1
			return Extent{Header: end, Body: size, Trailer: 2, Want: "\r\n", Announced: true}, nil
		}
		c.Pending, c.Seen = int64(end)<<chunkHeader|int64(end)<<chunkField, end
	}
	header := int(c.Pending >> chunkHeader)
	end, err := chunkFields(b, header, c)
	if err != nil {
		return Extent{}, err
	}
	c.Stream = 0
	return Extent{Header: header, Trailer: end - header, Announced: true}, nil
}

// chunkFields reads the fields after the last chunk, which begin at from, and the empty line
// after them. It returns where that ends. The field at start was examined up to Seen.
func chunkFields(b []byte, from int, c *Cursor) (end int, err error) {
	full := len(b) >= from+maxHeader
	b = b[:min(len(b), from+maxHeader)]
	for {
		start := int(c.Pending & math.MaxUint32 >> chunkField)
		seen := max(start, c.Seen)
		line, whole := headerLine(b, start, c)
		if c.Pending&1 == 0 {
			at, named := badName(line, seen-start, whole)
			if folded := start > from && len(line) > 0 && isBlank(line[0]) && line[0] != '\r'; folded {
				at, named = -1, true // it continues the field before (obs-fold)
			}
			if at >= 0 {
				return 0, malformed(BadHeader, start, "found %q, expected a field such as Expires: 0, or the empty line that ends the body", clip(line[:max(1, at)]))
			}
			if named {
				c.Pending |= 1
			}
		}
		if at := badControl(line, seen-start, whole); at >= 0 {
			return 0, malformed(BadHeader, start+at, "found %q in a field, expected text, then CR LF", line[at:at+1])
		}
		switch next := start + len(line) + 2; {
		case whole && len(line) == 0:
			return next, nil
		case whole:
			c.Seen = next
			c.Pending = c.Pending>>chunkHeader<<chunkHeader | int64(next)<<chunkField
		case full:
			return 0, longHeader()
		default:
			return 0, ErrMore
		}
	}
}

// badControl returns the offset of the first control character in a line that may have none, or
// -1. The CR at the end of an unfinished line may be that of the line's end. The bytes before
// seen were checked before.
func badControl(line []byte, seen int, whole bool) int {
	for i := max(0, min(seen, len(line))-1); i < len(line); i++ {
		if c := line[i]; (c < ' ' && c != '\t' || c == 0x7f) && (whole || c != '\r' || i < len(line)-1) {
			return i
		}
	}
	return -1
}

// maxChunkDigits bounds the digits of a chunk's size and the blanks after them, as leading zeros are legal.
const maxChunkDigits = 1 << 10

// chunkSize reads the size line at the start of b. It returns the size and where the line ends.
func chunkSize(b []byte, c *Cursor) (size int64, end int, err error) {
	full := len(b) >= maxHeader
	b = b[:min(len(b), maxHeader)]
	if c.Pending != chunkExtension {
		size, end, err = chunkDigits(b)
		if err != nil || end > 0 {
			return size, end, err
		}
		c.Pending = chunkExtension
	}
	// Extensions are ignored, as the standard demands, but they are text.
	seen := c.Seen
	line, whole := headerLine(b, 0, c)
	if at := badControl(line, seen, whole); at >= 0 {
		return 0, 0, malformed(BadLength, at, "found %q in the extension of a chunk size, expected text, then CR LF", line[at:at+1])
	}
	switch {
	case whole:
		size, _, _ = chunkDigits(line) // without an error, as the first call showed
		return size, len(line) + 2, nil
	case full:
		return 0, 0, longHeader()
	}
	return 0, 0, ErrMore
}

// chunkDigits reads the size at the start of b, and returns where its line ends; that is 0 if
// an extension follows.
func chunkDigits(b []byte) (size int64, end int, err error) {
	i := 0
	for ; i < len(b); i++ {
		d := hexDigit(b[i])
		if d < 0 {
			break
		}
		if size > (math.MaxInt64-maxHeader*2)>>4 {
			return 0, 0, longDigits(b, 0, i+1, 16)
		}
		if size = size<<4 | int64(d); i >= maxChunkDigits {
			return 0, 0, longHeader()
		}
	}
	if i == 0 && len(b) > 0 {
		return 0, 0, malformed(BadLength, 0, "found %q, expected a chunk size, which begins with a hex digit", b[:1])
	}
	// Older standards allowed blanks before an extension; they are still accepted.
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		if i++; i > maxChunkDigits {
			return 0, 0, longHeader()
		}
	}
	switch {
	case i == len(b), b[i] == '\r' && i+1 == len(b):
		return 0, 0, ErrMore
	case b[i] == '\r' && b[i+1] == '\n':
		return size, i + 2, nil
	case b[i] == '\r':
		return 0, 0, malformed(BadLength, i+1, "found %q, expected LF after the CR that ends the size line", b[i+1:i+2])
	case b[i] != ';':
		return 0, 0, malformed(BadLength, i, "found %q in a chunk size, expected hex digits, then CR LF or an extension", b[i:i+1])
	}
	return size, 0, nil
}

func hexDigit(c byte) int {
	switch {
	case c-'0' <= 9:
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func (f chunked) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(f, dst, like, payload)
}

func (f chunked) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	rest := []byte("\r\n") // of the size line
	if !like.none() {
		n, end, err := chunkSize(like.Header, new(Cursor))
		if err != nil || end != len(like.Header) || end > maxHeader-64 || !chunkTrailer(like.Trailer, n == 0) {
			return dst, ErrMarks
		}
		if n == size {
			return append(dst, like.Header...), nil
		}
		rest = bytes.TrimLeft(like.Header, "0123456789abcdefABCDEF")
	}
	return append(strconv.AppendInt(dst, size, 16), rest...), nil
}

// chunkTrailer reports whether t can follow a chunk: the last one, or another.
func chunkTrailer(t []byte, last bool) bool {
	if string(t) == "\r\n" {
		return true
	}
	end, err := chunkFields(t, 0, new(Cursor))
	return last && err == nil && end == len(t)
}

func (chunked) AppendTrailer(dst []byte, like Marks, size int64) []byte {
	if size == 0 && len(like.Trailer) > 0 {
		return append(dst, like.Trailer...)
	}
	return append(dst, "\r\n"...)
}

func parseChunked(*Entry, *settings) (Framing, error) { return chunked{}, nil }

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

func (chunked) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) == 0 && c.EOF && c.Stream == 1 {
		return Extent{}, io.ErrUnexpectedEOF
	}
	if c.Pending == 0 { // the size line is not read yet
		size, end, err := chunkSize(b, c)
		if err != nil {
			return Extent{}, err
		}
		if size > 0 {
			c.Stream = 1
			return Extent{Header: end, Body: size, Trailer: 2, Want: "\r\n", Announced: true}, nil
		}
		c.Pending, c.Seen = int64(end), end
	}
	// Fields follow the last chunk, then an empty line. Seen is where a line starts, or up
	// to where it was searched. A line that is not a field could go on for ever, so it is refused.
	h := int(c.Pending)
	at := max(h-2, c.Seen-3)
	if i := bytes.Index(b[at:], []byte("\r\n\r\n")); i >= 0 && at+i+4 <= h+maxHeader {
		c.Stream = 0
		return Extent{Header: h, Trailer: at + i + 4 - h, Announced: true}, nil
	}
	c.Seen = len(b)
	if len(b) >= h+maxHeader {
		return Extent{}, longHeader()
	}
	return Extent{}, ErrMore
}

// maxChunkDigits bounds the digits of a chunk's size and the blanks after them, as leading zeros are legal.
const maxChunkDigits = 1 << 10

// chunkSize reads the size line at the start of b. It returns the size and where the line ends.
func chunkSize(b []byte, c *Cursor) (size int64, end int, err error) {
	full := len(b) >= maxHeader
	b = b[:min(len(b), maxHeader)]
	n, i := uint64(0), 0
	for ; i < len(b); i++ {
		d := hexDigit(b[i])
		if d < 0 {
			break
		}
		if n > (math.MaxInt64-maxHeader*2)>>4 {
			return 0, 0, longDigits(b, 0, i+1, 16)
		}
		if n = n<<4 | uint64(d); i >= maxChunkDigits {
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
		return int64(n), i + 2, nil
	case b[i] == '\r':
		return 0, 0, malformed(BadLength, i+1, "found %q, expected LF after the CR that ends the size line", b[i+1:i+2])
	case b[i] != ';':
		return 0, 0, malformed(BadLength, i, "found %q in a chunk size, expected hex digits, then CR LF or an extension", b[i:i+1])
	}
	from := max(i, c.Seen-1)
	if k := bytes.Index(b[from:], []byte("\r\n")); k >= 0 {
		return int64(n), from + k + 2, nil
	}
	c.Seen = len(b)
	if full {
		return 0, 0, longHeader()
	}
	return 0, 0, ErrMore
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
		rest = bytes.TrimLeft(like.Header, "0123456789abcdefABCDEF")
	}
	return append(strconv.AppendInt(dst, size, 16), rest...), nil
}

// chunkTrailer reports whether t can follow a chunk: the last one, or another.
func chunkTrailer(t []byte, last bool) bool {
	if string(t) == "\r\n" {
		return true
	}
	i := bytes.Index(t, []byte("\r\n\r\n"))
	return last && len(t) <= maxHeader && i > 0 && i == len(t)-4 && !bytes.HasPrefix(t, []byte("\r\n"))
}

func (chunked) AppendTrailer(dst []byte, like Marks, size int64) []byte {
	if size == 0 && len(like.Trailer) > 0 {
		return append(dst, like.Trailer...)
	}
	return append(dst, "\r\n"...)
}

func parseChunked(*Entry, *settings) (Framing, error) { return chunked{}, nil }

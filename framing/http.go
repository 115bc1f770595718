package framing

import (
	"bytes"
	"math"
	"strconv"
)

// http1 is the requests and responses of HTTP/1. The payload is the content, without the
// chunks in which it may have come; the last chunk's fields are the trailer.
//
//	POST /a HTTP/1.1\r\n
//	Host: localhost\r\n
//	Content-Length: 5\r\n
//	\r\n
//	                            | hello
//
//	HTTP/1.1 200 OK\r\n
//	Transfer-Encoding: chunked\r\n
//	\r\n
//	                            | 5\r\nhello\r\n0\r\n | [name: value\r\n]… \r\n
//
// A request without a length has no body. The body of a response without one ends with the
// stream, but those with the codes 1xx, 204 and 304 never have a body. Neither has an answer to
// HEAD, whatever its length; only the other direction shows which these are, so the key head is for
// streams of them alone.
//
// The payload is what the peers exchange, so it is written and compared without chunks. Frames are
// written with the head that they had: if that asks for chunks, as a single chunk.
//
// Source: RFC 9112 sections 2 to 7.
type http1 struct {
	head
	toHead bool // its responses answer HEAD
	role   role
}

func (h *http1) String() string {
	w := newSpec("http")
	h.role.arg(w)
	w.word("head", h.toHead)
	w.word("strict", h.strict)
	return w.b.String()
}

// An httpBody is how the end of a body is found.
type httpBody uint8

const (
	noBody     httpBody = iota // there is none, so no length
	sizedBody                  // its length is in the head
	chunkBody                  // it is in chunks
	openBody                   // at the end of the stream
	toldNoBody                 // none, whatever the head says
)

// Pending in the Cursor holds the bits of head, and once that is read these: from httpHead on is
// its length, in httpOpen the kind of body. For chunks, c.Seen is the start of the line that is being
// read, or of the fields after the last chunk; from httpSeen on is how much of it was examined, from
// httpField on where the field starts, from httpNamed on what chunkSize and chunkFields keep. Stream is the
// length of the payload so far.
const (
	httpOpen   = headRead << 1 // the body ends with the stream
	httpFields = headRead << 2 // the last chunk is read
	httpNamed  = headOffset + 2
	httpHead   = httpNamed + 1
	httpSeen   = httpHead + 17
	httpField  = httpSeen + 17
	http17     = 1<<17 - 1                             // these are numbers of 17 bits
	httpKept   = (1<<httpSeen - 1) &^ (1 << httpNamed) // what stays from line to line
)

func (h *http1) Scan(b []byte, c *Cursor) (Extent, error) {
	e := Extent{Skip: emptyLines(b)}
	f := b[e.Skip:]
	if c.Pending&headRead == 0 {
		c.Stream = 0
		n, err := h.scan(f, e.Skip, c)
		if err != nil {
			return e, err
		}
		kind, known, err := h.body(f[:n])
		switch {
		case err != nil:
			return e, err
		case kind != chunkBody && kind != openBody:
			known.Skip = e.Skip
			return known, nil
		case kind == openBody:
			c.Pending = httpOpen
		default:
			c.Pending = 0
		}
		c.Pending |= headRead | int64(n)<<httpHead
		c.Seen = e.Skip + n
	}
	e.Header = int(c.Pending >> httpHead & http17)
	if c.Pending&httpOpen == 0 {
		return h.chunks(f, e, c)
	}
	c.Seen = len(b)
	e.Body, e.Plain = int64(len(f)-e.Header), true
	if !c.EOF {
		return e, ErrMore
	}
	return e, nil
}

// chunks measures a body in chunks. E has the header.
func (h *http1) chunks(f []byte, e Extent, c *Cursor) (Extent, error) {
	for c.Pending&httpFields == 0 {
		line := c.Seen - e.Skip // where the size line starts; before it is the end of a chunk
		e.Body = int64(c.Stream)
		if line > e.Header {
			for i := line - 2; i < min(line, len(f)); i++ {
				if f[i] != "\r\n"[i-line+2] {
					c.Stream = 0
					return e, malformed(BadTrailer, i, "found %s, expected the end of the chunk, CR LF", shown(string(f[i:i+1])))
				}
			}
		}
		if line >= len(f) {
			return e, ErrMore
		}
		sub := Cursor{Seen: int(c.Pending >> httpSeen & http17), Pending: c.Pending >> httpNamed & 1}
		size, end, err := chunkSize(f[line:], &sub)
		if err == nil && size > int64(math.MaxInt-line-end-2-2*maxHeader) {
			err = tooLong(0, "the chunk makes the message longer than any stream")
		}
		if err != nil {
			return e, c.inHTTP(err, line, &sub)
		}
		c.Pending &= httpKept
		c.Seen += end
		if size == 0 {
			c.Pending |= httpFields
			break
		}
		c.Stream += uint64(size)
		c.Seen += int(size) + 2
	}
	line := c.Seen - e.Skip
	e.Body = int64(c.Stream)
	sub := Cursor{Seen: int(c.Pending >> httpSeen & http17), Pending: c.Pending>>httpField<<chunkField | c.Pending>>httpNamed&1}
	end, err := chunkFields(f[line:], 0, &sub)
	if err != nil {
		return e, c.inHTTP(err, line, &sub)
	}
	e.Body, e.Trailer = int64(line-e.Header), end
	e.Dropped = e.Body - int64(c.Stream)
	c.Stream = 0
	return e, nil
}

// inHTTP keeps the state of a line or of fields that are not whole, or returns what is wrong with
// them. Line is where they start.
func (c *Cursor) inHTTP(err error, line int, sub *Cursor) error {
	if err == ErrMore {
		c.Pending = c.Pending&httpKept | sub.Pending&1<<httpNamed |
			int64(sub.Seen)<<httpSeen | sub.Pending>>chunkField<<httpField
		return err
	}
	c.Stream = 0
	if e, ok := err.(*Error); ok {
		e.Offset += int64(line)
	}
	return err
}

// body returns how the end of the body after a whole head is found, and the extent of the message if
// its length is known.
func (h *http1) body(b []byte) (httpBody, Extent, error) {
	line, next := textLine(b, 0, 0)
	code := h.status(line)
	e := Extent{Header: len(b), Announced: true, Plain: true}
	if bodiless(code) || h.toHead && code > 0 {
		return toldNoBody, e, nil
	}
	var last []byte // transfer coding
	at := -1
	for start := next; start < len(b); start = next {
		line, next = textLine(b, start, start)
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, transferName) {
			if last = lastCoding(value); bytes.EqualFold(last, []byte("identity")) && !h.strict {
				continue // RFC 2616 had this word for none
			}
			at = start
		}
	}
	known, err := h.announced(b)
	known.Plain = true
	switch {
	case err != nil:
		return noBody, e, err
	case at >= 0 && h.strict && known.Body >= 0:
		return noBody, e, malformed(duplicateLength, known.Field, "found both Content-Length and Transfer-Encoding, expected one of them")
	case at >= 0 && h.strict && h.old(b):
		return noBody, e, malformed(BadHeader, at, "found Transfer-Encoding in a message of HTTP/1.0, which has none")
	case at >= 0 && bytes.EqualFold(last, []byte("chunked")):
		return chunkBody, e, nil
	case at >= 0 && code == 0:
		return noBody, e, malformed(BadHeader, at, "the last transfer coding of a request is %q, expected chunked", clip(last))
	case at >= 0:
		return openBody, e, nil
	case known.Body >= 0:
		return sizedBody, known, nil
	case code > 0:
		return openBody, e, nil
	}
	return noBody, e, nil
}

// old reports whether a head is that of HTTP/1.0.
func (h *http1) old(b []byte) bool {
	line, _ := textLine(b, 0, 0)
	return bytes.HasPrefix(line, []byte("HTTP/1.0 ")) || bytes.HasSuffix(line, []byte(" HTTP/1.0"))
}

var transferName = []byte("Transfer-Encoding")

// lastCoding returns the last word of a list of transfer codings.
func lastCoding(list []byte) []byte {
	list = bytes.Trim(list, " \t,")
	return bytes.TrimSpace(list[bytes.LastIndexByte(list, ',')+1:])
}

// Unescape takes the payload out of its chunks.
func (h *http1) Unescape(dst, header, body, _ []byte) ([]byte, error) {
	if kind, _, _ := h.body(header); kind != chunkBody {
		return append(dst, body...), nil
	}
	for {
		size, end, err := chunkSize(body, new(Cursor))
		switch {
		case err != nil:
			return dst, err
		case size == 0:
			return dst, nil
		case size > int64(len(body)-end-2):
			return dst, malformed(BadLength, len(header), "the chunks are longer than the body")
		}
		dst = append(dst, body[end:end+int(size)]...)
		body = body[end+int(size)+2:]
	}
}

func (h *http1) MinPayload(body int64) int64 { return body }

func (h *http1) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(h, dst, like, payload)
}

func (h *http1) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	switch {
	case !like.none():
	case h.role.name == "client":
		return append(strconv.AppendInt(append(dst, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: "...), size, 10), "\r\n\r\n"...), nil
	case h.toHead && size > 0:
		return dst, payloadError("an answer to HEAD has no body")
	default:
		return append(strconv.AppendInt(append(dst, "HTTP/1.1 200 OK\r\nContent-Length: "...), size, 10), "\r\n\r\n"...), nil
	}
	var c Cursor
	n, err := h.scan(like.Header, 0, &c)
	if err != nil || n != len(like.Header) || emptyLines(like.Header) > 0 {
		return dst, ErrMarks
	}
	kind, known, err := h.body(like.Header)
	switch {
	case err != nil, kind == toldNoBody && size > 0, len(like.Trailer) > 0 && (kind != chunkBody || !chunkTrailer(like.Trailer, true)):
		return dst, ErrMarks
	case kind == chunkBody:
		dst = append(dst, like.Header...)
		if size > 0 {
			dst = append(strconv.AppendInt(dst, size, 16), "\r\n"...)
		} else {
			dst = append(dst, "0\r\n"...)
		}
		return dst, nil
	case kind == openBody:
		known.Body = -1 // it gets a length, as other messages may follow
	}
	out, err := h.appendLike(dst, like.Header, known.Body, size)
	if err != nil || kind != openBody {
		return out, err
	}
	if kind, _, _ = h.body(out[len(dst):]); kind == openBody { // a transfer coding keeps the length from counting
		return append(dst, like.Header...), nil
	}
	return out, nil
}

func (h *http1) AppendTrailer(dst []byte, like Marks, size int64) []byte {
	if kind, _, _ := h.body(like.Header); like.none() || kind != chunkBody {
		return dst
	}
	if size > 0 {
		dst = append(dst, "\r\n0\r\n"...)
	}
	if len(like.Trailer) > 0 {
		return append(dst, like.Trailer...)
	}
	return append(dst, "\r\n"...)
}

func (h *http1) Split(b []byte, spans []Span) []Span { return splitScan(h, b, spans) }

// Describe returns the first line and its parts.
func (h *http1) Describe(dst []FieldText, header, _ []byte) []FieldText {
	line, _ := textLine(header, 0, 0)
	dst = append(dst, FieldText{"start", printable(line)})
	if code := h.status(line); code > 0 {
		return append(dst, FieldText{"status", strconv.Itoa(code)})
	}
	method, rest, _ := bytes.Cut(line, []byte(" "))
	uri, _, _ := bytes.Cut(rest, []byte(" "))
	return append(dst, FieldText{"method", printable(method)}, FieldText{"uri", printable(uri)})
}

func (h *http1) known(field string) ([]FieldText, func(string) string) {
	if field == "status" {
		return nil, otherThan(nil, "%d", 999)
	}
	return nil, nil
}

func parseHTTP(k *Entry, s *settings) (Framing, error) {
	h := &http1{role: s.role(k, "client", "server"), toHead: s.word("head")}
	h.head = head{version: "HTTP/1.", first: "the first line of a message", line: "GET / HTTP/1.1", header: "Host: localhost",
		text: true, strict: s.word("strict")}
	return h, nil
}

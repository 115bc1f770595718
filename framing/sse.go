package framing

import "bytes"

// sse is an event stream of HTML: server-sent events. A frame is an event, and its payload is the
// data of it: the values of its lines of data, with line feeds between them.
//
//	event: add\n
//	data: a\n
//	data: b\n
//	\n
//
//	event: add\ndata:_ | a\ndata: b | \n\n      the payload is a\nb
//	: still here\n\n                            silent: without data it is no event
//
// Lines end in LF, CR or CR LF. A CR ends an empty line at once, so that an event is not held back,
// unless the line before ended in CR LF. Empty lines between events are fill. A byte order mark
// before the first line is ignored, as are lines with an unknown name.
//
// Source: HTML, section 9.2.6, "Interpreting an event stream".
type sse struct{}

func (sse) String() string { return "sse" }

// Stream in the Cursor has sseBegun after the first frame. During a frame it also holds how long the
// lines without data are, and from sseData on how long the payload is, both up to the line
// that Pending is the start of.
const (
	sseBegun = 1
	sseOther = 1
	sseData  = sseOther + 17
)

const byteOrderMark = "\xef\xbb\xbf"

func (sse) Scan(b []byte, c *Cursor) (Extent, error) {
	e := Extent{}
	for e.Skip < len(b) && isEOL(b[e.Skip]) {
		e.Skip++
	}
	f := b[e.Skip:]
	if c.Pending == 0 {
		c.Stream &= sseBegun
	}
	begun := c.Stream & sseBegun
	other, size := int(c.Stream>>sseOther&(1<<17-1)), int64(c.Stream>>sseData)
	start, i := int(c.Pending), max(int(c.Pending), c.Seen-e.Skip)
	for {
		for i < len(f) && !isEOL(f[i]) {
			i++
		}
		line := sseLine(f[start:i], start == 0 && begun == 0)
		value, data := sseValue(line, i < len(f))
		n := 0
		if data {
			n = len(line) - value
		}
		if !data && (i < len(f) || !bytes.HasPrefix([]byte("data:"), line)) && other+i-start > maxHeader {
			c.Stream = begun
			return Extent{Skip: e.Skip, Body: max(0, size-1)}, longHeader()
		}
		next, end := sseEnd(f, i, c.EOF)
		if next == 0 {
			c.Seen, c.Pending = e.Skip+i, int64(start)
			c.Stream = begun | uint64(other)<<sseOther | uint64(size)<<sseData
			if e.Body = max(0, size-1); data {
				e.Body = size + int64(n)
			}
			return e, ErrMore
		}
		if data {
			size += int64(n) + 1 // with a line feed, which the last does not have
		} else {
			other += i - start
		}
		if end > 0 {
			first, last := sseParts(f[:end], begun == 0)
			e.Header, e.Body, e.Trailer = first, int64(last-first), end-last
			e.Dropped = e.Body - max(0, size-1)
			e.Silent = first == end
			c.Stream = sseBegun
			return e, nil
		}
		start, i = next, next
	}
}

func isEOL(c byte) bool { return c == '\n' || c == '\r' }

// sseEnd returns where the line after the end of line at f[i] starts, and where the event ends if that
// line is empty. Next is 0 if more bytes are needed.
func sseEnd(f []byte, i int, eof bool) (next, end int) {
	if i == len(f) {
		return 0, 0
	}
	next = i + 1
	long := f[i] == '\r' && next < len(f) && f[next] == '\n'
	if long {
		next++
	}
	switch {
	case next == len(f):
		return 0, 0
	case f[next] == '\n', f[next] == '\r' && !long:
		return next, next + 1
	case f[next] != '\r':
		return next, 0
	case next+1 < len(f) && f[next+1] == '\n':
		return next, next + 2
	case next+1 < len(f) || eof:
		return next, next + 1
	}
	return 0, 0
}

// sseLine returns a line without the byte order mark that the first line of a stream may have.
func sseLine(line []byte, first bool) []byte {
	if first {
		return bytes.TrimPrefix(line, []byte(byteOrderMark))
	}
	return line
}

// sseValue returns where the value in a line of data begins; it is not ok for another line.
func sseValue(line []byte, whole bool) (at int, ok bool) {
	switch {
	case bytes.HasPrefix(line, []byte("data: ")):
		return 6, true
	case bytes.HasPrefix(line, []byte("data:")):
		return 5, true
	}
	return 4, whole && string(line) == "data"
}

// sseParts returns where the first value in the data of a whole event begins, and where the last one
// ends. If there is none, both are the length of the event.
func sseParts(f []byte, opens bool) (first, last int) {
	first, last = len(f), len(f)
	for start := 0; start < len(f); {
		i := start
		for i < len(f) && !isEOL(f[i]) {
			i++
		}
		line := sseLine(f[start:i], start == 0 && opens)
		if at, ok := sseValue(line, true); ok {
			if first == len(f) {
				first = i - len(line) + at
			}
			last = i
		}
		start = i + 1
	}
	return first, last
}

// Unescape joins the values.
func (sse) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	for at := 0; ; {
		i := bytes.IndexAny(body, "\r\n")
		if i < 0 {
			return append(dst, body[at:]...), nil
		}
		dst = append(dst, body[at:i]...)
		for { // to the next line of data
			if body[i] == '\r' && i+1 < len(body) && body[i+1] == '\n' {
				i++
			}
			body = body[i+1:]
			i = bytes.IndexAny(body, "\r\n")
			line := body
			if i >= 0 {
				line = body[:i]
			}
			var ok bool
			if at, ok = sseValue(line, true); ok {
				dst = append(dst, '\n')
				break
			}
			if i < 0 {
				return dst, nil
			}
		}
	}
}

func (sse) MinPayload(body int64) int64 { return body }

func (s sse) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if like.none() {
		return s.append(dst, []byte("data: "), []byte("\n\n"), payload)
	}
	out, err := s.append(dst, like.Header, like.Trailer, payload)
	if opening, ok := bytes.CutPrefix(like.Header, []byte(byteOrderMark)); ok && err == ErrMarks {
		return s.append(dst, opening, like.Trailer, payload) // only the first line of a stream may have the mark
	}
	return out, err
}

func (s sse) append(dst, header, end, payload []byte) ([]byte, error) {
	if i := bytes.IndexByte(payload, '\r'); i >= 0 {
		return dst, payloadError("the payload contains CR at byte %d, which ends a line", i)
	}
	start := len(dst)
	out := append(dst, header...)
	if len(end) > 0 {
		first, _, _ := bytes.Cut(payload, []byte{'\n'})
		switch name := header[1+max(bytes.LastIndexByte(header, '\n'), bytes.LastIndexByte(header, '\r')):]; {
		case string(name) != "data: " && string(name) != "data:" && string(name) != "data",
			string(name) == "data:" && len(first) > 0 && first[0] == ' ', string(name) == "data" && len(first) > 0:
			return dst, ErrMarks // the first value would be read differently
		}
		eol := end[:1]
		if len(end) > 1 && string(end[:2]) == "\r\n" {
			eol = end[:2]
		}
		for i := 0; ; {
			n := bytes.IndexByte(payload[i:], '\n')
			if n < 0 {
				out = append(out, payload[i:]...)
				break
			}
			out = append(append(out, payload[i:i+n]...), eol...)
			if out = append(out, "data:"...); !bytes.HasSuffix(header, []byte("data:")) || bytes.HasPrefix(payload[i+n+1:], []byte(" ")) {
				out = append(out, ' ')
			}
			i += n + 1
		}
		out = append(out, end...)
	} else if len(payload) > 0 {
		return dst, ErrMarks
	}
	for _, begun := range []uint64{sseBegun, 0} {
		e, err := s.Scan(out[start:], &Cursor{Stream: begun, EOF: true})
		if err != nil || e.Skip > 0 || e.Header != len(header) || e.Trailer != len(end) || e.Header+int(e.Body)+e.Trailer != len(out)-start {
			return dst, ErrMarks
		}
		if !bytes.HasPrefix(header, []byte(byteOrderMark)) {
			break
		}
	}
	return out, nil
}

// Describe returns the fields of the lines before the data.
func (sse) Describe(dst []FieldText, header, _ []byte) []FieldText {
	for line := range bytes.FieldsFuncSeq(bytes.TrimPrefix(header, []byte(byteOrderMark)), func(r rune) bool { return r == '\n' || r == '\r' }) {
		name, value, _ := bytes.Cut(line, []byte{':'})
		switch string(name) {
		case "event", "id", "retry":
			dst = append(dst, FieldText{string(name), printable(bytes.TrimPrefix(value, []byte{' '}))})
		case "":
			dst = append(dst, FieldText{"comment", printable(bytes.TrimPrefix(value, []byte{' '}))})
		}
	}
	return dst
}

func parseSSE(*Entry, *settings) (Framing, error) { return sse{}, nil }

package framing

import (
	"bytes"
	"strconv"
)

// stomp is a STOMP frame: a command, header lines, an empty line, and a body that
// ends at a NUL, or has content-length bytes and a NUL after them.
//
//	SEND\n
//	destination:/queue/a\n
//	content-length:5\n
//	\n
//	                        | hello | \0
//
// Lines end in LF or CR LF. Ends of lines between frames are fill: heart-beats. If a
// header is given twice, the first counts.
//
// Source: STOMP 1.2, "STOMP Frames" and "Augmented BNF".
type stomp struct{}

func (stomp) String() string { return "stomp" }

var stompLength = []byte("content-length")

// Pending in the Cursor holds these bits, and above them the start of the line that is not
// read yet, or of the body.
const (
	stompCounted = 1 << iota // a content-length was read
	stompInBody
	stompOffset = iota
)

func (stomp) Scan(b []byte, c *Cursor) (Extent, error) {
	e := Extent{Skip: stompFill(b)}
	f := b[e.Skip:]
	if c.Pending&stompInBody == 0 {
		block := f[:min(len(f), maxHeader)]
		whole, err := stompHeader(block, c, e.Skip)
		if err != nil {
			return e, err
		}
		if !whole && len(f) > len(block) {
			return e, longHeader()
		}
		if !whole {
			return e, ErrMore
		}
	}
	e.Header = int(c.Pending >> stompOffset)
	if c.Pending&stompCounted != 0 {
		e.Field, e.Body = stompSize(f[:e.Header])
		e.Trailer, e.Want, e.Announced = 1, "\x00", true
		return e, nil
	}
	c.Pending |= stompInBody
	from := max(e.Header, c.Seen-e.Skip)
	if i := bytes.IndexByte(f[from:], 0); i >= 0 {
		e.Body, e.Trailer = int64(from+i-e.Header), 1
		return e, nil
	}
	c.Seen = len(b)
	e.Body = int64(len(f) - e.Header)
	return e, ErrMore
}

// stompFill returns the length of the line ends before a frame.
func stompFill(b []byte) (n int) {
	for {
		switch {
		case n < len(b) && b[n] == '\n':
			n++
		case n+1 < len(b) && b[n] == '\r' && b[n+1] == '\n':
			n += 2
		default:
			return n
		}
	}
}

// stompHeader reads the lines that have arrived, up to the empty one. Skip is the length of
// the fill before f, which the Cursor's Seen counts too.
func stompHeader(f []byte, c *Cursor, skip int) (whole bool, err error) {
	for {
		start := int(c.Pending >> stompOffset)
		from := max(start, c.Seen-skip)
		i := bytes.IndexByte(f[from:], '\n')
		line := f[start:]
		if i >= 0 {
			line = f[start : from+i]
		}
		if err := stompWrong(line, start, from-start, i >= 0); err != nil {
			return false, err
		}
		if i < 0 {
			c.Seen = skip + len(f)
			return false, nil
		}
		next := from + i + 1
		c.Seen = skip + next
		c.Pending = int64(next)<<stompOffset | c.Pending&stompCounted
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return true, nil
		}
		if at := stompValue(line); at >= 0 && start > 0 && c.Pending&stompCounted == 0 {
			if _, err := stompNumber(line, start, at); err != nil {
				return false, err
			}
			c.Pending |= stompCounted
		}
	}
}

// stompWrong returns what is wrong with a line, or with the part of it that has arrived. The
// bytes before seen were checked before.
func stompWrong(line []byte, start, seen int, whole bool) error {
	if start == 0 {
		for i := max(0, seen-1); i < len(line); i++ {
			if c := line[i]; c-'A' > 'Z'-'A' && !(c == '\r' && i == len(line)-1) {
				return malformed(BadHeader, 0, "found %q, expected a command such as SEND", clip(line[:i+1]))
			}
		}
		return nil
	}
	if i := bytes.IndexByte(line[seen:], 0); i >= 0 {
		return malformed(BadHeader, start, "the header line %q contains NUL, expected an empty line that ends the header", clip(line[:seen+i]))
	}
	if text := bytes.TrimSuffix(line, []byte("\r")); whole && len(text) > 0 && bytes.IndexByte(text, ':') < 1 {
		return malformed(BadHeader, start, "found %q, expected a header line such as destination:/queue/a", clip(text))
	}
	return nil
}

// stompValue returns where the value of a content-length line begins, or -1 for
// another line. Version 1.0 allowed blanks before it.
func stompValue(line []byte) int {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !bytes.Equal(name, stompLength) {
		return -1
	}
	return len(line) - len(bytes.TrimLeft(value, " \t"))
}

// stompNumber reads the value at line[at:] of a line that starts at start.
func stompNumber(line []byte, start, at int) (int64, error) {
	digits := bytes.TrimRight(line[at:], " \t")
	if !isDecimal(digits) {
		return 0, malformed(BadLength, start+at, "%q is not a length, expected decimal digits", clip(digits))
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || n > 1<<63-1-maxHeader {
		return 0, tooLong(start+at, "length %s is longer than any stream", clip(digits))
	}
	return n, nil
}

// stompSize finds the first content-length in a header that has one.
func stompSize(header []byte) (at int, n int64) {
	for start := 0; start < len(header); {
		line, _, _ := bytes.Cut(header[start:], []byte("\n"))
		if at := stompValue(line); at >= 0 && start > 0 {
			n, _ := stompNumber(bytes.TrimSuffix(line, []byte("\r")), start, at)
			return start + at, n
		}
		start += len(line) + 1
	}
	return 0, 0
}

func (s stomp) Split(b []byte, spans []Span) []Span { return splitScan(s, b, spans) }

// Append does not change a header without content-length, unless the payload contains a
// NUL, which is possible only with a length.
func (s stomp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if counted, ok := stompWrote(like); ok && !counted && bytes.IndexByte(payload, 0) < 0 {
		return append(append(append(dst, like.Header...), payload...), 0), nil
	}
	return appendAnnounced(s, dst, like, payload)
}

// stompWrote reports whether like are the marks of a frame, and whether these have a length.
func stompWrote(like Marks) (counted, ok bool) {
	var c Cursor
	h := like.Header
	whole, err := stompHeader(h[:min(len(h), maxHeader)], &c, 0)
	ok = err == nil && whole && int(c.Pending>>stompOffset) == len(h) && string(like.Trailer) == "\x00"
	return c.Pending&stompCounted != 0, ok
}

func (s stomp) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if like.none() {
		return append(strconv.AppendInt(append(dst, "SEND\ndestination:/queue/a\ncontent-length:"...), size, 10), "\n\n"...), nil
	}
	counted, ok := stompWrote(like)
	if !ok {
		return dst, ErrMarks
	}
	start, h := len(dst), like.Header
	if counted {
		at, _ := stompSize(h)
		dst = strconv.AppendInt(append(dst, h[:at]...), size, 10)
		dst = append(dst, bytes.TrimLeft(h[at:], "0123456789")...)
	} else {
		end := h[len(h)-1:]
		if h[len(h)-2] == '\r' {
			end = h[len(h)-2:]
		}
		dst = append(append(dst, h[:len(h)-len(end)]...), "content-length:"...)
		dst = append(append(strconv.AppendInt(dst, size, 10), end...), end...)
	}
	if len(dst)-start > maxHeader {
		return dst[:start], ErrMarks
	}
	return dst, nil
}

func (stomp) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return append(dst, 0) }

func (stomp) Sync(b []byte) (int, bool) { return syncAfter(b, "\x00") }

// Describe returns the command.
func (stomp) Describe(dst []FieldText, header, _ []byte) []FieldText {
	line, _, ok := bytes.Cut(header, []byte("\n"))
	if !ok {
		return dst
	}
	return append(dst, FieldText{"command", string(bytes.TrimSuffix(line, []byte("\r")))})
}

func parseStomp(*Entry, *settings) (Framing, error) { return stomp{}, nil }

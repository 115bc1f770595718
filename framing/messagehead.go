package framing

import (
	"bytes"
	"strconv"
)

// A head is how the messages of HTTP and its relatives begin: a first line, header lines and
// an empty line.
//
//	RTSP/1.0 200 OK\r\n
//	CSeq: 2\r\n
//	Content-Length: 5\r\n
//	\r\n
//
// Some peers end a line in LF alone, or continue a line in the next one, which then begins with a
// blank.
//
// Sources: RFC 9112 sections 2 to 5; RFC 2326 section 4; RFC 3261 section 7.
type head struct {
	version string // begins the first line of a response, and the last word of a request's
	first   string // what a frame begins with, for errors
	line    string // a first line, for errors
	header  string // a header line, for errors
	short   string // another name of Content-Length, or ""
	bare    bool   // the first line is the version alone
	text    bool   // header lines contain no control characters
	strict  bool   // refuse lines that end in LF alone, and those that continue another
}

// Pending in the Cursor holds these bits while a head is read, and above them the start of the line
// that is not read yet.
const (
	headNamed  = 1 << iota // the first word of that line, or its name, is good
	headSecond             // it is the first line after METHOD URI or CODE REASON
	headRead               // the head is read: for the framing, which then has the other bits
	headOffset = iota
)

// scan reads what has arrived of a head. It returns its length, or 0 if it is not whole. Skip is
// the length of the fill before b, which the Cursor's Seen counts too.
func (h *head) scan(b []byte, skip int, c *Cursor) (n int, err error) {
	b = b[:min(len(b), maxHeader)] // a longer one is refused
	for {
		// The lines before start are good; the line at start was examined up to Seen.
		start := int(c.Pending >> headOffset)
		seen := max(start, c.Seen-skip)
		line, next := textLine(b, start, seen)
		if err := h.check(line, start, seen-start, next, c); err != nil {
			return 0, err
		}
		if next == 0 {
			if c.Seen = skip + len(b); len(b) == maxHeader {
				return 0, longHeader()
			}
			return 0, ErrMore
		}
		c.Pending = int64(next) << headOffset
		if start == 0 {
			c.Pending |= headSecond
		}
		if len(line) == 0 {
			return next, nil
		}
	}
}

// emptyLines returns the length of the empty lines at the start of b.
func emptyLines(b []byte) (n int) {
	for {
		switch {
		case bytes.HasPrefix(b[n:], []byte("\r\n")):
			n += 2
		case bytes.HasPrefix(b[n:], []byte("\n")):
			n++
		default:
			return n
		}
	}
}

// textLine returns what has arrived of the line at start, without its end, and where the
// next line begins, or 0. It has been checked that b[start:seen] contains no end of line.
func textLine(b []byte, start, seen int) (line []byte, next int) {
	line = b[start:]
	if i := bytes.IndexByte(b[seen:], '\n'); i >= 0 {
		next = seen + i + 1
		line = b[start : next-1]
	}
	return bytes.TrimSuffix(line, []byte("\r")), next
}

// check checks what has arrived of the line at start. The bytes before seen were checked
// before. Next is where the next line begins, or 0.
func (h *head) check(line []byte, start, seen, next int, c *Cursor) error {
	if c.Pending&headNamed == 0 {
		if err := h.name(line, start, seen, next > 0, c); err != nil {
			return err
		}
	}
	if h.text && c.Pending&headNamed != 0 {
		if at := badControl(line, seen, true); at >= 0 {
			return malformed(BadHeader, start+at, "found %q in a line, expected text, then CR LF", line[at:at+1])
		}
	}
	switch {
	case next == 0:
		return nil
	case h.strict && next == start+len(line)+1:
		return malformed(BadHeader, next-1, "found LF alone, expected CR LF at the end of a line")
	case start == 0:
		return h.checkFirst(line)
	}
	_, _, err := h.length(line, start)
	return err
}

// name checks the first word of a message, or the name of a header line, as far as it has
// arrived.
func (h *head) name(line []byte, start, seen int, whole bool, c *Cursor) error {
	if start == 0 {
		for i := max(0, min(seen, len(line))-1); i < len(line); i++ { // the last byte seen may be a CR
			switch v := line[i]; {
			case v == ' ':
				c.Pending |= headNamed
				return nil
			case v != '/' && !isNameByte(v):
				return malformed(BadHeader, 0, "found %q, expected %s", clip(line[:i+1]), h.first)
			}
		}
		return nil
	}
	if c.Pending&headSecond == 0 && len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		if h.strict {
			return malformed(BadHeader, start, "found %q, expected a header line: one that continues the line before is obsolete", line[:1])
		}
		c.Pending |= headNamed // it continues the line before
		return nil
	}
	at, named := badName(line, seen, whole)
	if at >= 0 {
		return malformed(BadHeader, start, "found %q, expected a header line such as %s", clip(line[:max(1, at)]), h.header)
	}
	if named {
		c.Pending |= headNamed
	}
	return nil
}

// checkFirst checks a first line: METHOD URI VERSION, or VERSION CODE REASON.
func (h *head) checkFirst(line []byte) error {
	if h.bare && bytes.HasPrefix(line, []byte(h.version)) && bytes.IndexByte(line, ' ') < 0 {
		return nil
	}
	last := line[bytes.LastIndexByte(line, ' ')+1:]
	first := bytes.IndexByte(line, ' ')
	if h.bare || h.status(line) == 0 && (first < 1 || !bytes.HasPrefix(last, []byte(h.version))) {
		return malformed(BadHeader, 0, "found %q, expected a first line such as %s", clip(line), h.line)
	}
	return nil
}

// status returns the code in a response's first line, or 0.
func (h *head) status(line []byte) int {
	version, rest, _ := bytes.Cut(line, []byte(" "))
	if !bytes.HasPrefix(version, []byte(h.version)) || len(rest) < 3 || !isDecimal(rest[:3]) {
		return 0
	}
	return int(rest[0]-'0')*100 + int(rest[1]-'0')*10 + int(rest[2]-'0')
}

// bodiless reports whether a response with this code has no body, whatever is in its
// header.
func bodiless(code int) bool {
	return code >= 100 && code < 200 || code == 204 || code == 304
}

// length returns the value of a Content-Length line and where it is in the line; the size is -1
// for any other line.
func (h *head) length(line []byte, start int) (size int64, at int, err error) {
	if name, value, ok := bytes.Cut(line, []byte(":")); ok && h.short != "" && bytes.EqualFold(name, []byte(h.short)) {
		return lengthValue(value, len(name)+1, start)
	}
	return lengthOf(line, start)
}

// announced reads the length from a whole head of valid lines; Body is -1 if it has none.
func (h *head) announced(b []byte) (Extent, error) {
	e := Extent{Header: len(b), Body: -1, Announced: true}
	for start := 0; start < len(b); {
		line, next := textLine(b, start, start)
		switch size, at, _ := h.length(line, start); {
		case start == 0 || at < 0:
		case e.Body < 0:
			e.Body, e.Field = size, start+at
		case size != e.Body:
			return Extent{}, malformed(duplicateLength, start+at, "the second Content-Length is %d, but the first is %d", size, e.Body)
		}
		start = next
	}
	return e, nil
}

// appendLike appends the head b, in which the length of the body is changed. If b has no length,
// one is added.
func (h *head) appendLike(dst, b []byte, was, size int64) ([]byte, error) {
	if was == size {
		return append(dst, b...), nil
	}
	before, counted := len(dst), false
	for start := 0; start < len(b); {
		line, next := textLine(b, start, start)
		end := b[start+len(line) : next]
		switch _, at, _ := h.length(line, start); {
		case start > 0 && at >= 0:
			counted = true
			dst = strconv.AppendInt(append(dst, line[:at]...), size, 10)
		case len(line) == 0 && !counted:
			dst = strconv.AppendInt(append(dst, "Content-Length: "...), size, 10)
			dst = append(dst, end...)
		default:
			dst = append(dst, line...)
		}
		dst = append(dst, end...)
		start = next
	}
	if len(dst)-before > maxHeader {
		return dst[:before], ErrMarks
	}
	return dst, nil
}

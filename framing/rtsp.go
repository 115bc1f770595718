package framing

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// rtsp is a connection of the Real Time Streaming Protocol: requests and responses
// in lines of text, and between them frames of media, which begin with a dollar.
//
//	$ | channel | length, 2 bytes | data
//
//	RTSP/1.0 200 OK\r\n
//	CSeq: 2\r\n
//	Content-Length: 5\r\n
//	\r\n
//	hello
//
// Without Content-Length a message has no body. Some peers end a line in LF alone, or send
// empty lines before a message. Both are accepted; the empty lines are fill.
//
// Sources: RFC 2326 sections 4 and 10.12; RFC 7826 section 14.
type rtsp struct{}

func (rtsp) String() string { return "rtsp" }

// Pending in the Cursor holds these bits, and above them the start of the line that is not
// read yet.
const (
	rtspNamed  = 1 << iota // the first word of that line, or its name, is good
	rtspSecond             // it is the first line after METHOD URI or CODE REASON
	rtspOffset = iota
)

func (rtsp) Scan(b []byte, c *Cursor) (Extent, error) {
	skip := emptyLines(b)
	b = b[skip:]
	if len(b) > 0 && b[0] == '$' {
		e, err := rtspMedia(b)
		e.Skip = skip
		return e, err
	}
	b = b[:min(len(b), maxHeader)] // a longer header is refused
	for {
		// The lines before start are good; the line at start was examined up to Seen.
		start := int(c.Pending >> rtspOffset)
		seen := max(start, c.Seen-skip)
		line, next := textLine(b, start, seen)
		if err := rtspLine(line, start, seen-start, next > 0, c); err != nil {
			return Extent{Skip: skip}, err
		}
		if next == 0 {
			if c.Seen = skip + len(b); len(b) == maxHeader {
				return Extent{Skip: skip}, longHeader()
			}
			return Extent{Skip: skip}, ErrMore
		}
		c.Pending = int64(next) << rtspOffset
		if start == 0 {
			c.Pending |= rtspSecond
		}
		if len(line) == 0 {
			e, err := rtspMessage(b[:next])
			e.Skip = skip
			return e, err
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

// rtspMedia measures an interleaved frame.
func rtspMedia(b []byte) (Extent, error) {
	if len(b) < 4 {
		return Extent{}, ErrMore
	}
	return Extent{Header: 4, Body: int64(binary.BigEndian.Uint16(b[2:])), Announced: true, Field: 2}, nil
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

// rtspLine checks what has arrived of the line at start. The bytes before seen were checked
// before.
func rtspLine(line []byte, start, seen int, whole bool, c *Cursor) error {
	if c.Pending&rtspNamed == 0 {
		if err := rtspName(line, start, seen, whole, c); err != nil {
			return err
		}
	}
	switch {
	case !whole:
		return nil
	case start == 0:
		return rtspStart(line)
	}
	_, _, err := lengthOf(line, start)
	return err
}

// rtspName checks the first word of a message, or the name of a header line, as far as it has
// arrived.
func rtspName(line []byte, start, seen int, whole bool, c *Cursor) error {
	if start == 0 {
		for i := max(0, min(seen, len(line))-1); i < len(line); i++ { // the last byte seen may be a CR
			switch v := line[i]; {
			case v == ' ':
				c.Pending |= rtspNamed
				return nil
			case v != '/' && !isNameByte(v):
				return malformed(BadHeader, 0, "found %q, expected the first line of a message or an interleaved frame", clip(line[:i+1]))
			}
		}
		return nil
	}
	if c.Pending&rtspSecond == 0 && len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		c.Pending |= rtspNamed // it continues the line before
		return nil
	}
	at, named := badName(line, seen, whole)
	if at >= 0 {
		return malformed(BadHeader, start, "found %q, expected a header line such as CSeq: 2", clip(line[:max(1, at)]))
	}
	if named {
		c.Pending |= rtspNamed
	}
	return nil
}

// rtspStart checks a first line: METHOD URI RTSP/1.0, or RTSP/1.0 CODE REASON.
func rtspStart(line []byte) error {
	last := line[bytes.LastIndexByte(line, ' ')+1:]
	first := bytes.IndexByte(line, ' ')
	if rtspStatus(line) == 0 && (first < 1 || !bytes.HasPrefix(last, []byte("RTSP/"))) {
		return malformed(BadHeader, 0, "found %q, expected a first line such as OPTIONS * RTSP/1.0", clip(line))
	}
	return nil
}

// rtspStatus returns the code in a response's first line, or 0.
func rtspStatus(line []byte) int {
	version, rest, _ := bytes.Cut(line, []byte(" "))
	if !bytes.HasPrefix(version, []byte("RTSP/")) || len(rest) < 3 || !isDecimal(rest[:3]) {
		return 0
	}
	code, _ := strconv.Atoi(string(rest[:3]))
	return code
}

// bodiless reports whether a response with this code has no body, whatever is in its
// header.
func bodiless(code int) bool {
	return code >= 100 && code < 200 || code == 204 || code == 304
}

// rtspMessage reads the length from a whole header of valid lines.
func rtspMessage(header []byte) (Extent, error) {
	e := Extent{Header: len(header), Body: -1, Announced: true}
	for start := 0; start < len(header); {
		line, next := textLine(header, start, start)
		size, at, _ := lengthOf(line, start)
		switch {
		case start == 0 && bodiless(rtspStatus(line)):
			return Extent{Header: len(header), Announced: true}, nil
		case start == 0 || at < 0:
		case e.Body < 0:
			e.Body, e.Field = size, start+at
		case size != e.Body:
			return Extent{}, malformed(duplicateLength, start+at, "the second Content-Length is %d, but the first is %d", size, e.Body)
		}
		start = next
	}
	e.Body = max(0, e.Body)
	return e, nil
}

func (f rtsp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(f, dst, like, payload)
}

func (f rtsp) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	channel := byte(0)
	if !like.none() {
		e, err := f.Scan(like.Header, new(Cursor))
		switch {
		case err != nil || e.Skip > 0 || e.Header != len(like.Header) || len(like.Trailer) > 0:
			return dst, ErrMarks
		case like.Header[0] != '$':
			return appendRTSP(dst, like.Header, e.Body, size)
		}
		channel = like.Header[1]
	}
	if size > math.MaxUint16 {
		return dst, payloadError("a payload of %s is too long for rtsp, whose interleaved frames hold at most %d", plural(size, "byte"), math.MaxUint16)
	}
	return append(dst, '$', channel, byte(size>>8), byte(size)), nil
}

// appendRTSP appends a message header in which the length of the body is changed.
func appendRTSP(dst, header []byte, was, size int64) ([]byte, error) {
	if was == size {
		return append(dst, header...), nil
	}
	before, counted := len(dst), false
	for start := 0; start < len(header); {
		line, next := textLine(header, start, start)
		end := header[start+len(line) : next]
		switch _, at, _ := lengthOf(line, start); {
		case start == 0 && bodiless(rtspStatus(line)):
			return dst, ErrMarks
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

func (rtsp) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

// Split measures media frames only, as there are many of them; Scan measures messages.
func (rtsp) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) && at < len(b) && b[at] == '$' {
		e, err := rtspMedia(b[at:])
		if err != nil || int(e.Body) > len(b)-at-e.Header {
			break
		}
		s := spanOf(e, at)
		spans, at = append(spans, s), s.End
	}
	return spans
}

func (rtsp) Describe(dst []FieldText, header, _ []byte) []FieldText {
	if len(header) > 1 && header[0] == '$' {
		return append(dst, FieldText{"channel", fmt.Sprint(header[1])})
	}
	line, _ := textLine(header, 0, 0)
	first, rest, _ := bytes.Cut(line, []byte(" "))
	if rtspStatus(line) > 0 {
		return append(dst, FieldText{"status", printable(rest)})
	}
	uri, _, _ := bytes.Cut(rest, []byte(" "))
	return append(dst, FieldText{"method", printable(first)}, FieldText{"uri", printable(uri)})
}

func (rtsp) known(field string) ([]FieldText, func(string) string) {
	if field == "channel" {
		return nil, otherThan(nil, "%d", 255)
	}
	return nil, nil
}

func parseRTSP(*Entry, *settings) (Framing, error) { return rtsp{}, nil }

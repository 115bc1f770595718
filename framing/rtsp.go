package framing

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
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
//	                         | hello
//
// Without Content-Length a message has no body. Some peers end a line in LF alone, or send
// empty lines before a message. Both are accepted; the empty lines are fill.
//
// Sources: RFC 2326 sections 4 and 10.12; RFC 7826 section 14.
type rtsp struct{}

func (rtsp) String() string { return "rtsp" }

// rtspHead is how its messages begin.
var rtspHead = head{version: "RTSP/", first: "the first line of a message or an interleaved frame", line: "OPTIONS * RTSP/1.0", header: "CSeq: 2"}

func (rtsp) Scan(b []byte, c *Cursor) (Extent, error) {
	skip := emptyLines(b)
	b = b[skip:]
	if len(b) > 0 && b[0] == '$' {
		e, err := rtspMedia(b)
		e.Skip = skip
		return e, err
	}
	n, err := rtspHead.scan(b, skip, c)
	if err != nil {
		return Extent{Skip: skip}, err
	}
	e, err := rtspMessage(b[:n])
	e.Skip = skip
	return e, err
}

// rtspMedia measures an interleaved frame.
func rtspMedia(b []byte) (Extent, error) {
	if len(b) < 4 {
		return Extent{}, ErrMore
	}
	return Extent{Header: 4, Body: int64(binary.BigEndian.Uint16(b[2:])), Announced: true, Field: 2}, nil
}

// rtspMessage reads the length from a whole header of valid lines.
func rtspMessage(header []byte) (Extent, error) {
	if line, _ := textLine(header, 0, 0); bodiless(rtspHead.status(line)) {
		return Extent{Header: len(header), Announced: true}, nil
	}
	e, err := rtspHead.announced(header)
	e.Body = max(0, e.Body)
	return e, err
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
			if line, _ := textLine(like.Header, 0, 0); size > 0 && bodiless(rtspHead.status(line)) {
				return dst, ErrMarks
			}
			return rtspHead.appendLike(dst, like.Header, e.Body, size)
		}
		channel = like.Header[1]
	}
	if size > math.MaxUint16 {
		return dst, payloadError("a payload of %s is too long for rtsp, whose interleaved frames hold at most %d", plural(size, "byte"), math.MaxUint16)
	}
	return append(dst, '$', channel, byte(size>>8), byte(size)), nil
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
	if rtspHead.status(line) > 0 {
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

package framing

import (
	"bytes"
	"strconv"
)

// headed is a message that begins with a head, of which Content-Length is a line: sip and
// warc. Empty lines before a message, such as those that keep a SIP connection open, are fill.
//
//	MESSAGE sip:a SIP/2.0\r\n     WARC/1.0\r\n
//	Content-Length: 5\r\n         Content-Length: 5\r\n
//	\r\n                          \r\n
//	         | hello                       | hello | \r\n\r\n
//
// Sources: RFC 3261 sections 7, 18.3 and 20.14, RFC 5626 section 3.5.1; ISO 28500 (WARC 1.1) section 4.
type headed struct {
	name   string
	head            // whose first line is written as its line
	more   string   // lines of the default head
	tail   string   // after the payload
	fields []string // that Describe returns besides those of the first line: a name, and the header line that has it
}

func (h *headed) String() string {
	if h.strict {
		return h.name + ":strict"
	}
	return h.name
}

func (h *headed) Scan(b []byte, c *Cursor) (Extent, error) {
	skip := emptyLines(b)
	n, err := h.scan(b[skip:], skip, c)
	if err != nil {
		return Extent{Skip: skip}, err
	}
	e, err := h.announced(b[skip : skip+n])
	if err == nil && e.Body < 0 {
		if e.Body = 0; h.strict || h.bare {
			err = malformed(missingLength, 0, "the header has no Content-Length")
		}
	}
	e.Skip, e.Trailer, e.Want = skip, len(h.tail), h.tail
	return e, err
}

func (h *headed) Split(b []byte, spans []Span) []Span { return splitScan(h, b, spans) }

func (h *headed) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(h, dst, like, payload)
}

func (h *headed) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if like.none() {
		dst = append(append(append(dst, h.line...), "\r\n"...), h.more...)
		return append(strconv.AppendInt(append(dst, "Content-Length: "...), size, 10), "\r\n\r\n"...), nil
	}
	c := cursors.Get().(*Cursor)
	defer cursors.Put(c)
	*c = Cursor{}
	e, err := h.Scan(like.Header, c)
	if err != nil || e.Skip > 0 || e.Header != len(like.Header) || string(like.Trailer) != h.tail {
		return dst, ErrMarks
	}
	return h.appendLike(dst, like.Header, e.Body, size)
}

func (h *headed) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return append(dst, h.tail...) }

// Describe returns the parts of the first line, and the values of some header lines.
func (h *headed) Describe(dst []FieldText, header, _ []byte) []FieldText {
	line, next := textLine(header, 0, 0)
	first, rest, _ := bytes.Cut(line, []byte(" "))
	switch code := h.status(line); {
	case h.bare:
	case code > 0:
		dst = append(dst, FieldText{"status", strconv.Itoa(code)})
	default:
		uri, _, _ := bytes.Cut(rest, []byte(" "))
		dst = append(dst, FieldText{"method", printable(first)}, FieldText{"uri", printable(uri)})
	}
	for start := next; start < len(header); start = next {
		line, next = textLine(header, start, start)
		name, value, _ := bytes.Cut(line, []byte(":"))
		for i := 0; i < len(h.fields); i += 2 {
			if bytes.EqualFold(name, []byte(h.fields[i+1])) {
				dst = append(dst, FieldText{h.fields[i], printable(bytes.TrimSpace(value))})
			}
		}
	}
	return dst
}

func (h *headed) known(field string) ([]FieldText, func(string) string) {
	if field == "status" {
		return nil, otherThan(nil, "%d", 999)
	}
	return nil, nil
}

func parseSIP(_ *Entry, s *settings) (Framing, error) {
	return &headed{name: "sip", fields: []string{"call-id", "Call-ID", "call-id", "i", "cseq", "CSeq"}, head: head{version: "SIP/", short: "l", text: true, strict: s.word("strict"),
		first: "the first line of a message", line: "MESSAGE sip:localhost SIP/2.0", header: "CSeq: 1 INVITE"}}, nil
}

func parseWARC(_ *Entry, s *settings) (Framing, error) {
	return &headed{name: "warc", fields: []string{"type", "WARC-Type", "uri", "WARC-Target-URI"}, tail: "\r\n\r\n",
		more: "WARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\nWARC-Date: 1970-01-01T00:00:00Z\r\n",
		head: head{version: "WARC/", bare: true, text: true, strict: s.word("strict"),
			first: "the first line of a record", line: "WARC/1.0", header: "WARC-Type: response"}}, nil
}

package framing

import (
	"encoding/binary"
	"fmt"
)

// http2 is HTTP/2's frame: a length of 3 bytes, type, flags and stream.
//
//	00 00 05 | 00 | 00 | 00 00 00 01 | hello
//	length   type flags  stream        payload
//
// A client's first bytes are a preface, which is a frame of its own without a
// message. Its first bytes show what it is. With role=client it must be there.
//
// Source: RFC 9113 sections 3.4, 4.1 and 4.2.
type http2 struct {
	client, strict bool
	max            int64 // SETTINGS_MAX_FRAME_SIZE
	open           bool  // the peer may have allowed more than max
}

const (
	http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	http2Max     = 16 << 10 // until the peer allows more
)

func (h *http2) String() string {
	w := newSpec("http2")
	if h.client {
		w.arg("role=client")
	}
	if h.max != http2Max || !h.open && !h.strict {
		w.arg("max=%d", h.max)
	}
	w.word("strict", h.strict)
	return w.b.String()
}

func (h *http2) Scan(b []byte, c *Cursor) (Extent, error) {
	if h.client && c.Stream == 0 || len(b) >= 4 && string(b[:4]) == http2Preface[:4] {
		if i := differs(b, 0, http2Preface); i >= 0 {
			return Extent{}, malformed(BadMagic, i, "found %q, expected the preface %q", b[:i+1], http2Preface)
		}
		if len(b) < len(http2Preface) {
			return Extent{}, ErrMore
		}
		c.Stream = 1
		return Extent{Header: len(http2Preface), Silent: true}, nil
	}
	e, err := h.frame(b, c.Stream > 0)
	if err == nil {
		c.Stream = 1
	}
	return e, err
}

// frame measures a frame. The first one of a stream is SETTINGS, so it is never large.
func (h *http2) frame(b []byte, later bool) (Extent, error) {
	if len(b) < 9 {
		return Extent{}, ErrMore
	}
	n := int64(u24be(b))
	if n > h.max && !(h.open && later && http2Large(b)) {
		return Extent{Header: 9, Body: n, Announced: true}, tooLong(0, "length %d is over the maximum %d of %s", n, h.max, h)
	}
	if h.strict && !http2Fits(b[3], b[4], n) {
		return Extent{}, malformed(lengthInvalid, 0, "length %d is not allowed in a frame of type %s", n, http2Types.Of(uint64(b[3])))
	}
	return Extent{Header: 9, Body: n, Announced: true}, nil
}

// http2Large reports whether a frame with this header may be larger than every peer accepts: it has data
// or header fields, and no flags, stream or reserved bit that such a frame does not have.
func http2Large(b []byte) bool {
	flags := byte(0)
	switch b[3] {
	case 0: // DATA: END_STREAM, PADDED
		flags = 0x09
	case 1: // HEADERS: also END_HEADERS, PRIORITY
		flags = 0x2d
	case 5: // PUSH_PROMISE: END_HEADERS, PADDED
		flags = 0x0c
	case 9: // CONTINUATION: END_HEADERS
		flags = 0x04
	default:
		return false
	}
	stream := binary.BigEndian.Uint32(b[5:])
	return b[4]&^flags == 0 && stream > 0 && stream < 1<<31
}

func (h *http2) lenience() func(header []byte) string {
	if !h.open {
		return nil
	}
	return h.unusual
}

func (h *http2) unusual(header []byte) string {
	if len(header) != 9 || int64(u24be(header)) <= h.max {
		return ""
	}
	return fmt.Sprintf("length %d is over %d, the most before the other side allows more, with SETTINGS_MAX_FRAME_SIZE", u24be(header), h.max)
}

func u24be(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// http2Fits reports whether a frame of this type can have n bytes (RFC 9113 section 6).
func http2Fits(kind, flags byte, n int64) bool {
	const padded = 8
	switch kind {
	case 0: // DATA, which may begin with the length of its padding
		return n > 0 || flags&padded == 0
	case 2: // PRIORITY
		return n == 5
	case 3, 8: // RST_STREAM, WINDOW_UPDATE
		return n == 4
	case 4: // SETTINGS; empty if it is an acknowledgement
		return n%6 == 0 && (n == 0 || flags&1 == 0)
	case 6: // PING
		return n == 8
	case 7: // GOAWAY
		return n >= 8
	}
	return true
}

func (h *http2) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) {
		e, err := h.frame(b[at:], len(spans) > 0)
		if err != nil || e.Body > int64(len(b)-at-9) || string(b[at:at+4]) == http2Preface[:4] {
			break
		}
		s := spanOf(e, at)
		spans = append(spans, s)
		at = s.End
	}
	return spans
}

func (h *http2) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(h, dst, like, payload)
}

func (h *http2) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	rest := []byte{0, 0, 0, 0, 0, 1} // DATA on stream 1
	switch {
	case like.none() && h.client:
		return dst, payloadError("%s begins with the preface, so the first message needs it as its header", h)
	case like.none():
	case len(like.Trailer) > 0:
		return dst, ErrMarks
	case string(like.Header) == http2Preface && size == 0:
		return append(dst, http2Preface...), nil
	case len(like.Header) == 9 && (!h.strict || http2Fits(like.Header[3], like.Header[4], size)):
		rest = like.Header[3:]
	default:
		return dst, ErrMarks
	}
	if size > h.max && !(h.open && size < 1<<24 && !like.none() && http2Large(like.Header)) {
		return dst, payloadError("a payload of %s is too long for %s", plural(size, "byte"), h)
	}
	start := len(dst)
	dst = append(binary.BigEndian.AppendUint32(dst, uint32(size)<<8)[:start+3], rest...)
	if string(dst[start:start+4]) == http2Preface[:4] {
		return dst[:start], ErrMarks // it would be read as the preface
	}
	return dst, nil
}

func (*http2) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

var http2Types = names{
	{0, "DATA"}, {1, "HEADERS"}, {2, "PRIORITY"}, {3, "RST_STREAM"}, {4, "SETTINGS"}, {5, "PUSH_PROMISE"}, {6, "PING"}, {7, "GOAWAY"},
	{8, "WINDOW_UPDATE"}, {9, "CONTINUATION"}, {10, "ALTSVC"}, {12, "ORIGIN"}, {16, "PRIORITY_UPDATE"},
}

func parseHTTP2(_ *Entry, s *settings) (Framing, error) {
	h := &http2{
		client: s.choice("role", 1, "client", "server") == 0,
		open:   s.users("max") == nil,
		max:    s.sizeUpTo("max", http2Max, 1<<24-1),
		strict: s.word("strict"),
	}
	h.open = h.open && !h.strict
	return h, nil
}

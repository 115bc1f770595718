package framing

import (
	"bytes"
	"strconv"
)

// counted is a decimal length, a separator, the payload and maybe a trailer.
//
//	netstring   5:hello,    D. J. Bernstein, netstrings.txt (1997)
//	syslog      5 hello     RFC 6587 section 3.4.1, octet counting
type counted struct {
	name    string
	sep     byte
	trailer string
	first   byte // the smallest first digit; 1 for syslog, which has no empty message
}

var (
	netstring = &counted{"netstring", ':', ",", '0'}
	syslog    = &counted{"syslog", ' ', "", '1'}
)

// maxDigits bounds a decimal length: no stream is so long that it needs more.
const maxDigits = 19

func (n *counted) String() string { return n.name }

func (n *counted) Scan(b []byte, _ *Cursor) (Extent, error) {
	size := int64(0)
	for i, c := range b {
		if c == n.sep && i > 0 {
			if b[0] < n.first {
				return Extent{}, malformed(BadLength, 0, "the length is 0, but %s has no empty message", n.name)
			}
			return Extent{
				Header: i + 1, Body: size, Trailer: len(n.trailer), Want: n.trailer, Announced: true,
			}, nil
		}
		switch {
		case c-'0' > 9 && i > 0 && b[0] < n.first:
			return Extent{}, malformed(BadLength, 0, "the length is 0, but %s has no empty message", n.name)
		case c-'0' > 9 && i == 0:
			return Extent{}, malformed(BadLength, i, "found %q, expected the first digit of a length", b[i:i+1])
		case c-'0' > 9:
			return Extent{}, malformed(BadLength, i, "found %q in a length, expected a digit or %q", b[i:i+1], n.sep)
		case i == 1 && b[0] == '0':
			return Extent{}, malformed(leadingZero, 0, "the length has a leading zero")
		case i == maxDigits-1:
			return Extent{}, longDigits(b, 0, i+1, 10)
		}
		size = size*10 + int64(c-'0')
	}
	return Extent{}, ErrMore
}

func (n *counted) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(n, dst, like, payload)
}

func (n *counted) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if size == 0 && n.first > '0' {
		return dst, payloadError("%s has no empty message", n.name)
	}
	if !like.none() {
		e, err := n.Scan(like.Header, new(Cursor))
		if err != nil || e.Header != len(like.Header) || string(like.Trailer) != n.trailer {
			return dst, ErrMarks
		}
	}
	return append(strconv.AppendInt(dst, size, 10), n.sep), nil
}

func (n *counted) AppendTrailer(dst []byte, _ Marks, _ int64) []byte {
	return append(dst, n.trailer...)
}

func (n *counted) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) {
		h, size := at, int64(0)
		for h < len(b) && h-at < maxDigits-1 && b[h]-'0' <= 9 {
			size = size*10 + int64(b[h]-'0')
			h++
		}
		if h == at || h == len(b) || b[h] != n.sep || b[at] < n.first || b[at] == '0' && h > at+1 {
			break
		}
		h++
		if len(b)-h < len(n.trailer) || size > int64(len(b)-h-len(n.trailer)) {
			break
		}
		end := h + int(size)
		if n.trailer != "" && b[end] != n.trailer[0] {
			break
		}
		spans = append(spans, Span{at, h, end, end + len(n.trailer)})
		at = end + len(n.trailer)
	}
	return spans
}

func (n *counted) AppendAll(dst, src []byte, spans []Span) ([]byte, int) {
	dst = growFor(dst, spans, maxDigits+2)
	for i, s := range spans {
		size := s.BodyEnd - s.HeaderEnd
		if size == 0 && n.first > '0' {
			return dst, i
		}
		dst = append(strconv.AppendInt(dst, int64(size), 10), n.sep)
		k := len(dst)
		dst = dst[:k+size+len(n.trailer)]
		copyShort(dst[k:cap(dst)], src, s.HeaderEnd, size)
		copy(dst[k+size:], n.trailer)
	}
	return dst, len(spans)
}

// longDigits returns the error for a length that begins with the digits b[at:end] and is
// longer than any stream. It is ErrMore until the byte after them shows whether there are
// more digits.
func longDigits(b []byte, at, end, base int) error {
	if end == len(b) {
		return ErrMore
	}
	more := ""
	if d := hexDigit(b[end]); d >= 0 && d < base {
		more = "…"
	}
	return tooLong(at, "length %s%s is longer than any stream", b[at:end], more)
}

// isDecimal reports whether b is one digit or more, and nothing else.
func isDecimal(b []byte) bool {
	return len(b) > 0 && len(bytes.Trim(b, "0123456789")) == 0
}

func parseCounted(k *Entry, _ *settings) (Framing, error) {
	if k.Name == syslog.name {
		return syslog, nil
	}
	return netstring, nil
}

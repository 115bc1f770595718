package framing

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// delim marks the end of each payload with a delimiter: lines, crlf, nul, any
// bytes. The leftmost match counts. With an escape byte E, E X stands for X in
// the payload and E E for E.
//
// Sources: bufio.Scanner, twisted's LineOnlyReceiver, Netty's
// DelimiterBasedFrameDecoder; the escape is convention, no standard.
//
// With magic, each frame begins with those bytes: they are its header.
type delim struct {
	magic  string
	mark   string
	needle []byte // mark
	lax    bool   // what stands behind the last delimiter is a payload too
}

func (d *delim) String() string {
	if d.magic == "" {
		switch d.mark {
		case "\n":
			return "lines"
		case "\r\n":
			return "crlf"
		case "\x00":
			return "nul"
		}
	}
	w := newSpec("delim:" + escapeSpec(d.mark))
	w.args = true
	w.bytes("magic", d.magic)
	return w.b.String()
}

func (d *delim) Scan(b []byte, c *Cursor) (Extent, error) {
	h := len(d.magic)
	if h > 0 {
		if err := checkMagic(b, 0, d.magic); err != nil || len(b) < h {
			return Extent{}, cmp.Or(err, ErrMore)
		}
	}
	at := max(h, c.Seen)
	if i := d.index(b[at:]); i >= 0 {
		return Extent{Header: h, Body: int64(at + i - h), Trailer: len(d.mark)}, nil
	}
	if d.lax && c.EOF && len(b) > 0 {
		return Extent{Body: int64(len(b))}, nil
	}
	c.Seen = len(b) - d.partial(b[h:])
	return Extent{Body: int64(c.Seen - h)}, ErrMore
}

func (d *delim) index(b []byte) int {
	if len(d.mark) == 1 {
		return bytes.IndexByte(b, d.mark[0])
	}
	return bytes.Index(b, d.needle)
}

// partial is how many bytes at the end of b may begin the delimiter.
func (d *delim) partial(b []byte) int {
	for n := min(len(d.mark)-1, len(b)); n > 0; n-- {
		if string(b[len(b)-n:]) == d.mark[:n] {
			return n
		}
	}
	return 0
}

func (d *delim) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (string(like.Header) != d.magic || string(like.Trailer) != d.mark) {
		return dst, ErrMarks
	}
	start := len(dst) + len(d.magic)
	out := append(append(append(dst, d.magic...), payload...), d.mark...)
	if i := d.index(out[start:]); i != len(payload) {
		return dst, payloadError("the payload holds the delimiter %q at byte %d", d.mark, i)
	}
	return out, nil
}

func (d *delim) Split(b []byte, spans []Span) []Span {
	at, h, n := endOf(spans), len(d.magic), len(d.mark)
	if h == 0 && n == 1 {
		return splitByte(b, d.mark[0], spans)
	}
	for len(spans) < cap(spans) && len(b)-at >= h {
		i := d.index(b[at+h:])
		if i < 0 || h > 0 && string(b[at:at+h]) != d.magic {
			break
		}
		spans = append(spans, Span{at, at + h, at + h + i, at + h + i + n})
		at += h + i + n
	}
	return spans
}

func (d *delim) AppendAll(dst, src []byte, spans []Span) ([]byte, int) {
	if len(d.mark) != 1 || d.magic != "" {
		return appendEach(d, dst, src, spans)
	}
	dst = growFor(dst, spans, 1)
	start, mark := len(dst), d.mark[0]
	n := start
	dst = dst[:cap(dst)]
	for _, s := range spans {
		n += copyShort(dst[n:], src, s.HeaderEnd, s.BodyEnd-s.HeaderEnd)
		dst[n] = mark
		n++
	}
	dst = dst[:n]
	if bytes.Count(dst[start:], d.needle) == len(spans) {
		return dst, len(spans)
	}
	for i, s := range spans { // a payload holds the delimiter: keep what is before it
		if size := s.BodyEnd - s.HeaderEnd; bytes.IndexByte(dst[start:], mark) == size {
			start += size + 1
			continue
		}
		return dst[:start], i
	}
	return dst, len(spans)
}

func (d *delim) Sync(b []byte) (int, bool) {
	if d.magic != "" {
		return syncAt(b, d.magic)
	}
	return syncBehind(b, d.mark)
}

func (d *delim) End(b []byte) (int, bool) { return syncBehind(b, d.mark) }

// syncBehind finds the end of the first mark in b.
func syncBehind(b []byte, mark string) (int, bool) {
	n, found := syncAt(b, mark)
	if found {
		n += len(mark)
	}
	return n, found
}

// escaped is delim with an escape byte.
type escaped struct {
	mark string
	esc  byte
}

func (d *escaped) String() string {
	return "delim:" + escapeSpec(d.mark) + ",esc=" + escapeSpec(string([]byte{d.esc}))
}

func (d *escaped) Scan(b []byte, c *Cursor) (Extent, error) {
	at := c.Seen // never inside an escape
	for at < len(b) {
		if at += d.next(b[at:]); at == len(b) {
			break
		}
		if b[at] != d.esc {
			if bytes.HasPrefix(b[at:], []byte(d.mark)) {
				return Extent{Body: int64(at), Trailer: len(d.mark)}, nil
			}
			if len(b)-at < len(d.mark) && strings.HasPrefix(d.mark, string(b[at:])) {
				break
			}
			at++
			continue
		}
		size, whole := d.pair(b[at:])
		if !whole {
			break
		}
		at += size
	}
	c.Seen = at
	return Extent{Body: int64(at)}, ErrMore
}

// next is where the first escape or beginning delimiter is in b, or len(b).
func (d *escaped) next(b []byte) int {
	for i, c := range b {
		if c == d.esc || c == d.mark[0] {
			return i
		}
	}
	return len(b)
}

// pair is the length of the escape at the start of b; not whole if b may end
// inside it.
func (d *escaped) pair(b []byte) (size int, whole bool) {
	rest := b[1:]
	switch {
	case len(rest) == 0:
		return 0, false
	case len(rest) >= len(d.mark) && string(rest[:len(d.mark)]) == d.mark:
		return 1 + len(d.mark), true
	case len(rest) < len(d.mark) && strings.HasPrefix(d.mark, string(rest)):
		return 0, false
	}
	return 2, true
}

func (d *escaped) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	for at := 0; at < len(body); {
		n := bytes.IndexByte(body[at:], d.esc)
		if n < 0 {
			return append(dst, body[at:]...), nil
		}
		dst = append(dst, body[at:at+n]...)
		at += n
		size, whole := d.pair(body[at:])
		if !whole || size == 2 && body[at+1] != d.esc && d.mark != string(body[at+1:at+2]) {
			return dst, malformed(BadEscape, min(at+1, len(body)), "the escape %q stands before neither itself nor the delimiter", d.esc)
		}
		dst = append(dst, body[at+1:at+size]...)
		at += size
	}
	return dst, nil
}

func (d *escaped) MinPayload(body int64) int64 { return (body + 1) / 2 }

func (d *escaped) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (len(like.Header) > 0 || string(like.Trailer) != d.mark) {
		return dst, ErrMarks
	}
	start := len(dst)
	out := dst
	for i := 0; i < len(payload); i++ {
		if c := payload[i]; c == d.esc || c == d.mark[0] && bytes.HasPrefix(payload[i:], []byte(d.mark)) {
			out = append(out, d.esc)
			if c != d.esc {
				out = append(out, d.mark...)
				i += len(d.mark) - 1
				continue
			}
		}
		out = append(out, payload[i])
	}
	body := len(out) - start
	out = append(out, d.mark...)
	if e, err := d.Scan(out[start:], new(Cursor)); err != nil || e.Body != int64(body) {
		return dst, payloadError("the end of the payload would run into the delimiter %q", d.mark)
	}
	return out, nil
}

func (d *escaped) Sync(b []byte) (int, bool) { return syncBehind(b, d.mark) }

func (d *escaped) End(b []byte) (int, bool) {
	var c Cursor
	if e, err := d.Scan(b, &c); err == nil {
		return int(e.Body) + e.Trailer, true
	}
	return c.Seen, false
}

// oneOf ends a payload at any one of some bytes.
type oneOf struct {
	ends string
	set  [256]bool
}

func (o *oneOf) String() string {
	w := newSpec("any")
	for i := range len(o.ends) {
		w.arg("0x%02x", o.ends[i])
	}
	return w.b.String()
}

func (o *oneOf) Scan(b []byte, c *Cursor) (Extent, error) {
	for i, v := range b[c.Seen:] {
		if o.set[v] {
			return Extent{Body: int64(c.Seen + i), Trailer: 1}, nil
		}
	}
	c.Seen = len(b)
	return Extent{Body: int64(len(b))}, ErrMore
}

func (o *oneOf) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	end := o.ends[0]
	if !like.none() {
		if len(like.Header) > 0 || len(like.Trailer) != 1 || !o.set[like.Trailer[0]] {
			return dst, ErrMarks
		}
		end = like.Trailer[0]
	}
	if i := slices.IndexFunc(payload, func(v byte) bool { return o.set[v] }); i >= 0 {
		return dst, payloadError("the payload holds the delimiter %q at byte %d", payload[i:i+1], i)
	}
	return append(append(dst, payload...), end), nil
}

func (o *oneOf) Sync(b []byte) (int, bool) {
	if i := slices.IndexFunc(b, func(v byte) bool { return o.set[v] }); i >= 0 {
		return i + 1, true
	}
	return len(b), false
}

func parseDelim(_ *Entry, s *settings) (Framing, error) {
	first := s.first()
	if first == nil {
		s.fail(len(s.spec), `delim needs the delimiter, as in delim:\r\n or delim:0x0d0a`)
		return nil, nil
	}
	v := Delimiter{Mark: s.parseBytes(first), Escape: s.bytes("esc"), Magic: s.bytes("magic")}
	s.failOn(v.conflict())
	if s.err != nil {
		return nil, s.err
	}
	return withChecksum(v.rule(), len(v.Mark), s), nil
}

func parseAny(_ *Entry, s *settings) (Framing, error) {
	o := new(oneOf)
	for i := range s.args {
		a := &s.args[i]
		a.bare()
		v := s.parseBytes(a)
		if len(v) != 1 && s.err == nil {
			s.fail(a.at, "each end is one byte, as in any:0x0a,0x0d")
		}
		if s.err != nil {
			return nil, s.err
		}
		if !o.set[v[0]] {
			o.ends += v
		}
		o.set[v[0]] = true
	}
	if o.ends == "" {
		s.fail(len(s.spec), "any needs the bytes that end a message, as in any:0x0a,0x0d")
	}
	return o, nil
}

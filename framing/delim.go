package framing

import (
	"bytes"
	"cmp"
	"slices"
)

// delim marks the end of each payload with a delimiter: lines, crlf, nul, any
// bytes. The leftmost match counts. With an escape byte E, E X means X in
// the payload, and E E means E.
//
// Sources: bufio.Scanner, twisted's LineOnlyReceiver, Netty's
// DelimiterBasedFrameDecoder; the escape is convention, no standard.
//
// With magic, each frame begins with those bytes: they are its header.
type delim struct {
	magic  string
	mark   string
	needle []byte // mark
	lax    bool   // what follows the last delimiter is a payload too
	row    *Entry // the preset, if it describes messages; else nil
}

// entry returns the row of d, if String does not name it.
func (d *delim) entry() *Entry { return d.row }

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
		c.Seen = at // End looks on from here, after the magic
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

// partial returns how many bytes at the end of b may be the start of the delimiter.
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
		return dst, payloadError("the payload contains the delimiter %q at byte %d", d.mark, i)
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
	for i, s := range spans { // a payload contains the delimiter: keep the frames before it
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
	return syncAfter(b, d.mark)
}

func (d *delim) End(b []byte) (int, bool) { return syncAfter(b, d.mark) }

// syncAfter finds the first mark in b and returns where it ends.
func syncAfter(b []byte, mark string) (int, bool) {
	n, found := syncAt(b, mark)
	if found {
		n += len(mark)
	}
	return n, found
}

// oneOf ends a payload at any one of several bytes.
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
		return dst, payloadError("the payload contains the delimiter %q at byte %d", payload[i:i+1], i)
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
	f := v.rule()
	if d, ok := f.(*delim); ok && s.row != nil && s.row.describe != nil {
		d.row = s.row
	}
	return withChecksum(f, len(v.Mark), s), nil
}

func parseAny(_ *Entry, s *settings) (Framing, error) {
	o := new(oneOf)
	for i := range s.args {
		a := &s.args[i]
		a.bare()
		v := s.parseBytes(a)
		if len(v) != 1 && s.err == nil {
			s.fail(a.at, "each argument must be one byte, as in any:0x0a,0x0d")
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

package detect

import (
	"bytes"
	"unicode/utf8"

	"framecat/framing"
)

// scan measures the frame of f at the start of b, and counts the bytes that this may have looked
// at: Detect takes as long as there are such bytes.
func (d *detector) scan(f framing.Framing, b []byte, c *framing.Cursor) (e framing.Extent, err error) {
	e, err = f.Scan(b, c)
	switch bad, _ := err.(*framing.Error); {
	case err == framing.ErrMore:
		d.work += len(b)
	case bad != nil:
		d.work += min(len(b), int(bad.Offset)+1)
	case e.Announced:
		d.work += e.Skip + e.Header
	default:
		d.work += min(len(b), e.Skip+e.Header+int(e.Body)+e.Trailer)
	}
	return e, err
}

// glance is how many bytes are examined to find out whether a frame may begin with them.
const glance = 1 << 10

// walk reads the frames of f from start; broken means that the bytes after
// the last one are no frame. If a payload begins with dark, which may be "", the frames after it
// cannot be read. The parts are valid until the next call.
func (d *detector) walk(f framing.Framing, start int, dark string) (parts []part, broken bool) {
	defer func() { d.parts = parts }()
	parts = d.parts[:0]
	escaper, _ := f.(framing.Escaper)
	var c framing.Cursor
	var out []byte
	at, filled := start, 0
	for {
		c.Seen, c.Pending, c.EOF = 0, 0, d.ended
		before := c
		e, err := d.scan(f, d.b[at:], &c)
		if err != nil {
			_, bad := err.(*framing.Error)
			return parts, bad
		}
		p := part{fill: at, at: at + e.Skip, before: before, ext: e}
		p.header = p.at + e.Header
		left := int64(len(d.b) - p.header)
		if left < 0 {
			return parts, false
		}
		if e.Body > left || e.Body+int64(e.Trailer) > left {
			p.cut = true
			p.body, p.end = len(d.b), len(d.b)
			return append(parts, p), false
		}
		p.body = p.header + int(e.Body)
		p.end = p.body + e.Trailer
		if string(d.b[p.end-len(e.Want):p.end]) != e.Want || p.end == at {
			return parts, true
		}
		if escaper != nil && !e.Silent {
			var err error
			if out, err = escaper.Unescape(out[:0], d.b[p.at:p.header], d.b[p.header:p.body], d.b[p.body:p.end]); err != nil {
				return parts, true
			}
		}
		if parts = append(parts, p); p.body > p.header || e.Silent {
			filled = len(parts)
		}
		if len(parts)-filled == maxEmpty {
			return parts, true
		}
		if dark != "" && e.Announced && bytes.HasPrefix(d.b[p.header:p.body], []byte(dark)) {
			return parts, false
		}
		at = p.end
	}
}

// refuses reports whether no frame of h begins at an offset, as its frames are text and the bytes
// there are not.
func (d *detector) refuses(h *hypothesis, at int) bool {
	return h.wholly && !d.text && d.oddFrom(at)-at < min(textLook, len(d.b)-at)
}

// textLook is how many bytes of a frame of text are looked at first.
const textLook = 64

// oddFrom returns the offset of the first byte, from an offset on, that no text has; the length of
// the stream if there is none.
func (d *detector) oddFrom(at int) int {
	if d.odd == nil {
		d.odd = make([]int32, len(d.b)+1)
		next := int32(len(d.b))
		d.odd[next] = next
		for i := len(d.b) - 1; i >= 0; i-- {
			if c := d.b[i]; c < utf8.RuneSelf && !plainText(d.b[i:i+1]) {
				next = int32(i)
			}
			d.odd[i] = next
		}
	}
	return int(d.odd[at])
}

package detect

import (
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

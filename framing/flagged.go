package framing

import "bytes"

// scanFlagged measures a frame that ends at a flag byte. The same byte fills the line
// between frames. All bytes up to the flag are the body.
func scanFlagged(b []byte, c *Cursor, flag byte) (Extent, error) {
	skip := 0
	for skip < len(b) && b[skip] == flag {
		skip++
	}
	from := max(skip, c.Seen)
	if i := bytes.IndexByte(b[from:], flag); i >= 0 {
		return Extent{Skip: skip, Body: int64(from + i - skip), Trailer: 1}, nil
	}
	c.Seen = len(b)
	return Extent{Skip: skip, Body: int64(len(b) - skip)}, ErrMore
}

// splitFlagged is Split for framings that use scanFlagged.
func splitFlagged(b []byte, flag byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) {
		for at < len(b) && b[at] == flag {
			at++
		}
		i := bytes.IndexByte(b[at:], flag)
		if i < 0 {
			break
		}
		spans = append(spans, Span{at, at, at + i, at + i + 1})
		at += i + 1
	}
	return spans
}

// syncFlag finds the place after a flag.
func syncFlag(b []byte, flag byte) (int, bool) {
	if i := bytes.IndexByte(b, flag); i >= 0 {
		return i + 1, true
	}
	return len(b), false
}

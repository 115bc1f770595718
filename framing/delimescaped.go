package framing

import (
	"bytes"
	"strings"
)

// escaped is delim with an escape byte.
type escaped struct {
	mark string
	esc  byte
}

func (d *escaped) String() string {
	return "delim:" + escapeSpec(d.mark) + ",esc=" + escapeSpec(string([]byte{d.esc}))
}

func (d *escaped) Scan(b []byte, c *Cursor) (Extent, error) {
	at := c.Seen // Seen is never inside an escape
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

// next returns where the first escape is in b, or the first byte that may begin the
// delimiter; len(b) if there is neither.
func (d *escaped) next(b []byte) int {
	for i, c := range b {
		if c == d.esc || c == d.mark[0] {
			return i
		}
	}
	return len(b)
}

// pair returns the length of the escape at the start of b. It is not whole if b may end
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
			return dst, malformed(BadEscape, min(at+1, len(body)), "found other bytes after the escape %q, expected the escape again or the delimiter", d.esc)
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
		return dst, payloadError("the end of the payload and the delimiter %q would be read as an earlier delimiter", d.mark)
	}
	return out, nil
}

func (d *escaped) Sync(b []byte) (int, bool) { return syncAfter(b, d.mark) }

func (d *escaped) End(b []byte) (int, bool) {
	var c Cursor
	if e, err := d.Scan(b, &c); err == nil {
		return int(e.Body) + e.Trailer, true
	}
	return c.Seen, false
}

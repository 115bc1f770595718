package framing

import (
	"fmt"
	"slices"
	"strings"
)

// summed is a framing whose payloads end in a checksum, which is written, checked
// and stripped. The checksum is part of the frame's trailer, unless the framing escapes
// it together with the payload.
type summed struct {
	Framing
	escaper Escaper // nil if the framing has none
	coverage
	header, trailer int // sizes, of the framing itself
}

func newSummed(f Framing, trailer int, c coverage) *summed {
	e, _ := f.(Escaper)
	if l, ok := f.(*length); ok && c.apart {
		l.apart = c.sum.size
	}
	return &summed{f, e, c, headerSize(f), trailer}
}

// Unwrap returns the framing without its checksum.
func (f *summed) Unwrap() Framing { return f.Framing }

func (f *summed) String() string {
	s, sep := f.Framing.String(), ":"
	if f.own {
		return s
	}
	if strings.Contains(s, ":") {
		sep = ","
	}
	switch s { // the short names of delimiters have no keys
	case "lines":
		s, sep = `delim:\n`, ","
	case "crlf":
		s, sep = `delim:\r\n`, ","
	case "nul":
		s, sep = `delim:\0`, ","
	}
	s += sep + "crc=" + f.sum.name
	if f.from != f.header {
		s += fmt.Sprintf(",crc-from=%d", f.from)
	}
	if f.apart {
		s += ",crc-counted=no"
	}
	return s
}

func (f *summed) Scan(b []byte, c *Cursor) (Extent, error) {
	e, err := f.Framing.Scan(b, c)
	if f.escaper != nil {
		return e, err
	}
	switch n := int64(f.sum.size); {
	case f.apart:
		if e.Announced {
			e.Trailer += f.sum.size
		}
	case err == ErrMore:
		e.Body = max(0, e.Body-n)
	case e.Body >= n: // else Unescape finds it too short
		e.Body -= n
		e.Trailer += f.sum.size
	}
	return e, err
}

func (f *summed) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	n := f.sum.size
	if f.escaper == nil {
		if len(trailer) < n+f.trailer {
			return dst, f.tooShort(len(header))
		}
		covered, start := body, len(dst)
		if f.from < len(header) { // put together after dst, whose memory is kept
			dst = append(append(dst, header[f.from:]...), body...)
			covered = dst[start:]
		}
		if err := f.sum.check(covered, trailer[:n], len(header)+len(body)); err != nil {
			return dst[:start], err
		}
		return append(dst[:start], body...), nil
	}
	out, err := f.escaper.Unescape(dst, header, body, trailer)
	if err != nil {
		return dst, err
	}
	end := len(out) - n
	if end < len(dst) {
		return dst, f.tooShort(len(header))
	}
	if err := f.sum.check(out[len(dst):end], out[end:], 0); err != nil {
		e := err.(*Error)
		e.Offset = int64(len(header) + f.wireEnd(header, body, trailer, end-len(dst)))
		return dst, e
	}
	return out[:end], nil
}

func (f *summed) tooShort(at int) error {
	return malformed(FrameTooShort, at, "the payload is too short to end in a checksum of %s", plural(int64(f.sum.size), "byte"))
}

// wireEnd returns how many bytes of the escaped body the first n bytes of the payload take.
func (f *summed) wireEnd(header, body, trailer []byte, n int) int {
	if c, ok := f.Framing.(cobs); ok {
		return c.locate(body, n)
	}
	for end := len(body) - f.sum.size; end > 0; end-- {
		out, err := f.escaper.Unescape(nil, header, body[:end], trailer)
		if err == nil && len(out) <= n {
			return end
		}
	}
	return 0
}

func (f *summed) MinPayload(body int64) int64 {
	if f.escaper != nil {
		return max(0, f.escaper.MinPayload(body)-int64(f.sum.size))
	}
	return body
}

func (f *summed) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if f.escaper == nil && !like.none() {
		if len(like.Trailer) < f.sum.size {
			return dst, ErrMarks
		}
		if like.Trailer = like.Trailer[f.sum.size:]; len(like.Trailer) != f.trailer {
			return dst, ErrMarks
		}
	}
	start := len(dst)
	tmp, err := f.appendCovered(dst, like, payload)
	if err != nil {
		return dst, err
	}
	covered := tmp[start:]
	tmp = f.sum.append(tmp, covered)
	body, sum := tmp[len(tmp)-f.sum.size-len(payload):], tmp[len(tmp)-f.sum.size:]
	if f.apart {
		body = body[:len(payload)]
	}
	// What was put together after dst is the frame's body; then the frame is moved over it.
	out, err := f.Framing.Append(tmp, like, body)
	if err != nil {
		return dst, err
	}
	if f.apart {
		out = slices.Insert(out, len(out)-f.trailer, sum...)
	}
	n := copy(out[start:], out[len(tmp):])
	return out[:start+n], nil
}

// appendCovered appends the bytes that the checksum covers: a part of the header, and the payload.
func (f *summed) appendCovered(dst []byte, like Marks, payload []byte) ([]byte, error) {
	start := len(dst)
	if f.from < f.header {
		switch g := f.Framing.(type) {
		case *length:
			size := int64(len(payload))
			if !f.apart {
				size += int64(f.sum.size)
			}
			var err error
			if dst, err = g.AppendHeader(dst, like, size); err != nil {
				return dst[:start], err
			}
		case *delim:
			dst = append(dst, g.magic...)
		}
		dst = append(dst[:start], dst[start+f.from:]...)
	}
	return append(dst, payload...), nil
}

func (f *summed) End(b []byte) (int, bool) {
	if e, ok := f.Framing.(ender); ok {
		return e.End(b)
	}
	return f.Sync(b)
}

func (f *summed) Sync(b []byte) (int, bool) {
	if s, ok := f.Framing.(Syncer); ok {
		return s.Sync(b)
	}
	return -1, false
}

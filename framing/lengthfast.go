package framing

import (
	"encoding/binary"
	"slices"
	"sync"
)

// slack is how many bytes past its end a short payload may be copied: a copy of fixed
// width takes a third of the time of one of any width.
const slack = 32

func (l *length) Split(b []byte, spans []Span) []Span {
	if !l.plain {
		return splitScan(l, b, spans)
	}
	if l.size == 4 && !l.little {
		return splitU32be(b, spans)
	}
	at := endOf(spans)
	for len(spans) < cap(spans) && len(b)-at >= l.size {
		n := l.value(b[at:])
		h := at + l.size
		if n > uint64(len(b)-h) {
			break
		}
		end := h + int(n)
		spans = append(spans, Span{at, h, end, end})
		at = end
	}
	return spans
}

// splitU32be is Split for u32be, the most common length.
func splitU32be(b []byte, spans []Span) []Span {
	at, n := endOf(spans), len(spans)
	spans = spans[:cap(spans)]
	for n < len(spans) && len(b)-at >= 4 {
		h := at + 4
		// Indexes instead of binary.BigEndian.Uint32(b[at:]): each frame needs the length of
		// the one before, and re-slicing would take half as long again.
		size := uint32(b[at])<<24 | uint32(b[at+1])<<16 | uint32(b[at+2])<<8 | uint32(b[at+3])
		if uint64(size) > uint64(len(b)-h) {
			break
		}
		end := h + int(size)
		spans[n] = Span{at, h, end, end}
		n++
		at = end
	}
	return spans[:n]
}

// cursors are reused by splitScan: as it calls an interface method, a new one would be
// allocated for each call.
var cursors = sync.Pool{New: func() any { return new(Cursor) }}

// splitScan is Split for framings that keep nothing from frame to frame; it calls Scan.
func splitScan(f Framing, b []byte, spans []Span) []Span {
	at := endOf(spans)
	c := cursors.Get().(*Cursor)
	defer cursors.Put(c)
	for len(spans) < cap(spans) {
		*c = Cursor{}
		e, err := f.Scan(b[at:], c)
		size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
		if err != nil || e.Silent || size > int64(len(b)-at) {
			break
		}
		s := spanOf(e, at+e.Skip)
		if e.Want != "" && string(b[s.End-len(e.Want):s.End]) != e.Want {
			break
		}
		spans = append(spans, s)
		at = s.End
	}
	return spans
}

func (l *length) AppendAll(dst, src []byte, spans []Span) ([]byte, int) {
	if !l.plain {
		return appendEach(l, dst, src, spans)
	}
	dst = growFor(dst, spans, l.size)
	if l.size == 4 && !l.little {
		return appendU32be(dst, src, spans)
	}
	for i, s := range spans {
		size := uint64(s.BodyEnd - s.HeaderEnd)
		if size > l.max {
			return dst, i
		}
		n := len(dst)
		dst = dst[:n+l.size]
		l.put(dst[n:], size)
		dst = append(dst, src[s.HeaderEnd:s.BodyEnd]...)
	}
	return dst, len(spans)
}

func appendU32be(dst, src []byte, spans []Span) ([]byte, int) {
	n := len(dst)
	dst = dst[:cap(dst)]
	for i, s := range spans {
		size := s.BodyEnd - s.HeaderEnd
		if uint64(size) > 1<<32-1 {
			return dst[:n], i
		}
		binary.BigEndian.PutUint32(dst[n:], uint32(size))
		n += 4
		n += copyShort(dst[n:], src, s.HeaderEnd, size)
	}
	return dst[:n], len(spans)
}

// copyShort copies size bytes of src from offset at to dst, which has room for
// slack more.
func copyShort(dst, src []byte, at, size int) int {
	if size <= slack && len(src)-at >= slack && len(dst) >= slack {
		from := src[at:] // two halves, as the compiler calls memmove for a copy of 32 bytes
		*(*[slack / 2]byte)(dst) = *(*[slack / 2]byte)(from)
		*(*[slack / 2]byte)(dst[slack/2:]) = *(*[slack / 2]byte)(from[slack/2:])
		return size
	}
	return copy(dst, src[at:at+size])
}

// growFor makes room in dst for the payloads of spans with marks bytes each.
func growFor(dst []byte, spans []Span, marks int) []byte {
	n := slack
	for _, s := range spans {
		n += s.BodyEnd - s.HeaderEnd + marks
	}
	switch {
	case cap(dst)-len(dst) >= n:
		return dst
	case n < bufferSize/8: // a connection may bring no more for a long time
		return slices.Grow(dst, n)
	}
	return slices.Grow(dst, max(n, bufferSize+bufferSize/2-len(dst)))
}

// appendEach is AppendAll for any framing; it calls Append.
func appendEach(f Framing, dst, src []byte, spans []Span) ([]byte, int) {
	for i, s := range spans {
		out, err := f.Append(dst, Marks{}, src[s.HeaderEnd:s.BodyEnd])
		if err != nil {
			return dst, i
		}
		dst = out
	}
	return dst, len(spans)
}

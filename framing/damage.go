package framing

import "bytes"

// Damage: lengths that are wrong, which show only in what comes after them.

// A damage is a frame that is known to be damaged before the Reader comes to it.
type damage struct {
	at, next int64  // where it begins, and where the stream goes on; as Reader.offset
	err      *Error // relative to the frame
}

// broken finds which frame is damaged if none can be read at l.at, for which Scan returned e.
func (l *lookahead) broken(e Extent) {
	r := l.r
	l.trust(int64(l.at))
	suspects := append(l.spans[l.suspects():len(l.spans):len(l.spans)], Span{Start: l.at})
	at, most := r.offset+int64(l.at), aheadSize
	if r.vain > 0 && at >= r.vain && at < r.vain+aheadSize/2 { // most of what follows was searched
		most = findFirst
	}
	bad, next, ok := l.find(suspects, most)
	if !ok { // check looks again, once the frames before have been returned
		if most == aheadSize {
			r.vain = at + 1
		}
		return
	}
	if bad == len(suspects)-1 {
		r.damage = damage{r.offset + int64(l.at), r.offset + int64(next), pastEnd(e, r.Offset()+int64(next))}
		r.checked = r.damage.at
		return
	}
	l.wrong(suspects[bad], next)
}

// wrong notes that a frame which could be read is damaged, and that the stream goes on at next.
func (l *lookahead) wrong(s Span, next int) {
	r := l.r
	r.damage = damage{r.offset + int64(s.Start), r.offset + int64(next), wrongLength(r.Offset()+int64(s.End), r.Offset()+int64(next))}
	r.checked = r.damage.at
}

// find asks Resync which of the suspects is damaged. It shows it little of what comes after
// them at first, so that the work follows the bytes that are passed over.
func (l *lookahead) find(suspects []Span, most int) (bad, next int, ok bool) {
	r, base := l.r, suspects[0].Start
	var starts []int
	for _, s := range suspects {
		starts = append(starts, s.Start-base)
	}
	at := base + starts[len(starts)-1]
	for look := findFirst; ; look *= 8 {
		look = min(look, most)
		for r.w-r.r <= at+look && !r.cursor.EOF && r.fillAhead() == nil {
		}
		b := r.buf[r.r:r.w]
		ended := r.cursor.EOF && len(b) <= at+look
		bad, next, ok = r.Resync(r.framing, b[base:min(len(b), at+look)], starts, ended)
		if ok || ended || look == most {
			return bad, base + next, ok
		}
	}
}

// findFirst is how much find shows at first.
const findFirst = 2 << 10

// checkEmpty looks at the first of several empty frames that are all zeros. There, a length
// that is too large may have ended unnoticed: the zeros of a later payload look like empty
// frames. It returns false if it found damage.
func (l *lookahead) checkEmpty(from int) bool {
	r := l.r
	for i := max(2, from); i < len(l.spans); i++ {
		after, s, last := l.spans[i], l.spans[i-1], l.spans[i-2]
		if after.BodyEnd > after.HeaderEnd || s.BodyEnd > s.HeaderEnd || last.BodyEnd == last.HeaderEnd ||
			r.offset+int64(s.Start) < r.nextEmpty || !zeros(r.buf[r.r:r.w][s.Start:after.End]) {
			continue
		}
		bad, next, ok := l.find(l.spans[i-2:i], 4*findFirst)
		if ok && bad == 0 && next < s.Start {
			l.spans = l.spans[:i-2]
			l.simple = min(l.simple, i-2)
			l.wrong(last, next)
			return false
		}
		r.nextEmpty = r.offset + int64(s.Start) + aheadSize // not too often
	}
	return true
}

func zeros(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// wrongLength returns the error for a frame whose length is damaged: it would end at one offset,
// and the stream goes on at another.
func wrongLength(end, next int64) *Error {
	if next < end {
		return malformed(LengthTooLarge, 0, "the length is damaged: the frame would end at byte %d, but other frames begin before that, at byte %d", end, next)
	}
	return malformed(LengthTooSmall, 0, "the length is damaged, or other bytes follow the frame: it would end at byte %d, but the next one begins at byte %d", end, next)
}

// orDamage returns err. But if the stream ends in the frame, and other frames begin inside it,
// its length is damaged, and that is the error.
func (r *Reader) orDamage(e Extent, err error) error {
	fault, ok := err.(*Error)
	if !ok || fault.Fault != Truncated || r.Resync == nil || r.opening || r.known && e.Body == 0 {
		return err
	}
	next, ok := r.inside(r.buf[r.r:r.w])
	if !ok {
		return err
	}
	r.damage = damage{r.offset, r.offset + int64(next), pastEnd(e, r.Offset()+int64(next))}
	return r.place(r.damage.err)
}

// pastEnd returns the error for a frame that ends after the stream, where the stream goes on at
// an offset.
func pastEnd(e Extent, next int64) *Error {
	return malformed(LengthTooLarge, e.Field, "the frame would pass the end of the stream, and other frames begin at byte %d", next)
}

// checksInside reports whether the Reader looks for frames inside of each frame: after damage it
// goes on, it cannot look ahead, and a mark shows where a frame may begin.
func (r *Reader) checksInside() bool {
	if r.Resync == nil || r.Size != nil {
		return false
	}
	_, announces := r.framing.(Announcer)
	syncer, _ := r.framing.(Syncer)
	if !announces || syncer == nil {
		return false
	}
	n, _ := syncer.Sync(nil)
	return n >= 0
}

// swallowed checks a whole frame, of need bytes. If other frames begin inside of it and the last
// of them passes its end, its length is too large. If they end where it ends, they may be its
// payload. A body that could be streamed is not checked.
func (r *Reader) swallowed(e Extent, need int) error {
	if e.Body > wholeBody || need < 2 || !r.checksInside() {
		return nil
	}
	b := r.buf[r.r:r.w][:need]
	if _, found := r.framing.(Syncer).Sync(b[1:]); !found {
		return nil
	}
	_, next, ok := r.Resync(r.framing, b, []int{0}, false)
	if !ok || !r.passes(b, next) {
		return nil
	}
	r.damage = damage{r.offset, r.offset + int64(next), wrongLength(r.Offset()+int64(need), r.Offset()+int64(next))}
	return r.place(r.damage.err)
}

// passes reports whether the last of the frames in b that follow one another from at on passes
// the end of b.
func (r *Reader) passes(b []byte, at int) bool {
	for at < len(b) {
		e, err := r.framing.Scan(b[at:], &Cursor{})
		size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
		if err == ErrMore || err == nil && size > int64(len(b)-at) {
			return true
		}
		if err != nil || size <= 0 {
			return false
		}
		at += int(size)
	}
	return false
}

// inside finds where frames go on in b, the rest of the stream, which begins with a damaged
// frame.
func (r *Reader) inside(b []byte) (next int, ok bool) {
	frames, look := []int{0}, findFirst
	for from := 0; ; {
		part := b[from:min(len(b), from+look)]
		ended := from+len(part) == len(b)
		if _, next, ok := r.Resync(r.framing, part, frames, ended); ok {
			return from + next, true
		}
		switch {
		case ended:
			return r.atMark(b)
		case look < searchSize:
			look *= 2
		default:
			from, frames = from+look/2, nil
		}
	}
}

// atMark finds the next mark in b at which a whole frame begins, and another one after it or
// the end of the stream. Empty frames do not count: the zeros of a payload look like them.
func (r *Reader) atMark(b []byte) (next int, ok bool) {
	s, _ := r.framing.(Syncer)
	if s == nil {
		return 0, false
	}
	const tries = 64
	for at := 1; at < len(b) && next < tries; next++ {
		n, found := s.Sync(b[at:])
		if !found {
			break
		}
		at += n
		if end, body := r.endOf(b, at); body && end == len(b) {
			return at, true
		} else if body {
			if _, body := r.endOf(b, end); body {
				return at, true
			}
		}
		at++
	}
	return 0, false
}

// endOf returns where the frame at an offset of b ends, and whether there is a whole one with
// a body.
func (r *Reader) endOf(b []byte, at int) (end int, body bool) {
	e, err := r.framing.Scan(b[at:], &Cursor{EOF: true})
	size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	if err != nil || e.Body == 0 || size <= 0 || size > int64(len(b)-at) {
		return 0, false
	}
	end = at + int(size)
	return end, string(b[end-len(e.Want):end]) == e.Want
}

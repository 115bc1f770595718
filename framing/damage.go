package framing

// Damage: lengths that are wrong, which show only in what comes after them.

// A damage is a frame that is known to be damaged before the Reader comes to it.
type damage struct {
	at, next int64  // where it begins, and where the stream goes on; as Reader.offset
	err      *Error // relative to the frame
}

// broken finds which frame is damaged if none can be read at l.at, for which Scan returned e.
func (l *lookout) broken(e Extent) {
	r := l.r
	l.trust(int64(l.at))
	for r.w-r.r <= l.at+aheadSize && !r.cursor.EOF && r.fillAhead() {
	}
	b := r.buf[r.r:r.w][:min(r.w-r.r, l.at+aheadSize)]
	suspects := append(l.spans[l.suspects():len(l.spans):len(l.spans)], Span{Start: l.at})
	base := suspects[0].Start
	var starts []int
	for _, f := range suspects {
		starts = append(starts, f.Start-base)
	}
	bad, next, ok := r.Resync(b[base:], starts, r.cursor.EOF && len(b) == r.w-r.r)
	if !ok { // check looks again, once the frames before have been returned
		return
	}
	at := suspects[bad].Start
	r.damage = damage{at: r.offset + int64(at), next: r.offset + int64(base+next)}
	r.damage.err = pastEnd(e, r.FirstOffset+r.damage.next)
	if at < l.at {
		end := r.damage.at + int64(suspects[bad].End-at)
		r.damage.err = wrongLength(r.FirstOffset+end, r.FirstOffset+r.damage.next)
	}
	if r.checked = r.damage.at; at == 0 {
		r.checked = r.offset
	}
}

// wrongLength returns the error for a frame whose length is damaged: it would end at one offset,
// and the stream goes on at another.
func wrongLength(end, next int64) *Error {
	if next < end {
		return malformed(LengthTooLarge, 0, "the length is damaged: the frame would end at byte %d, but other frames begin before that, at byte %d", end, next)
	}
	return malformed(LengthTooSmall, 0, "the length is damaged: the frame would end at byte %d, but the next one begins at byte %d", end, next)
}

// orDamage returns err. But if the stream ends in the frame, and other frames begin inside it,
// its length is damaged, and that is the error.
func (r *Reader) orDamage(e Extent, err error) error {
	fault, ok := err.(*Error)
	if !ok || fault.Fault != Truncated || r.Resync == nil || r.known && e.Body == 0 {
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

// inside finds where frames go on in b, the rest of the stream, which begins with a damaged
// frame.
func (r *Reader) inside(b []byte) (next int, ok bool) {
	frames := []int{0}
	for from := 0; ; from += searchSize / 2 {
		part := b[from:min(len(b), from+searchSize)]
		ended := from+len(part) == len(b)
		if _, next, ok := r.Resync(part, frames, ended); ok {
			return from + next, true
		}
		if ended {
			return r.atMark(b)
		}
		frames = nil
	}
}

// atMark finds the next mark in b at which a whole frame begins, and another one after it or
// the end of the stream.
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
		if end := r.endOf(b, at); end == len(b) || end > 0 && r.endOf(b, end) > 0 {
			return at, true
		}
		at++
	}
	return 0, false
}

// endOf returns where the frame at an offset of b ends, or 0 if there is no whole frame.
func (r *Reader) endOf(b []byte, at int) int {
	e, err := r.framing.Scan(b[at:], &Cursor{EOF: true})
	size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	if err != nil || size <= 0 || size > int64(len(b)-at) {
		return 0
	}
	if end := at + int(size); string(b[end-len(e.Want):end]) == e.Want {
		return end
	}
	return 0
}


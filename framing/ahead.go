package framing

import (
	"io"
	"math"
)

// Looking ahead: with Reader.Ahead, a frame is returned only once the frames after it have been
// measured. So a damaged length shows before its frame is returned.

const (
	aheadFrames = 8         // frames with a body that must follow a frame before it is returned
	aheadEmpty  = 64        // the same, empty ones included
	aheadSize   = 256 << 10 // a larger frame is not checked: it would have to be held
	aheadBatch  = 512       // frames that are measured at once
)

// A damage is a frame that is known to be damaged before the Reader comes to it.
type damage struct {
	at, next int64  // where it begins, and where the stream goes on; as Reader.offset
	err      *Error // relative to the frame
}

// A lookout is one walk over the frames that are to be returned next.
type lookout struct {
	r      *Reader
	at     int // where the next frame begins, after r.r
	frames []ahead
}

// An ahead is a frame that was measured.
type ahead struct {
	at    int // where it begins, after Reader.r
	empty bool
}

// lookAhead measures the frames that come next, and sets how far they can be returned. At
// damage it asks Resync which frame is damaged.
func (r *Reader) lookAhead() {
	l := lookout{r: r, frames: r.ahead[:0]}
	c := Cursor{Stream: r.cursor.Stream}
	defer func() { r.ahead = l.frames }()
	for {
		b := r.buf[r.r:r.w]
		c.EOF = r.cursor.EOF
		e, err := r.framing.Scan(b[l.at:], &c)
		need := int64(l.at+e.Skip+e.Header) + e.Body + int64(e.Trailer)
		switch {
		case err == io.EOF, err == ErrMore && c.EOF && l.at == len(b):
			r.checked = math.MaxInt64
			return
		case err == ErrMore && !c.EOF && e.Body <= r.most():
			if !r.fillAhead() {
				l.trust(int64(l.at))
				return
			}
			continue
		case err == nil && r.passesEnd(need), err != nil && !(r.beyond(e) && e.Announced && !r.passesEnd(need)):
			l.broken(e)
			return
		case err != nil, r.beyond(e), need-int64(l.at) > aheadSize: // it streams, or is passed over
			l.trust(need)
			return
		case need > int64(len(b)):
			if c.EOF {
				l.broken(e)
				return
			}
			if !r.fillAhead() {
				l.trust(int64(l.at))
				return
			}
			c.Seen, c.Pending = 0, 0
			continue
		}
		end := int(need)
		if string(b[end-len(e.Want):end]) != e.Want {
			l.broken(e)
			return
		}
		l.frames = append(l.frames, ahead{l.at, e.Body == 0})
		l.at, c.Seen, c.Pending = end, 0, 0
		if len(l.frames) >= aheadBatch || l.at >= aheadSize {
			if k := l.suspects(); k > 0 {
				l.trust(int64(l.frames[k].at))
				return
			}
		}
	}
}

// trust lets the frames up to an offset be returned, one at least.
func (l *lookout) trust(to int64) { l.r.checked = l.r.offset + max(to, 1) }

// suspects returns the index of the first frame that may be the damaged one if the next frame
// cannot be read.
func (l *lookout) suspects() int {
	n := len(l.frames)
	for solid := 0; n > 0 && solid < aheadFrames && len(l.frames)-n < aheadEmpty; n-- {
		if !l.frames[n-1].empty {
			solid++
		}
	}
	return n
}

// broken finds which frame is damaged if none can be read at l.at, for which Scan returned e.
func (l *lookout) broken(e Extent) {
	r := l.r
	l.trust(int64(l.at))
	for r.w-r.r <= l.at+aheadSize && !r.cursor.EOF && r.fillAhead() {
	}
	b := r.buf[r.r:r.w][:min(r.w-r.r, l.at+aheadSize)]
	k := l.suspects()
	l.frames = append(l.frames, ahead{at: l.at})
	base := l.frames[k].at
	var starts []int
	for _, f := range l.frames[k:] {
		starts = append(starts, f.at-base)
	}
	bad, next, ok := r.Resync(b[base:], starts, r.cursor.EOF && len(b) == r.w-r.r)
	if !ok { // check looks again, once the frames before have been returned
		return
	}
	at := l.frames[k+bad].at
	r.damage = damage{at: r.offset + int64(at), next: r.offset + int64(base+next)}
	r.damage.err = pastEnd(e, r.FirstOffset+r.damage.next)
	if at < l.at {
		end := r.damage.at + int64(l.frames[k+bad+1].at-at)
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

// beyond reports whether a frame is too long to be held, so that it streams or is refused.
func (r *Reader) beyond(e Extent) bool {
	n := e.Body
	if r.escaper != nil {
		n = r.escaper.MinPayload(n - e.Dropped)
	}
	return n > r.most()
}

// passesEnd reports whether a frame that ends need bytes after the start of the buffer goes
// beyond the end of the stream.
func (r *Reader) passesEnd(need int64) bool {
	return need < 0 || r.Size > 0 && r.offset > r.Size-need
}

// fillAhead reads more. An error of the source is kept for the next read.
func (r *Reader) fillAhead() bool {
	err := r.fill()
	if err == nil || err == io.EOF {
		return true
	}
	if err != ErrWait {
		r.err, r.src = nil, &onceFailing{err, r.src}
	}
	return false
}

// onceFailing is a source whose next read fails.
type onceFailing struct {
	err error
	src io.Reader
}

func (f *onceFailing) Read(p []byte) (int, error) {
	if err := f.err; err != nil {
		f.err = nil
		return 0, err
	}
	return f.src.Read(p)
}

// check looks ahead if the next frame was not measured yet. It returns an error if that frame
// is damaged.
func (r *Reader) check() error {
	if r.offset >= r.checked && !r.atDamage() {
		r.lookAhead()
	}
	if !r.atDamage() {
		return nil
	}
	_, err := r.scan()
	if e, ok := err.(*Error); ok && e.Fault != Truncated {
		return e
	}
	return r.place(r.damage.err)
}

// atDamage reports whether the next frame is known to be damaged.
func (r *Reader) atDamage() bool { return r.damage.err != nil && r.damage.at == r.offset }

// cut returns the error for a frame that the stream ends in. If other frames begin inside it,
// its length is damaged.
func (r *Reader) cut(e Extent, fault *Error) error {
	next, ok := r.inside(r.buf[r.r:r.w])
	if !ok {
		return fault
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

// window hides the bytes of the buffer that cannot be returned yet. Calling show shows them
// again.
func (r *Reader) window() (show func()) {
	w, eof := r.w, r.cursor.EOF
	if hidden := int64(w-r.r) - (r.checked - r.offset); r.Ahead && r.Resync != nil && hidden > 0 && r.checked > r.offset {
		r.w -= int(hidden)
		r.cursor.EOF = false
	}
	return func() { r.w, r.cursor.EOF = w, eof }
}

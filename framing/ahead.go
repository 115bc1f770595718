package framing

import (
	"io"
	"math"
)

// Looking ahead: if all bytes of the source are at hand, a frame is returned only once the frames
// after it have been measured. So a damaged length shows before its frame is returned.

// looksAhead reports whether frames are checked before they are returned.
func (r *Reader) looksAhead() bool { return r.Size != nil && r.Resync != nil && !r.opening }

const (
	aheadFrames = 8         // frames with a body that must follow a frame before it is returned
	aheadEmpty  = 64        // the same, empty ones included
	aheadSize   = 256 << 10 // a larger frame is not checked: it would have to be held
	aheadBatch  = 512       // frames that are measured at once
)

// A lookahead is one walk over the frames that are to be returned next. Places are relative to
// Reader.r.
type lookahead struct {
	r      *Reader
	c      Cursor
	at     int    // where the next frame begins
	spans  []Span // the frames before it; with fill before a frame, its Start is that of the fill
	simple int    // how many of these can be returned as they are

	checked int // how many of these checkEmpty has seen
}

// lookAhead measures the frames that come next, and sets how far they can be returned. At
// damage it asks Resync which frame is damaged.
func (r *Reader) lookAhead() {
	l := lookahead{r: r, spans: r.ahead[:0], c: r.cursor.fresh()}
	for l.next() {
		if !l.checkEmpty(l.checked) {
			break
		}
		l.checked = len(l.spans)
		if len(l.spans) >= aheadBatch || l.at >= aheadSize {
			if k := l.suspects(); k > 0 {
				l.trust(int64(l.spans[k].Start))
				break
			}
		}
	}
	r.ahead, r.aheadAt = l.spans[:l.simple], r.offset
}

// next measures the next frame, and those after it that Split finds. It returns false at the
// end, and if what comes next cannot be measured.
func (l *lookahead) next() bool {
	r := l.r
	l.c.Seen, l.c.Pending = 0, 0
	e, err := l.scan()
	need := int64(l.at+e.Skip+e.Header) + e.Body + int64(e.Trailer)
	switch {
	case err == ErrWait:
		l.trust(int64(l.at))
	case err == io.EOF, err == ErrMore && l.at == r.w-r.r:
		r.checked = math.MaxInt64
	case r.beyond(e) && !e.Announced: // over the limit, wherever its end is
		l.trust(int64(l.at))
	case err == nil && r.passesEnd(need), err != nil && !(r.beyond(e) && e.Announced && !r.passesEnd(need)):
		l.broken(e)
	case err != nil, r.beyond(e), need-int64(l.at) > aheadSize: // it streams, or is passed over
		l.trust(need)
	default:
		return l.take(e, int(need))
	}
	return false
}

// scan measures the frame at l.at. It reads on while Scan needs more; the error is ErrWait if
// the source has an error.
func (l *lookahead) scan() (e Extent, err error) {
	r := l.r
	for {
		l.c.EOF = r.cursor.EOF
		e, err = r.framing.Scan(r.buf[r.r+l.at:r.w], &l.c)
		if err != ErrMore || l.c.EOF || r.beyond(e) {
			return e, err
		}
		if r.fillAhead() != nil {
			return e, ErrWait
		}
	}
}

// take adds the frame that ends at end, if the stream has all of it.
func (l *lookahead) take(e Extent, end int) bool {
	r := l.r
	for end > r.w-r.r {
		if r.cursor.EOF {
			l.broken(e)
			return false
		}
		if r.fillAhead() != nil {
			l.trust(int64(l.at))
			return false
		}
	}
	b := r.buf[r.r:r.w]
	if string(b[end-len(e.Want):end]) != e.Want {
		l.broken(e)
		return false
	}
	body := end - e.Trailer
	simple := l.simple == len(l.spans) && e.Skip == 0 && !e.Silent && l.c.Stream == r.cursor.Stream && l.c.state == r.cursor.state
	l.spans = append(l.spans, Span{l.at, body - int(e.Body), body, end})
	if r.split != nil && simple && int64(len(b)-end) <= r.most() {
		l.spans = r.split.Split(b, l.spans)
	}
	if l.at = endOf(l.spans); simple {
		l.simple = len(l.spans)
	}
	return true
}

// trust lets the frames up to an offset be returned, one at least.
func (l *lookahead) trust(to int64) { l.r.checked = l.r.offset + max(to, 1) }

// suspects returns the index of the first frame that may be the damaged one if the next frame
// cannot be read.
func (l *lookahead) suspects() int {
	n := len(l.spans)
	for solid := 0; n > 0 && solid < aheadFrames && len(l.spans)-n < aheadEmpty; n-- {
		if l.spans[n-1].BodyEnd > l.spans[n-1].HeaderEnd {
			solid++
		}
	}
	return n
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
	if need >= 0 && r.offset <= r.size-need || r.Size == nil {
		return need < 0
	}
	r.size = r.Size()
	return need < 0 || r.size > 0 && r.offset > r.size-need
}

// fillAhead reads more. It leaves the error of the Reader as it is: an error of the source is
// returned, but also kept for the next read. The end of the stream is none.
func (r *Reader) fillAhead() error {
	before := r.err
	err := r.fill()
	r.err = before
	switch err {
	case nil, io.EOF:
		return nil
	case ErrWait:
	default:
		r.src = &failsOnce{err, r.src}
	}
	return err
}

// failsOnce is a source whose next read fails.
type failsOnce struct {
	err error
	src io.Reader
}

func (f *failsOnce) Read(p []byte) (int, error) {
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

// collectAhead consumes the frames at the start of the buffer, wire, which were measured ahead
// and can be returned as they are. There may be none.
func (r *Reader) collectAhead(wire []byte) []Span {
	spans := r.spans[:0]
	if r.aheadAt != r.offset {
		return spans
	}
	for _, s := range r.ahead {
		if len(spans) == cap(spans) || int64(s.End) > r.checked-r.offset {
			break
		}
		spans = append(spans, s)
	}
	if r.escaper != nil {
		spans = spans[:r.unescapeAll(wire, spans)]
	}
	if len(spans) > 0 {
		r.consume(endOf(spans), len(spans))
	}
	return spans
}

// collectChecked is collect for frames that are checked ahead: it stops before those that are
// not checked yet.
func (r *Reader) collectChecked(e Extent, wire []byte) []Span {
	if spans := r.collectAhead(wire); len(spans) > 0 {
		return spans
	}
	r.payload, r.bodies = r.payload[:0], r.bodies[:0]
	w, eof := r.w, r.cursor.EOF
	first := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	if hidden := int64(w-r.r) - max(first, r.checked-r.offset); hidden > 0 && r.checked > r.offset {
		wire = wire[:len(wire)-int(hidden)]
		r.w, r.cursor.EOF = w-int(hidden), false
	}
	spans := r.collect(e, wire)
	r.w, r.cursor.EOF = w, eof
	return spans
}

package framing

import (
	"fmt"
	"io"
	"math"
)

// How long the frame at the start of the buffer is, and whether it may be that long.

// defaultMax is the limit of a Reader whose Max is 0.
const defaultMax = 16 << 20

// wholeBody is the longest body that is never streamed: it is returned only whole and checked.
const wholeBody = 64 << 10

// toStream reports whether the frame for which scan returned e and err is to be streamed:
// its header has arrived, and its body has not, or not all of it.
func (r *Reader) toStream(e Extent, err error) bool {
	if !r.known || !r.streams(e) || r.w-r.r < e.Header {
		return false
	}
	fault, ok := err.(*Error)
	return err == ErrMore || ok && fault.Fault == Truncated && int64(r.w-r.r-e.Header) < e.Body
}

// streams reports whether the body of this frame is passed on as it arrives.
func (r *Reader) streams(e Extent) bool {
	return r.large && e.Announced && e.Body > wholeBody && (r.escaper == nil || e.Plain)
}

// scan measures the frame at the start of the buffer. The error is ErrMore while
// more bytes are needed and the stream may bring them.
func (r *Reader) scan() (Extent, error) {
	if !r.known {
		e, err := r.framing.Scan(r.buf[r.r:r.w], &r.cursor)
		r.drop(e.Skip)
		e.Skip = 0
		if (e.Body > r.most() || r.escaper != nil) && err != io.EOF && err != io.ErrUnexpectedEOF {
			// The limit comes first: otherwise the error would depend on how much has arrived.
			if over := r.limit(e, err == nil); over != nil {
				return e, over
			}
		}
		have := int64(r.w - r.r)
		switch {
		case err == nil:
			r.extent, r.known = e, true
		case err == io.EOF, err == ErrMore && r.cursor.EOF && have == 0:
			return e, io.EOF
		case err == ErrMore && !r.cursor.EOF, err == errOver:
			return e, err
		case err == ErrMore, err == io.ErrUnexpectedEOF:
			return e, r.place(truncated(have, 0))
		default:
			if e.Announced && e.Body >= 0 { // too long, but Recover can pass over it
				r.extent, r.known = e, true
			}
			return e, r.inFrame(err)
		}
	}
	e := r.extent
	body := int64(e.Header) + e.Body
	have, need := int64(r.w-r.r), body+int64(e.Trailer)
	if have > body && e.Want != "" {
		if err := r.trailer(e, int(min(have, need)-body)); err != nil {
			return e, err
		}
	}
	if have >= need {
		return e, r.swallowed(e, int(need))
	}
	if r.cursor.EOF {
		return e, r.place(truncated(have, need))
	}
	return e, ErrMore
}

// trailer checks the first have bytes of a trailer that must end in e.Want.
func (r *Reader) trailer(e Extent, have int) error {
	start := e.Header + int(e.Body)
	t := r.buf[r.r+start:][:have]
	for i, skip := max(0, e.Trailer-len(e.Want)), e.Trailer-len(e.Want); i < have; i++ {
		if t[i] != e.Want[i-skip] {
			return r.place(malformed(BadTrailer, start+i, "found %s, expected the trailer %s", shown(string(t[i:i+1])), shown(e.Want)))
		}
	}
	return nil
}

// most returns the longest payload that may be held in memory.
func (r *Reader) most() int64 {
	switch {
	case r.Max == 0:
		return defaultMax
	case r.Max < 0:
		return math.MaxInt64
	}
	return r.Max
}

// limit checks a frame's length against Max. Before the end of the body is found, e.Body
// is a lower bound.
func (r *Reader) limit(e Extent, whole bool) error {
	n := e.Body
	if r.escaper != nil {
		n = r.escaper.MinPayload(n - e.Dropped)
	}
	if n <= r.most() || r.Max == 0 && whole && r.streams(e) {
		return nil
	}
	if e.Announced {
		r.extent, r.known = e, true // Recover can pass over it
	}
	return r.over(e, n)
}

// over returns the error for a frame whose payload has n bytes or more, which is over Max.
func (r *Reader) over(e Extent, n int64) error {
	limit := r.most()
	err := tooLong(e.Field, "length %d is over the limit %d", n, limit)
	if !e.Announced {
		err = tooLong(0, "the payload is longer than the limit %d", limit)
		err.Fault = FrameTooLarge
	}
	err.Size, err.Limit = n, limit
	return r.place(err)
}

// place fills in where the frame is, and makes Offset, relative to the frame, one in the
// stream.
func (r *Reader) place(e *Error) *Error {
	e.Frame, e.Start = r.Index(), r.Offset()
	e.Offset += r.Offset()
	return e
}

// inFrame returns an error of the framing with its place in the stream.
func (r *Reader) inFrame(err error) error {
	if e, ok := err.(*Error); ok {
		return r.place(e)
	}
	return fmt.Errorf("frame %d at byte %d: %w", r.Index(), r.Offset(), err)
}

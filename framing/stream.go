package framing

import (
	"io"
	"os"
)

// Large returns, after ErrLarge, the header and the length of the body that CopyNext
// will pass on. The header is not copied.
func (r *Reader) Large() (header []byte, body int64) {
	if !r.known || r.w-r.r < r.extent.Header {
		return nil, 0
	}
	return r.buf[r.r : r.r+r.extent.Header], r.extent.Body
}

// CopyNext reads the next frame and writes its payload to w. With StreamLarge
// set, a body that was announced to be longer than 64 KiB goes through as it
// arrives, in constant memory; the frame returned then has no Body and Payload. If such a body fails, Sent in the *Error tells how much was written.
func (r *Reader) CopyNext(w io.Writer) (Frame, error) {
	e, err := r.await(true)
	if err == nil {
		f, err := r.Next()
		if err == nil {
			_, err = w.Write(f.Payload)
		}
		return f, err
	}
	if err != ErrLarge {
		return Frame{}, err
	}
	f := Frame{
		Index: r.Index, Offset: r.Offset, Wire: int64(e.Header) + e.Body + int64(e.Trailer),
		Header: append([]byte(nil), r.buf[r.r:r.r+e.Header]...),
	}
	sent, err := r.stream(w, e)
	r.Offset += int64(e.Header) + sent
	if err != nil {
		return f, r.fail(err)
	}
	// Only the trailer is left of the frame. It is judged as part of it.
	r.extent.Header, r.extent.Body = 0, 0
	if _, err = r.await(false); err != nil {
		if fault, ok := err.(*Error); ok {
			passed := r.Offset - f.Offset
			fault.Start, fault.Sent = f.Offset, sent
			if fault.Kind == Truncated {
				*fault = *truncatedAt(fault, fault.Have+passed, f.Wire)
			}
		}
		return f, err
	}
	f.Trailer = r.buf[r.r : r.r+e.Trailer : r.r+e.Trailer]
	r.consume(e.Trailer, 1)
	return f, nil
}

// truncatedAt is e told for the whole frame.
func truncatedAt(e *Error, have, need int64) *Error {
	t := truncated(have, need)
	t.Frame, t.Start, t.Offset, t.Sent = e.Frame, e.Start, e.Start+have, e.Sent
	return t
}

// stream passes header and body of the known frame e: the header is dropped, the
// body written to w.
func (r *Reader) stream(w io.Writer, e Extent) (sent int64, err error) {
	held := min(int64(r.w-r.r-e.Header), e.Body)
	part := r.buf[r.r+e.Header:][:held]
	r.r += e.Header + int(held)
	n, err := w.Write(part)
	sent = int64(n)
	if err != nil || sent == e.Body {
		return sent, err
	}
	m, err := io.CopyN(w, r.passing(), e.Body-sent)
	sent += m
	if err == io.EOF {
		r.cursor.EOF = true
		t := r.place(truncated(int64(e.Header)+sent, int64(e.Header)+e.Body+int64(e.Trailer)))
		t.Sent = sent
		return sent, t
	}
	return sent, err
}

// passing returns the source, for bytes that go past the buffer. A file is returned
// itself: the system can copy from it without our help.
func (r *Reader) passing() io.Reader {
	r.Head = r.Head[:len(r.Head):len(r.Head)] // what follows is not contiguous
	if f, ok := r.src.(*os.File); ok && !r.cursor.EOF && (r.Idle == nil || r.Idle() == nil) {
		return f
	}
	return (*arrivals)(r)
}

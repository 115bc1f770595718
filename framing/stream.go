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

// CopyNext reads the next frame and writes its payload to w. With StreamLarge set, a
// body that was announced to be longer than 64 KiB goes through as it arrives, in
// constant memory; the frame returned then has no Body and Payload. If such a body
// fails, Sent in the *Error tells how much was written. Errors of w stick, as others do.
func (r *Reader) CopyNext(w io.Writer) (Frame, error) {
	e, err := r.await(true)
	if err == nil {
		f, err := r.Next()
		if err != nil {
			return f, err
		}
		if _, err = writeWhole(w, f.Payload); err != nil {
			return f, r.fail(err)
		}
		return f, nil
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
	r.r += e.Header
	for err == nil && sent < e.Body {
		switch {
		case r.r < r.w:
			part := r.buf[r.r:][:min(int64(r.w-r.r), e.Body-sent)]
			n, end := writeWhole(w, part)
			r.r += len(part)
			sent += int64(n)
			err = end
		case r.cursor.EOF:
			err = io.EOF
		case !r.takenBy(w):
			err = r.fill()
		default:
			r.Head = r.Head[:len(r.Head):len(r.Head)] // what follows is not contiguous
			r.brief = true
			if r.Idle != nil {
				if err = r.Idle(); err != nil {
					break
				}
			}
			n, end := io.CopyN(w, r.src, e.Body-sent)
			sent += n
			err = end
		}
	}
	if err == io.EOF {
		r.cursor.EOF = true
		t := r.place(truncated(int64(e.Header)+sent, int64(e.Header)+e.Body+int64(e.Trailer)))
		t.Sent = sent
		return sent, t
	}
	return sent, err
}

// writeWhole is w.Write, held to what an io.Writer promises.
func writeWhole(w io.Writer, p []byte) (int, error) {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// takenBy says whether w can take bytes from the source itself, past the buffer: if
// the source is a file, and w knows of files. For an *os.File the system would copy
// in pieces so small that our buffer is faster.
func (r *Reader) takenBy(w io.Writer) bool {
	_, fromFile := r.src.(*os.File)
	_, toFile := w.(*os.File)
	_, takes := w.(io.ReaderFrom)
	return fromFile && !toFile && takes
}

// passing returns the source, for bytes that go past the buffer.
func (r *Reader) passing() io.Reader {
	r.Head = r.Head[:len(r.Head):len(r.Head)] // what follows is not contiguous
	return (*arrivals)(r)
}

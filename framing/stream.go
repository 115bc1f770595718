package framing

import (
	"io"
	"os"
)

// NextReader returns the next frame and a reader of its payload. A body that was announced
// to be longer than 64 KiB, and is the payload as it is, streams: it is read as it arrives,
// in constant memory. Its Frame has no Body and Payload; Size is the size of the whole frame;
// Trailer is filled in once the reader has returned io.EOF. All other frames are held and
// checked before they are returned, as by Next.
//
// The reader is valid until the next call of the Reader's methods, which passes over what
// was not read. It returns the errors of Next: if the frame turns out to be cut or wrong,
// Error.Sent is how much of the payload had been read. It is an io.WriterTo, so that
// io.Copy(w, body) lets the system move the bytes where it can: from a file or a pipe,
// or between connections.
func (r *Reader) NextReader() (Frame, io.Reader, error) {
	if r.opening {
		if f, ok, err := r.nextOpening(); err != nil {
			return Frame{}, nil, err
		} else if ok {
			r.whole.Reset(nil)
			return f, &r.whole, nil
		}
	}
	if r.join != nil {
		return r.nextReader()
	}
	e, err := r.await(true)
	switch {
	case err == errLarge:
		f, b := r.startBody(e)
		return f, b, nil
	case err != nil:
		return Frame{}, nil, err
	}
	f, err := r.take(e)
	if err != nil {
		return Frame{}, nil, err
	}
	r.whole.Reset(f.Payload)
	return f, &r.whole, nil
}

// A body is the payload of a frame that streams. While there is one, the Reader's offset
// is that of the frame, but its buffer begins with what is left of the body.
type body struct {
	r        *Reader
	extent   Extent
	left     int64  // bytes that are still to be read
	sent     int64  // bytes that the caller got
	trailer  []byte // of the Frame that was returned
	skipping bool   // the caller gets no more of it
	ending   bool   // left is 0, and the trailer is next
	err      error  // io.EOF after the last byte, or what was wrong; sticks
}

func (r *Reader) startBody(e Extent) (Frame, *body) {
	marks := make([]byte, e.Header+e.Trailer)
	copy(marks, r.buf[r.r:r.r+e.Header])
	f := Frame{
		Index: r.Index(), Offset: r.Offset(), Size: int64(e.Header) + e.Body + int64(e.Trailer),
		Header: marks[:e.Header:e.Header], Trailer: marks[e.Header:],
	}
	r.note(f)
	r.r += e.Header
	r.body = &body{r: r, extent: e, left: e.Body, trailer: f.Trailer}
	return f, r.body
}

func (b *body) Read(p []byte) (n int, err error) {
	r := b.r
	switch {
	case !b.open():
		return 0, b.err
	case b.left == 0:
		return 0, b.end()
	case len(p) == 0:
		return 0, nil
	}
	p = p[:min(int64(len(p)), b.left)]
	if r.r == r.w && len(p) < briefSize && !r.cursor.EOF {
		err = r.fill()
	}
	switch {
	case r.r < r.w:
		n = copy(p, r.buf[r.r:r.w])
		r.r += n
	case err == nil:
		n, err = r.passing().Read(p)
	}
	b.took(int64(n), int64(n))
	if err != nil {
		return n, b.fail(err)
	}
	return n, nil
}

// WriteTo writes what is left of the body to w. An error of w does not stick.
func (b *body) WriteTo(w io.Writer) (int64, error) {
	before := b.left
	for b.open() {
		if b.left == 0 {
			if err := b.end(); err != io.EOF {
				return before, err
			}
			break
		}
		if err := b.pass(w); err != nil {
			return before - b.left, err
		}
	}
	if b.err != io.EOF {
		return before - b.left, b.err
	}
	return before - b.left, nil
}

// pass writes a part of the body to w: what is buffered, or else what arrives, or all that
// is left if w can take it from the source.
func (b *body) pass(w io.Writer) error {
	r := b.r
	switch {
	case r.r < r.w:
		part := r.buf[r.r:][:min(int64(r.w-r.r), b.left)]
		n, err := writeWhole(w, part)
		r.r += len(part)
		b.took(int64(len(part)), int64(n))
		return err
	case r.cursor.EOF:
		return b.fail(io.EOF)
	case !takenBy(w, r.src):
		if err := r.fill(); err != nil {
			return b.fail(err)
		}
		return nil
	}
	r.strayed, r.brief = true, true
	if r.BeforeRead != nil {
		if err := r.BeforeRead(); err != nil {
			return b.fail(err)
		}
	}
	n, err := io.CopyN(w, r.src, b.left)
	b.took(n, n)
	if err != nil {
		return b.fail(err)
	}
	return nil
}

// took counts n bytes that were read from the source, of which the caller got sent.
func (b *body) took(n, sent int64) {
	b.left -= n
	if !b.skipping {
		b.sent += sent
	}
}

// open reports whether the body is still being read; if not, err is set.
func (b *body) open() bool {
	if b.err == nil && b.r.body != b { // the Reader has gone on to the next frame
		b.err = io.EOF
	}
	return b.err == nil
}

// skip passes over what is left.
func (b *body) skip() error {
	b.skipping = true
	_, err := b.WriteTo(io.Discard)
	return err
}

// fail ends a body that could not be read to its end.
func (b *body) fail(err error) error {
	if err == ErrWait {
		return err
	}
	r, e := b.r, b.extent
	have := int64(e.Header) + e.Body - b.left
	if err == io.EOF {
		r.cursor.EOF = true
		cut := r.place(truncated(have, int64(e.Header)+e.Body+int64(e.Trailer)))
		cut.Sent = b.sent
		err = cut
	}
	r.offset += have
	r.body, b.err = nil, r.fail(err)
	return err
}

// end checks the trailer as a part of the frame, and finishes the frame.
func (b *body) end() error {
	r, e := b.r, b.extent
	if !b.ending {
		b.ending = true
		r.offset += int64(e.Header) + e.Body
		r.extent.Header, r.extent.Body = 0, 0
	}
	r.body = nil
	_, err := r.await(false)
	if err == ErrWait {
		r.body = b
		return err
	}
	if err != nil {
		if fault, ok := err.(*Error); ok {
			passed := int64(e.Header) + e.Body
			fault.Start, fault.Sent = r.Offset()-passed, b.sent
			if fault.Fault == Truncated {
				*fault = *truncatedAt(fault, fault.Have+passed, passed+int64(e.Trailer))
			}
		}
		b.err = err
		return err
	}
	copy(b.trailer, r.buf[r.r:])
	r.consume(e.Trailer, 1)
	b.err = io.EOF
	return io.EOF
}

// truncatedAt is e, with the sizes of the whole frame.
func truncatedAt(e *Error, have, need int64) *Error {
	t := truncated(have, need)
	t.Frame, t.Start, t.Offset, t.Sent = e.Frame, e.Start, e.Start+have, e.Sent
	return t
}

// writeWhole is w.Write, with a check that it keeps the promise of io.Writer.
func writeWhole(w io.Writer, p []byte) (int, error) {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// takenBy reports whether w can read from the source itself, which bypasses the buffer: the
// source must be a file or have its descriptor, and w must have ReadFrom. If w is an *os.File, the system copies in
// pieces so small that our buffer is faster.
func takenBy(w io.Writer, src io.Reader) bool {
	_, fromFile := src.(interface{ Fd() uintptr })
	_, toFile := w.(*os.File)
	_, takes := w.(io.ReaderFrom)
	return fromFile && !toFile && takes
}

// passing returns the source, for bytes that bypass the buffer.
func (r *Reader) passing() io.Reader {
	r.strayed = true
	return (*arrivals)(r)
}

// nextReader is NextReader for a message, which is in memory.
func (r *Reader) nextReader() (Frame, io.Reader, error) {
	f, err := r.message()
	if err != nil {
		return f, nil, err
	}
	if f.Payload == nil {
		f.Payload = []byte{} // nil would mean that it streams
	}
	r.whole.Reset(f.Payload)
	return f, &r.whole, nil
}

package framing

import "io"

// A Writer puts messages into frames. It buffers: call Flush at the end, and before
// waiting for something else. An error of the destination sticks: what was written then
// may end inside a frame. A Writer serves one goroutine at a time.
type Writer struct {
	// InParts allows WriteBatch to write a frame to the destination in several calls, so
	// that a long payload need not be copied. Without it each call, but those of Stream,
	// writes whole frames. Set it before the first call of a method.
	InParts bool

	dst     io.Writer
	framing Framing
	tunnel  *tunnel  // framing is in it; nil if there is none
	opening string   // what is to be written before the first frame
	append  appender // nil if the framing has no faster way
	follow  follower // nil if frames do not depend on those before
	cursor  Cursor   // of what was written, for follow
	buf     []byte
	err     error // of dst
}

// NewWriter returns a Writer that writes frames of f to dst. If f is a framing that follows
// another one, as that of proxy/http, the stream begins with the opening of that.
func NewWriter(dst io.Writer, f Framing) *Writer {
	w := &Writer{dst: dst}
	for {
		t, ok := f.(*tunnel)
		if !ok {
			break
		}
		w.tunnel = t
		w.opening += t.outer.opening()
		f = t.inner
	}
	w.framing = f
	w.append, _ = f.(appender)
	w.follow, _ = f.(follower)
	return w
}

// A follower is a framing in which a frame depends on those before it. Its Append writes frames that
// can begin a stream.
type follower interface {
	// follow is Append in a stream of which c is what is remembered. After an error c is as it was.
	follow(dst []byte, like Marks, payload []byte, c *Cursor) ([]byte, error)
}

// appendFrame is the framing's Append.
func (w *Writer) appendFrame(like Marks, payload []byte) ([]byte, error) {
	if w.follow != nil {
		return w.follow.follow(w.buf, like, payload, &w.cursor)
	}
	return w.framing.Append(w.buf, like, payload)
}

// Write writes payload as a frame with the default header. If the error wraps ErrPayload,
// no frame can carry the payload: nothing of it is written, and the Writer can be used on.
func (w *Writer) Write(payload []byte) error { return w.WriteLike(Marks{}, payload) }

// WriteLike is Write for a frame with the header and trailer of another one: like is
// what a Reader returned, or what was made by hand. Only the length in it is changed. If the
// error wraps ErrMarks, the framing could not have written like.
func (w *Writer) WriteLike(like Marks, payload []byte) error {
	if w.err != nil {
		return w.err
	}
	if w.tunnel != nil && w.tunnel.opens(like, len(payload)) {
		w.buf, w.opening = append(w.buf, like.Header...), ""
		return w.full()
	}
	w.open()
	out, err := w.appendFrame(like, payload)
	if err != nil {
		return err
	}
	w.buf = out
	return w.full()
}

// WriteBatch writes the payloads of a batch as frames with the default header. It returns
// how many it took before an error, which is that of Write for the next one.
func (w *Writer) WriteBatch(b Batch) (n int, err error) {
	if w.err != nil {
		return 0, w.err
	}
	w.open()
	for n < len(b.Bodies) {
		if s := b.Bodies[n]; w.InParts && s.BodyEnd-s.HeaderEnd >= passSize {
			if passed, err := w.pass(b.Data[s.HeaderEnd:s.BodyEnd]); err != nil {
				return n, err
			} else if passed {
				n++
				continue
			}
		}
		if w.append != nil {
			k := 0
			w.buf, k = w.append.AppendAll(w.buf, b.Data, b.Bodies[n:])
			if n += k; n == len(b.Bodies) {
				break
			}
		}
		s := b.Bodies[n] // AppendAll refused this one; Append gives the reason
		if err := w.Write(b.Data[s.HeaderEnd:s.BodyEnd]); err != nil {
			return n, err
		}
		n++
	}
	return n, w.full()
}

// passSize is the size from which a payload is written from where it is. A shorter one is
// copied into the buffer, which costs less than another write.
const passSize = 128 << 10

// pass writes a frame without copying its payload to the buffer. It does so if the framing
// only puts a header and a trailer around the payload.
func (w *Writer) pass(payload []byte) (passed bool, err error) {
	size := int64(len(payload))
	var trailer []byte
	switch f := w.framing.(type) {
	case *length, *varint, *counted:
		a := f.(Announcer)
		if w.buf, err = a.AppendHeader(w.buf, Marks{}, size); err != nil {
			return false, err
		}
		trailer = a.AppendTrailer(nil, Marks{}, size)
	case *delim:
		if len(f.mark) > 1 || f.index(payload) >= 0 {
			return false, nil // Append may give the reason
		}
		w.buf, trailer = append(w.buf, f.magic...), []byte(f.mark)
	default:
		return false, nil
	}
	if err := w.Flush(); err != nil {
		return false, err
	}
	w.send(payload)
	w.buf = append(w.buf, trailer...)
	return true, w.err
}

// full flushes the buffer once it has reached its size, which is enough for the frames of
// one read.
func (w *Writer) full() error {
	if len(w.buf) < bufferSize+bufferSize/4 {
		return nil
	}
	return w.Flush()
}

// open writes what comes before the first frame.
func (w *Writer) open() {
	if w.opening != "" {
		w.buf, w.opening = append(w.buf, w.opening...), ""
	}
}

// Flush writes what is buffered to the destination.
func (w *Writer) Flush() error {
	if len(w.buf) == 0 || w.err != nil {
		return w.err
	}
	w.send(w.buf)
	w.buf = w.buf[:0]
	return w.err
}

func (w *Writer) send(b []byte) {
	_, w.err = writeWhole(w.dst, b)
}

// Stream writes size bytes from src as the payload of one frame, like WriteLike but in
// constant memory. The framing must be an Announcer, or the error wraps ErrPayload. If src
// has fewer bytes, the error is io.ErrUnexpectedEOF: it sticks, as half a frame is written.
func (w *Writer) Stream(like Marks, src io.Reader, size int64) error {
	a, ok := w.framing.(Announcer)
	if !ok {
		return payloadError("%s has no length before the payload, so the payload cannot be streamed", w.framing)
	}
	if size < 0 {
		return payloadError("a payload cannot have %d bytes", size)
	}
	w.open()
	out, err := a.AppendHeader(w.buf, like, size)
	if err != nil {
		return err
	}
	w.buf = out
	if err := w.Flush(); err != nil {
		return err
	}
	if _, err := io.CopyN(w.dst, src, size); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		w.err = err
		return err
	}
	w.buf = a.AppendTrailer(w.buf, like, size)
	return w.full()
}

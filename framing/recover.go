package framing

import "io"

// Recover makes the Reader go on after a malformed or over-long frame, at the
// next place where the framing can tell that a frame starts: the known end of the
// frame, the next delimiter, the next magic bytes. It returns how many bytes it
// passed over. If there is no such place, the error is the Reader's own; at the
// end of the stream it is nil, and io.EOF comes next.
//
// The body of an over-long frame is passed over, never searched.
func (r *Reader) Recover() (skipped int64, err error) {
	fault, ok := r.err.(*Error)
	if !ok || fault.Kind == Truncated || fault.Sent > 0 {
		return 0, r.err
	}
	if r.known {
		return r.passOver()
	}
	syncer, ok := r.framing.(Syncer)
	if !ok {
		return 0, r.err
	}
	from := 1 // the damaged frame begins with a mark of its own, perhaps
	for {
		b := r.buf[r.r:r.w]
		n, found := 0, false
		if len(b) >= from {
			if n, found = syncer.Sync(b[from:]); n < 0 {
				return skipped, r.err
			}
			r.discard(from + n)
			skipped += int64(from + n)
			from = 0
		}
		if found {
			break
		}
		if r.cursor.EOF {
			skipped += int64(r.w - r.r)
			r.discard(r.w - r.r)
			break
		}
		r.err = nil
		if r.fill(); r.err != nil {
			return skipped, r.err
		}
	}
	r.restart()
	return skipped, nil
}

// passOver drops the frame whose extent is known, without holding it.
func (r *Reader) passOver() (skipped int64, err error) {
	e := r.extent
	size := int64(e.Header) + e.Body + int64(e.Trailer)
	held := min(size, int64(r.w-r.r))
	r.discard(int(held))
	if size > held {
		n, err := io.CopyN(io.Discard, r.src, size-held)
		r.Offset += n
		held += n
		if err == io.EOF {
			r.cursor.EOF = true
			t := r.place(truncated(held, size))
			t.Start, t.Offset = t.Start-held, r.Offset
			return held, r.fail(t)
		}
		if err != nil {
			return held, r.fail(err)
		}
	}
	r.restart()
	return held, nil
}

func (r *Reader) discard(n int) {
	r.r += n
	r.Offset += int64(n)
}

// restart begins a frame of its own behind the damage.
func (r *Reader) restart() {
	r.consume(0, 1)
	r.err = nil
}

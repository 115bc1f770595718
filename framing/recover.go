package framing

import (
	"errors"
	"io"
)

// Recover makes the Reader go on after a malformed or over-long frame, at the next place
// where a frame is known to start: the end of that frame, or after the next delimiter, or
// at the next magic bytes; if there are none of these, where Resync finds one. It returns how
// many bytes it passed over; Fill, if not nil, is called with them. The body of a frame that
// is over Max is passed over, never searched; but a length that is over the maximum of the
// framing itself, or passes the end of the stream, is not trusted. If there is no place to go
// on, Recover returns the error that the Reader had. At the end of the stream it returns nil,
// and io.EOF comes next. If it returns ErrWait, call it again when more has arrived: it goes on
// where it stopped. Until then, the other methods return the error that the Reader had.
//
// A source may report that bytes are missing by an error with a method Lost() int64, their
// number, or -1 if that is not known. Recover goes on after such a gap too, without the
// start of the frame that it cut.
func (r *Reader) Recover() (skipped int64, err error) {
	if r.refused { // its frames have been read
		r.refused, r.err = false, nil
		r.join.index++
		return 0, nil
	}
	if again := r.again; again != nil {
		r.again = nil
		return again()
	}
	if r.body != nil {
		if err := r.body.skip(); err == ErrWait {
			return 0, err
		}
	}
	var gap interface{ Lost() int64 }
	if errors.As(r.err, &gap) {
		for r.opening { // what follows is a part of the tunnel, if anything is known of it
			r.enter()
		}
		return r.passGap(gap.Lost())
	}
	if r.opening {
		return 0, r.err
	}
	fault, ok := r.err.(*Error)
	if ok && r.atDamage() {
		n := r.damage.next - r.offset
		r.discard(int(n))
		r.restart()
		return n, nil
	}
	if !ok || fault.Fault == Truncated {
		return 0, r.err
	}
	syncer := r.syncer()
	switch {
	case r.known && r.trusted(fault, syncer):
		switch next, err := r.endsSoon(fault); {
		case err != nil:
			return 0, err
		case next > 0:
			r.discard(next)
			r.restart()
			return int64(next), nil
		}
		e := r.extent
		return r.passOver(0, int64(e.Header)+e.Body+int64(e.Trailer))
	case fault.Fault == FrameTooLarge:
		if e, ok := r.framing.(ender); ok {
			return r.seek(r.cursor.Seen, func(b []byte) (int, bool) { return e.End(b) })
		}
	}
	if syncer == nil {
		if r.Resync == nil {
			return 0, r.err
		}
		return r.search(searchFirst, []int{0})
	}
	// The bytes before the fault are valid, so no frame starts there. But the damaged
	// frame itself may begin with a mark, which must not be found again.
	from := max(0, int(fault.Offset-r.Offset())-1)
	if fault.Sent == 0 {
		from = max(1, from)
	}
	if r.known { // its length is doubtful, so the next frame may start anywhere
		from = 1
	}
	return r.seek(from, syncer.Sync)
}

// syncer returns the framing as a Syncer, or nil if it has no marks to search for.
func (r *Reader) syncer() Syncer {
	s, ok := r.framing.(Syncer)
	if !ok {
		return nil
	}
	if n, _ := s.Sync(nil); n < 0 {
		return nil
	}
	return s
}

// passGap goes on after a gap of lost bytes. Nothing is known of the bytes after it.
func (r *Reader) passGap(lost int64) (skipped int64, err error) {
	held := r.w - r.r
	r.discard(held)
	r.offset += max(0, lost)
	switch syncer := r.syncer(); {
	case syncer != nil:
		skipped, err = r.seek(0, syncer.Sync)
	case r.Resync != nil:
		skipped, err = r.search(searchFirst, nil)
	default:
		err = r.err
	}
	return int64(held) + skipped, err
}

// pause returns ErrWait, and makes the next Recover call again, which goes on with the work.
func (r *Reader) pause(fault error, again func() (int64, error)) error {
	r.err, r.again = fault, again
	return ErrWait
}

// trusted reports whether a frame whose end is known ends there. Its length can't be trusted if
// the frame has another end than it should, if the framing allows no such length, or if there
// are not so many bytes; s is a way to do without, or nil.
func (r *Reader) trusted(fault *Error, s Syncer) bool {
	e := r.extent
	switch {
	case fault.Fault == BadTrailer:
		return false
	case fault.Fault == Checksum:
		return s == nil || !e.Announced
	case fault.Fault == LengthTooLarge && fault.Limit == 0, r.passesEnd(int64(e.Header) + e.Body + int64(e.Trailer)):
		return s == nil && r.Resync == nil
	}
	return true
}

// endsSoon returns where other frames begin inside an over-long frame, if the stream ends inside
// it and not far from its start: then the length is damaged. Otherwise it returns 0. The error
// is ErrWait or nil.
func (r *Reader) endsSoon(fault *Error) (next int, err error) {
	e := r.extent
	need := int64(e.Header) + e.Body + int64(e.Trailer)
	if r.Resync == nil || fault.Limit == 0 || fault.Sent > 0 {
		return 0, nil
	}
	for int64(r.w-r.r) < need && r.w-r.r <= searchSize && !r.cursor.EOF {
		switch err := r.fillAhead(); err {
		case nil:
		case ErrWait:
			return 0, err
		default:
			return 0, nil
		}
	}
	if held := int64(r.w - r.r); held < need && held <= searchSize {
		next, _ = r.inside(r.buf[r.r:r.w])
	}
	return next, nil
}

// search drops bytes up to the place that Resync returns, and holds few: it looks at look bytes,
// then at twice as many each time, up to searchSize. So the place does not depend on the sizes of reads, and is
// found as soon as twice the bytes that show it have arrived.
func (r *Reader) search(look int, frames []int) (skipped int64, err error) {
	fault := r.err
	for {
		if r.w-r.r <= look && !r.cursor.EOF {
			r.err = nil
			switch err := r.fill(); err {
			case nil, io.EOF:
			case ErrWait:
				return skipped, r.pause(fault, func() (int64, error) { return r.search(look, frames) })
			default:
				return skipped, r.fail(err)
			}
			continue
		}
		b := r.buf[r.r:r.w]
		ended := len(b) <= look
		if !ended {
			b = b[:look]
		}
		if _, next, ok := r.Resync(r.framing, b, frames, ended); ok {
			r.discard(next)
			r.restart()
			return skipped + int64(next), nil
		}
		if ended {
			return skipped, r.fail(fault)
		}
		if look < searchSize {
			look *= 2
			continue
		}
		r.discard(look / 2)
		skipped += int64(look / 2)
		frames = nil
	}
}

const (
	searchFirst = 1 << 10
	searchSize  = 256 << 10
)

// seek drops bytes up to the place that find returns; it looks from b[from:] on.
func (r *Reader) seek(from int, find func([]byte) (int, bool)) (skipped int64, err error) {
	fault := r.err
	for {
		b := r.buf[r.r:r.w]
		n, found := 0, false
		if len(b) >= from {
			if n, found = find(b[from:]); n < 0 {
				return skipped, fault
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
		switch err := r.fill(); err {
		case nil, io.EOF:
		case ErrWait:
			return skipped, r.pause(fault, func() (int64, error) { return r.seek(from, find) })
		default:
			return skipped, r.fail(err)
		}
	}
	r.restart()
	return skipped, nil
}

// passOver drops a frame of size bytes without holding it in memory; n bytes of it were dropped
// before.
func (r *Reader) passOver(n, size int64) (skipped int64, err error) {
	fault := r.err
	skipped = min(size-n, int64(r.w-r.r))
	r.discard(int(skipped))
	if n += skipped; n < size {
		more, err := io.CopyN(passed{r}, r.passing(), size-n)
		n, skipped = n+more, skipped+more
		switch err {
		case nil:
		case ErrWait:
			return skipped, r.pause(fault, func() (int64, error) { return r.passOver(n, size) })
		case io.EOF:
			r.cursor.EOF = true
			t := r.place(truncated(n, size))
			t.Start, t.Offset = t.Start-n, r.Offset()
			return skipped, r.fail(t)
		default:
			return skipped, r.fail(err)
		}
	}
	r.restart()
	return skipped, nil
}

// passed is a writer for bytes that are passed over.
type passed struct{ r *Reader }

func (p passed) Write(b []byte) (int, error) {
	if p.r.Fill != nil {
		p.r.Fill(b)
	}
	p.r.offset += int64(len(b))
	return len(b), nil
}

func (r *Reader) discard(n int) {
	if n > 0 && r.Fill != nil {
		r.Fill(r.buf[r.r:][:n])
	}
	r.r += n
	r.offset += int64(n)
}

// restart begins a new frame after the damage.
func (r *Reader) restart() {
	r.consume(0, 1)
	if r.join != nil {
		r.join.index++
	}
	r.err, r.damage, r.checked = nil, damage{}, 0
}

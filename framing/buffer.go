package framing

import (
	"errors"
	"io"
	"math"
)

// The buffer of a Reader: how it is filled, grows, and is emptied.

// briefSize is how much is read at once from a stream of large frames.
const briefSize = 16 << 10

// drop removes n bytes of fill before the frame.
func (r *Reader) drop(n int) {
	if n > 0 && r.Fill != nil {
		if r.batching {
			r.late += n
		} else {
			r.Fill(r.buf[r.r:][:n])
		}
	}
	r.r += n
	r.offset += int64(n)
	r.cursor.Seen = max(0, r.cursor.Seen-n)
}

// reportLate calls Fill with the fill after the last frame of a batch.
func (r *Reader) reportLate() {
	n := r.late
	r.late = 0
	r.offset -= int64(n)
	r.Fill(r.buf[r.r-n : r.r])
	r.offset += int64(n)
}

// consume removes n bytes that contain this many frames.
func (r *Reader) consume(n, frames int) {
	r.r += n
	r.offset += int64(n)
	r.index += int64(frames)
	r.cursor.Seen, r.cursor.Pending, r.cursor.paused, r.known = 0, 0, false, false
	r.before = r.cursor.fresh()
}

// fill appends what arrives to the buffer. At the end of the source it sets EOF
// in the cursor; errors but ErrWait stick once the frames before them are delivered.
func (r *Reader) fill() error {
	if r.cursor.EOF {
		return r.fail(io.ErrNoProgress) // the framing asks for more after the end
	}
	var n int
	err := (*arrivals)(r).announce()
	if err == nil {
		if err := r.makeRoom(); err != nil {
			return r.fail(err)
		}
		room := r.buf[r.w:]
		if r.brief {
			room, r.brief = room[:min(len(room), briefSize)], false
		}
		n, err = (*arrivals)(r).read(room)
	}
	if n > 0 && len(r.head) < r.HeadSize && !r.strayed {
		r.addHead(r.buf[r.w : r.w+n])
	}
	r.w += n
	if err == ErrPause {
		r.cursor.paused = r.w > r.r
		return nil
	}
	if err != nil && err != io.EOF && err != ErrWait {
		r.err = err
	}
	return err
}

// makeRoom makes space after w. What is buffered moves to the front only where
// that frees as much as it moves, so that a large frame arriving in small pieces
// costs linear time. Otherwise the buffer grows, with what arrived: never to many times that because
// a peer announced it.
func (r *Reader) makeRoom() error {
	held := r.w - r.r
	switch {
	case r.buf == nil:
		r.buf = make([]byte, r.firstSize())
	case held == 0:
		r.r, r.w = 0, 0
	case r.w == len(r.buf) || len(r.buf)-r.w < bufferSize/4 && r.r >= held:
		to := r.buf
		if r.r < held {
			if len(r.buf) > math.MaxInt/2 {
				return errors.New("the buffer can't grow further")
			}
			to = make([]byte, r.grown())
		}
		copy(to, r.buf[r.r:r.w])
		r.buf, r.r, r.w = to, 0, held
	}
	return nil
}

// grown returns the size of the buffer after it grows: twice what it was. A large buffer takes the size
// of the frame, if that is not far beyond what arrived: then it grows once, and not more than needed.
func (r *Reader) grown() int {
	const large, far = 32 << 20, 4
	size := len(r.buf)
	need := int64(r.extent.Header) + r.extent.Body + int64(r.extent.Trailer)
	if size < large || !r.known || need < int64(size) || need > min(far*int64(size), math.MaxInt/2) {
		return 2 * size
	}
	return int(need) + bufferSize // the next frames begin there
}

// trim drops buffers that a large frame has made grow. What they hold is lost.
func (r *Reader) trim() {
	most := r.BufferSize
	if most <= 0 {
		most = bufferSize
	}
	if len(r.buf) > most {
		r.buf = nil
	}
	if cap(r.payload) > most {
		r.payload = nil
	}
	r.r, r.w = 0, 0
}

// firstSize returns the size of a new buffer.
func (r *Reader) firstSize() int {
	size := r.BufferSize
	if size <= 0 {
		size = bufferSize
	}
	if known, ok := r.src.(interface{ Len() int }); ok { // a source in memory knows its size
		size = min(size, known.Len()+1)
	}
	return size
}

// addHead adds bytes that arrived to the head, up to HeadSize.
func (r *Reader) addHead(b []byte) {
	if r.head == nil {
		r.head = make([]byte, 0, r.HeadSize)
	}
	r.head = append(r.head, b[:min(len(b), r.HeadSize-len(r.head))]...)
}

// arrivals reads from a Reader's source and bypasses its buffer.
type arrivals Reader

// Read calls BeforeRead, which may write out what was decoded, and then the source.
func (r *arrivals) Read(p []byte) (int, error) {
	if r.cursor.EOF {
		return 0, io.EOF
	}
	if err := r.announce(); err != nil {
		return 0, err
	}
	return r.read(p)
}

// announce calls BeforeRead.
func (r *arrivals) announce() error {
	if r.BeforeRead == nil {
		return nil
	}
	return r.BeforeRead()
}

// read reads from the source. At the end it sets EOF in the cursor. An error that comes with
// bytes is kept for the next call.
func (r *arrivals) read(p []byte) (int, error) {
	for range 100 {
		n, err := r.src.Read(p)
		if n < 0 || n > len(p) {
			return 0, errors.New("the source returned an impossible count")
		}
		if err == io.EOF {
			r.cursor.EOF = true
		} else if n > 0 && err != nil {
			r.src = failing{err}
		}
		if n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// failing is a source whose reads all fail with its error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

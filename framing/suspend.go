package framing

import (
	"errors"
	"io"
)

// ErrWait is what a source may return, with no bytes, to say that it has none yet.
// Next and NextBatch return it too, and can be called again once it has some. (A
// frame that CopyNext passes on needs a source that waits by itself.)
var ErrWait = errors.New("nothing has arrived yet")

// shortTail is how much of an unfinished frame can be suspended: it is copied, and
// looked at again.
const shortTail = 4 << 10

// A Suspended stream is one that has no Reader: what is known of it, and the start of a
// frame. The zero value is a stream at its beginning.
type Suspended struct {
	Index, Offset int64  // of the next frame
	Stream        uint64 // Cursor.Stream before that frame
	Tail          []byte // what has arrived of the frame
}

// Suspend makes the Reader free for another stream, of the same framing. Of many
// streams that are idle most of the time, only the few that are not need a Reader and
// its buffers. Call it after ErrWait. It returns false, and nothing has changed, if
// more than 4 KiB of a frame have arrived.
func (r *Reader) Suspend() (Suspended, bool) {
	held := r.buf[r.r:r.w]
	if len(held) > shortTail || r.err != nil || r.cursor.EOF {
		return Suspended{}, false
	}
	s := Suspended{Index: r.Index, Offset: r.Offset, Stream: r.before}
	if len(held) > 0 {
		s.Tail = append(s.Tail, held...)
	}
	return s, true
}

// Attach makes the Reader go on with a stream, whatever it did before.
func (r *Reader) Attach(src io.Reader, s Suspended) {
	if len(r.buf) > bufferSize { // a large frame has grown it
		r.buf = nil
	}
	if cap(r.payload) > bufferSize {
		r.payload = nil
	}
	r.src, r.err, r.Index, r.Offset = src, nil, s.Index, s.Offset
	r.cursor, r.before, r.known = Cursor{Stream: s.Stream}, s.Stream, false
	r.r, r.w = 0, 0
	if len(s.Tail) > len(r.buf) {
		r.buf = make([]byte, max(r.firstSize(), 2*len(s.Tail)))
	}
	r.w = copy(r.buf, s.Tail)
}

package framing

import "io"

// shortTail is how many bytes of an unfinished frame can be suspended: they are copied, and
// scanned again.
const shortTail = 4 << 10

// A State is a stream without its Reader: how far it was read, and the start of a frame.
// The zero value is a stream at its beginning.
type State struct {
	index, offset int64  // of the next frame
	cursor        Cursor // before that frame
	passed        int    // openings that are over, of a tunnel
	tail          []byte // what has arrived of the frame
	join          *joining
	noted         bool // Reader.Unusual was called
}

// Suspend makes the Reader free for another stream of the same framing. Of many streams
// that are idle most of the time, only the few that are not need a Reader and its buffers.
// Call it after ErrWait of any method but Recover, or in BeforeRead before Resume. If more than
// 4 KiB of a frame have arrived it returns false, and nothing has changed. Buffers that have
// grown are dropped.
func (r *Reader) Suspend() (State, bool) {
	held := r.buf[r.r:r.w]
	if len(held) > shortTail || r.err != nil || r.cursor.EOF || r.body != nil {
		return State{}, false
	}
	s := State{index: r.index, offset: r.offset, cursor: r.before, passed: r.passed, join: r.join, noted: r.noted}
	if len(held) > 0 {
		s.tail = append(s.tail, held...)
	}
	r.trim()
	return s, true
}

// Reset makes the Reader read src from its beginning, whatever it did before. It keeps the
// options and the buffers.
func (r *Reader) Reset(src io.Reader) { r.Resume(src, State{}) }

// Resume makes the Reader continue a stream that was suspended; src has the bytes that come
// next. Head is then known only if no frame had been read.
func (r *Reader) Resume(src io.Reader, s State) {
	r.trim()
	r.src, r.err, r.again, r.body, r.index, r.offset = src, nil, nil, nil, s.index, s.offset
	r.cursor, r.before, r.known = s.cursor, s.cursor, false
	r.brief, r.late, r.noted = false, 0, s.noted
	if r.tunnel != nil {
		r.use(r.given)
		for r.passed = 0; r.passed < s.passed; {
			r.enter()
		}
		r.cursor, r.before = s.cursor, s.cursor
	}
	if r.joins != nil {
		r.joinFrom(s.join)
	}
	r.size, r.checked, r.damage, r.ahead, r.vain, r.nextEmpty = 0, 0, damage{}, nil, 0, 0
	if len(s.tail) > len(r.buf) {
		r.buf = make([]byte, max(r.firstSize(), 2*len(s.tail)))
	}
	r.w = copy(r.buf, s.tail)
	r.head, r.strayed = r.head[:0], s.offset > 0
	if r.HeadSize > 0 && !r.strayed {
		r.addHead(s.tail)
	}
}

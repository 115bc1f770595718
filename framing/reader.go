package framing

import (
	"bytes"
	"errors"
	"io"
	"iter"
)

// errLarge is what await returns for a frame that NextReader streams.
var errLarge = errors.New("the next frame is large")

// A Reader reads frames from a stream. It buffers: it may read more from the source than
// the frames it returned. NewReader makes one; set the exported fields before the first
// call of a method. A Reader serves one goroutine at a time.
type Reader struct {
	// Max is the longest payload in bytes; a longer one is an *Error that wraps
	// ErrTooLong. 0 is 16 MiB for payloads held in memory, and no limit for those that
	// NextReader streams. -1 is no limit for any.
	Max int64

	// BufferSize is the size of the buffer to begin with, in bytes; 0 is 256 KiB. It
	// grows when a frame has filled it and is not complete.
	BufferSize int

	// HeadSize is how many of the first bytes of the stream Head returns; 0 is none.
	HeadSize int

	// FirstIndex and FirstOffset are added to all indexes and offsets, for a stream of
	// which something was read before.
	FirstIndex, FirstOffset int64

	// Stream makes NextBatch stop before a frame that NextReader can stream.
	Stream bool

	// BeforeRead, if not nil, is called before each read from the source, which may
	// block: now is the time to write out what was decoded. If the buffer is to grow for the
	// read, it grows afterwards. An error of BeforeRead is returned; it may be ErrWait, to
	// read later.
	BeforeRead func() error

	// Fill, if not nil, is called with bytes that are part of no frame, before the frame
	// after them is returned. They are at Offset, and valid during the call. With
	// NextBatch, fill between the frames of one batch is left out: it is in Batch.Wire.
	Fill func([]byte)

	// Unusual, if not nil, is called with the first frame of the stream that its protocol forbids,
	// although programs write such frames, before that frame is returned. What is unusual is in
	// what. Most framings have no such frames.
	Unusual func(f Frame, what string)

	// Resync, if not nil, finds where the stream of f goes on after damage, for Recover; that
	// is detect.Repair. B begins with the frames that could be read before the damage, at the
	// offsets in frames; the last of these is the place where none can be read. Without
	// frames, b begins anywhere. Ended means that the stream ends with b. Bad is the index in
	// frames of the damaged frame, which may be one before the last, and next is the offset
	// in b at which the stream goes on. It is not ok if no such place is found in b.
	Resync func(f Framing, b []byte, frames []int, ended bool) (bad, next int, ok bool)

	// Size, if not nil, returns how many bytes the source has, all of them at hand, as those
	// of a file; 0 if their number is not known. It is called again if a frame passes that
	// end: a file may grow. With Resync, the Reader then reads further than the frames that
	// it returns, and reports a frame with a damaged length instead of returning it. Leave it
	// nil for a source that may have to be waited for, such as a connection: each frame is
	// then returned as soon as it is complete.
	Size func() int64

	src      io.Reader
	given    Framing // to NewReader
	framing  Framing // of the frames that come next
	escaper  Escaper // nil if the body is the payload
	split    splitter
	lenience func(header []byte) string // of the framing; nil if it has none
	noted    bool                       // Unusual was called
	large    bool                       // the current call may stream the next frame
	brief    bool                       // read little at once: the next frame may bypass the buffer, as this one did

	buf    []byte // buf[r:w] has arrived and is not consumed; starts at offset
	r, w   int
	index  int64 // of the frame at r, without FirstIndex
	offset int64 // without FirstOffset
	cursor Cursor
	before Cursor // as it was before the frame at r
	extent Extent // of the frame at r, if known
	known  bool
	err    error // returned by all calls until Recover

	again func() (int64, error) // goes on with a Recover that returned ErrWait; nil if none did

	batching bool // frames are collected for a batch
	late     int  // bytes of fill before r for which Fill is still to be called

	size    int64  // what Size returned last
	checked int64  // with looksAhead: frames up to this offset can be returned
	damage  damage // the damage ahead, if some was found
	ahead   []Span // frames that were measured, from r on when the offset was aheadAt
	aheadAt int64

	vain      int64 // after the place of the last long search that found nothing
	nextEmpty int64 // where checkEmpty may look again

	head    []byte
	strayed bool // the next bytes do not follow those in head

	spans      []Span
	bodies     []Span
	payload    []byte
	tunnel     *tunnel  // the framing, if it is one
	opening    bool     // its opening is being read
	passed     int      // how many openings are over
	joins      *joined  // the framing, if it joins frames
	join       *joining // puts frames together; nil if the framing does not
	joinedWire []byte
	refused    bool         // the error is about a message, not about a frame
	inflater   inflater     // of messages that are compressed
	whole      bytes.Reader // what NextReader returns for a frame that is held
	body       *body        // of the frame that streams; nil if none does
}

// NewReader returns a Reader of the frames of f in src.
func NewReader(src io.Reader, f Framing) *Reader {
	r := &Reader{src: src, given: f}
	r.use(f)
	return r
}

// Next returns the next frame, whole. At the end of the stream the error is io.EOF, and
// an *Error that wraps io.ErrUnexpectedEOF if the stream ends inside a frame. An *Error
// shows which frame is wrong, where, and what was expected; errors of the source and of
// BeforeRead are returned as they are. All but ErrWait stick: they are returned again
// until Recover.
func (r *Reader) Next() (Frame, error) {
	if r.opening {
		if f, ok, err := r.nextOpening(); ok || err != nil {
			return f, err
		}
	}
	if r.join != nil {
		return r.message()
	}
	e, err := r.await(false)
	if err != nil {
		return Frame{}, err
	}
	return r.take(e)
}

// take returns the whole frame at the start of the buffer, and goes on after it.
func (r *Reader) take(e Extent) (Frame, error) {
	f := r.frame(e)
	if r.escaper != nil {
		r.payload, r.bodies = r.payload[:0], r.bodies[:0]
		if err := r.unescape(r.buf[r.r:r.w], spanOf(e, 0)); err != nil {
			return Frame{}, r.fail(r.faulty(e, err))
		}
		if f.Payload = r.payload; f.Payload == nil {
			f.Payload = []byte{} // nil would mean that it streams
		}
	}
	r.note(f)
	r.consume(int(f.Size), 1)
	return f, nil
}

// Frames returns an iterator over the frames that are left:
//
//	for frame, err := range r.Frames() {
//
// It ends at the end of the stream. An error comes with a Frame without bytes, and is the
// last pair, unless the loop calls Recover.
func (r *Reader) Frames() iter.Seq2[Frame, error] {
	return func(yield func(Frame, error) bool) {
		for {
			f, err := r.Next()
			if err == io.EOF || !yield(f, err) || err != nil && r.err != nil {
				return
			}
		}
	}
}

// frame is the whole frame at the start of the buffer.
func (r *Reader) frame(e Extent) Frame {
	h, b := r.r+e.Header, r.r+e.Header+int(e.Body)
	t := b + e.Trailer
	f := Frame{
		Index: r.Index(), Offset: r.Offset(), Size: int64(t - r.r),
		Header: r.buf[r.r:h:h], Body: r.buf[h:b:b], Trailer: r.buf[b:t:t], Silent: e.Silent,
	}
	f.Payload = f.Body
	return f
}

// await reads until the frame at the start of the buffer is whole. If large is set and
// NextReader can stream the frame, it reads until the header is whole.
func (r *Reader) await(large bool) (Extent, error) {
	r.large = large
	if r.late > 0 {
		r.reportLate()
	}
	if r.body != nil || r.known {
		if err := r.leaveBody(); err != nil {
			return Extent{}, err
		}
	}
	for r.err == nil {
		if r.looksAhead() && !r.known {
			if err := r.check(); err != nil {
				return r.extent, r.fail(err)
			}
		}
		e, err := r.scan()
		switch {
		case err == nil:
			return e, nil
		case large && r.toStream(e, err):
			return e, errLarge
		case err != ErrMore:
			return e, r.fail(r.orDamage(e, err))
		}
		if r.fill() == ErrWait {
			return e, ErrWait
		}
	}
	return Extent{}, r.err
}

// leaveBody ends the streaming of a frame. Its body is passed over, or held in memory if
// nothing of it was read yet. An error other than ErrWait sticks.
func (r *Reader) leaveBody() error {
	if r.body != nil {
		if err := r.body.skip(); err == ErrWait {
			return err
		}
	}
	if r.known && r.err == nil {
		if err := r.limit(r.extent, true); err != nil {
			return r.fail(err)
		}
	}
	return r.err
}

// note calls Unusual with the first unusual frame of the stream.
func (r *Reader) note(f Frame) {
	if !r.noting() {
		return
	}
	if what := r.lenience(f.Header); what != "" {
		r.noted = true
		r.Unusual(f, what)
	}
}

// noting reports whether the Reader still looks for an unusual frame.
func (r *Reader) noting() bool { return r.lenience != nil && r.Unusual != nil && !r.noted }

func (r *Reader) fail(err error) error {
	r.err = err
	return err
}

// Index returns the index of the next frame; the first one has FirstIndex.
func (r *Reader) Index() int64 {
	if r.join != nil {
		return r.FirstIndex + r.join.index
	}
	return r.FirstIndex + r.index
}

// Offset returns where in the stream the next frame begins, or the fill before it:
// FirstOffset and the number of bytes that have been returned or passed over.
func (r *Reader) Offset() int64 { return r.FirstOffset + r.offset }

// Head returns the first bytes of the stream, as many as have arrived, up to HeadSize. It
// is not copied, and stays as it is when more arrives.
func (r *Reader) Head() []byte { return r.head[:len(r.head):len(r.head)] }

// Buffered returns what has arrived and is in no frame yet: after an error, the bytes of
// the frame that is wrong. It is not copied, and valid until the next call.
func (r *Reader) Buffered() []byte { return r.buf[r.r:r.w] }

// Waiting returns the extent of the frame whose start Buffered returns. It is not known
// before enough bytes of the frame have arrived.
func (r *Reader) Waiting() (e Extent, known bool) { return r.extent, r.known }

// message returns the next message: Next, for a framing that joins.
func (r *Reader) message() (Frame, error) {
	j := r.join
	for r.err == nil {
		j.first, j.offset, j.most = r.FirstIndex, r.Offset(), r.most()
		f, ok, err := j.pop()
		if err != nil {
			return Frame{}, r.refuse(err)
		}
		if ok {
			j.index++
			return f, nil
		}
		e, err := r.await(false)
		if err == nil {
			f, err = r.take(e)
		}
		switch {
		case err == nil:
			if err := j.take(f, &r.before); err != nil {
				return Frame{}, r.refuse(err)
			}
		case err == ErrWait:
			return Frame{}, err
		case err == io.EOF:
			j.offset = r.Offset()
			if cut := j.unfinished(); cut != nil {
				return Frame{}, r.fail(cut)
			}
			return Frame{}, err
		default:
			j.lose()
			return Frame{}, err
		}
	}
	return Frame{}, r.err
}

// joinFrom makes the Reader go on with what a stream left open; nil is nothing.
func (r *Reader) joinFrom(j *joining) {
	if j == nil {
		j = &joining{joined: r.joins}
	}
	j.inflater = &r.inflater
	j.newReader = func(src io.Reader, f Framing) frameReader {
		inner := NewReader(src, f)
		inner.Max, inner.BufferSize = r.Max, 512
		return inner
	}
	r.join, r.refused = j, false
}

// refuse fails with an error of a message, after whose frames the Reader can go on.
func (r *Reader) refuse(err error) error {
	r.refused = true
	return r.fail(err)
}

// nextOpening reads the next frame of an opening. It is not ok if there is none: the Reader has gone on to
// the framing after it.
func (r *Reader) nextOpening() (f Frame, ok bool, err error) {
	for r.opening {
		e, err := r.await(false)
		if err == errOver {
			r.err = nil
			r.enter()
			continue
		}
		if err != nil {
			return Frame{}, false, err
		}
		f := r.frame(e)
		f.Payload = []byte{}
		r.consume(int(f.Size), 1)
		if r.cursor.Stream == openingOver {
			r.enter()
		}
		return f, true, nil
	}
	return Frame{}, false, nil
}

// enter goes on to the framing after an opening.
func (r *Reader) enter() {
	r.passed++
	r.use(r.tunnel.inner)
}

// use makes the Reader read frames of f from here on.
func (r *Reader) use(f Framing) {
	r.joins, r.join, r.opening = nil, nil, false
	switch in := f.(type) {
	case *tunnel:
		r.tunnel, r.opening, f = in, true, in.outer
	case *joined:
		f, r.joins = in.Framing, in
		r.joinFrom(nil)
		r.join.index = r.index
	}
	r.framing = f
	r.escaper, _ = f.(Escaper)
	r.split, _ = f.(splitter)
	r.lenience = lenienceOf(f)
	r.cursor.Stream, r.cursor.state, r.before = 0, "", Cursor{}
}

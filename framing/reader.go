package framing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
)

const (
	batchSize = 512      // spans in a batch; they stay in the first-level cache
	briefSize = 16 << 10 // what is read of a stream of large frames
	wholeBody = 64 << 10 // a body up to this is delivered only whole and checked
)

// errLarge is what await returns for a frame that NextReader streams.
var errLarge = errors.New("the next frame is large")

// defaultMax is the limit of a Reader whose Max is 0.
const defaultMax = 16 << 20

// A Reader reads frames from a stream. It buffers: it may read more from the source than
// the frames it returned. NewReader makes one; set the exported fields before the first
// call of a method. A Reader serves one goroutine at a time.
type Reader struct {
	// Max is the longest payload in bytes; a longer one is an *Error that wraps
	// ErrTooLong. 0 is 16 MiB for payloads held in memory, and no limit for those that
	// NextReader streams. -1 is no limit for any.
	Max int64

	// BufferSize is the size of the buffer to begin with, in bytes; 0 is 256 KiB. It
	// grows with the frames that arrive.
	BufferSize int

	// HeadSize is how many of the first bytes of the stream Head returns; 0 is none.
	HeadSize int

	// FirstIndex and FirstOffset are added to all indexes and offsets, for a stream of
	// which something was read before.
	FirstIndex, FirstOffset int64

	// Stream makes NextBatch leave to NextReader the frames that it streams.
	Stream bool

	// BeforeRead, if not nil, is called before each read from the source, which may
	// block: now is the time to write out what was decoded. Its error is returned.
	BeforeRead func() error

	// Fill, if not nil, is called with bytes that are part of no frame, before the frame
	// after them is returned. They are at Offset, and valid during the call. With
	// NextBatch, fill between the frames of one batch is left out.
	Fill func([]byte)

	src     io.Reader
	framing Framing
	escaper Escaper // nil if the body is the payload
	split   splitter
	large   bool // the call at hand may stream the next frame
	brief   bool // read little: the next frame may go past the buffer, as this one did

	buf    []byte // buf[r:w] has arrived and is not consumed; starts at offset
	r, w   int
	index  int64 // of the frame at r, without FirstIndex
	offset int64 // without FirstOffset
	cursor Cursor
	before uint64 // cursor.Stream as it was before the frame at r
	extent Extent // of the frame at r, if known
	known  bool
	err    error // sticks

	head    []byte
	strayed bool // what is read next is not what comes after head

	spans   []Span
	bodies  []Span
	payload []byte
	whole   bytes.Reader // what NextReader returns for a frame that is held
	body    *body        // of the frame that streams; nil if none does
}

// A Frame is one message and the bytes around it. Its slices are not copied: they are
// valid until the next call of the Reader's methods.
type Frame struct {
	Index   int64  // counts the frames of the stream from 0
	Offset  int64  // of the first byte, in the stream
	Size    int64  // bytes of the whole frame
	Header  []byte // bytes before the body
	Body    []byte // payload as it is on the wire: still escaped
	Trailer []byte // bytes after the body
	Payload []byte // the message; it shares memory with Body unless the framing escapes. Nil if NextReader streams it
	Silent  bool   // it carries no message: a preface or a greeting
}

// A Batch is a run of frames. Its slices are valid until the next call of the Reader's
// methods.
type Batch struct {
	Index  int64  // of the first frame
	Offset int64  // of Wire[0], in the stream
	Wire   []byte // the bytes of the stream
	Frames []Span // frames in Wire; there may be fill between them
	Data   []byte // where the payloads are: Wire itself, unless the framing escapes
	Bodies []Span // payloads in Data, from HeaderEnd to BodyEnd; Frames, unless the framing escapes
	Silent bool   // its only frame carries no message
}

// NewReader returns a Reader of the frames of f in src.
func NewReader(src io.Reader, f Framing) *Reader {
	r := &Reader{src: src, framing: f}
	r.escaper, _ = f.(Escaper)
	r.split, _ = f.(splitter)
	return r
}

// Next returns the next frame, whole. At the end of the stream the error is io.EOF, and
// an *Error that wraps io.ErrUnexpectedEOF if the stream ends inside a frame. An *Error
// says which frame is wrong, where, and what was expected; errors of the source and of
// BeforeRead are returned as they are. All but ErrWait stick: they are returned again
// until Recover.
func (r *Reader) Next() (Frame, error) {
	e, err := r.await(false)
	if err != nil {
		return Frame{}, err
	}
	f := r.frame(e)
	if r.escaper != nil {
		r.payload, r.bodies = r.payload[:0], r.bodies[:0]
		if err := r.unescape(r.buf[r.r:r.w], spanOf(e, 0)); err != nil {
			return Frame{}, r.fail(r.faulty(e, err))
		}
		if f.Payload = r.payload; f.Payload == nil {
			f.Payload = []byte{} // nil would say that it streams
		}
	}
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
	if r.body != nil || r.known {
		if err := r.leaveBody(); err != nil {
			return Extent{}, err
		}
	}
	for r.err == nil {
		e, err := r.scan()
		switch {
		case err == nil:
			return e, nil
		case large && r.toStream(e, err):
			return e, errLarge
		case err != ErrMore:
			return e, r.fail(err)
		}
		if r.fill() == ErrWait {
			return e, ErrWait
		}
	}
	return Extent{}, r.err
}

// leaveBody gives up a frame that was to be streamed: its body is passed over, or held
// after all if nothing of it was read. An error other than ErrWait sticks.
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

// toStream reports whether the frame of which scan returned e and err is one to stream:
// it is not all there, but its header is.
func (r *Reader) toStream(e Extent, err error) bool {
	if !r.known || !r.streams(e) || r.w-r.r < e.Header {
		return false
	}
	fault, ok := err.(*Error)
	return err == ErrMore || ok && fault.Fault == Truncated && int64(r.w-r.r-e.Header) < e.Body
}

// streams reports whether the body of this frame is passed on as it arrives.
func (r *Reader) streams(e Extent) bool {
	return r.large && e.Announced && e.Body > wholeBody && r.escaper == nil
}

// scan measures the frame at the start of the buffer. The error is ErrMore while
// more bytes are needed and the stream may bring them.
func (r *Reader) scan() (Extent, error) {
	if !r.known {
		e, err := r.framing.Scan(r.buf[r.r:r.w], &r.cursor)
		r.drop(e.Skip)
		e.Skip = 0
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			// A fault after the limit is not looked for, however much of b is there.
			if over := r.limit(e, err == nil); over != nil {
				return e, over
			}
		}
		have := int64(r.w - r.r)
		switch {
		case err == nil:
			r.extent, r.known = e, true
		case err == io.EOF, err == ErrMore && r.cursor.EOF && have == 0:
			return e, io.EOF
		case err == ErrMore && !r.cursor.EOF:
			return e, ErrMore
		case err == ErrMore, err == io.ErrUnexpectedEOF:
			return e, r.place(truncated(have, 0))
		default:
			if e.Announced && e.Body >= 0 { // too long: Recover can pass over it
				r.extent, r.known = e, true
			}
			return e, r.inFrame(err)
		}
	}
	e := r.extent
	body := int64(e.Header) + e.Body
	have, need := int64(r.w-r.r), body+int64(e.Trailer)
	if have > body && e.Want != "" {
		if err := r.trailer(e, int(min(have, need)-body)); err != nil {
			return e, err
		}
	}
	if have >= need {
		return e, nil
	}
	if r.cursor.EOF {
		return e, r.place(truncated(have, need))
	}
	return e, ErrMore
}

// trailer checks the first have bytes of a trailer that must end in e.Want.
func (r *Reader) trailer(e Extent, have int) error {
	start := e.Header + int(e.Body)
	t := r.buf[r.r+start:][:have]
	for i, skip := max(0, e.Trailer-len(e.Want)), e.Trailer-len(e.Want); i < have; i++ {
		if t[i] != e.Want[i-skip] {
			return r.place(malformed(BadTrailer, start+i, "%q where the trailer %q belongs", t[i:i+1], e.Want))
		}
	}
	return nil
}

// most is the longest payload that is held.
func (r *Reader) most() int64 {
	switch {
	case r.Max == 0:
		return defaultMax
	case r.Max < 0:
		return math.MaxInt64
	}
	return r.Max
}

// limit checks a frame's length against Max. Before the end of the body is found, e.Body
// is a lower bound.
func (r *Reader) limit(e Extent, whole bool) error {
	n := e.Body
	if r.escaper != nil {
		n = r.escaper.MinPayload(n - e.Dropped)
	}
	if n <= r.most() || r.Max == 0 && whole && r.streams(e) {
		return nil
	}
	if e.Announced {
		r.extent, r.known = e, true // Recover can pass over it
	}
	return r.over(e, n)
}

// over is the error of a frame with a payload of n bytes or more, which are too many.
func (r *Reader) over(e Extent, n int64) error {
	limit := r.most()
	err := tooLong(e.Field, "length %d is over the limit %d", n, limit)
	if !e.Announced {
		err = tooLong(0, "the payload is longer than the limit %d", limit)
		err.Fault = FrameTooLarge
	}
	err.Size, err.Limit = n, limit
	return r.place(err)
}

// place turns an error with Offset relative to the frame into one in the stream.
func (r *Reader) place(e *Error) *Error {
	e.Frame, e.Start = r.Index(), r.Offset()
	e.Offset += r.Offset()
	return e
}

// inFrame places an error of the framing.
func (r *Reader) inFrame(err error) error {
	if e, ok := err.(*Error); ok {
		return r.place(e)
	}
	return fmt.Errorf("frame %d at byte %d: %w", r.Index(), r.Offset(), err)
}

func (r *Reader) fail(err error) error {
	r.err = err
	return err
}

// drop removes n bytes of fill before the frame.
func (r *Reader) drop(n int) {
	if n > 0 && r.Fill != nil {
		r.Fill(r.buf[r.r:][:n])
	}
	r.r += n
	r.offset += int64(n)
	r.cursor.Seen = max(0, r.cursor.Seen-n)
}

// consume removes n bytes that held some frames.
func (r *Reader) consume(n, frames int) {
	r.r += n
	r.offset += int64(n)
	r.index += int64(frames)
	r.cursor.Seen, r.cursor.Pending, r.known = 0, 0, false
	r.before = r.cursor.Stream
}

// fill appends what arrives to the buffer. At the end of the source it sets EOF
// in the cursor; errors but ErrWait stick once the frames before them are delivered.
func (r *Reader) fill() error {
	if r.cursor.EOF {
		return r.fail(io.ErrNoProgress) // a framing that asks for more after the end
	}
	if err := r.makeRoom(); err != nil {
		return r.fail(err)
	}
	room := r.buf[r.w:]
	if r.brief {
		room, r.brief = room[:min(len(room), briefSize)], false
	}
	n, err := (*arrivals)(r).Read(room)
	if n > 0 && len(r.head) < r.HeadSize && !r.strayed {
		r.addHead(r.buf[r.w : r.w+n])
	}
	r.w += n
	if err != nil && err != io.EOF && err != ErrWait {
		r.err = err
	}
	return err
}

// makeRoom makes space after w. What is buffered moves to the front only where
// that frees as much as it moves, so that a large frame arriving in small pieces
// costs linear time; else the buffer doubles, led by what arrived.
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
			to = make([]byte, 2*len(r.buf))
		}
		copy(to, r.buf[r.r:r.w])
		r.buf, r.r, r.w = to, 0, held
	}
	return nil
}

// firstSize is that of a new buffer.
func (r *Reader) firstSize() int {
	size := r.BufferSize
	if size <= 0 {
		size = bufferSize
	}
	if known, ok := r.src.(interface{ Len() int }); ok { // a source in memory
		size = min(size, known.Len()+1)
	}
	return size
}

// addHead adds the bytes that arrived to the head, as many as belong there.
func (r *Reader) addHead(b []byte) {
	if r.head == nil {
		r.head = make([]byte, 0, r.HeadSize)
	}
	r.head = append(r.head, b[:min(len(b), r.HeadSize-len(r.head))]...)
}

// Index is the number of the next frame, from FirstIndex on.
func (r *Reader) Index() int64 { return r.FirstIndex + r.index }

// Offset is where in the stream the next frame begins, or the fill before it: the number
// of bytes that have been returned or passed over, and FirstOffset.
func (r *Reader) Offset() int64 { return r.FirstOffset + r.offset }

// Head returns the first bytes of the stream, as many as have arrived, up to HeadSize. It
// is not copied, and stays as it is when more arrives.
func (r *Reader) Head() []byte { return r.head[:len(r.head):len(r.head)] }

// Buffered returns what has arrived and is in no frame yet: after an error, the bytes of
// the frame it is about. It is not copied, and valid until the next call.
func (r *Reader) Buffered() []byte { return r.buf[r.r:r.w] }

// Waiting returns the extent of the frame that Buffered is the start of. It is not known
// before that start shows it.
func (r *Reader) Waiting() (e Extent, known bool) { return r.extent, r.known }

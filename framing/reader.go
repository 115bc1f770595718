package framing

import (
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	bufferSize = 256 << 10 // larger ones fall out of the cache and gain nothing
	batchSize  = 512       // spans in a batch; they stay in the first-level cache
	briefSize  = 16 << 10  // what is read of a stream of large frames
	wholeBody  = 64 << 10  // a body up to this is delivered only whole and checked
)

// ErrLarge is returned by Next and NextBatch with StreamLarge set: the next frame is one
// for CopyNext.
var ErrLarge = errors.New("the next frame is large: use CopyNext")

// A Reader reads frames from a stream. Set its fields before the first call.
type Reader struct {
	// Max is the longest payload that is held in memory; 0 is no limit. MaxName
	// is what errors call it; by default "the limit".
	Max     int64
	MaxName string

	// StreamLarge makes Next and NextBatch leave frames to CopyNext whose body was
	// announced to be longer than 64 KiB and can be passed on as it arrives. Max
	// does not bind them, MaxStream does; 0 is no limit.
	StreamLarge bool
	MaxStream   int64

	// Index and Offset are those of the first frame and the first byte; 0 by
	// default.
	Index  int64
	Offset int64

	// Idle, if not nil, is called before each read from the source, which may
	// block: now is the time to write out what was decoded. Its error is returned.
	Idle func() error

	// Fill, if not nil, is called with bytes that are part of no frame and stand at
	// Offset, before the frame behind them is returned. Next and CopyNext leave none
	// out.
	Fill func([]byte)

	// Head receives the first bytes of the stream, up to its capacity.
	Head []byte

	// Size is that of the buffer to begin with; 256 KiB by default. It grows with the
	// frames that arrive.
	Size int

	src     io.Reader
	framing Framing
	escaper Escaper // nil if the body is the payload
	split   Splitter
	brief   bool // read little: the next frame may go past the buffer, as this one did

	buf    []byte // buf[r:w] has arrived and is not consumed; starts at offset Offset
	r, w   int
	cursor Cursor
	before uint64 // cursor.Stream as it was before the frame at r
	extent Extent // of the frame at r, if known
	known  bool
	err    error // sticks

	spans   []Span
	bodies  []Span
	payload []byte
}

// A Frame is one message and its marks. The slices are valid until the next call
// of the Reader's methods.
type Frame struct {
	Index   int64  // counts frames from 0
	Offset  int64  // of the first byte in the stream
	Header  []byte // bytes before the body
	Body    []byte // payload as it is on the wire
	Trailer []byte
	Payload []byte // the message; shares memory with Body unless the framing escapes
	Wire    int64  // length of the whole frame
	Silent  bool   // it carries no message: a preface or a greeting
}

// A Batch is a run of frames. It is valid until the next call of the Reader's
// methods.
type Batch struct {
	Index  int64  // of the first frame
	Offset int64  // of Wire[0] in the stream
	Wire   []byte // the stream's bytes
	Frames []Span // frames in Wire, with fill between them
	Data   []byte // where the payloads are: Wire itself, unless the framing escapes
	Bodies []Span // payloads in Data, from Header to Body; Frames, unless the framing escapes
	Silent bool   // its one frame carries no message
}

// NewReader returns a Reader of the frames that f marks in src.
func NewReader(src io.Reader, f Framing) *Reader {
	r := &Reader{src: src, framing: f}
	r.escaper, _ = f.(Escaper)
	r.split, _ = f.(Splitter)
	return r
}

// Next returns the next frame. At the end of the stream the error is io.EOF, or
// an *Error wrapping io.ErrUnexpectedEOF if that is inside a frame. Errors stick
// until Recover. With StreamLarge set it may be ErrLarge.
func (r *Reader) Next() (Frame, error) {
	e, err := r.await(true)
	if err != nil {
		return Frame{}, err
	}
	f := r.frame(e)
	if r.escaper != nil {
		r.payload, r.bodies = r.payload[:0], r.bodies[:0]
		if err := r.unescape(r.buf[r.r:r.w], spanOf(e, 0)); err != nil {
			return Frame{}, r.fail(r.faulty(e, err))
		}
		f.Payload = r.payload
	}
	r.consume(int(f.Wire), 1)
	return f, nil
}

// frame is the whole frame at the start of the buffer.
func (r *Reader) frame(e Extent) Frame {
	h, b := r.r+e.Header, r.r+e.Header+int(e.Body)
	t := b + e.Trailer
	f := Frame{
		Index: r.Index, Offset: r.Offset, Wire: int64(t - r.r),
		Header: r.buf[r.r:h:h], Body: r.buf[h:b:b], Trailer: r.buf[b:t:t], Silent: e.Silent,
	}
	f.Payload = f.Body
	return f
}

// await reads until the frame at the start of the buffer is whole; if large is
// set, or its body is to be streamed, until its header is.
func (r *Reader) await(large bool) (Extent, error) {
	for r.err == nil {
		e, err := r.scan()
		switch {
		case err == nil:
			return e, nil
		case large && r.toStream(e, err):
			return e, ErrLarge
		case err != ErrMore:
			return e, r.fail(err)
		}
		if r.fill() == ErrWait {
			return e, ErrWait
		}
	}
	return Extent{}, r.err
}

// toStream says whether the frame of which scan returned e and err is one for
// CopyNext: it is not all there, but its header is.
func (r *Reader) toStream(e Extent, err error) bool {
	if !r.known || !r.streams(e) || r.w-r.r < e.Header {
		return false
	}
	fault, ok := err.(*Error)
	return err == ErrMore || ok && fault.Kind == Truncated && int64(r.w-r.r-e.Header) < e.Body
}

// streams says whether the body of this frame can be passed on as it arrives.
func (r *Reader) streams(e Extent) bool {
	return r.StreamLarge && e.Announced && e.Body > wholeBody && r.escaper == nil
}

// scan measures the frame at the start of the buffer. The error is ErrMore while
// more bytes are needed and the stream may bring them.
func (r *Reader) scan() (Extent, error) {
	if !r.known {
		e, err := r.framing.Scan(r.buf[r.r:r.w], &r.cursor)
		r.drop(e.Skip)
		e.Skip = 0
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			// A fault behind the limit is not looked for, however much of b is there.
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

// limit checks a frame's length against Max or MaxStream. Before the end of the
// body is found, e.Body is a lower bound.
func (r *Reader) limit(e Extent, whole bool) error {
	limit, n := r.Max, e.Body
	if whole && r.streams(e) {
		limit = r.MaxStream
	}
	if r.escaper != nil {
		n = r.escaper.MinPayload(n - e.Dropped)
	}
	if limit <= 0 || n <= limit {
		return nil
	}
	if e.Announced {
		r.extent, r.known = e, true // Recover can pass over it
	}
	return r.over(e, n, limit)
}

func (r *Reader) over(e Extent, n, limit int64) error {
	name := r.MaxName
	if name == "" {
		name = "the limit"
	}
	err := tooLong(e.Field, "length %d is over %s %d", n, name, limit)
	if !e.Announced {
		err = tooLong(0, "the payload is longer than %s %d", name, limit)
		err.Kind = FrameTooLarge
	}
	return r.place(err)
}

// place turns an error with Offset relative to the frame into one in the stream.
func (r *Reader) place(e *Error) *Error {
	e.Frame, e.Start = r.Index, r.Offset
	e.Offset += r.Offset
	return e
}

// inFrame places an error of the framing.
func (r *Reader) inFrame(err error) error {
	if e, ok := err.(*Error); ok {
		return r.place(e)
	}
	return fmt.Errorf("frame %d at byte %d: %w", r.Index, r.Offset, err)
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
	r.Offset += int64(n)
	r.cursor.Seen = max(0, r.cursor.Seen-n)
}

// consume removes n bytes that held some frames.
func (r *Reader) consume(n, frames int) {
	r.r += n
	r.Offset += int64(n)
	r.Index += int64(frames)
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
	if k := min(n, cap(r.Head)-len(r.Head)); k > 0 {
		r.Head = append(r.Head, r.buf[r.w:r.w+k]...)
	}
	r.w += n
	if err != nil && err != io.EOF && err != ErrWait {
		r.err = err
	}
	return err
}

// makeRoom makes space behind w. What is buffered moves to the front only where
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
	size := r.Size
	if size <= 0 {
		size = bufferSize
	}
	if known, ok := r.src.(interface{ Len() int }); ok { // a source in memory
		size = min(size, known.Len()+1)
	}
	return size
}

// Waiting returns the extent of the frame at the start of the buffer, if it is known
// by now, though its bytes are not all there.
func (r *Reader) Waiting() (e Extent, known bool) { return r.extent, r.known }

// Buffered returns what has arrived and is in no frame yet: after an error, the
// bytes of the frame it is about. Not copied.
func (r *Reader) Buffered() []byte { return r.buf[r.r:r.w] }

package framing

import (
	"errors"
	"sync"
)

// ErrWait is what a source may return, with no bytes, to say that it has none yet.
// Next and NextBatch return it too, and can be called again once it has some. (A
// frame that CopyNext passes on needs a source that waits by itself.)
var ErrWait = errors.New("nothing has arrived yet")

const (
	lentSize  = 64 << 10 // of a buffer that is lent: a read that fills it is rare
	shortTail = 4 << 10  // what is kept in memory of its own while a Reader waits
)

// Buffers are lent to the Readers and Writers of many streams of which most are idle
// most of the time, so that memory follows the few that are not. The zero value is
// ready to use, by any number of goroutines.
type Buffers struct {
	reading, writing sync.Pool
}

// A loan is what a Reader needs while bytes are there.
type loan struct {
	buf, payload  []byte
	spans, bodies []Span
}

// borrow gets the Reader its buffers, if they are lent, and puts what it kept into
// them.
func (r *Reader) borrow() {
	if r.Buffers == nil || r.loan != nil {
		return
	}
	r.loan, _ = r.Buffers.reading.Get().(*loan)
	if r.loan == nil {
		r.loan = &loan{buf: make([]byte, lentSize), spans: make([]Span, 0, batchSize)}
	}
	held := copy(r.loan.buf, r.buf[r.r:r.w])
	r.buf, r.r, r.w = r.loan.buf, 0, held
	r.payload, r.spans, r.bodies = r.loan.payload, r.loan.spans, r.loan.bodies
}

// Release gives back what Buffers lent, until the next call: after ErrWait, or at the
// end. Frames returned before are no longer valid. The start of a frame is kept: in
// memory of its own if it is short, else in the buffer, which then stays.
func (r *Reader) Release() {
	held := r.w - r.r
	if r.loan == nil || held > shortTail {
		return
	}
	var tail []byte
	if held > 0 {
		tail = append(tail, r.buf[r.r:r.w]...)
	}
	if len(r.buf) <= bufferSize && cap(r.payload) <= bufferSize {
		*r.loan = loan{r.buf, r.payload[:0], r.spans[:0], r.bodies[:0]}
		r.Buffers.reading.Put(r.loan)
	}
	r.loan, r.buf, r.r, r.w = nil, tail, 0, held
	r.payload, r.spans, r.bodies = nil, nil, nil
}

// borrow gets the Writer a buffer, if they are lent.
func (w *Writer) borrow() {
	if w.Buffers == nil || w.buf != nil {
		return
	}
	if b, ok := w.Buffers.writing.Get().(*[]byte); ok {
		w.buf = (*b)[:0]
	}
}

// release gives an empty buffer back.
func (w *Writer) release() {
	if w.Buffers == nil || cap(w.buf) == 0 {
		return
	}
	if b := w.buf; cap(b) <= 2*bufferSize {
		w.Buffers.writing.Put(&b)
	}
	w.buf = nil
}

package framing

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// A joining puts the frames of one stream together. It is a stage of the Reader, between the
// frames and those who ask for them, and knows only whole frames: how the stream is cut into
// reads has no influence on it.
type joining struct {
	*joined
	*inflater
	newReader func(src io.Reader, f Framing) frameReader // makes a Reader of inner frames

	first, offset int64 // FirstIndex of the Reader, and its offset
	most          int64 // its limit

	index  int64               // of the next message
	open   map[uint64]*message // messages that are not complete, and with inner the streams
	held   int64               // bytes of all of them
	window []byte              // the end of what was inflated before, which the next message refers to

	// What is to be returned next, in this order.
	drained *message // its inner frames
	done    *message
	alone   *Frame
}

// A message is one that is not complete, or with inner a stream that is open.
type message struct {
	id     uint64
	offset int64  // of its first frame in the stream
	size   int64  // of its frames
	frames int    // how many
	header []byte // of the first
	data   []byte // collected so far
	packed bool
	broken bool // a part of it was lost or refused: the rest is passed over

	reader frameReader // of inner frames
	latest int64       // offset of the frame that was fed to it last
	feed   innerFeed
}

// An innerFeed is what a frame brings the Reader of the inner framing.
type innerFeed struct {
	data  []byte
	ended bool
}

func (f *innerFeed) Read(p []byte) (int, error) {
	if len(f.data) == 0 {
		if f.ended {
			return 0, io.EOF
		}
		return 0, ErrWait
	}
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, nil
}

// A frameReader is a Reader of inner frames.
type frameReader interface {
	Next() (Frame, error)
	Buffered() []byte
}

// number returns the number of the next message.
func (j *joining) number() int64 { return j.first + j.index }

// Limits of what peers may leave open: a message takes some memory even if it is short, and all
// together may take more than one.
const (
	mostOpen = 10000
	mostHeld = 4 // times the limit of one message
)

// take takes a frame; after is what is remembered of the stream up to its end. What it makes complete
// is returned by pop.
func (j *joining) take(f Frame, after *Cursor) error {
	if f.Silent {
		j.alone = &f
		return nil
	}
	p := j.rule.part(f.Header, f.Payload, after)
	if p.header != nil && !bytes.Equal(p.header, f.Header) {
		f.Header, f.Frames = p.header, 1
	}
	m := j.open[p.message]
	if m != nil && m.broken && p.first {
		j.forget(m)
		m = nil
	}
	switch {
	case p.alone:
		if m != nil && (p.ends || p.drops) {
			if p.ends && !m.broken {
				j.complete(m)
			}
			j.forget(m)
		}
		j.alone = &f
		return nil
	case m != nil && m.broken:
		if p.last && (j.inner == nil || p.closes) {
			j.forget(m)
		}
		return nil
	case j.inner != nil && !p.packed && (m == nil || !m.packed):
		return j.feedInner(m, f, p)
	case m == nil && p.next:
		return j.wrong(f, "found a continuation, expected a new message")
	case m != nil && p.first && m.reader == nil:
		j.forget(m)
		if !p.last {
			j.open[m.id] = &message{id: m.id, broken: true}
		}
		return j.wrong(f, "found a new message, expected a continuation of the one at byte %d", m.offset)
	case m == nil && p.last && !p.packed:
		j.alone = &f
		f.Body, f.Payload = p.data, p.data
		return nil
	}
	m, err := j.add(m, f, p)
	if err != nil || !p.last {
		return err
	}
	return j.finish(m, f, p)
}

// wrong returns the error for a frame that is out of order.
func (j *joining) wrong(f Frame, format string, args ...any) error {
	e := malformed(badContinuation, 0, format, args...)
	e.Frame, e.Start, e.Offset = j.number(), f.Offset, f.Offset
	return e
}

// add adds a frame to its message.
func (j *joining) add(m *message, f Frame, p framePart) (*message, error) {
	if m == nil {
		if len(j.open) >= mostOpen {
			maps.DeleteFunc(j.open, func(_ uint64, m *message) bool { return m.broken })
		}
		if len(j.open) >= mostOpen {
			e := tooLong(0, "%d messages are not complete, which is the limit", mostOpen)
			e.Frame, e.Start, e.Offset = j.number(), f.Offset, f.Offset
			return nil, e
		}
		m = &message{id: p.message}
		if j.open == nil {
			j.open = map[uint64]*message{}
		}
		j.open[m.id] = m
	}
	if m.frames == 0 {
		m.offset, m.header, m.packed = f.Offset, slices.Clone(f.Header), p.packed
	}
	m.frames++
	m.size += f.Size
	if n := int64(len(m.data) + len(p.data)); n > j.most || j.most < math.MaxInt64 && j.held+int64(len(p.data)) > mostHeld*j.most {
		return m, j.tooLong(m, n, p)
	}
	m.data = append(m.data, p.data...)
	j.held += int64(len(p.data))
	return m, nil
}

// tooLong refuses a message that is too long, and passes over the rest of it.
func (j *joining) tooLong(m *message, n int64, p framePart) error {
	e := tooLong(0, "the message is longer than the limit %d", j.most)
	e.Fault, e.Frame, e.Start, e.Offset = FrameTooLarge, j.number(), m.offset, m.offset
	e.Size, e.Limit = n, j.most
	j.forget(m)
	if !p.last {
		j.open[m.id] = &message{id: m.id, broken: true}
	}
	return e
}

// finish makes a message complete.
func (j *joining) finish(m *message, f Frame, p framePart) error {
	if m.packed {
		data, err := j.inflate(m.data, j.window, j.most)
		if err != nil {
			j.window = nil
			if err == ErrTooLong {
				return j.tooLong(m, j.most+1, p)
			}
			j.forget(m)
			e := malformed(badCompressed, 0, "the message cannot be inflated: it is damaged, or refers to messages that were not read")
			e.Frame, e.Start, e.Offset = j.number(), m.offset, m.offset
			return e
		}
		j.window = append(j.window, data[max(0, len(data)-windowSize):]...)
		j.window = j.window[:copy(j.window, j.window[max(0, len(j.window)-windowSize):])]
		j.held -= int64(len(m.data))
		m.data = data
		if j.inner != nil {
			m.data, m.packed, m.frames = nil, false, 0
			p.data = data
			return j.feedInner(m, f, p)
		}
	} else {
		j.held -= int64(len(m.data))
	}
	delete(j.open, m.id)
	j.done = m
	return nil
}

// complete is finish for a message that another frame ends.
func (j *joining) complete(m *message) {
	if m.reader != nil {
		m.feed = innerFeed{ended: true}
		j.drained = m
		return
	}
	j.done = m
}

// forget drops what is held of a message.
func (j *joining) forget(m *message) {
	if m.reader == nil {
		j.held -= int64(len(m.data))
	}
	delete(j.open, m.id)
}

// feedInner gives what a frame adds to the Reader of the inner frames.
func (j *joining) feedInner(m *message, f Frame, p framePart) error {
	if m == nil {
		if len(p.data) == 0 {
			return nil
		}
		var err error
		if m, err = j.add(nil, f, framePart{message: p.message}); err != nil {
			return err
		}
		m.frames = 0 // nothing of it is collected
	}
	if m.reader == nil {
		m.reader = j.newReader(&m.feed, j.inner)
	}
	if m.latest = f.Offset; len(m.reader.Buffered()) == 0 {
		m.offset = f.Offset
	}
	m.header = append(m.header[:0], f.Header...)
	j.rule.whole(m.header, len(f.Payload))
	m.feed = innerFeed{p.data, p.closes}
	if p.closes {
		delete(j.open, m.id)
	}
	j.drained = m
	return nil
}

// pop returns what the last frame made complete.
func (j *joining) pop() (Frame, bool, error) {
	if m := j.drained; m != nil {
		f, err := m.reader.Next()
		switch e, fault := err.(*Error); {
		case err == nil:
			f.Index, f.Offset = j.number(), m.offset
			m.offset = m.latest
			f.Size += int64(len(m.header))
			f.Header = slices.Concat(m.header, f.Header)
			return f, true, nil
		case fault:
			j.drained = nil
			j.open[m.id] = &message{id: m.id, broken: true}
			return Frame{}, false, j.innerError(m, e)
		}
		j.drained = nil // io.EOF or ErrWait
	}
	if m := j.done; m != nil {
		j.done = nil
		j.rule.whole(m.header, len(m.data))
		return Frame{Index: j.number(), Offset: m.offset, Size: m.size, Frames: m.frames, Header: m.header, Body: m.data, Payload: m.data}, true, nil
	}
	if f := j.alone; f != nil {
		j.alone = nil
		f.Index = j.number()
		return *f, true, nil
	}
	return Frame{}, false, nil
}

// innerError returns an error of an inner frame as one of the stream.
func (j *joining) innerError(m *message, inner *Error) *Error {
	e := *inner
	e.Frame, e.Start, e.Offset = j.number(), m.offset, m.offset
	e.Detail = j.inner.String() + ": " + inner.Detail
	if m.id > 0 {
		e.Detail = fmt.Sprintf("%s in stream %d: %s", j.inner, m.id, inner.Detail)
	}
	return &e
}

// unfinished returns the error for the first message that the end of the stream cuts, or nil.
func (j *joining) unfinished() error {
	var cut []*Error
	for _, m := range j.open {
		if m.broken {
			continue
		}
		var e *Error
		if m.reader != nil && len(m.data) == 0 {
			m.feed = innerFeed{ended: true}
			_, err := m.reader.Next()
			fault, ok := err.(*Error)
			if !ok {
				continue
			}
			e = j.innerError(m, fault)
		} else {
			e = truncated(int64(len(m.data)), 0)
			e.Frame, e.Start = j.number(), m.offset
			e.Detail = "the stream ends inside a message, after " + plural(int64(m.frames), "frame") + " with " + plural(int64(len(m.data)), "byte")
		}
		e.Offset = j.offset
		cut = append(cut, e)
	}
	j.open, j.held = nil, 0
	if len(cut) == 0 {
		return nil
	}
	return slices.MinFunc(cut, func(a, b *Error) int { return cmp.Compare(a.Start, b.Start) })
}

// lose marks all messages that are open: frames of them may have been lost.
func (j *joining) lose() {
	for _, m := range j.open {
		*m = message{id: m.id, broken: true}
	}
	j.held, j.window, j.drained, j.done = 0, nil, nil, nil
}

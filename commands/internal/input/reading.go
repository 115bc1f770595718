package input

import (
	"io"
	"os"
	"sync/atomic"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/interrupt"
)

// A Work is work that reads inputs. It can be interrupted while they are read, and shows how
// far it is. A nil Work is neither.
type Work struct {
	*interrupt.Gate
	place atomic.Pointer[func() (done, total int64)]
}

// NewWork returns work that has not begun. To interrupt it, call Run of its Gate.
func NewWork() *Work { return &Work{Gate: interrupt.NewGate()} }

// For returns the inputs for the work.
func (w *Work) For(inputs []Input) []Input {
	for i := range inputs {
		inputs[i].work = w
	}
	return inputs
}

// Place returns how many bytes of the current input were read, and how many it has: of a
// regular file, or of a stream of a capture. Done is -1 while the streams of a capture are
// being found; total is 0 if it is not known. Any goroutine may call Place.
func (w *Work) Place() (done, total int64) {
	if place := w.place.Load(); place != nil {
		return (*place)()
	}
	return 0, 0
}

// gate returns the gate that the work holds.
func (w *Work) gate() *interrupt.Gate {
	if w == nil {
		return nil
	}
	return w.Gate
}

// reads makes f the current input.
func (w *Work) reads(f *os.File) {
	if w == nil {
		return
	}
	place := func() (done, total int64) {
		total = sizeOf(f)
		done, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0, 0
		}
		return done, total
	}
	w.place.Store(&place)
}

// lists makes f the current input, a capture whose streams are not known yet.
func (w *Work) lists(f *os.File) {
	if w == nil {
		return
	}
	place := func() (done, total int64) { return -1, sizeOf(f) }
	w.place.Store(&place)
}

// sizeOf returns the size of a regular file, and 0 for other files.
func sizeOf(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// readsStream makes a direction of a stream of a capture the current input. It returns a reader
// that counts what is read.
func (w *Work) readsStream(from io.Reader, d capture.Direction) io.Reader {
	if w == nil {
		return from
	}
	c := &counter{from: from}
	place := func() (done, total int64) { return c.n.Load(), max(0, d.Bytes) }
	w.place.Store(&place)
	return c
}

// A counter counts the bytes that are read.
type counter struct {
	from io.Reader
	n    atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n.Add(int64(n))
	return n, err
}

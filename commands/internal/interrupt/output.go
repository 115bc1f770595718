package interrupt

import (
	"io"
	"os"
)

// NewOutput returns a writer to f: an *Output if f is a regular file. For all other files, such
// as pipes, the gate is left during each write, which may block for ever.
func (g *Gate) NewOutput(f *os.File) io.Writer {
	switch {
	case IsRegular(f):
		return &Output{f: f, gate: g}
	case g == nil:
		return f
	}
	return &waiting{g, f}
}

// An Output is a regular file to which messages are written. A message that is written in
// several parts begins with Begin and ends with End; between them, TakeBack removes its parts.
// With a nil Output these three do nothing: from other files nothing can be taken back.
type Output struct {
	f    *os.File
	gate *Gate

	inside bool  // a message has begun and not ended
	n      int64 // bytes of it that were written
	start  int64 // its offset in the file; known after the first write
}

// OutputOf returns w as an Output, or nil if it is none.
func OutputOf(w io.Writer) *Output {
	o, _ := w.(*Output)
	return o
}

// Fd returns the descriptor of the file.
func (o *Output) Fd() uintptr { return o.f.Fd() }

func (o *Output) Write(p []byte) (int, error) {
	n, err := o.f.Write(p)
	o.wrote(int64(n))
	return n, err
}

// wrote counts n bytes. The offset is not known before: a file that was opened for appending
// moves to its end with a write.
func (o *Output) wrote(n int64) {
	if !o.inside || n == 0 {
		return
	}
	if o.n += n; o.n == n {
		at, err := o.f.Seek(0, io.SeekCurrent)
		if err != nil {
			at = 0
		}
		o.start = at - n
	}
}

// piece is how many bytes are copied from file to file while the gate is held.
const piece = 16 << 20

// ReadFrom copies a file piece by piece, each of which the system may copy at once. Between the
// pieces it leaves the gate.
func (o *Output) ReadFrom(src io.Reader) (n int64, err error) {
	l, ok := src.(*io.LimitedReader)
	if !ok {
		return o.copy(src)
	}
	from, ok := l.R.(*File)
	if !ok {
		return o.copy(src)
	}
	for l.N > 0 {
		size := min(l.N, piece)
		k, err := o.copy(&io.LimitedReader{R: from.file, N: size})
		n, l.N = n+k, l.N-k
		if err != nil || k < size {
			return n, err
		}
		o.gate.Leave()
		o.gate.Enter()
	}
	return n, nil
}

func (o *Output) copy(src io.Reader) (int64, error) {
	n, err := o.f.ReadFrom(src)
	o.wrote(n)
	return n, err
}

// Begin begins a message.
func (o *Output) Begin() {
	if o != nil {
		o.inside, o.n = true, 0
	}
}

// End ends a message: it is complete.
func (o *Output) End() {
	if o != nil {
		o.inside = false
	}
}

// TakeBack removes what was written of a message that has not ended. It removes nothing if
// another program has written to the file meanwhile.
func (o *Output) TakeBack() error {
	if o == nil || !o.inside || o.n == 0 {
		return nil
	}
	o.inside = false
	at, err := o.f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	info, err := o.f.Stat()
	if err != nil || at != o.start+o.n || info.Size() != at {
		return err
	}
	if err := o.f.Truncate(o.start); err != nil {
		return err
	}
	_, err = o.f.Seek(o.start, io.SeekStart) // another program may go on to write there
	return err
}

// A waiting file is written while the gate is left.
type waiting struct {
	gate *Gate
	f    *os.File
}

func (w *waiting) Fd() uintptr { return w.f.Fd() }

func (w *waiting) Write(p []byte) (int, error) {
	w.gate.Leave()
	defer w.gate.Enter()
	return w.f.Write(p)
}

package conversation

import (
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/pump"
	"framecat/framing"
)

// bufferSize is the size of the buffer of a worker to begin with, in bytes. There is one for each
// framing, and for each direction that has much of a frame.
const bufferSize = 32 << 10

// A worker reads the frames of one direction at a time. It is the pump.Handler of its Reader.
type worker struct {
	Handler
	reader *framing.Reader
	feed   feed
	d      *Direction // nil if it is idle
}

// attach gives a direction a worker.
func (e *Engine) attach(d *Direction) *worker {
	if d.worker != nil {
		e.latest = d.worker
		return d.worker
	}
	if e.latest != nil {
		e.release(e.latest)
	}
	idle := e.idle[d.Framing]
	var w *worker
	if n := len(idle); n > 0 {
		w, e.idle[d.Framing] = idle[n-1], idle[:n-1]
	} else {
		w = &worker{}
		w.reader = framing.NewReader(nil, d.Framing)
		w.reader.Max, w.reader.BufferSize = e.Max, bufferSize
		w.reader.Fill = func(b []byte) { w.Handler.Fill(w.reader.Offset(), b) }
		if e.Unusual != nil {
			w.reader.Unusual = func(f framing.Frame, what string) { e.Unusual(w.Handler, f, what) }
		}
		if e.Resync {
			pump.Resync(w.reader, d.Framing)
		}
	}
	w.d, w.Handler, d.worker, e.latest = d, d.handler, w, w
	w.reader.FirstIndex, w.reader.FirstOffset = d.index, d.skip
	w.reader.Resume(&w.feed, d.state)
	d.state = framing.State{}
	return w
}

// release takes the direction from a worker, unless much of a frame is in its buffer.
func (e *Engine) release(w *worker) {
	if w.d == nil || w.d.waits {
		return
	}
	if state, ok := w.reader.Suspend(); ok {
		w.d.state = state
		e.rest(w)
	}
}

// rest makes a worker idle.
func (e *Engine) rest(w *worker) {
	f := w.d.Framing
	w.d.worker, w.d, w.Handler = nil, nil, nil
	e.idle[f] = append(e.idle[f], w)
	if e.latest == w {
		e.latest = nil
	}
}

// free ends the search for frames in a direction.
func (e *Engine) free(d *Direction) {
	d.over, d.waits, d.state = true, false, framing.State{}
	if w := d.worker; w != nil {
		d.index = w.reader.Index()
		w.reader.Reset(nil)
		e.rest(w)
	}
}

// goOn goes on with a Recover that waited for more bytes.
func (w *worker) goOn(r *framing.Reader) error {
	if !w.d.waits {
		return nil
	}
	w.d.waits = false
	n, err := r.Recover()
	return w.Skipped(r, n, err)
}

// Skipped waits for more bytes if Recover does.
func (w *worker) Skipped(r *framing.Reader, n int64, err error) error {
	n += w.d.skipped
	if err == framing.ErrWait {
		w.d.waits, w.d.skipped = true, n
		return err
	}
	w.d.skipped = 0
	return w.Handler.Skipped(r, n, err)
}

// A feed is what an event brings a Reader. When it is read, there is nothing to read for now.
type feed struct {
	data  []byte
	pause bool         // there was a pause before the data
	gap   *capture.Gap // nil if there is none
	ended bool         // nothing follows
}

func (f *feed) Read(p []byte) (n int, err error) {
	switch {
	case f.pause:
		f.pause = false
		return 0, framing.ErrPause
	case len(f.data) > 0:
		n = copy(p, f.data)
		f.data = f.data[n:]
		return n, nil
	case f.gap != nil:
		err, f.gap = f.gap, nil
		return 0, err
	case f.ended:
		return 0, io.EOF
	}
	return 0, framing.ErrWait
}

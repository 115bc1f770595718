package capture

import (
	"io"
	"sync"
)

// A Recorder writes events as a pcapng file that Open, Wireshark and tcpflow read. Each stream
// becomes a TCP connection, and the bytes of each event become segments with its time:
//
//	r := capture.NewRecorder(file, "")
//	r.Record(capture.Event{Kind: capture.Opened, At: now, Client: "10.0.0.1:4000", Server: "10.0.0.2:80"})
//	r.Record(capture.Event{Kind: capture.Bytes, At: now, Data: data})
//	err := r.Close()
//
// Sequence numbers are true: a reader finds a gap where an event of the kind Lost was, and
// nowhere else. An end that is no address of TCP, such as a pipe or a unix socket, gets an
// address of 127.0.0.0/8; a comment at the first packet of the stream names it.
//
// Several goroutines may use a Recorder at once: one may record while another flushes or saves.
type Recorder struct {
	mu    sync.Mutex
	conns map[int]*recordedConn // open connections, and those with packets in the ring
	start uint32                // the first sequence number of the client of stream 0

	buf     []byte // blocks that are not written yet
	held    int64  // bytes of events in buf
	packets int64  // packets so far
	last    int64  // the latest time, in nanoseconds

	file   io.Writer // nil if there is a ring
	err    error     // of a write to file; nothing is written after it
	told   bool      // err was returned
	missed int64     // bytes of events that were not written

	ring  *ring // keeps the last packets; nil if all are written to file
	saves saves
}

// writeSize is how many bytes are collected before they are written.
const writeSize = 256 << 10

// NewRecorder returns a Recorder that writes all events to w, after a comment unless it is empty.
// After each Flush, what was written ends with a whole packet, so that a program that is killed
// leaves a file that can be read.
func NewRecorder(w io.Writer, text string) *Recorder {
	return &Recorder{conns: map[int]*recordedConn{}, start: 1, file: w, buf: appendStart(nil, comment(text))}
}

// Record adds an event. Its data is copied. Flush and Close return the error of a write.
func (r *Recorder) Record(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		r.missed += int64(len(e.Data))
		return
	}
	at := int64(0)
	if !e.At.IsZero() {
		at = max(0, e.At.UnixNano())
		r.last = max(r.last, at)
	}
	r.event(&e, at)
}

// Flush writes what was recorded so far. It returns the first error of writing, once. With a
// ring it does nothing.
func (r *Recorder) Flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flush()
}

func (r *Recorder) flush() error {
	if len(r.buf) > 0 {
		r.write()
	}
	if r.told {
		return nil
	}
	r.told = r.err != nil
	return r.err
}

// Close writes the end of the recording; a ring is saved, if anything was recorded after the
// last save. It returns the error of a write unless Flush has returned it. The file that was
// given to NewRecorder stays open.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ring != nil {
		_, err := r.save("the end")
		return err
	}
	if r.err == nil {
		r.showGaps()
		r.buf = appendStatistics(r.buf, r.packets, r.last)
	}
	return r.flush()
}

// Failed reports whether a write has failed, so that nothing more is written.
func (r *Recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err != nil
}

// Missed returns how many bytes of events could not be written.
func (r *Recorder) Missed() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missed
}

// commit passes on the packets in buf, which side dir of a connection has sent.
func (r *Recorder) commit(c *recordedConn, dir int) {
	switch {
	case r.ring != nil:
		r.keep(c, dir)
	case len(r.buf) >= writeSize || r.err != nil:
		r.write()
	}
}

// write writes buf, unless a write has failed before.
func (r *Recorder) write() {
	if r.err == nil {
		n, err := r.file.Write(r.buf)
		if r.err = err; err != nil {
			r.shorten(n)
		}
	}
	if r.err != nil {
		r.missed += r.held
	}
	r.buf, r.held = r.buf[:0], 0
}

// shorten removes the last n bytes of the file: a part of buf, which may end inside a packet.
func (r *Recorder) shorten(n int) {
	if f, ok := r.file.(shortened); ok && n > 0 {
		if at, err := f.Seek(0, io.SeekCurrent); err == nil {
			f.Truncate(at - int64(n))
		}
	}
}

// A shortened file is one from whose end bytes can be removed.
type shortened interface {
	io.Seeker
	Truncate(size int64) error
}

package link

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// pipeSize is the most that a pipe can hold, unless root has made it larger.
const pipeSize = 1 << 20

// reapTime is how long a process may take to end after it has closed its output. On a busy
// machine even exit takes a while.
const reapTime = time.Second

// An Output reads the standard output of a process. When the process has ended, it reads what is
// there, and does not wait for the end of the pipe: processes that the first one has started may
// hold it, and may write more.
type Output struct {
	file  *os.File
	mu    sync.Mutex // held while a deadline is set
	ended atomic.Bool
	late  int // bytes that were read after the end of the process
}

// NewOutput returns the Output that reads a pipe.
func NewOutput(pipe *os.File) *Output { return &Output{file: pipe} }

func (o *Output) Read(b []byte) (int, error) {
	if !o.ended.Load() {
		n, err := o.file.Read(b)
		if !errors.Is(err, os.ErrDeadlineExceeded) || !o.ended.Load() {
			return n, err
		}
	}
	n, err := readNow(o.file, b)
	if o.late += n; err == nil && (n == 0 || o.late > pipeSize) {
		err = io.EOF
	}
	return n, err
}

// Ended is called when the process has ended.
func (o *Output) Ended() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended.Store(true)
	if o.file.SetReadDeadline(time.Now()) != nil { // the system cannot interrupt a read
		time.AfterFunc(reapTime, func() { o.file.Close() })
	}
}

// SetReadDeadline sets when a Read that waits must end.
func (o *Output) SetReadDeadline(t time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended.Load() { // nothing waits any more
		return nil
	}
	return o.file.SetReadDeadline(t)
}

// Close closes the pipe.
func (o *Output) Close() error { return o.file.Close() }

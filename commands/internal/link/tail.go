package link

import (
	"io"
	"os"
	"sync"
	"time"
)

// tailSize is how many bytes a Tail keeps.
const tailSize = 2 << 10

// A Tail keeps the end of what processes write to their standard error.
type Tail struct {
	Pipe *os.File // their standard error
	read *os.File
	also io.Writer // gets all that is written; may be nil

	mu   sync.Mutex
	kept []byte
}

// NewTail returns a Tail that passes all on to also, unless that is nil.
func NewTail(also io.Writer) (*Tail, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	t := &Tail{Pipe: write, read: read, also: also}
	go t.copy()
	return t, nil
}

func (t *Tail) copy() {
	b := make([]byte, 4<<10)
	for {
		n, err := t.read.Read(b)
		if t.also != nil {
			t.also.Write(b[:n])
		}
		t.mu.Lock()
		t.kept = append(t.kept, b[:n]...)
		t.kept = t.kept[max(0, len(t.kept)-tailSize):]
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Forget drops what is kept. It is called before another process starts.
func (t *Tail) Forget() {
	t.mu.Lock()
	t.kept = nil
	t.mu.Unlock()
}

// Text returns what is kept. It waits a moment for what a process that has just ended wrote.
func (t *Tail) Text() string {
	time.Sleep(20 * time.Millisecond)
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}

// Close ends the Tail.
func (t *Tail) Close() {
	t.Pipe.Close()
	t.read.Close()
}

package framing

import (
	"errors"
	"io"
)

// arrivals reads from a Reader's source and bypasses its buffer.
type arrivals Reader

// Read calls BeforeRead, which may write out what was decoded, and then the source.
func (r *arrivals) Read(p []byte) (int, error) {
	if r.cursor.EOF {
		return 0, io.EOF
	}
	if err := r.announce(); err != nil {
		return 0, err
	}
	return r.read(p)
}

// announce calls BeforeRead.
func (r *arrivals) announce() error {
	if r.BeforeRead == nil {
		return nil
	}
	return r.BeforeRead()
}

// read reads from the source. At the end it sets EOF in the cursor. An error that comes with
// bytes is kept for the next call.
func (r *arrivals) read(p []byte) (int, error) {
	for range 100 {
		n, err := r.src.Read(p)
		if n < 0 || n > len(p) {
			return 0, errors.New("the source returned an impossible count")
		}
		if err == io.EOF {
			r.cursor.EOF = true
		} else if n > 0 && err != nil {
			r.src = failing{err}
		}
		if n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// failing is a source whose reads all fail with its error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

package framing

import (
	"errors"
	"io"
)

// arrivals reads from a Reader's source and bypasses its buffer.
type arrivals Reader

// Read calls Idle, which may write out what was decoded, and then the source. At
// the end it sets EOF in the cursor. An error that comes with bytes is kept for
// the next call.
func (r *arrivals) Read(p []byte) (int, error) {
	if r.cursor.EOF {
		return 0, io.EOF
	}
	if r.BeforeRead != nil {
		if err := r.BeforeRead(); err != nil {
			return 0, err
		}
	}
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

package relay

import (
	"errors"
	"io"
	"time"
)

// A Copier passes on what one side of a connection sends, in place of a plain copy. It may change
// the bytes, wait, and fail.
type Copier interface {
	// Copy passes on src to dst until src ends. It returns errors of both as they are. If the
	// error is a *report.Failure, it is reported; if it is a *Cut, that is what the user wants.
	// After any error but one of dst, both sides are reset.
	Copy(dst io.Writer, src io.Reader) error
}

// A Way is one direction of a connection.
type Way struct {
	Conn int             // the number of the connection, from 1
	Name string          // of the connection, in messages; empty for a process
	Dir  int             // 0 is from the client, or from standard input; 1 is back
	Done <-chan struct{} // is closed when the connection has ended
}

// A Cut is the error of a Copier that resets the connection on purpose.
type Cut struct{ Why string }

func (c *Cut) Error() string { return c.Why }

// copyWith lets the Copier pass bytes on.
func (f *flow) copyWith() *copyError {
	err := f.copier.Copy(flowWriter{f}, flowReader{f})
	var e *copyError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	}
	return &copyError{err, false}
}

// A flowReader reads for a Copier. What is read is shown to the watchers.
type flowReader struct{ *flow }

func (r flowReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.read(p[:n])
	if n > 0 && r.active != nil {
		r.active.Store(time.Now().UnixNano())
	}
	return n, err
}

// A flowWriter writes for a Copier. Its errors are those of a flow whose dst has failed.
type flowWriter struct{ *flow }

func (w flowWriter) Write(p []byte) (int, error) {
	if err := w.write(p); err != nil {
		return 0, &copyError{err, true}
	}
	return len(p), nil
}

package commands

import "time"

// A peerError is trouble with a connection.
type peerError struct {
	name  string // of the connection
	err   error
	hints []string
}

func (p *peerError) Error() string { return p.name + ": " + p.err.Error() }
func (p *peerError) Unwrap() error { return p.err }

// A timeoutError is a deadline of a flag that passed.
type timeoutError struct {
	flag  string
	after time.Duration
	what  string // did not happen
}

func (e *timeoutError) Error() string {
	return e.what + " within " + e.flag + " " + e.after.String()
}

func (e *timeoutError) Timeout() bool { return true }

func (e *timeoutError) Temporary() bool { return false }

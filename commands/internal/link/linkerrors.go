package link

import "time"

// A PeerError is trouble with a connection.
type PeerError struct {
	Name  string // of the connection
	Err   error
	Hints []string
}

func (p *PeerError) Error() string { return p.Name + ": " + p.Err.Error() }
func (p *PeerError) Unwrap() error { return p.Err }

// A TimeoutError is a deadline of a flag that passed.
type TimeoutError struct {
	Flag  string
	After time.Duration
	What  string // did not happen
}

func (e *TimeoutError) Error() string {
	return e.What + " within " + e.Flag + " " + e.After.String()
}

func (e *TimeoutError) Timeout() bool { return true }

func (e *TimeoutError) Temporary() bool { return false }

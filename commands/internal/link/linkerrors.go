package link

import "time"

// A PeerError is a failure of a connection.
type PeerError struct {
	Name  string // the name of the connection
	Err   error
	Hints []string
}

func (p *PeerError) Error() string { return p.Name + ": " + p.Err.Error() }
func (p *PeerError) Unwrap() error { return p.Err }

// A TimeoutError reports that the deadline of a flag passed.
type TimeoutError struct {
	Flag  string
	After time.Duration
	What  string // what did not happen, such as "no connection"
}

func (e *TimeoutError) Error() string {
	return e.What + " within " + e.Flag + " " + e.After.String()
}

func (e *TimeoutError) Timeout() bool { return true }

func (e *TimeoutError) Temporary() bool { return false }

package link

import (
	"time"

	"framecat/framing"
)

// Options are what a command line says of connections.
type Options struct {
	Address   Address
	Secure    *TLS // nil for plain connections
	Deadlines Deadlines
	Connect   time.Duration // for a connection to come about; 0 is no limit
	Timeout   time.Duration // for everything; 0 is no limit

	// Explain returns hints for a stream of f that is silent after head, in its first frame;
	// nil is none.
	Explain func(f framing.Framing, head []byte) []string
}

// Deadlines are those of one connection; 0 is none.
type Deadlines struct {
	Frame time.Duration // for a whole frame, while we read
	Idle  time.Duration // without a byte either way
}

// Alarm is time.After, but never for 0.
func Alarm(d time.Duration) <-chan time.Time {
	if d == 0 {
		return nil
	}
	return time.After(d)
}

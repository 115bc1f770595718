package link

import (
	"time"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// Options are the flags of send and listen about connections.
type Options struct {
	Address   Address
	Files     Files // our own
	Secure    *TLS  // nil for connections without TLS
	Deadlines Deadlines
	Connect   time.Duration // --connect-timeout; 0 is no limit
	Timeout   time.Duration // --timeout, for everything; 0 is no limit

	Direction string // of what peers send, as JSON names it: "c2s" or "s2c"

	// Explain returns hints for a stream of framing f that goes silent or breaks inside its
	// first frame; head is what came. It may be nil.
	Explain func(f framing.Framing, head []byte) []string

	// Sent returns a function that is called with the bytes of each Write to the peer, before
	// they are written; nil is none. Sent may be nil.
	Sent func(to formats.Sender) func(p []byte)
}

// Deadlines are the limits of one connection; 0 is no limit.
type Deadlines struct {
	Frame time.Duration // from the first byte of a frame to its last
	Idle  time.Duration // without a byte received or sent
}

// Alarm is time.After, but for 0 its channel is nil and never receives.
func Alarm(d time.Duration) <-chan time.Time {
	if d == 0 {
		return nil
	}
	return time.After(d)
}

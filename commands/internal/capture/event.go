package capture

import "time"

// An Event is what happened on a TCP connection, in one direction. Captures, live ones too, and
// relays are sequences of events, in the order of their times.
type Event struct {
	Stream int // the connection: they count from 0
	Dir    int // 0 is from the client to the server, 1 is back
	Kind   EventKind
	At     time.Time // zero if unknown
	Data   []byte    // of Bytes; valid until the next event
	Lost   int64     // of Lost: the number of bytes; -1 if unknown

	Why string // of Reset: why a relay reset the connection; empty if the sender did

	Client, Server string // of Opened: the ends, such as "10.0.0.1:4000"; empty if unknown
	Comment        string // of Opened: what the recording says of itself; empty if it says nothing
}

// An EventKind is the kind of an Event.
type EventKind uint8

// The kinds of events.
const (
	Opened EventKind = iota // the connection begins: before all of its other events
	Bytes                   // bytes came
	Lost                    // bytes are missing here: a *Gap
	Closed                  // the sender has ended this direction
	Reset                   // the sender has reset the connection
	Ended                   // nothing more comes in any direction: after all other events
)

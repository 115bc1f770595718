package commands

// The exit statuses, which scripts act on.
const (
	statusOK        = 0 // also when one signal ended listen
	statusIO        = 1 // reading, writing or the network
	statusUsage     = 2
	statusMalformed = 3 // a malformed or over-long frame, unreadable input
	statusTruncated = 4 // the stream ends inside a frame
	statusPayload   = 5 // a message does not fit the output or the framing
	statusUnmet     = 6 // a peer did not do what was expected of it

	statusTimeout = 124 // --timeout passed
	statusSignal  = 128 // plus the number of the signal that ended the program
)

package report

// The exit statuses, which scripts act on.
const (
	StatusOK        = 0 // also if one signal ended listen
	StatusIO        = 1 // reading, writing or the network
	StatusUsage     = 2 // a wrong command line
	StatusMalformed = 3 // a malformed or over-long frame, unreadable input
	StatusTruncated = 4 // the stream ends inside a frame
	StatusPayload   = 5 // a message does not fit the output or the framing
	StatusUnmet     = 6 // a peer did not do what was expected of it, or streams differ
	StatusUnsure    = 7 // probe could not judge all cases

	StatusTimeout  = 124 // --timeout passed
	StatusNotRun   = 126 // a command could not be run, as shells and env report it
	StatusNotFound = 127 // there is no such command
	StatusSignal   = 128 // plus the number of the signal that ended the program
)

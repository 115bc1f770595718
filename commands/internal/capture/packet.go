package capture

// A packet is one record of a capture.
type packet struct {
	data   []byte // valid until the next packet
	link   uint16 // its LINKTYPE; guessLink if the recording does not say
	at     int64  // Unix time in nanoseconds; 0 is unknown
	offset int64  // of its record in the file
}

// packets gives the packets of a file. The error is io.EOF at its end, a *FileError or
// *SyntaxError where it is damaged or cut short, or that of reading.
type packets interface {
	next() (packet, error)
}

package capture

// A packet is one record of a capture.
type packet struct {
	data   []byte // valid until the next packet
	link   uint16 // its link type; guessLink if the recording does not name it
	at     int64  // Unix time in nanoseconds; 0 is unknown
	offset int64  // offset of its record in the file
}

// packets returns the packets of a file, one after another. The error is io.EOF at the end
// of the file, a *FileError or *SyntaxError where the file is damaged or cut short, or an
// error of reading.
type packets interface {
	next() (packet, error)
}

package capture

import (
	"errors"
	"fmt"
)

// A Gap is a place where the recording lost bytes. It is no end: the next Read goes on
// behind it.
type Gap struct {
	Offset int64 // in the stream, of the first byte that is missing
	Bytes  int64 // that are missing; -1 if that is not known
}

func (g *Gap) Error() string {
	switch g.Bytes {
	case -1:
		return "the capture lost an unknown number of bytes here"
	case 1:
		return "the capture lost 1 byte here"
	}
	return fmt.Sprintf("the capture lost %d bytes here", g.Bytes)
}

// A SyntaxError is a line of a dump that can't be read. Lines count from 1.
type SyntaxError struct {
	Line   int
	Detail string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Detail) }

// A FileError is a place where a capture file is damaged or cut short. What stands
// before it is read.
type FileError struct {
	Packet int64 // counts from 0
	Offset int64 // in the file
	Detail string
	Err    error // io.ErrUnexpectedEOF if the file is cut short
}

func (e *FileError) Error() string {
	return fmt.Sprintf("packet %d at byte %d of the file: %s", e.Packet, e.Offset, e.Detail)
}

func (e *FileError) Unwrap() error { return e.Err }

// What Open finds instead of streams.
var (
	ErrNoPcap   = errors.New("this is no pcap or pcapng file")
	ErrNoStream = errors.New("the capture holds no TCP packets")
)

// Fault says whether an error is about what was recorded, and not about reading it.
func IsDamage(err error) bool {
	var g *Gap
	var f *FileError
	var s *SyntaxError
	return errors.As(err, &g) || errors.As(err, &f) || errors.As(err, &s) || errors.Is(err, ErrNoPcap) || errors.Is(err, ErrNoStream)
}

// damaged tells a fault of what was recorded from one of reading it.
func isFileDamage(err error) bool {
	switch err.(type) {
	case *FileError, *SyntaxError:
		return true
	}
	return false
}

package capture

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A Gap is a place where the recording lost bytes. The stream does not end there: the next
// Read returns the bytes after the gap.
type Gap struct {
	Offset int64 // offset in the stream of the first missing byte
	Bytes  int64 // number of missing bytes; -1 if unknown
}

// Lost returns Bytes. A framing.Reader calls it to continue after the gap.
func (g *Gap) Lost() int64 { return g.Bytes }

func (g *Gap) Error() string {
	switch g.Bytes {
	case -1:
		return "the capture lost an unknown number of bytes here"
	case 1:
		return "the capture lost 1 byte here"
	}
	return fmt.Sprintf("the capture lost %d bytes here", g.Bytes)
}

// A SyntaxError is a line of a dump that cannot be read. Lines count from 1.
type SyntaxError struct {
	Line   int
	Detail string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Detail) }

// A FileError is a place where a capture file is damaged or cut short. The packets before
// it are read.
type FileError struct {
	Packet int64 // number of the packet, from 0
	Offset int64 // offset in the file
	Detail string
	Err    error // io.ErrUnexpectedEOF if the file is cut short
}

func (e *FileError) Error() string {
	return fmt.Sprintf("packet %d at byte %d of the file: %s", e.Packet, e.Offset, e.Detail)
}

func (e *FileError) Unwrap() error { return e.Err }

// A SpoolError is an error of the temporary file to which a recording is copied.
type SpoolError struct {
	Action, Path string // what was done with which file or directory
	Err          error
}

func (e *SpoolError) Error() string {
	reason := e.Err
	var p *fs.PathError
	if errors.As(reason, &p) {
		reason = p.Err
	}
	return fmt.Sprintf("the capture is copied to a temporary file: cannot %s %s: %s", e.Action, e.Path, reason)
}

// A CopyError is the end of a recording of which only the first bytes were copied to a
// temporary file: the rest was not read.
type CopyError struct{ Bytes int64 }

func (e *CopyError) Error() string {
	return fmt.Sprintf("of a capture that is compressed or comes from a pipe, only the first %d bytes are read", e.Bytes)
}

// isFrom reports whether err is an error of the file.
func isFrom(err error, f *os.File) bool {
	var p *fs.PathError
	return errors.As(err, &p) && p.Path == f.Name()
}

// Errors of Open if there are no streams.
var (
	ErrNoPcap   = errors.New("this is not a pcap or pcapng file")
	ErrNoStream = errors.New("the capture holds no TCP packets")
)

// IsDamage reports whether err is about what was recorded: a *Gap, *FileError or
// *SyntaxError, ErrNoPcap or ErrNoStream. Other errors are about reading the file. It is
// false for nil.
func IsDamage(err error) bool {
	var g *Gap
	var f *FileError
	var s *SyntaxError
	return errors.As(err, &g) || errors.As(err, &f) || errors.As(err, &s) || errors.Is(err, ErrNoPcap) || errors.Is(err, ErrNoStream)
}

// isFileDamage reports whether err ends a recording because its file is damaged or cut
// short.
func isFileDamage(err error) bool {
	switch err.(type) {
	case *FileError, *SyntaxError:
		return true
	}
	return false
}

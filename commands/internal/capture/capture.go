// Package capture reads recorded traffic: pcap and pcapng files, and the text that
// xxd, hexdump, od, tcpdump, Wireshark and framecat itself print. It answers which
// byte streams a recording holds and gives their bytes.
//
//	c, err := capture.Open(file, capture.Detect(head))
//	for _, s := range c.Streams() { … }
//	src, err := c.Read(capture.Ref{Stream: 0, Dir: 0})
//
// A recording is never held in memory: one pass lists the streams, later ones read
// those that are asked for. What is not seekable is first copied to a temporary file,
// unless it is text with one stream.
//
// Bytes that the recording lost are a *Gap where they would be; what stands before and
// behind it is never joined.
//
// The files and headers are read here, not with gopacket: its tables would cost every
// start of the program 8 ms. The tests write their captures with it.
package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// A Kind is what a file holds.
type Kind int

// The kinds.
const (
	Raw     Kind = iota // the stream itself
	Pcap                // pcap or pcapng
	Hexdump             // text with bytes in hex
)

// A Stream is a connection, or the one stream of a dump.
type Stream struct {
	Index          int       // counts from 0, by first packet
	Client, Server string    // "10.0.0.1:4000", "[::1]:53"; empty if not known
	Start          time.Time // of the first packet; zero if not known
	Dirs           []Direction
}

// A Direction is what one end sent.
type Direction struct {
	Name     string // "c2s" or "s2c"; empty if there is but one
	Bytes    int64  // without those in gaps; -1 if not known before they are read
	Segments int    // that brought these bytes, without retransmissions; -1 if not known
	Gaps     int
}

// Label says who sends to whom in a direction: "10.0.0.1:4000 → 10.0.0.2:5432". It is
// empty if that is not known.
func (s Stream) Label(dir int) string {
	from, to := s.Ends(dir)
	if from == "" && to == "" {
		return ""
	}
	return from + " → " + to
}

// Ends are who sends in a direction, and to whom; empty if that is not known.
func (s Stream) Ends(dir int) (from, to string) {
	if dir == 1 {
		return s.Server, s.Client
	}
	return s.Client, s.Server
}

// A Ref names one direction of one stream: indexes into Streams and Dirs.
type Ref struct{ Stream, Dir int }

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
func Fault(err error) bool {
	var g *Gap
	var f *FileError
	var s *SyntaxError
	return errors.As(err, &g) || errors.As(err, &f) || errors.As(err, &s) || errors.Is(err, ErrNoPcap) || errors.Is(err, ErrNoStream)
}

// A recording is one kind of capture.
type recording interface {
	streams() []Stream
	damage() error
	plan([]Ref)
	read(Ref) *Source
}

// A Capture is an opened recording. It is not for use by several goroutines at once.
type Capture struct {
	recording
	spool  *os.File // a copy of what could not be read twice; nil if there is none
	named  bool     // spool has a name to be removed
	source *Source  // the latest
}

// Open reads the list of streams. A regular file is read from where it stands, and
// must stay open until Close; anything else is copied first, if need be. Kind is not
// Raw.
func Open(r io.Reader, kind Kind) (*Capture, error) {
	c := &Capture{}
	var err error
	if kind == Pcap {
		c.recording, err = c.openPcap(r)
	} else {
		c.recording, err = c.openText(r)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Streams returns the streams in the order of their first packets.
func (c *Capture) Streams() []Stream { return c.streams() }

// Damage returns the *FileError or *SyntaxError at which the reading ended, or nil if
// it came to the end of the file. That of a dump with one stream comes from Read.
func (c *Capture) Damage() error { return c.damage() }

// Plan tells which directions will be read next, in that order. Small ones are then
// gathered in one pass over the file, where each would take its own.
func (c *Capture) Plan(refs ...Ref) { c.plan(refs) }

// Read returns the bytes of a direction, and closes the source it returned before. The
// stream of a dump that is not read from a seekable file can be read once only.
func (c *Capture) Read(r Ref) *Source {
	if c.source != nil {
		c.source.Close()
	}
	c.source = c.read(r)
	return c.source
}

// Close removes the temporary file, if there is one. The file given to Open stays open.
func (c *Capture) Close() error {
	if c.spool == nil {
		return nil
	}
	err := c.spool.Close()
	if c.named {
		err = os.Remove(c.spool.Name())
	}
	c.spool = nil
	return err
}

// seekable returns a regular file and where it stands; what is none is copied to one.
func (c *Capture) seekable(r io.Reader) (f *os.File, start int64, err error) {
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			start, err := f.Seek(0, io.SeekCurrent)
			return f, start, err
		}
	}
	if c.spool, err = os.CreateTemp("", "framecat-*.capture"); err != nil {
		return nil, 0, err
	}
	// Without a name it goes with the program, however that ends. Windows keeps it.
	c.named = os.Remove(c.spool.Name()) != nil
	_, err = io.Copy(c.spool, r)
	return c.spool, 0, err
}

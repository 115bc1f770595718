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
	"io"
)

// A Capture is an opened recording. It is not for use by several goroutines at once.
type Capture struct {
	recording
	spool  spool
	source *Source // the latest
}

// Open reads the list of streams. A regular file is read from where it stands, and
// must stay open until Close; anything else is copied first, if need be. Kind is not
// Raw.
func Open(r io.Reader, kind Kind) (*Capture, error) {
	c := &Capture{}
	var err error
	if kind == Pcap {
		c.recording, err = openPcap(&c.spool, r)
	} else {
		c.recording, err = openText(&c.spool, r)
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

// Close removes the temporary copy, if there is one. The file given to Open stays open.
func (c *Capture) Close() error { return c.spool.close() }

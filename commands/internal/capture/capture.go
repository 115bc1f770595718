// Package capture lists the byte streams in a recording of network traffic, and reads
// them. A recording is a pcap or pcapng file, or text that xxd, hexdump, od, tcpdump,
// Wireshark or framecat itself printed.
//
// Call [Detect] with the first bytes of a file, then [Open]:
//
//	c, err := capture.Open(file, capture.Detect(head), capture.Limits{})
//	for _, s := range c.Streams() { … }
//	src := c.Read(capture.Ref{Stream: 0, Dir: 0})
//
// Of packets, only TCP is read, through the links and tunnels of inside in layers.go. Bytes that
// the recording lost are reported as a *Gap in their place; the data before and after a gap
// is never joined.
//
// A [Recorder] writes a recording of [Event]s, such as those of a relay: a pcapng file of all, or
// of the last packets, which a ring in memory holds.
//
// A recording is not held in memory: the first pass lists the streams, later passes read
// the directions that are asked for. A recording that is not seekable is first copied to a
// temporary file, unless it is text with one stream.
//
// This package reads files and headers with its own code, because the tables of gopacket
// would make each start of the program 8 ms slower. Only the tests use gopacket.
//
// Sizes are in bytes, and offsets count from 0.
package capture

import (
	"io"
	"iter"
	"math"
)

// A Capture is an opened recording. It is not for use by several goroutines at once.
type Capture struct {
	recording
	spool  spool
	source *Source // what Read returned last
}

// Open finds the streams of a recording. Kind is Pcap or Hexdump. A regular file is read
// from its current offset, and must stay open until Close. Anything else is copied to a
// temporary file if more than one pass is needed.
//
// Open returns ErrNoPcap, ErrNoStream, or an error of reading. Damage inside the recording
// is no error of Open: Damage or the Source reports it.
func Open(r io.Reader, kind Kind, most Limits) (*Capture, error) {
	c := &Capture{spool: spool{most: most.orDefaults()}}
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

// Len returns the number of streams.
func (c *Capture) Len() int { return c.count() }

// Stream returns a stream. They count from 0, in the order of their first packets.
func (c *Capture) Stream(i int) Stream { return c.stream(i) }

// Streams returns the streams in their order.
func (c *Capture) Streams() iter.Seq2[int, Stream] {
	return func(yield func(int, Stream) bool) {
		for i := range c.count() {
			if !yield(i, c.stream(i)) {
				return
			}
		}
	}
}

// Damage returns the *FileError or *SyntaxError at which the first pass ended, or a *CopyError
// if the recording is longer than its copy; nil if the whole file was read. If a dump has one
// stream, its Source returns the error instead.
func (c *Capture) Damage() error {
	if c.spool.cut {
		return &CopyError{c.spool.most.Copy}
	}
	return c.damage()
}

// Plan announces which directions will be read next, in this order. Small ones are then
// collected in one pass over the file; without Plan, each takes a pass of its own.
func (c *Capture) Plan(refs ...Ref) { c.plan(refs, math.MaxInt64) }

// PlanStarts is Plan for readers of only the first n bytes of each direction, up to its first gap.
// More may be missing: what was collected then ends as a shorter direction does.
func (c *Capture) PlanStarts(n int64, refs ...Ref) { c.plan(refs, n) }

// Read returns the bytes of a direction, and closes the Source that it returned before.
// A dump that is not in a seekable file can be read only once.
func (c *Capture) Read(r Ref) *Source {
	if c.source != nil {
		c.source.Close()
	}
	c.source = c.read(r)
	return c.source
}

// Close removes the temporary copy, if there is one. The file given to Open stays open.
func (c *Capture) Close() error { return c.spool.close() }

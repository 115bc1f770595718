package capture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
)

// The first bytes of a pcap file. They show the unit of its times.
const (
	pcapMicro = 0xa1b2c3d4
	pcapNano  = 0xa1b23c4d
)

// maxPacket is the longest packet that a file may have. A longer one means that the file is
// damaged: a captured segment is at most 64 KiB, or 512 KiB if the network card splits it.
const maxPacket = 1 << 20

// pcapOrder returns the byte order of a pcap file, and its unit of time in nanoseconds. The
// order is nil if this is not a pcap file.
func pcapOrder(head []byte) (order binary.ByteOrder, unit int64) {
	if len(head) < 4 {
		return nil, 0
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(head) {
		case pcapMicro:
			return order, 1000
		case pcapNano:
			return order, 1
		}
	}
	return nil, 0
}

// openPcap makes the first pass over a pcap or pcapng file.
func openPcap(from *spool, r io.Reader) (recording, error) {
	f, start, err := from.seekable(r)
	if err != nil {
		return nil, err
	}
	head := make([]byte, pcapHeader)
	n, err := f.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, err
	}
	open, err := pcapOpener(head[:n])
	if err != nil {
		return nil, err
	}
	t := &traffic{open: func(offset int64) (packets, error) { return open(fileAt(f, start, offset)), nil }}
	return t, t.index()
}

// pcapHeader is the size of the header of a pcap file, in bytes.
const pcapHeader = 24

// pcapOpener returns a function that reads the packets of a pcap or pcapng file from an offset
// on: 0, or that of a packet. The file begins with head.
func pcapOpener(head []byte) (func(file) packets, error) {
	if isPcapng(head) {
		var known sections
		return func(f file) packets { return openPcapng(f, &known) }, nil
	}
	order, unit := pcapOrder(head)
	if order == nil || len(head) < pcapHeader {
		return nil, ErrNoPcap
	}
	if major := order.Uint16(head[4:]); major != 2 {
		return nil, fmt.Errorf("%w of a supported version: found version %d, expected 2", ErrNoPcap, major)
	}
	link := uint16(order.Uint32(head[20:])) // the upper 16 bits are flags
	return func(f file) packets {
		if f.offset == 0 {
			n, _ := f.Discard(pcapHeader)
			f.offset = int64(n)
		}
		return &pcapReader{file: f, order: order, unit: unit, link: link}
	}, nil
}

// A file reads forward and counts its offset.
type file struct {
	*bufio.Reader
	offset int64 // offset in the capture of the next byte
	buf    []byte
}

func fileAt(f *os.File, start, offset int64) file {
	r := io.NewSectionReader(f, start+offset, math.MaxInt64-start-offset)
	return file{Reader: bufio.NewReaderSize(r, 64<<10), offset: offset}
}

// take reads n bytes, which are valid until the next call. The error is io.EOF if no byte
// is left, and io.ErrUnexpectedEOF if fewer than n are.
func (f *file) take(n int) ([]byte, error) {
	if cap(f.buf) < n {
		f.buf = make([]byte, n)
	}
	k, err := io.ReadFull(f.Reader, f.buf[:n])
	f.offset += int64(k)
	return f.buf[:n], err
}

// A pcapReader reads records. Each starts with a header:
//
//	seconds 4 | fraction 4 | captured 4 | length 4 | bytes
type pcapReader struct {
	file
	order binary.ByteOrder
	unit  int64
	link  uint16
	count int64
}

func (r *pcapReader) next() (packet, error) {
	p := packet{link: r.link, offset: r.offset}
	h, err := r.take(16)
	if err != nil {
		return p, r.cut(p.offset, err)
	}
	p.at = int64(r.order.Uint32(h))*1e9 + int64(r.order.Uint32(h[4:]))*r.unit
	n := r.order.Uint32(h[8:])
	if n > maxPacket {
		return p, &FileError{r.count, p.offset, fmt.Sprintf("the packet length %d is over the limit of %d: the file is damaged", n, maxPacket), nil}
	}
	if p.data, err = r.take(int(n)); err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return p, r.cut(p.offset, err)
	}
	r.count++
	return p, nil
}

// cut returns the error for a packet at offset that could not be read.
func (r *pcapReader) cut(offset int64, err error) error {
	if err != io.ErrUnexpectedEOF {
		return err
	}
	return &FileError{r.count, offset, "the file ends inside this packet", err}
}

package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// Block types of a pcapng file (draft-ietf-opsawg-pcapng).
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockOld       = 2 // packet, obsolete
	blockSimple    = 3 // packet without a time
	blockPacket    = 6
)

// An iface is an interface that packets were captured on.
type iface struct {
	link   uint16
	snap   uint32
	unit   uint64 // units of time per second
	offset int64  // seconds to add to each time
}

// A section is a part of a file that has its own byte order and interfaces. The first pass
// records the sections for later passes, which start somewhere inside one.
type section struct {
	offset int64
	order  binary.ByteOrder
	ifaces []iface
}

type sections []*section

// at returns the section that contains an offset.
func (s sections) at(offset int64) *section {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].offset <= offset {
			return s[i]
		}
	}
	return nil
}

func isPcapng(head []byte) bool {
	return len(head) >= 12 && binary.BigEndian.Uint32(head) == blockSection && sectionOrder(head[8:]) != nil
}

func sectionOrder(magic []byte) binary.ByteOrder {
	for _, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if o.Uint32(magic) == 0x1a2b3c4d {
			return o
		}
	}
	return nil
}

// A pcapngReader reads blocks:
//
//	type 4 | length 4 | body | length 4, again
type pcapngReader struct {
	file
	known   *sections
	section *section
	learn   bool // this is the first pass over the section
	count   int64
	text    string // the comment of the section
}

func openPcapng(f file, known *sections) *pcapngReader {
	r := &pcapngReader{file: f, known: known}
	if f.offset > 0 {
		r.section = known.at(f.offset)
	}
	return r
}

func (r *pcapngReader) next() (packet, error) {
	for {
		at := r.offset
		kind, body, err := r.block()
		if err != nil {
			return packet{}, err
		}
		p, ok := packet{offset: at}, false
		switch kind {
		case blockSection:
			r.readComment(body)
		case blockInterface:
			if r.learn {
				r.section.ifaces = append(r.section.ifaces, r.iface(body))
			}
		case blockPacket, blockOld:
			ok = len(body) >= 20 && r.packet(&p, kind, body)
		case blockSimple:
			ok = len(body) >= 4 && r.simple(&p, body)
		default:
			continue
		}
		if ok {
			r.count++
			return p, nil
		}
		if kind != blockInterface && kind != blockSection {
			return packet{}, r.damaged(at, "the packet does not fit its block, or has no interface")
		}
	}
}

// block reads one block. Its body is valid until the next call, and nil if blocks of this
// kind are not used.
func (r *pcapngReader) block() (kind uint32, body []byte, err error) {
	at := r.offset
	h, err := r.take(8)
	if err != nil {
		return 0, nil, r.cut(at, err)
	}
	header := [8]byte(h)
	if binary.BigEndian.Uint32(h) == blockSection {
		magic, err := r.Peek(4)
		if err != nil {
			return 0, nil, r.cut(at, io.ErrUnexpectedEOF)
		}
		order := sectionOrder(magic)
		if order == nil {
			return 0, nil, r.damaged(at, "the byte order of the section is unknown")
		}
		r.enter(at, order)
	}
	order := r.section.order
	kind = order.Uint32(header[:])
	length := order.Uint32(header[4:])
	if length < 12 || length%4 != 0 {
		return 0, nil, r.damaged(at, fmt.Sprintf("the block length %d is not a multiple of 4, at least 12", length))
	}
	n := int64(length) - 12
	packet := kind == blockInterface || kind == blockPacket || kind == blockOld || kind == blockSimple
	if packet && n > maxPacket {
		return 0, nil, r.damaged(at, fmt.Sprintf("the packet block of %d bytes is over the limit of %d", n, maxPacket))
	}
	if packet || kind == blockSection && n <= maxPacket { // a section may have a comment
		b, err := r.take(int(n) + 4)
		if err != nil {
			return 0, nil, r.cut(at, io.ErrUnexpectedEOF)
		}
		body, h = b[:n], b[n:]
	} else {
		k, err := r.Discard(int(n))
		if r.offset += int64(k); err == nil {
			h, err = r.take(4)
		}
		if err != nil {
			return 0, nil, r.cut(at, io.ErrUnexpectedEOF)
		}
	}
	if order.Uint32(h) != length {
		return 0, nil, r.damaged(at, "the two lengths of the block differ")
	}
	return kind, body, nil
}

// enter starts a section.
func (r *pcapngReader) enter(at int64, order binary.ByteOrder) {
	if s := r.known.at(at); s != nil && s.offset == at {
		r.section, r.learn = s, false
		return
	}
	r.section, r.learn = &section{offset: at, order: order}, true
	*r.known = append(*r.known, r.section)
}

// iface reads the description of an interface. Its options may set the unit of times.
func (r *pcapngReader) iface(b []byte) iface {
	i := iface{unit: 1e6}
	if len(b) < 8 {
		return i
	}
	o := r.section.order
	i.link, i.snap = o.Uint16(b), o.Uint32(b[4:])
	r.eachOption(b[8:], func(code uint16, value []byte) {
		switch {
		case code == 9 && len(value) >= 1: // if_tsresol
			if e := value[0] & 0x7f; value[0]&0x80 != 0 && e < 64 {
				i.unit = 1 << e
			} else if value[0]&0x80 == 0 && e < 20 {
				for i.unit = 1; e > 0; e-- {
					i.unit *= 10
				}
			}
		case code == 14 && len(value) >= 8: // if_tsoffset
			i.offset = int64(o.Uint64(value))
		}
	})
	return i
}

// readComment keeps the comment of a section, from the body of its block: magic 4 | version 4 | length 8 | options.
func (r *pcapngReader) readComment(b []byte) {
	if r.text = ""; len(b) < 16 {
		return
	}
	r.eachOption(b[16:], func(code uint16, value []byte) {
		if code == optComment && r.text == "" {
			r.text = string(value)
		}
	})
}

// comment returns the comment of the section that is being read.
func (r *pcapngReader) comment() string { return r.text }

// eachOption calls f for the options at the end of a block:
//
//	code 2 | length 2 | value, padded to a multiple of 4
func (r *pcapngReader) eachOption(b []byte, f func(code uint16, value []byte)) {
	o := r.section.order
	for len(b) >= 4 {
		code, n := o.Uint16(b), int(o.Uint16(b[2:]))
		if b = b[4:]; code == optEnd || len(b) < n {
			return
		}
		f(code, b[:n])
		b = b[min(len(b), (n+3)&^3):]
	}
}

// packet reads a packet block: interface 4 | time 8 | captured 4 | length 4 | bytes.
func (r *pcapngReader) packet(p *packet, kind uint32, b []byte) bool {
	o := r.section.order
	id := int64(o.Uint32(b))
	if kind == blockOld {
		id = int64(o.Uint16(b)) // a count of dropped packets follows
	}
	n := int64(o.Uint32(b[12:]))
	if id >= int64(len(r.section.ifaces)) || n > int64(len(b)-20) {
		return false
	}
	i := &r.section.ifaces[id]
	p.link, p.data = i.link, b[20:20+n]
	t := uint64(o.Uint32(b[4:]))<<32 | uint64(o.Uint32(b[8:]))
	high, low := bits.Mul64(t%i.unit, 1e9)
	ns, _ := bits.Div64(high, low, i.unit)
	p.at = (int64(t/i.unit)+i.offset)*1e9 + int64(ns)
	return true
}

// simple reads a packet without a time: length 4 | bytes.
func (r *pcapngReader) simple(p *packet, b []byte) bool {
	if len(r.section.ifaces) == 0 {
		return false
	}
	i := &r.section.ifaces[0]
	n := int64(r.section.order.Uint32(b))
	if i.snap > 0 {
		n = min(n, int64(i.snap))
	}
	p.link, p.data = i.link, b[4:min(4+n, int64(len(b)))]
	return true
}

func (r *pcapngReader) cut(at int64, err error) error {
	if err != io.ErrUnexpectedEOF {
		return err
	}
	return &FileError{r.count, at, "the file ends inside this block", err}
}

func (r *pcapngReader) damaged(at int64, what string) error {
	return &FileError{r.count, at, what + ": the file is damaged", nil}
}

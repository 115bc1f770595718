package capture

import (
	"net/netip"
	"slices"
)

// A fragmentKey is the same for all fragments of a packet.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	proto    byte
}

// Limits of the incomplete packets that are held. The oldest are dropped first.
const (
	maxFragmented = 64      // packets
	maxFragments  = 64 << 9 // fragments per packet: more than 64 KiB can have
)

// fragments holds the fragments of incomplete packets.
type fragments struct {
	list []*fragmentedPacket // oldest first
}

type fragmentedPacket struct {
	key    fragmentKey
	from   int64 // offset of its first fragment in the file
	parts  []fragment
	length int // length of the packet; 0 before the last fragment was seen
	have   int
}

type fragment struct {
	offset int
	data   []byte
}

// join adds a fragment of size bytes at offset; body is the captured part of it. When the
// packet is complete, join sets body to the whole and returns its size, else 0.
func (f *fragments) join(body *[]byte, size int, key fragmentKey, offset int, more bool, s *segment) int {
	if size <= 0 || len(*body) < size || offset+size > 1<<16 {
		return 0 // not all of it was captured: the segment is lost
	}
	p := f.packet(key, s.from)
	p.add(fragment{offset, slices.Clone((*body)[:size])})
	if !more {
		p.length = offset + size
	}
	if p.length == 0 || p.have < p.length {
		return 0
	}
	whole := make([]byte, 0, p.have)
	for _, part := range p.parts {
		if part.offset != len(whole) {
			return 0
		}
		whole = append(whole, part.data...)
	}
	f.list = slices.DeleteFunc(f.list, func(q *fragmentedPacket) bool { return q == p })
	*body, s.from = whole[:p.length], p.from
	return p.length
}

func (f *fragments) packet(key fragmentKey, at int64) *fragmentedPacket {
	for _, p := range f.list {
		if p.key == key {
			return p
		}
	}
	if len(f.list) == maxFragmented {
		f.list = f.list[1:]
	}
	p := &fragmentedPacket{key: key, from: at}
	f.list = append(f.list, p)
	return p
}

// add adds a fragment. It keeps the parts sorted and without overlaps: bytes that came first
// are kept.
func (p *fragmentedPacket) add(n fragment) {
	i, _ := slices.BinarySearchFunc(p.parts, n.offset, func(f fragment, at int) int { return f.offset - at })
	if i > 0 {
		if over := p.parts[i-1].offset + len(p.parts[i-1].data) - n.offset; over > 0 {
			n.offset, n.data = n.offset+over, n.data[min(over, len(n.data)):]
		}
	}
	if i < len(p.parts) {
		n.data = n.data[:max(0, min(len(n.data), p.parts[i].offset-n.offset))]
	}
	if len(n.data) == 0 || len(p.parts) >= maxFragments {
		return
	}
	p.parts = slices.Insert(p.parts, i, n)
	p.have += len(n.data)
}

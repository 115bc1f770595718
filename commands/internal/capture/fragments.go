package capture

import (
	"net/netip"
	"slices"
)

// fragmented says which fragments belong together.
type fragmented struct {
	src, dst netip.Addr
	id       uint32
}

// What incomplete packets may take. The oldest go first.
const (
	maxFragmented = 64      // packets
	maxFragments  = 64 << 9 // of one packet: more than its 64 KiB can be cut into
)

// fragments holds those of packets that are not complete.
type fragments struct {
	list []*fragmentedPacket // oldest first
}

type fragmentedPacket struct {
	key    fragmented
	from   int64 // where the first is in the file
	parts  []fragment
	length int // of the whole; 0 if the last was not seen
	have   int
}

type fragment struct {
	offset int
	data   []byte
}

// join adds a fragment: size bytes at offset, of which body was captured. Once all are
// there it returns the size of the whole, which is then in body, else 0.
func (f *fragments) join(body *[]byte, size int, key fragmented, offset int, more bool, s *segment) int {
	if size <= 0 || len(*body) < size || offset+size > 1<<16 {
		return 0 // not all of it was captured: the segment is lost
	}
	p := f.packet(key, s.packet)
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

func (f *fragments) packet(key fragmented, at int64) *fragmentedPacket {
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

// add keeps the parts sorted and apart. Of what overlaps the first stays.
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

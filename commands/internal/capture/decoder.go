package capture

import (
	"encoding/binary"
	"net/netip"
)

const (
	ipv4Header = 20
	ipv6Header = 40
)

// A decoder finds TCP segments in packets: in their link layers and tunnels.
//
//	for s := d.first(p); s != nil; s = d.next() { … }
//
// Few packets have more than one segment. A segment is valid until the next call.
type decoder struct {
	seg       segment
	src, dst  netip.Addr // of the innermost IP packet
	frames    piece      // frames of the same packet that are not read yet: an A-MSDU
	tunnel    layer      // the innermost tunnel
	fragments fragments
	others    others
}

// first returns the first TCP segment in a packet. It returns nil if there is none.
func (d *decoder) first(p packet) *segment {
	link := ofLink + layer(p.link)
	if p.link == guessLink {
		link = guess(p.data)
	}
	d.seg = segment{at: p.at, packet: p.offset, from: p.offset}
	d.tunnel = 0
	if s := d.read(link, wholeOf(p.data)); s != nil {
		return s
	}
	return d.next()
}

// next returns the next segment in the same packet, or nil.
func (d *decoder) next() *segment {
	for len(d.frames.b) > 0 {
		var p piece
		p, d.frames = subframe(d.frames)
		if s := d.read(layerLLC, p); s != nil {
			return s
		}
	}
	return nil
}

// read reads the layers of a packet down to TCP. If there is none, it counts what it found instead,
// and returns nil.
func (d *decoder) read(l layer, p piece) *segment {
	for range maxLayers {
		at, size := l, len(p.b)
		switch l {
		case layerTCP:
			if s := d.tcp(p); s != nil {
				return s
			}
			l = cutShort
		case layerIP, layerIPv4, layerIPv6:
			l, p = d.ip(p)
		case layerIPv6Fragment:
			l, p = d.ipv6Fragment(p)
		case layerUDP:
			if l, p = udp(p); l >= ofPort && l < ofPort+0xffff && !isTunnel(l) {
				d.others.add(l, d.tunnel)
				return nil
			}
		case layerAMSDU:
			if len(d.frames.b) > 0 {
				d.others.add(tooDeep, d.tunnel)
				return nil
			}
			p, d.frames = subframe(p)
			l = layerLLC
		default:
			l, p = inside(l, p)
		}
		if l >= noMore || l == at && len(p.b) == size {
			d.others.add(l, d.tunnel)
			return nil
		}
		if at.tunnels() {
			d.tunnel = at
		}
	}
	d.others.add(tooDeep, d.tunnel)
	return nil
}

// ip reads the header of an IP packet. Whatever numbers there were before, its first 4 bits are its version.
func (d *decoder) ip(p piece) (layer, piece) {
	switch {
	case len(p.b) >= ipv4Header && p.b[0]>>4 == 4:
		return d.ipv4(p)
	case len(p.b) >= ipv6Header && p.b[0]>>4 == 6:
		return d.ipv6(p)
	}
	return cutShort, p
}

func (d *decoder) ipv4(p piece) (layer, piece) {
	b := p.b
	header, size := int(b[0]&15)*4, p.u16(2)
	if size == 0 { // a large packet that the network card would have split
		size = len(b)
	}
	if header < ipv4Header || min(size, p.size) < header || len(b) < header {
		return cutShort, p
	}
	d.src, d.dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	next := ofProtocol + layer(b[9])
	p = p.upTo(size).after(header)
	if frag := binary.BigEndian.Uint16(b[6:]); frag&0x3fff != 0 {
		key := fragmentKey{d.src, d.dst, uint32(binary.BigEndian.Uint16(b[4:])), b[9]}
		return d.join(next, p, key, int(frag&0x1fff)*8, frag&0x2000 != 0)
	}
	return next, p
}

func (d *decoder) ipv6(p piece) (layer, piece) {
	b := p.b
	d.src, d.dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	size := p.u16(4)
	p = p.after(ipv6Header)
	if size == 0 {
		size = len(p.b)
	}
	return ofProtocol + layer(b[6]), p.upTo(size)
}

// ipv6Fragment reads next header 1 | reserved 1 | offset and flags 2 | identification 4.
func (d *decoder) ipv6Fragment(p piece) (layer, piece) {
	if len(p.b) < 8 {
		return cutShort, p
	}
	next, frag, id := ofProtocol+layer(p.b[0]), p.u16(2), binary.BigEndian.Uint32(p.b[4:])
	proto := p.b[0]
	p = p.after(8)
	if frag&^6 == 0 { // the only fragment of its packet
		return next, p
	}
	return d.join(next, p, fragmentKey{d.src, d.dst, id, proto}, frag&^7, frag&1 != 0)
}

// join adds a fragment of an IP packet to those before it. The last one completes the packet.
func (d *decoder) join(next layer, p piece, key fragmentKey, offset int, more bool) (layer, piece) {
	size := d.fragments.join(&p.b, p.size, key, offset, more, &d.seg)
	if size == 0 {
		return fragmented, p
	}
	p.size = size
	return next, p
}

// udp reads the header of UDP. One of the ports names the next layer: that of a tunnel, else the
// lower one.
func udp(p piece) (layer, piece) {
	if len(p.b) < 8 {
		return cutShort, p
	}
	from, to, size := ofPort+layer(p.u16(0)), ofPort+layer(p.u16(2)), p.u16(4)
	rest := p.after(8)
	if size >= 8 {
		rest = rest.upTo(size - 8)
	}
	for _, l := range []layer{to, from} {
		if isTunnel(l) {
			if next, _ := inside(l, rest); next != cutShort {
				return l, rest
			}
		}
	}
	return min(from, to), rest
}

func (d *decoder) tcp(p piece) *segment {
	b, size := p.b, p.size
	if len(b) < 20 {
		return nil
	}
	header, flags := int(b[12]>>4)*4, b[13]
	if header < 20 || size < header {
		return nil
	}
	s := &d.seg
	s.src = netip.AddrPortFrom(d.src, binary.BigEndian.Uint16(b))
	s.dst = netip.AddrPortFrom(d.dst, binary.BigEndian.Uint16(b[2:]))
	s.seq, s.ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	s.rst = flags&4 != 0
	s.fin, s.syn, s.acks = flags&1 != 0 && !s.rst, flags&2 != 0 && !s.rst, flags&16 != 0 && !s.rst
	if s.size = size - header; s.rst {
		s.size = 0 // the payload of a reset is a message for people
	}
	s.payload = b[min(header, len(b)):]
	s.payload = s.payload[:min(s.size, len(s.payload))]
	return s
}

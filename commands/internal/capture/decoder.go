package capture

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
)

// Link types, as https://www.tcpdump.org/linktypes.html numbers them.
const (
	linkNull     = 0   // 4 bytes of address family
	linkEthernet = 1   // IEEE 802.3
	linkRawBSD   = 12  // IP
	linkRawOpen  = 14  // IP, on OpenBSD
	linkRaw      = 101 // IP
	linkLoop     = 108 // 4 bytes of address family, on OpenBSD
	linkSLL      = 113 // Linux cooked
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276    // Linux cooked, version 2
	guessLink    = 0xffff // unknown: text does not name it, so it is guessed
)

// Ethernet types.
const (
	typeIPv4   = 0x0800
	typeIPv6   = 0x86dd
	typeVLAN   = 0x8100
	typeQinQ   = 0x88a8
	typeQinQ2  = 0x9100
	typePPPoE  = 0x8864
	typeAnyIP  = 0 // IPv4 or IPv6: the first 4 bits of the packet show which
	protoTCP   = 6
	ipv4Header = 20
	ipv6Header = 40
)

// A decoder finds TCP segments in packets. The segment that it returns is valid until the
// next call.
type decoder struct {
	seg       segment
	fragments fragments
	unknown   int // a link type that is not supported; 0 if there was none
}

// noSegments returns the error for a recording without a segment.
func (d *decoder) noSegments() error {
	if d.unknown > 0 {
		return fmt.Errorf("%w that can be read: link type %d is not Ethernet, raw IP, loopback or Linux cooked", ErrNoStream, d.unknown)
	}
	return ErrNoStream
}

// decode returns the TCP segment in a packet. It returns nil if there is none, or if its
// headers are incomplete.
func (d *decoder) decode(p packet) *segment {
	link := p.link
	if link == guessLink {
		link = guess(p.data)
	}
	ip, most := d.network(link, p.data)
	d.seg = segment{at: p.at, packet: p.offset, from: p.offset}
	switch {
	case len(ip) >= ipv4Header && ip[0]>>4 == 4:
		return d.ipv4(ip, most)
	case len(ip) >= ipv6Header && ip[0]>>4 == 6:
		return d.ipv6(ip, most)
	}
	return nil
}

// network returns the IP packet in a frame; nil if there is none. Padding may follow the
// packet. Most is the size that the packet can have as it was sent, whatever its header says.
func (d *decoder) network(link uint16, b []byte) (ip []byte, most int) {
	header, at := 0, -1 // at is the offset of the Ethernet type
	switch link {
	case linkEthernet:
		header, at = 14, 12
	case linkSLL:
		header, at = 16, 14
	case linkSLL2:
		header, at = 20, 0
	case linkNull, linkLoop:
		header = 4
	case linkRaw, linkRawBSD, linkRawOpen, linkIPv4, linkIPv6:
	default:
		d.unknown = int(link)
		return nil, 0
	}
	if len(b) < header {
		return nil, 0
	}
	kind := typeAnyIP
	if at >= 0 {
		kind = int(binary.BigEndian.Uint16(b[at:]))
	}
	b, most = b[header:], math.MaxInt
	for kind == typeVLAN || kind == typeQinQ || kind == typeQinQ2 {
		if len(b) < 4 {
			return nil, 0
		}
		kind, b = int(binary.BigEndian.Uint16(b[2:])), b[4:]
	}
	if kind == typePPPoE {
		if len(b) < 8 || b[7] != 0x21 && b[7] != 0x57 {
			return nil, 0
		}
		kind, most = typeAnyIP, int(binary.BigEndian.Uint16(b[4:]))-2 // it counts the 2 bytes of PPP
		b = b[8:]
		b = b[:max(0, min(most, len(b)))]
	}
	if kind != typeAnyIP && kind != typeIPv4 && kind != typeIPv6 {
		return nil, 0
	}
	return b, most
}

func (d *decoder) ipv4(b []byte, most int) *segment {
	header, size := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if size == 0 { // a large packet that the network card would have split
		size = len(b)
	}
	size = min(size, most)
	if header < ipv4Header || size < header || len(b) < header || b[9] != protoTCP {
		return nil
	}
	src, dst := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	body, size := b[header:min(size, len(b))], size-header // padding may follow
	if frag := binary.BigEndian.Uint16(b[6:]); frag&0x3fff != 0 {
		key := fragmentKey{src, dst, uint32(binary.BigEndian.Uint16(b[4:]))}
		if size = d.fragments.join(&body, size, key, int(frag&0x1fff)*8, frag&0x2000 != 0, &d.seg); size == 0 {
			return nil
		}
	}
	return d.tcp(src, dst, body, size)
}

// ipv6 skips the extension headers.
func (d *decoder) ipv6(b []byte, most int) *segment {
	size, next := int(binary.BigEndian.Uint16(b[4:])), b[6]
	src, dst := netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	b = b[ipv6Header:]
	if size == 0 {
		size = len(b)
	}
	size = min(size, most-ipv6Header)
	b = b[:min(size, len(b))]
	for next != protoTCP {
		if len(b) < 8 {
			return nil
		}
		header := 8 + int(b[1])*8
		switch next {
		case 0, 43, 60, 135, 139, 140: // hop-by-hop, routing, destination, mobility, HIP, Shim6
		case 51: // authentication: the length counts units of 4 bytes
			header = 8 + int(b[1])*4
		case 44:
			frag, key := binary.BigEndian.Uint16(b[2:]), fragmentKey{src, dst, binary.BigEndian.Uint32(b[4:])}
			next = b[0]
			b, size = b[8:], size-8
			if frag&^6 == 0 { // the only fragment of its packet
				continue
			}
			if size = d.fragments.join(&b, size, key, int(frag&^7), frag&1 != 0, &d.seg); size == 0 {
				return nil
			}
			continue
		default:
			return nil
		}
		if len(b) < header {
			return nil
		}
		next = b[0]
		b, size = b[header:], size-header
	}
	return d.tcp(src, dst, b, size)
}

func (d *decoder) tcp(src, dst netip.Addr, b []byte, size int) *segment {
	if len(b) < 20 {
		return nil
	}
	header, flags := int(b[12]>>4)*4, b[13]
	if header < 20 || size < header {
		return nil
	}
	s := &d.seg
	s.src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b))
	s.dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:]))
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

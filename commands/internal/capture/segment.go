package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// A segment is a TCP segment.
type segment struct {
	src, dst       netip.AddrPort
	seq, ack       uint32
	syn, fin, acks bool
	rst            bool   // the other flags and the numbers of a reset are not used
	payload        []byte // the captured part of the payload
	size           int    // size of the payload as it was sent
	at             int64  // Unix time in nanoseconds; 0 is unknown
	packet         int64  // offset of its packet in the file
	from           int64  // offset of its first fragment in the file
}

// A pair is the two ends of a connection, in either direction. a is the lesser. It has no
// pointers, because there may be millions.
type pair struct {
	a, b end
	six  bool // the addresses are of IPv6
}

// An end is an address, as one of IPv6, and a port.
type end [18]byte

func endOf(a netip.AddrPort) (e end) {
	ip := a.Addr().As16()
	copy(e[:], ip[:])
	binary.BigEndian.PutUint16(e[16:], a.Port())
	return e
}

func (e *end) addrPort(six bool) netip.AddrPort {
	ip := netip.AddrFrom16([16]byte(e[:]))
	if !six {
		ip = ip.Unmap()
	}
	return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(e[16:]))
}

func (s *segment) pair() (p pair, side int) {
	p = pair{endOf(s.src), endOf(s.dst), s.src.Addr().Is6()}
	if bytes.Compare(p.a[:], p.b[:]) > 0 {
		p.a, p.b, side = p.b, p.a, 1
	}
	return p, side
}

package capture

import "net/netip"

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

// A pair is the two ends of a connection, in either direction. a is the lesser.
type pair struct{ a, b netip.AddrPort }

func (s *segment) pair() (p pair, side int) {
	if s.src.Compare(s.dst) <= 0 {
		return pair{s.src, s.dst}, 0
	}
	return pair{s.dst, s.src}, 1
}

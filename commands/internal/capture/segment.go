package capture

import "net/netip"

// A segment is what one packet says about a connection.
type segment struct {
	src, dst       netip.AddrPort
	seq, ack       uint32
	syn, fin, acks bool
	payload        []byte // what was captured of it
	size           int    // of the payload as it was sent
	at             int64  // Unix time in nanoseconds; 0 is unknown
	packet         int64  // where its packet is in the file: rises from one to the next
	from           int64  // where the first of its fragments is
}

// A pair is the two ends of a connection, whoever speaks: a is the lesser.
type pair struct{ a, b netip.AddrPort }

func (s *segment) pair() (p pair, side int) {
	if s.src.Compare(s.dst) <= 0 {
		return pair{s.src, s.dst}, 0
	}
	return pair{s.dst, s.src}, 1
}

package capture

import "encoding/binary"

// mpls skips labels, of 4 bytes each. They do not name what follows: IP, or Ethernet with or without
// a control word in front of it.
//
//	label 20 bits | traffic class 3 | bottom of the stack 1 | time to live 8
func mpls(p piece) (layer, piece) {
	for last := false; !last; p = p.after(4) {
		if len(p.b) < 4 {
			return cutShort, p
		}
		last = p.b[2]&1 != 0
	}
	switch {
	case plausible(p.b):
		return layerIP, p
	case len(p.b) > 4 && p.b[0] == 0 && isEthernet(p.b[4:]):
		return headed(p, 4, layerEthernet)
	case isEthernet(p.b):
		return layerEthernet, p
	}
	return layerMPLS, p
}

// isEthernet reports whether b may start with an Ethernet header.
func isEthernet(b []byte) bool {
	if len(b) < 14 {
		return false
	}
	switch layer(binary.BigEndian.Uint16(b[12:])) + ofType {
	case layerIPv4, layerIPv6, layerMPLS, ofType + 0x0806, layerVLAN, layerQinQ, ofType + 0x8864:
		return true
	}
	return false
}

// gre reads a header of RFC 2784 and 2890, or of RFC 2637 (PPTP), whose version is 1:
//
//	flags and version 2 | Ethernet type 2 | checksum 4 | key 4 | sequence number 4 | acknowledgement 4
//
// Flags show which of the last four are there.
func gre(p piece) (layer, piece) {
	if len(p.b) < 4 {
		return cutShort, p
	}
	flags, kind, header := p.u16(0), p.u16(2), 4
	pptp := flags&7 == 1
	for _, flag := range []int{0xc000, 0x2000, 0x1000} {
		if flags&flag != 0 {
			header += 4
		}
	}
	if pptp && flags&0x80 != 0 {
		header += 4
	}
	if len(p.b) < header || flags&0x4000 != 0 || flags&7 > 1 {
		return cutShort, p
	}
	rest := p.after(header)
	switch {
	case pptp:
		rest = rest.upTo(p.u16(4)) // the upper half of the key
		if rest.size == 0 {
			return layerGRE, p
		}
	case kind == 0x88be && flags&0x1000 == 0: // ERSPAN of the first type has no header
		return layerEthernet, rest
	case kind == 0x88be:
		return layerERSPAN2, rest
	case kind == 0x22eb:
		return layerERSPAN3, rest
	case kind == 0x883e: // WCCP, in version 2 with a header of 4 bytes
		if len(rest.b) > 0 && rest.b[0]>>4 != 4 {
			return headed(rest, 4, layerIP)
		}
		return layerIP, rest
	case kind < 0x600:
		return cutShort, p
	}
	return ofType + layer(kind), rest
}

func erspan3(p piece) (layer, piece) {
	if len(p.b) < 12 {
		return cutShort, p
	}
	if p.b[11]&1 != 0 { // it has a subheader for the platform
		return headed(p, 20, layerEthernet)
	}
	return headed(p, 12, layerEthernet)
}

// vxlan reads flags 1 | reserved 2 | next protocol 1 | network 3 | reserved 1. Only the generic
// protocol extension, on its own port, names the next protocol.
func vxlan(l layer, p piece) (layer, piece) {
	if len(p.b) < 8 || p.b[0]&8 == 0 {
		return cutShort, p
	}
	if l == ofPort+4790 && p.b[0]&4 != 0 {
		switch p.b[3] {
		case 1, 2:
			return layerIP, p.after(8)
		case 3:
		case 5:
			return layerMPLS, p.after(8)
		default:
			return l, p
		}
	}
	return layerEthernet, p.after(8)
}

// geneve reads version and length of the options 1 | flags 1 | Ethernet type 2 | network 3 | reserved 1 | options.
func geneve(p piece) (layer, piece) {
	if len(p.b) < 8 || p.b[0]>>6 != 0 || p.u16(2) < 0x600 {
		return cutShort, p
	}
	return headed(p, 8+int(p.b[0]&0x3f)*4, ofType+layer(p.u16(2)))
}

// gtp reads a header of GTP version 1 (3GPP TS 29.281):
//
//	flags 1 | type 1 | length 2 | tunnel 4 | sequence number 2 | N-PDU number 1 | next extension 1 | extensions
//
// The last four are there if one of three flags is set. The length counts all after the tunnel.
func gtp(p piece) (layer, piece) {
	if len(p.b) < 8 || p.b[0]>>5 != 1 || p.b[0]&0x10 == 0 {
		return cutShort, p
	}
	if p.b[1] != 0xff { // a message of the tunnel itself
		return ofPort + 2152, p
	}
	flags := p.b[0]
	p = p.after(8).upTo(p.u16(2))
	if flags&7 == 0 {
		return layerIP, p
	}
	if len(p.b) < 4 {
		return cutShort, p
	}
	next := p.b[3]
	for p = p.after(4); flags&4 != 0 && next != 0; {
		if len(p.b) == 0 || p.b[0] == 0 || len(p.b) < int(p.b[0])*4 {
			return cutShort, p
		}
		n := int(p.b[0]) * 4
		next, p = p.b[n-1], p.after(n)
	}
	return layerIP, p
}

// capwap reads a header of CAPWAP data (RFC 5415).
func capwap(p piece) (layer, piece) {
	switch {
	case len(p.b) < 8:
		return cutShort, p
	case p.b[0] == 1:
		return encrypted, p
	case p.b[0] != 0:
		return cutShort, p
	case p.b[3]&8 != 0: // it keeps the tunnel open
		return ofPort + 5247, p
	case p.b[3]&0x80 != 0:
		return fragmented, p
	}
	header, native, link := int(p.b[1]>>3)*4, p.b[2]&1 != 0, p.b[2]>>1&0x1f
	switch {
	case header < 8:
		return cutShort, p
	case !native:
		return headed(p, header, layerEthernet)
	case link == 1:
		return headed(p, header, layerWLAN)
	}
	return ofPort + 5247, p
}

// teredo skips the headers that may be in front of an IPv6 packet (RFC 4380): for authentication,
// and for the origin.
func teredo(p piece) (layer, piece) {
	for len(p.b) >= 8 && p.b[0] == 0 && p.b[1] <= 1 {
		n := 8
		if p.b[1] == 1 {
			n = 13 + int(p.b[2]) + int(p.b[3])
		}
		if len(p.b) < n {
			return cutShort, p
		}
		p = p.after(n)
	}
	if len(p.b) < ipv6Header || p.b[0]>>4 != 6 {
		return cutShort, p
	}
	return layerIPv6, p
}

// l2tp reads a header of RFC 2661:
//
//	flags and version 2 | length 2 | tunnel 2 | session 2 | sequence numbers 4 | offset 2, and as many bytes
//
// Flags show whether the length, the sequence numbers and the offset are there.
func l2tp(p piece) (layer, piece) {
	if len(p.b) < 6 || p.u16(0)&0xf != 2 {
		return cutShort, p
	}
	flags, header := p.u16(0), 6
	if flags&0x8000 != 0 { // a message of the tunnel itself
		return ofPort + 1701, p
	}
	if flags&0x4000 != 0 {
		header += 2
	}
	if flags&0x0800 != 0 {
		header += 4
	}
	if flags&0x0200 != 0 {
		if len(p.b) < header+2 {
			return cutShort, p
		}
		header += 2 + p.u16(header)
	}
	return headed(p, header, layerPPP)
}

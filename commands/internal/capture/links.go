package capture

import "encoding/binary"

// ppp reads a protocol number of 1 or 2 bytes, after the 2 bytes that HDLC has in front of it: ff 03.
// Where Cisco's form of HDLC is possible, its first byte is 0f or 8f.
func ppp(p piece) (layer, piece) {
	if len(p.b) >= 2 && p.b[0] == 0xff && p.b[1] == 3 {
		p = p.after(2)
	}
	switch {
	case len(p.b) < 2:
		return cutShort, p
	case (p.b[0] == 0x0f || p.b[0] == 0x8f) && p.b[1] == 0:
		return ciscoHDLC(p)
	case p.b[0]&1 != 0:
		return ofPPP + layer(p.b[0]), p.after(1)
	}
	return ofPPP + layer(p.u16(0)), p.after(2)
}

// pppoe reads version and type 1 | code 1 | session 2 | length 2. Padding may follow the packet.
func pppoe(p piece) (layer, piece) {
	if len(p.b) < 6 {
		return cutShort, p
	}
	if p.b[1] != 0 {
		return ofType + 0x8863, p
	}
	return layerPPP, p.after(6).upTo(p.u16(4))
}

// ciscoHDLC reads address 1 | control 1 | Ethernet type 2.
func ciscoHDLC(p piece) (layer, piece) { return typed(p, 4, 2) }

// sgt reads the security group tag of Cisco: version 1 | length 1 | type of option 2 | tag 2 | Ethernet type 2.
func sgt(p piece) (layer, piece) { return typed(p, 8, 6) }

// nflog reads the attributes of a packet that Linux logged, each length 2 | type 2 | value, up to
// the one that is the packet. Their numbers are in the byte order of the machine.
//
//	address family 1 | version 1 | resource 2 | attributes
func nflog(p piece) (layer, piece) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for at := 4; at+4 <= len(p.b); {
			n := int(order.Uint16(p.b[at:]))
			if order.Uint16(p.b[at+2:]) == 9 && n >= 4 {
				return layerIP, p.after(at + 4).upTo(n - 4)
			}
			if n < 4 {
				break
			}
			at += (n + 3) &^ 3
		}
	}
	return cutShort, p
}

// ppi reads version 1 | flags 1 | length 2 | link type 4.
func ppi(p piece) (layer, piece) {
	if len(p.b) < 8 || binary.LittleEndian.Uint32(p.b[4:]) > 0xffff {
		return cutShort, p
	}
	link := layer(binary.LittleEndian.Uint16(p.b[4:]))
	return headed(p, max(8, int(binary.LittleEndian.Uint16(p.b[2:]))), ofLink+link)
}

// wlanHeader skips what a receiver puts in front of a frame of 802.11: radiotap, or the older AVS
// and Prism headers.
func wlanHeader(l layer, p piece) (layer, piece) {
	if len(p.b) < 8 {
		return cutShort, p
	}
	n, padded := 0, false
	switch {
	case l == ofLink+127:
		n, padded = int(binary.LittleEndian.Uint16(p.b[2:])), radiotapPads(p.b)
	case binary.BigEndian.Uint32(p.b)&^0xfff == 0x80211000:
		n = p.u16(6)
	default:
		n = 144
	}
	if n < 8 || len(p.b) < n {
		return cutShort, p
	}
	return wlan(p.after(n), padded)
}

// radiotapPads reports whether the header of the frame is padded to a multiple of 4 bytes. It is a
// flag in a field that is the first, or the second after 8 bytes of time.
//
//	version 1 | pad 1 | length 2 | which fields there are 4, more if bit 31 is set | fields
func radiotapPads(b []byte) bool {
	const time, flags, more, padded = 1 << 0, 1 << 1, 1 << 31, 0x20
	has, at := binary.LittleEndian.Uint32(b[4:]), 8
	for next := has; next&more != 0 && len(b) >= at+4; at += 4 {
		next = binary.LittleEndian.Uint32(b[at:])
	}
	if has&time != 0 {
		at = (at+7)&^7 + 8
	}
	return has&flags != 0 && len(b) > at && b[at]&padded != 0
}

// wlan reads the header of a frame of IEEE 802.11. Only data frames have more than a header:
//
//	type 1 | flags 1 | duration 2 | address 6 | address 6 | address 6 | sequence 2 | address 6 | QoS 2 | HT 4 | LLC …
//
// Flags and types show which of the last three fields are there. Some access points swap the two
// bytes of each number when they send the frame through CAPWAP.
func wlan(p piece, padded bool) (layer, piece) {
	if len(p.b) < 24 {
		return wlanFrame, p // or it is cut short: the frames of control are shorter
	}
	kind, flags, number := p.b[0], p.b[1], p.b[22]
	if kind&3 != 0 && flags&3 == 0 {
		kind, flags, number = flags, kind, p.b[23]
	}
	const noData, withQoS = 0x40, 0x80
	switch {
	case kind&0x0f != 8 || kind&noData != 0:
		return wlanFrame, p
	case flags&0x40 != 0:
		return encrypted, p
	case flags&4 != 0 || number&15 != 0:
		return fragmented, p
	}
	header, several := 24, false
	if flags&3 == 3 {
		header += 6
	}
	if kind&withQoS != 0 {
		if len(p.b) < header+2 {
			return cutShort, p
		}
		several = p.b[header]&0x80 != 0
		if header += 2; flags&0x80 != 0 {
			header += 4
		}
	}
	if padded {
		header = (header + 3) &^ 3
	}
	if several {
		return headed(p, header, layerAMSDU)
	}
	return headed(p, header, layerLLC)
}

// subframe returns the first frame of an A-MSDU, and the others. Each is padded to a multiple of 4:
//
//	address 6 | address 6 | length 2 | LLC …
func subframe(p piece) (first, others piece) {
	if len(p.b) < 14 {
		return piece{}, piece{}
	}
	n := p.u16(12)
	first = p.after(14).upTo(n)
	return first, p.after(min(len(p.b), (14+n+3)&^3))
}

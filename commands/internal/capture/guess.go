package capture

import "encoding/binary"

// guess returns the link type that a packet seems to have. Packets printed as text do not
// name it.
func guess(b []byte) layer {
	for _, l := range []struct {
		link      layer
		at, bytes int // offset of the Ethernet type, and length of the header
	}{{layerEthernet, 12, 14}, {ofLink + 113, 14, 16}, {ofLink + 276, 0, 20}} {
		if len(b) < l.bytes {
			continue
		}
		body := b[l.bytes:]
		switch ofType + layer(binary.BigEndian.Uint16(b[l.at:])) {
		case layerVLAN, layerQinQ:
			return l.link
		case layerIPv4:
			if plausible(body) && body[0]>>4 == 4 {
				return l.link
			}
		case layerIPv6:
			if plausible(body) && body[0]>>4 == 6 {
				return l.link
			}
		}
	}
	if len(b) > 4 && plausible(b[4:]) && !plausible(b) {
		return ofLink + 0
	}
	return layerIP
}

// plausible reports whether b may start with an IP header.
func plausible(b []byte) bool {
	switch {
	case len(b) >= ipv4Header && b[0]>>4 == 4:
		size := int(binary.BigEndian.Uint16(b[2:]))
		return b[0]&15 >= 5 && (size == 0 || size >= ipv4Header)
	case len(b) >= ipv6Header && b[0]>>4 == 6:
		return true
	}
	return false
}

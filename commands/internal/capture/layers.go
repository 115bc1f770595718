package capture

import (
	"encoding/binary"
	"math"
)

// A layer is what the bytes at some place of a packet are: a number from one of the lists in which
// protocols are numbered, and the list in the upper bits.
//
//	ofLink+1 | Ethernet | ofType+0x0800 | IPv4 | ofProtocol+17 | UDP | ofPort+4789 | VXLAN | ofLink+1 …
type layer uint32

// The lists.
const (
	ofLink     layer = iota << 16 // link types: https://www.tcpdump.org/linktypes.html
	ofType                        // Ethernet types; those below 0x600 are lengths
	ofProtocol                    // IP protocols
	ofPort                        // ports of UDP
	ofPPP                         // PPP protocols
	ofSAP                         // IEEE 802.2: one for both ends
	ours                          // what no list has
	noMore                        // why a packet is not read further
)

// Numbers that are also written.
const (
	linkRaw  = 101 // IP
	protoTCP = 6
)

// Layers that more than one place names. layers.go and the files of the layers know the others.
const (
	layerEthernet = ofLink + 1
	layerPPP      = ofLink + 9
	layerWLAN     = ofLink + 105
	layerIPv4     = ofType + 0x0800
	layerIPv6     = ofType + 0x86dd
	layerMPLS     = ofType + 0x8847
	layerVLAN     = ofType + 0x8100
	layerQinQ     = ofType + 0x88a8
	layerGRE      = ofProtocol + 47
	layerTCP      = ofProtocol + protoTCP
	layerUDP      = ofProtocol + 17

	layerIPv6Fragment = ofProtocol + 44

	guessLink = 0xffff // text does not name the link type of a packet, so it is guessed

	layerIP      = ours + 0 // IPv4 or IPv6: the first 4 bits of the packet show which
	layerLLC     = ours + 1 // IEEE 802.2
	layerAMSDU   = ours + 2 // several frames of 802.11 in one
	layerERSPAN2 = ours + 3
	layerERSPAN3 = ours + 4

	cutShort   = noMore + 0 // its headers are not complete, or not valid
	encrypted  = noMore + 1
	wlanFrame  = noMore + 2 // a frame of 802.11 without data
	fragmented = noMore + 3 // a fragment: the rest of its packet was not captured, or is yet to come
	tooDeep    = noMore + 4 // more layers than maxLayers
	unnamed    = noMore + 5 // see maxOthers
)

// maxLayers is how many layers of one packet are read: a packet of 64 KiB could hold thousands.
const maxLayers = 32

// A piece is the rest of a packet after some of its headers.
type piece struct {
	b    []byte // the captured bytes; padding may follow what was sent
	size int    // how many bytes it can have as it was sent; unknown is a large number
}

func wholeOf(b []byte) piece { return piece{b, math.MaxInt} }

// after returns the part after a header of n bytes. The header must be complete.
func (p piece) after(n int) piece { return piece{p.b[n:], max(0, p.size-n)} }

// upTo returns the part without what follows its first n bytes.
func (p piece) upTo(n int) piece {
	n = max(0, min(n, p.size))
	return piece{p.b[:min(n, len(p.b))], n}
}

func (p piece) u16(at int) int { return int(binary.BigEndian.Uint16(p.b[at:])) }

// inside returns the layer inside a layer that has nothing but a header in front of it.
func inside(l layer, p piece) (layer, piece) {
	switch l {
	case layerEthernet:
		return typed(p, 14, 12)
	case ofLink + 113: // Linux cooked
		return typed(p, 16, 14)
	case ofLink + 276: // Linux cooked, version 2
		return typed(p, 20, 0)
	case ofLink + 0, ofLink + 108: // 4 bytes of address family
		return headed(p, 4, layerIP)
	case ofLink + 12, ofLink + 14, ofLink + linkRaw, ofLink + 228, ofLink + 229:
		return layerIP, p
	case ofLink + 10: // FDDI
		return headed(p, 13, layerLLC)
	case ofLink + 100: // ATM
		return layerLLC, p
	case layerPPP, ofLink + 50, ofLink + 166, ofType + 0x880b:
		return ppp(p)
	case ofLink + 51, ofType + 0x8864:
		return pppoe(p)
	case ofLink + 204: // PPP, with a byte for the direction
		return headed(p, 1, layerPPP)
	case ofLink + 104:
		return ciscoHDLC(p)
	case layerWLAN:
		return wlan(p, false)
	case ofLink + 119, ofLink + 127, ofLink + 163:
		return wlanHeader(l, p)
	case ofLink + 192:
		return ppi(p)
	case ofLink + 219:
		return layerMPLS, p
	case ofLink + 239:
		return nflog(p)

	case layerVLAN, layerQinQ, ofType + 0x9100, ofType + 0x9200: // VLAN
		return typed(p, 4, 2)
	case layerMPLS, ofType + 0x8848, ofProtocol + 137, ofPort + 6635:
		return mpls(p)
	case ofType + 0x6558: // Ethernet in GRE, Geneve and others
		return layerEthernet, p
	case ofType + 0x8909:
		return sgt(p)
	case layerLLC:
		return llc(p)

	case ofProtocol + 4, ofProtocol + 41, ofPPP + 0x21, ofPPP + 0x57, ofSAP + 6:
		return layerIP, p
	case ofPPP + 0x281, ofPPP + 0x283:
		return layerMPLS, p
	case ofProtocol + 0, ofProtocol + 43, ofProtocol + 60, ofProtocol + 135, ofProtocol + 139, ofProtocol + 140:
		return extension(p, 8) // hop-by-hop, routing, destination, mobility, HIP, Shim6
	case ofProtocol + 51: // authentication
		return extension(p, 4)
	case ofProtocol + 97: // EtherIP
		return headed(p, 2, layerEthernet)
	case layerGRE, ofPort + 4754:
		return gre(p)
	case layerERSPAN2:
		return headed(p, 8, layerEthernet)
	case layerERSPAN3:
		return erspan3(p)
	case ofPort + 4789, ofPort + 8472, ofPort + 4790:
		return vxlan(l, p)
	case ofPort + 6081:
		return geneve(p)
	case ofPort + 2152:
		return gtp(p)
	case ofPort + 5247:
		return capwap(p)
	case ofPort + 3544:
		return teredo(p)
	case ofPort + 1701:
		return l2tp(p)
	}
	if l >= ofType+0x8200 && l < ofType+0x8300 { // Aruba's, in GRE
		return layerWLAN, p
	}
	return l, p
}

// headed skips a header of n bytes.
func headed(p piece, n int, next layer) (layer, piece) {
	if len(p.b) < n {
		return cutShort, p
	}
	return next, p.after(n)
}

// typed skips a header of n bytes, which has an Ethernet type at an offset.
func typed(p piece, n, at int) (layer, piece) {
	if len(p.b) < n {
		return cutShort, p
	}
	kind := p.u16(at)
	p = p.after(n)
	if kind >= 0x600 {
		return ofType + layer(kind), p
	}
	if n == 14 {
		p = p.upTo(kind) // the length of the frame; padding may follow
	}
	return layerLLC, p
}

// extension reads an extension header of IPv6: next header 1 | length 1 | … The length counts units
// after the first 8 bytes.
func extension(p piece, unit int) (layer, piece) {
	if len(p.b) < 8 {
		return cutShort, p
	}
	return headed(p, 8+int(p.b[1])*unit, ofProtocol+layer(p.b[0]))
}

// llc reads a header of IEEE 802.2, which names a SAP, or an Ethernet type after aa aa 03 and
// the number of a vendor.
func llc(p piece) (layer, piece) {
	switch {
	case len(p.b) < 3:
		return cutShort, p
	case p.b[0] == 0xaa && p.b[1] == 0xaa && p.b[2] == 3:
		if len(p.b) >= 8 && (p.b[3] != 0 || p.b[4] != 0 || p.b[5] != 0 && p.b[5] != 0xf8) {
			return ofSAP + 0xaa, p
		}
		return typed(p, 8, 6)
	}
	return ofSAP + layer(p.b[0]), p.after(3)
}

// name names a layer for people, in a sentence such as "12 UDP packets".
func (l layer) name() string {
	for _, n := range []struct {
		layer layer
		name  string
	}{
		{layerTCP, "TCP"}, {layerUDP, "UDP"}, {ofProtocol + 1, "ICMP"}, {ofProtocol + 2, "IGMP"}, {ofProtocol + 33, "DCCP"}, {ofProtocol + 50, "ESP"},
		{ofProtocol + 58, "ICMPv6"}, {ofProtocol + 88, "EIGRP"}, {ofProtocol + 89, "OSPF"}, {ofProtocol + 103, "PIM"}, {ofProtocol + 112, "VRRP"},
		{ofProtocol + 115, "L2TPv3"}, {ofProtocol + 132, "SCTP"}, {ofProtocol + 4, "IP in IP"}, {ofProtocol + 41, "IP in IP"}, {ofProtocol + 97, "EtherIP"},
		{layerGRE, "GRE"}, {ofPort + 4754, "GRE"}, {layerERSPAN2, "ERSPAN"}, {layerERSPAN3, "ERSPAN"},
		{ofPort + 4789, "VXLAN"}, {ofPort + 8472, "VXLAN"}, {ofPort + 4790, "VXLAN"}, {ofPort + 6081, "Geneve"}, {ofPort + 2152, "GTP-U"},
		{ofPort + 5247, "CAPWAP"}, {ofPort + 3544, "Teredo"}, {ofPort + 1701, "L2TP"},
		{layerMPLS, "MPLS"}, {ofType + 0x8848, "MPLS"}, {ofProtocol + 137, "MPLS"}, {ofPort + 6635, "MPLS"},
		{ofType + 0x0806, "ARP"}, {ofType + 0x8863, "PPPoE discovery"}, {ofType + 0x8864, "PPPoE"}, {ofType + 0x880b, "PPP"}, {ofType + 0x888e, "EAPOL"},
		{ofType + 0x88cc, "LLDP"}, {ofType + 0x88e5, "MACsec"}, {ofType + 0x9000, "Ethernet loopback"},
		{ofPPP + 0xc021, "PPP LCP"}, {ofPPP + 0x8021, "PPP IPCP"}, {ofPPP + 0x8057, "PPP IPv6CP"}, {ofPPP + 0xc023, "PPP PAP"}, {ofPPP + 0xc223, "PPP CHAP"},
		{ofSAP + 0x42, "spanning tree"}, {ofSAP + 0xfe, "OSI"}, {ofSAP + 0xaa, "SNAP"}, {ofSAP + 0xe0, "IPX"}, {ofSAP + 0xf0, "NetBIOS"},
		{encrypted, "encrypted 802.11"}, {wlanFrame, "802.11 management and control"}, {cutShort, "incomplete"}, {tooDeep, "too deeply nested"}, {fragmented, "fragmented"}, {unnamed, "other"},
	} {
		if n.layer == l {
			return n.name
		}
	}
	return ""
}

// numbered returns how to name a layer that has no name but its number.
func (l layer) numbered() (format string, number int) {
	number = int(l & 0xffff)
	if l.name() != "" {
		return "", number
	}
	switch l.list() {
	case ofLink:
		return "link type %d", number
	case ofType:
		return "Ethernet type 0x%04x", number
	case ofProtocol:
		return "IP protocol %d", number
	case ofPPP:
		return "PPP protocol 0x%04x", number
	case ofSAP:
		return "802.2 SAP 0x%02x", number
	}
	return "unknown layer %d", number
}

// list returns the list that numbers a layer.
func (l layer) list() layer { return l &^ 0xffff }

// isTunnel reports whether a port is that of a tunnel.
func isTunnel(l layer) bool {
	switch l {
	case ofPort + 4789, ofPort + 8472, ofPort + 4790, ofPort + 6081, ofPort + 2152, ofPort + 4754, ofPort + 6635, ofPort + 5247, ofPort + 3544, ofPort + 1701:
		return true
	}
	return false
}

// tunnels reports whether a layer is a tunnel, which people name.
func (l layer) tunnels() bool {
	switch l {
	case ofProtocol + 4, ofProtocol + 41, ofProtocol + 97, ofProtocol + 137, layerGRE, layerMPLS, ofType + 0x8848:
		return true
	}
	return isTunnel(l)
}

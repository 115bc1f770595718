package capture

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// in puts headers before a packet, the last one first. A header is hex; TTTT is the Ethernet type of
// the packet, PPPP or PP its number in PPP, LLLL the length of what follows, and LLLL+8 is 8 more. "ip 47" and "udp 4789" are
// headers of IPv4 and UDP, "ip6 47" is one of IPv6, and "ip in" is around another IP packet.
func in(headers ...string) func(gopacket.SerializableLayer, []byte) []byte {
	return func(ip gopacket.SerializableLayer, p []byte) []byte {
		for i := len(headers) - 1; i >= 0; i-- {
			p = append(headerOf(headers[i], uint16(ethernet(ip).EthernetType), len(p)), p...)
		}
		return p
	}
}

func headerOf(h string, kind uint16, n int) []byte {
	name, number, _ := strings.Cut(h, " ")
	u16 := func(n int) string { return hex.EncodeToString(binary.BigEndian.AppendUint16(nil, uint16(n))) }
	proto := map[string]string{"47": "2f", "97": "61", "17": "11", "50": "32", "1": "01", "99": "63", "58": "3a", "132": "84"}[number]
	if number == "in" {
		proto = map[uint16]string{0x0800: "04", 0x86dd: "29"}[kind]
	}
	switch name {
	case "ip":
		h = "4500" + u16(n+20) + "0001000040" + proto + "0000c0000201c0000202"
	case "ip6":
		h = "60000000" + u16(n) + proto + "40" + strings.Repeat("fd000000000000000000000000000001", 2)
	case "udp":
		h = "c000" + map[string]string{"4789": "12b5", "8472": "2118", "4790": "12b6", "6081": "17c1", "2152": "0868", "4754": "1292", "6635": "19eb", "5247": "147f", "3544": "0dd8", "1701": "06a5", "53": "0035"}[number] + u16(n+8) + "0000"
	}
	ppp := "0021"
	if kind == 0x86dd {
		ppp = "0057"
	}
	h = strings.NewReplacer("LLLL+8", u16(n+8), "LLLL+4", u16(n+4), "LLLL", u16(n), "TTTT", u16(int(kind)), "PPPP", ppp, "PP", ppp[2:], " ", "").Replace(h)
	b, err := hex.DecodeString(h)
	if err != nil {
		panic(err)
	}
	return b
}

const (
	mac    = "0211223344550211223344 56"
	ether  = mac + "TTTT"
	outer  = mac + "0800" // around IPv4
	snap   = "aaaa03 000000 TTTT"
	toAP   = "0801 2c00 021122334455 021122334456 021122334457 1000"
	pseudo = "00003140" // MPLS: label 3, the last
)

// tshark 4.0 finds the same TCP packets in these, but for what only options make it read: port 8472,
// CAPWAP with bytes in their order, and Ethernet in MPLS whose address begins with 0.
func TestTunnels(t *testing.T) {
	for _, l := range []struct {
		name string
		link layers.LinkType
		wrap func(gopacket.SerializableLayer, []byte) []byte
	}{
		{"VXLAN", 1, in(outer, "ip 17", "udp 4789", "0800000000000700", ether)},
		{"VXLAN with a VLAN, on Linux's old port", 1, in(outer, "ip 17", "udp 8472", "0800000000000700", mac+"81000007TTTT")},
		{"VXLAN-GPE", 1, in(outer, "ip 17", "udp 4790", "0c00000300000700", ether)},
		{"VXLAN-GPE, IP", 1, in(outer, "ip 17", "udp 4790", "0c00000100000700")},
		{"Geneve", 1, in(outer, "ip 17", "udp 6081", "0200 6558 00000700 0102030405060708", ether)},
		{"Geneve, IP", 1, in(outer, "ip 17", "udp 6081", "0000 TTTT 00000700")},
		{"GTP-U", 1, in(outer, "ip 17", "udp 2152", "30ff LLLL 00000001")},
		{"GTP-U with a sequence number", 1, in(outer, "ip 17", "udp 2152", "32ff LLLL+4 00000001 0007 00 00")},
		{"GTP-U with an extension", 1, in(outer, "ip 17", "udp 2152", "34ff LLLL+8 00000001 0000 00 85 01 000000")},
		{"GRE", 1, in(outer, "ip 47", "0000TTTT")},
		{"GRE with checksum, key and number", 1, in(outer, "ip 47", "b000TTTT 00000000 00000007 00000001")},
		{"GRE over IPv6", 1, in(mac+"86dd", "ip6 47", "0000TTTT")},
		{"GRE over UDP", 1, in(outer, "ip 17", "udp 4754", "0000TTTT")},
		{"NVGRE", 1, in(outer, "ip 47", "20006558 00000007", ether)},
		{"PPTP", 1, in(outer, "ip 47", "3081880b LLLL+4 0007 00000001 00000001", "ff03 PPPP")},
		{"ERSPAN 1", 1, in(outer, "ip 47", "000088be", ether)},
		{"ERSPAN 2", 1, in(outer, "ip 47", "100088be 00000001", "1000000000000000", ether)},
		{"ERSPAN 3", 1, in(outer, "ip 47", "100022eb 00000001", "200000000000000000000000", ether)},
		{"ERSPAN 3 with a subheader", 1, in(outer, "ip 47", "100022eb 00000001", "200000000000000000000001 0000000000000000", ether)},
		{"MPLS", 1, in(mac+"8847", "00002040", pseudo)},
		{"MPLS, Ethernet", 1, in(mac+"8847", pseudo, ether)},
		{"MPLS, Ethernet after a control word", 1, in(mac+"8847", pseudo, "00000000", ether)},
		{"MPLS over UDP", 1, in(outer, "ip 17", "udp 6635", pseudo)},
		{"IP in IPv4", 1, in(outer, "ip in")},
		{"IP in IPv6", 1, in(mac+"86dd", "ip6 in")},
		{"IP in IP in GRE", 1, in(outer, "ip 47", "00000800", "ip in")},
		{"EtherIP", 1, in(outer, "ip 97", "3000", ether)},
		{"L2TP", 1, in(outer, "ip 17", "udp 1701", "4002 LLLL+8 0001 0002", "ff03 PPPP")},
		{"PPP", 9, in("ff03 PPPP")},
		{"PPP without address", 9, in("PPPP")},
		{"PPP, one byte", 9, in("ff03 PP")},
		{"PPP in HDLC", 50, in("ff03 PPPP")},
		{"PPP with direction", 204, in("01 ff03 PPPP")},
		{"PPPoE", 1, in(mac+"8864 1100 0007", "LLLL", "PPPP")},
		{"PPPoE, one byte", 1, in(mac+"8864 1100 0007", "LLLL", "PP")},
		{"Cisco HDLC", 104, in("0f00 TTTT")},
		{"Cisco HDLC as PPP", 50, in("8f00 TTTT")},
		{"Cisco metadata", 1, in(mac + "8909 0101 0001 0064 TTTT")},
		{"VLAN and Cisco metadata", 1, in(mac + "8100 0007 8909 0101 0001 0064 TTTT")},
		{"802.11", 105, in(toAP, snap)},
		{"802.11 with QoS and HT", 105, in("8881"+toAP[4:]+"0000 00000000", snap)},
		{"802.11 with 4 addresses", 105, in("0803"+toAP[4:]+"021122334458", snap)},
		{"radiotap", 127, in("0000 0800 00000000", toAP, snap)},
		{"radiotap with padding", 127, in("0000 1c00 03000080 00000000 00000000 0000000000000000 20 000000", "8801"+toAP[4:]+"0000 0000", snap)},
		{"AVS", 163, in("80211001 00000040"+strings.Repeat("00", 56), toAP, snap)},
		{"PPI", 192, in("0000 0800 69000000", toAP, snap)},
		{"CAPWAP", 1, in(outer, "ip 17", "udp 5247", "0010 0300 00000000", toAP, snap)},
		{"CAPWAP with swapped bytes", 1, in(outer, "ip 17", "udp 5247", "0010 0300 00000000", "0108"+toAP[4:len(toAP)-4]+"7630", snap)},
		{"Aruba's GRE", 1, in(outer, "ip 47", "00008200", toAP, snap)},
		{"802.2 in Ethernet", 1, in(mac, "LLLL", snap)},
		{"FDDI", 10, in("50"+mac, snap)},
	} {
		packets := append([]sent{}, hello...)
		for _, p := range hello {
			packets = append(packets, six(p))
		}
		if got, want := contents(t, written(t, format{link: l.link, wrap: l.wrap}, packets)), helloFour+"\n"+helloSix; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", l.name, got, want)
		}
	}
}

// An A-MSDU is several frames in one; each can hold a segment, or something else.
func TestManyFrames(t *testing.T) {
	sub := func(p []byte) []byte {
		b := append(headerOf(mac, 0, 0), byte(len(p)>>8), byte(len(p)))
		b = append(b, p...)
		return append(b, make([]byte, -len(b)&3)...)
	}
	wrapped := in(snap)
	var all []byte
	for _, p := range hello {
		all = append(all, sub(headerOf("aaaa03 000000 0806 0001", 0, 0))...)
		all = append(all, sub(frameOf(t, format{wrap: wrapped}, p))...)
	}
	raw := captureOf(t, format{link: 105}, []frame{{data: append(headerOf("8801"+toAP[4:]+"8000", 0, 0), all...)}})
	if got := contents(t, raw); got != helloFour {
		t.Errorf("%s\nwant\n%s", got, helloFour)
	}
}

func TestFragmentsInTunnels(t *testing.T) {
	inner := split(t, hello, func([][]byte) {})
	var list []frame
	for i, f := range inner { // each fragment in a packet that is itself in two fragments
		b := headerOf("udp 2152", 0, len(f.data)+8)
		b = append(append(b, headerOf("30ff LLLL 00000001", 0, len(f.data))...), f.data...)
		for at, n := 0, 24; at < len(b); at, n = at+n, len(b)-n {
			h := headerOf("ip 17", 0, n)
			if binary.BigEndian.PutUint16(h[4:], uint16(i)); at == 0 {
				h[6] = 0x20
			}
			h[7] = byte(at / 8)
			list = append(list, frame{data: append(h, b[at:at+n]...)})
		}
	}
	if got := contents(t, captureOf(t, format{link: layers.LinkTypeRaw}, list)); got != helloFour {
		t.Errorf("%s\nwant\n%s", got, helloFour)
	}
}

func TestOthers(t *testing.T) {
	const vlan = "81000007"
	for _, l := range []struct {
		link    layers.LinkType
		packets []string
		want    string
	}{
		{1, []string{"arp", "dns", "dns", "mdns"}, "only 3 UDP packets (ports 53, 5353), 1 ARP packet"},
		{1, []string{"ip 50", "ip 1", "ip 99", "ip6 58", mac + "9999 00"}, "only 1 packet of Ethernet type 0x9999, 1 ICMP packet, 1 ESP packet, 1 ICMPv6 packet, 1 packet of IP protocol 99"},
		{1, []string{"ip 50", "ip 1", "ip 99", "ip6 58", mac + "9999 00", "ip 132"}, "only 1 packet of Ethernet type 0x9999, 1 ICMP packet, 1 ESP packet, 1 ICMPv6 packet, 1 packet of IP protocol 99, 1 other packet"},
		{1, []string{"gre dns", "gre dns", "vxlan arp", "dns"}, "only 2 UDP packets in GRE (port 53), 1 ARP packet in VXLAN, 1 UDP packet (port 53)"},
		{1, []string{"gtp echo"}, "only 1 GTP-U packet"},
		{1, []string{mac + strings.Repeat(vlan, 40) + "0800" + strings.Repeat("00", 40)}, "only 1 too deeply nested packet"},
		{1, []string{mac + "0027 424203 0000"}, "only 1 spanning tree packet"},
		{1, []string{mac, mac + "0800 45"}, "only 2 incomplete packets"},
		{105, []string{"8000" + toAP[4:] + "00", "0841" + toAP[4:] + "00", "d400 0000 021122334455"}, "only 2 802.11 management and control packets, 1 encrypted 802.11 packet"},
		{9, []string{"ff03 c021 01", "ff03 1234 01"}, "only 1 packet of PPP protocol 0x1234, 1 PPP LCP packet"},
		{1, nil, ": it has no packets"},
	} {
		var list []frame
		for _, p := range l.packets {
			h := []string{p}
			dns := []string{outer, "ip 17", "udp 53"}
			switch name, _, _ := strings.Cut(p, " "); name {
			case "arp":
				h = []string{mac + "0806 0001"}
			case "dns":
				h = dns
			case "mdns":
				h = []string{outer, "ip 17", "14e914e9 0008 0000"}
			case "gre":
				h = append([]string{outer, "ip 47", "00006558"}, dns...)
			case "vxlan":
				h = []string{outer, "ip 17", "udp 4789", "0800000000000700", mac + "0806 0001"}
			case "gtp":
				h = []string{outer, "ip 17", "udp 2152", "3201 0004 00000000 00010000"}
			case "ip":
				h = []string{outer, p}
			case "ip6":
				h = []string{mac + "86dd", p}
			}
			list = append(list, frame{data: in(h...)(&layers.IPv4{}, nil)})
		}
		raw := captureOf(t, format{link: l.link}, list)
		want := "the capture holds no TCP packets, " + l.want
		if l.packets == nil {
			want = "the capture holds no TCP packets" + l.want
		}
		if got := contents(t, raw); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		if err := Follow(bytes.NewReader(raw), Pcap, Limits{}, nil); err.Error() != want {
			t.Errorf("followed: %v\nwant\n%s", err, want)
		}
	}
}

// The kinds that are counted are bounded, and the packets of ports beyond that still count as UDP.
func TestOthersAreBounded(t *testing.T) {
	var o others
	for i := range layer(70000) {
		o.add(ofPort+1+i%65000, 0)
		o.add(ofType+0x600+i%60000, 0)
	}
	if n := len(o.counts); n > maxOthers+2 {
		t.Errorf("%d kinds", n)
	}
	n := 0
	for _, c := range o.counts {
		n += c
	}
	if n != 140000 {
		t.Errorf("%d packets, want 140000", n)
	}
	if got := o.err().Error(); !strings.Contains(got, "only 70000 UDP packets (port") {
		t.Error(got)
	}
}

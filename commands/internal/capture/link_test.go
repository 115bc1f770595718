package capture

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

var hello = []sent{c("S", 9, ""), s("SA", 99, ""), c("A", 10, "hello"), s("A", 100, "you")}

const helloSix, helloFour = "[fd00::1]:4000 → [fd00::2]:80: hello / you", ends + "hello / you"

// prefixed puts a header before each packet. An Ethernet type of 0 in the header
// is replaced by that of the packet.
func prefixed(typeAt int, header ...byte) func(gopacket.SerializableLayer, []byte) []byte {
	return func(ip gopacket.SerializableLayer, packet []byte) []byte {
		h := bytes.Clone(header)
		if typeAt >= 0 {
			binary.BigEndian.PutUint16(h[typeAt:], uint16(ethernet(ip).EthernetType))
		}
		return append(h, packet...)
	}
}

var macs = make([]byte, 12)

// inPPPoE puts the headers of Ethernet, PPPoE and PPP before a packet.
func inPPPoE(ip gopacket.SerializableLayer, p []byte) []byte {
	h := append(bytes.Clone(macs), 0x88, 0x64, 0x11, 0, 0, 7, 0, 0, 0, 0x21)
	if ip.LayerType() == layers.LayerTypeIPv6 {
		h[21] = 0x57
	}
	binary.BigEndian.PutUint16(h[18:], uint16(len(p)+2))
	return append(h, p...)
}

func TestLinks(t *testing.T) {
	for _, l := range []struct {
		name string
		link layers.LinkType
		wrap func(gopacket.SerializableLayer, []byte) []byte
	}{
		{"Ethernet", 1, nil},
		{"Ethernet with padding", 1, func(ip gopacket.SerializableLayer, p []byte) []byte {
			return append(prefixed(12, append(macs, 0, 0)...)(ip, p), "padding"...)
		}},
		{"VLAN", 1, prefixed(16, append(macs, 0x81, 0, 0, 7, 0, 0)...)},
		{"QinQ", 1, prefixed(20, append(macs, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 0, 0)...)},
		{"QinQ, old type", 1, prefixed(20, append(macs, 0x91, 0, 0, 7, 0x81, 0, 0, 8, 0, 0)...)},
		{"PPPoE", 1, inPPPoE},
		{"PPPoE with padding, and a wrong size of the packet", 1, func(ip gopacket.SerializableLayer, p []byte) []byte {
			b := append(inPPPoE(ip, p), "padding"...)
			if b[22]>>4 == 4 {
				b[25] += 6
			} else {
				b[27] += 6
			}
			return b
		}},
		{"raw", 101, prefixed(-1)},
		{"raw, BSD", 12, prefixed(-1)},
		{"raw, OpenBSD", 14, prefixed(-1)},
		{"IPv4 or 6", 228, prefixed(-1)},
		{"IPv6 or 4", 229, prefixed(-1)},
		{"null", 0, prefixed(-1, 2, 0, 0, 0)},
		{"null, big-endian", 0, prefixed(-1, 0, 0, 0, 2)},
		{"loop", 108, prefixed(-1, 0, 0, 0, 2)},
		{"Linux cooked", 113, prefixed(14, 0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0)},
		{"Linux cooked 2", 276, prefixed(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0)},
	} {
		packets := append([]sent{}, hello...)
		for _, p := range hello {
			packets = append(packets, six(p))
		}
		if got, want := contents(t, written(t, format{link: l.link, wrap: l.wrap}, packets)), helloFour+"\n"+helloSix; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", l.name, got, want)
		}
	}
	if got, want := contents(t, written(t, format{link: 147, wrap: prefixed(-1)}, hello)),
		"the capture holds no TCP packets, only 4 packets of link type 147"; got != want {
		t.Errorf("an unknown link type: %s", got)
	}
}

// split cuts the IP payload of packets longer than 40 bytes into fragments of 8 bytes.
func split(t *testing.T, packets []sent, order func([][]byte)) []frame {
	var list []frame
	for i, p := range packets {
		whole := frameOf(t, format{link: layers.LinkTypeRaw}, p)
		var cut [][]byte
		if whole[0]>>4 == 4 {
			for at := 20; at < len(whole); at += 8 {
				f := append(bytes.Clone(whole[:20]), whole[at:min(at+8, len(whole))]...)
				binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
				binary.BigEndian.PutUint16(f[4:], uint16(i))
				binary.BigEndian.PutUint16(f[6:], uint16((at-20)/8))
				if at+8 < len(whole) {
					f[6] |= 0x20
				}
				cut = append(cut, f)
			}
		} else {
			for at := 40; at < len(whole); at += 8 {
				f := append(bytes.Clone(whole[:40]), 6, 0, 0, 0, 0, 0, 0, byte(i))
				f = append(f, whole[at:min(at+8, len(whole))]...)
				f[6] = 44
				binary.BigEndian.PutUint16(f[4:], uint16(len(f)-40))
				binary.BigEndian.PutUint16(f[42:], uint16(at-40))
				if at+8 < len(whole) {
					f[43] |= 1
				}
				cut = append(cut, f)
			}
		}
		order(cut)
		for _, f := range cut {
			list = append(list, frame{data: f})
		}
	}
	return list
}

func TestFragments(t *testing.T) {
	packets := append([]sent{}, hello...)
	for _, p := range hello {
		packets = append(packets, six(p))
	}
	for name, order := range map[string]func([][]byte){
		"in order":  func([][]byte) {},
		"reversed":  func(f [][]byte) { f[0], f[len(f)-1] = f[len(f)-1], f[0] },
		"one twice": func(f [][]byte) { f[0] = f[1]; f[1] = f[2] },
	} {
		want := helloFour + "\n" + helloSix
		if name == "one twice" {
			want = "the capture holds no TCP packets, only 26 fragmented packets"
		}
		raw := captureOf(t, format{link: layers.LinkTypeRaw}, split(t, packets, order))
		if got := contents(t, raw); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestExtensionHeaders(t *testing.T) {
	var list []frame
	for _, p := range hello {
		b := frameOf(t, format{link: layers.LinkTypeRaw}, six(p))
		ext := []byte{60, 0, 1, 4, 0, 0, 0, 0 /* hop by hop */, 51, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 /* destination */, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 /* authentication */}
		f := append(append(bytes.Clone(b[:40]), ext...), b[40:]...)
		f[6] = 0
		binary.BigEndian.PutUint16(f[4:], uint16(len(f)-40))
		list = append(list, frame{data: append(f, "padding"...)})
	}
	if got := contents(t, captureOf(t, format{link: layers.LinkTypeRaw}, list)); got != helloSix {
		t.Errorf("%s\nwant\n%s", got, helloSix)
	}
}

// swapped converts a pcap file to the other byte order.
func swapped(raw []byte) []byte {
	out := bytes.Clone(raw)
	turn := func(at, n int) {
		for i := range n / 2 {
			out[at+i], out[at+n-1-i] = raw[at+n-1-i], raw[at+i]
		}
	}
	for at, n := range map[int]int{0: 4, 4: 2, 6: 2, 16: 4, 20: 4} {
		turn(at, n)
	}
	for at := 24; at < len(raw); {
		size := int(binary.LittleEndian.Uint32(raw[at+8:]))
		for i := range 4 {
			turn(at+4*i, 4)
		}
		at += 16 + size
	}
	return out
}

func TestByteOrdersAndTimes(t *testing.T) {
	for _, f := range []struct {
		name string
		format
		swap bool
		want time.Duration // the part of the first packet's time that is lost
	}{
		{"pcap, microseconds", format{}, false, 789},
		{"pcap, nanoseconds", format{nano: true}, false, 0},
		{"pcap, microseconds, big-endian", format{}, true, 789},
		{"pcap, nanoseconds, big-endian", format{nano: true}, true, 0},
		{"pcapng", format{ng: true}, false, 0},
	} {
		f.link = layers.LinkTypeEthernet
		raw := written(t, f.format, hello)
		if f.swap {
			raw = swapped(raw)
		}
		if got := contents(t, raw); got != helloFour {
			t.Errorf("%s:\n%s\nwant\n%s", f.name, got, helloFour)
		}
		c, err := opened(t, raw, Pcap, "file")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.Stream(0).Start, begin.Add(-f.want); !got.Equal(want) {
			t.Errorf("%s: starts at %v, want %v", f.name, got, want)
		}
	}
}

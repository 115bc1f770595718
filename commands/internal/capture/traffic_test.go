package capture

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A sent is a segment in a test: who sends it, its flags, sequence number and payload.
type sent struct {
	from, to string
	flags    string // of SAFR
	seq, ack uint32
	data     string
	snap     int // how many bytes at its end were not captured
}

func c(flags string, seq uint32, data string) sent {
	return sent{from: "10.0.0.1:4000", to: "10.0.0.2:80", flags: flags, seq: seq, data: data}
}

func s(flags string, seq uint32, data string) sent {
	return sent{from: "10.0.0.2:80", to: "10.0.0.1:4000", flags: flags, seq: seq, data: data}
}

// acks is a segment of the server that acknowledges.
func acks(n uint32) sent {
	return acking(n, s("A", 0, ""))
}

// acking sets what a segment acknowledges.
func acking(n uint32, p sent) sent {
	p.ack = n
	return p
}

func six(p sent) sent {
	r := strings.NewReplacer("10.0.0.1", "[fd00::1]", "10.0.0.2", "[fd00::2]")
	p.from, p.to = r.Replace(p.from), r.Replace(p.to)
	return p
}

func port(n int, p sent) sent {
	for _, end := range []*string{&p.from, &p.to} {
		*end = strings.Replace(*end, ":4000", fmt.Sprintf(":%d", n), 1)
	}
	return p
}

func snapped(n int, p sent) sent {
	p.snap = n
	return p
}

const ends = "10.0.0.1:4000 → 10.0.0.2:80: "

// Recordings that are hard to read, and their streams: the bytes of the client / the bytes of
// the server, gaps in brackets.
var recordings = []struct {
	name    string
	packets []sent
	want    []string
}{
	{"a conversation", []sent{c("S", 9, ""), s("SA", 99, ""), c("A", 10, "abc"), s("A", 100, "de"), c("AF", 13, ""), s("AF", 102, "")}, []string{ends + "abc / de"}},
	{"nothing but a handshake", []sent{c("S", 9, ""), s("SA", 99, "")}, []string{ends + " / "}},
	{"retransmission", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 10, "abc"), c("A", 13, "def"), c("A", 10, "abcdef")}, []string{ends + "abcdef / "}},
	{"overlap with delivered data", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 11, "XXdef")}, []string{ends + "abcdef / "}},
	{"overlap with waiting data", []sent{c("S", 9, ""), c("A", 12, "cd"), c("A", 11, "bXXe"), c("A", 10, "a")}, []string{ends + "abcde / "}},
	{"a segment over two that are waiting", []sent{c("S", 9, ""), c("A", 11, "b"), c("A", 13, "d"), c("A", 10, "aXcXe")}, []string{ends + "abcde / "}},
	{"reordered", []sent{c("S", 9, ""), c("A", 14, "ef"), c("A", 12, "cd"), c("A", 10, "ab")}, []string{ends + "abcdef / "}},
	{"FIN before data", []sent{c("S", 9, ""), c("AF", 12, ""), c("A", 10, "ab")}, []string{ends + "ab / "}},
	{"data after FIN", []sent{c("S", 9, ""), c("AF", 10, "ab"), c("A", 12, "cd")}, []string{ends + "ab / "}},
	{"reset", []sent{c("S", 9, ""), c("A", 10, "ab"), s("R", 0, "go away"), c("R", 12, "")}, []string{ends + "ab / "}},
	{"sequence wraps", []sent{c("S", 0xfffffffc, ""), c("A", 0xfffffffd, "abc"), c("A", 2, "fg"), c("A", 0, "de")}, []string{ends + "abcdefg / "}},
	{"keep-alive", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 12, "\x00"), c("A", 13, "def")}, []string{ends + "abcdef / "}},
	{"keep-alive before anything", []sent{acks(10), c("A", 9, "\x00"), c("A", 10, "abc")}, []string{ends + "abc / "}},
	{"data on SYN", []sent{c("S", 9, "ab"), c("A", 12, "c")}, []string{ends + "abc / "}},
	{"no SYN", []sent{c("A", 10, "abc"), s("A", 100, "xy"), c("A", 13, "def")}, []string{ends + "abcdef / xy"}},
	{"no SYN, the server first", []sent{s("A", 100, "xy"), c("A", 10, "abc")}, []string{ends + "abc / xy"}},
	{"no SYN, reordered", []sent{c("A", 13, "def"), c("A", 10, "abc")}, []string{ends + "abcdef / "}},
	{"SYN after data", []sent{c("A", 10, "abc"), c("S", 9, ""), c("A", 13, "def")}, []string{ends + "abcdef / "}},
	{"SYN after its answer", []sent{s("SA", 99, ""), c("S", 9, ""), c("A", 10, "abc")}, []string{ends + "abc / "}},
	{"SYN again", []sent{c("S", 9, ""), c("S", 9, ""), s("SA", 99, ""), s("SA", 99, ""), c("A", 10, "abc")}, []string{ends + "abc / "}},
	{"port reused", []sent{c("S", 9, ""), c("A", 10, "abc"), c("S", 5009, ""), s("SA", 7, ""), c("A", 5010, "def"), s("A", 8, "x")}, []string{ends + "abc / ", ends + "def / x"}},
	{"port reused after a start without SYN", []sent{c("A", 10, "abc"), c("S", 5009, ""), c("A", 5010, "def")}, []string{ends + "abc / ", ends + "def / "}},
	{"port reused by the other end", []sent{c("S", 9, ""), c("A", 10, "abc"), s("S", 77, ""), s("A", 78, "x")}, []string{ends + "abc / ", "10.0.0.2:80 → 10.0.0.1:4000: x / "}},
	{"two answers to one SYN", []sent{c("S", 9, ""), acking(10, s("SA", 99, "")), acking(10, s("SA", 5000, "")), c("A", 10, "abc"), s("A", 5001, "x")}, []string{ends + "abc / x"}},
	{"two answers to one SYN, the first one counts", []sent{c("S", 9, ""), acking(10, s("SA", 99, "")), acking(10, s("SA", 5000, "")), c("A", 10, "abc"), s("A", 100, "x"), s("AF", 101, "")}, []string{ends + "abc / x"}},
	{"a second answer after data", []sent{c("S", 9, ""), acking(10, s("SA", 99, "")), c("A", 10, "abc"), s("A", 100, "x"), acking(10, s("SA", 5000, "")), s("A", 101, "y")}, []string{ends + "abc / xy"}},
	{"an answer to another SYN", []sent{c("S", 9, ""), acking(10, s("SA", 99, "")), c("A", 10, "abc"), acking(5010, s("SA", 5000, "")), c("A", 5010, "d")}, []string{ends + "abc / ", ends + "d / "}},
	{"SYN with the same number after FIN", []sent{c("S", 9, ""), s("SA", 99, ""), c("AF", 10, "ab"), s("AF", 100, ""), c("S", 9, ""), s("SA", 99, ""), c("A", 10, "cd"), s("A", 100, "x")}, []string{ends + "ab / ", ends + "cd / x"}},
	{"SYN with the same number after RST", []sent{c("S", 9, ""), s("SA", 99, ""), c("AF", 10, "ab"), s("R", 100, ""), c("S", 9, ""), c("A", 10, "cd")}, []string{ends + "ab / ", ends + "cd / "}},
	{"SYN with the same number after the FIN of one end", []sent{c("S", 9, ""), s("SA", 99, ""), c("AF", 10, "ab"), c("S", 9, ""), s("A", 100, "x")}, []string{ends + "ab / x"}},
	{"answer again after FIN", []sent{c("S", 9, ""), s("SA", 99, ""), c("AF", 10, "ab"), s("AF", 100, ""), s("SA", 99, "")}, []string{ends + "ab / "}},
	{"SYN with the next number after FIN, no start seen", []sent{c("AF", 10, "ab"), s("AF", 100, "x"), c("S", 9, ""), c("A", 10, "cd")}, []string{ends + "ab / x", ends + "cd / "}},
	{"sequence wraps twice between a few segments", []sent{
		c("S", 9, ""), c("A", 10, "ab"), c("A", 3<<30, "cd"), c("A", 9, "ef"), c("A", 2<<30, "gh"), c("A", 4<<30-20, "ij"), c("A", 5, "kl"),
	}, []string{ends + "ab[-1]cd[-1]ef[-1]gh[-1]ij[23]kl / "}},
	{"sequence wraps twice, acknowledged", []sent{
		c("S", 9, ""), acks(10), c("A", 10, "ab"), acks(3 << 29), acks(3 << 30), acks(9), c("A", 9, "cd"), acks(2 << 30), acks(3 << 30), c("A", 4<<30-20, "ef"), c("A", 5, "gh"),
	}, []string{ends + "ab[-1]cd[-1]ef[23]gh / "}},
	{"a segment of another connection, far ahead", []sent{
		c("S", 9, ""), c("A", 10, "ab"), acks(12), c("A", 12+5<<29, "XX"), c("A", 12, "cd"), acks(14), c("A", 14, "ef"),
	}, []string{ends + "abcdef[-1]XX / "}},
	{"lost", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 16, "ghi")}, []string{ends + "abc[3]ghi / "}},
	{"lost at the start", []sent{c("S", 9, ""), c("A", 13, "def")}, []string{ends + "[3]def / "}},
	{"lost before FIN", []sent{c("S", 9, ""), c("A", 10, "abc"), c("AF", 16, "")}, []string{ends + "abc[3] / "}},
	{"lost, but acknowledged", []sent{c("S", 9, ""), c("A", 10, "abc"), acks(16)}, []string{ends + "abc[3] / "}},
	{"FIN lost, but acknowledged", []sent{c("S", 9, ""), c("A", 10, "abc"), acks(14)}, []string{ends + "abc / "}},
	{"lost more than can be counted", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 10+3<<30, "ghi")}, []string{ends + "abc[-1]ghi / "}},
	{"snapped", []sent{c("S", 9, ""), snapped(2, c("A", 10, "abc")), snapped(1, c("A", 13, "def"))}, []string{ends + "a[2]de[1] / "}},
	{"snapped, and sent again", []sent{c("S", 9, ""), snapped(2, c("A", 10, "abc")), c("A", 10, "abc")}, []string{ends + "abc / "}},
	{"interleaved", []sent{
		port(1001, c("S", 9, "")), port(1002, c("S", 9, "")), port(1001, c("A", 10, "ab")), port(1002, c("A", 10, "xy")),
		port(1001, c("A", 12, "cd")), port(1002, c("A", 12, "z")),
	}, []string{"10.0.0.1:1001 → 10.0.0.2:80: abcd / ", "10.0.0.1:1002 → 10.0.0.2:80: xyz / "}},
	{"IPv6", []sent{six(c("S", 9, "")), six(c("A", 10, "abc"))}, []string{"[fd00::1]:4000 → [fd00::2]:80: abc / "}},
}

func TestRecordings(t *testing.T) {
	for _, rec := range recordings {
		for _, f := range []format{{link: layers.LinkTypeEthernet}, {link: layers.LinkTypeRaw, ng: true}} {
			raw := written(t, f, rec.packets)
			if got, want := contents(t, raw), strings.Join(rec.want, "\n"); got != want {
				t.Errorf("%s:\n%s\nwant\n%s", rec.name, got, want)
			}
		}
	}
}

// contents returns a line for each stream.
func contents(t *testing.T, raw []byte) string {
	t.Helper()
	if Detect(raw) != Pcap {
		t.Error("not detected as pcap")
	}
	c, err := opened(t, raw, Pcap, "pipe")
	if err != nil {
		return err.Error()
	}
	var lines []string
	for i, s := range c.Streams() {
		var text [2]string
		for dir := range text {
			src := c.Read(RefOf(i, dir))
			list, err := parts(src)
			if err != nil {
				t.Error(err)
			}
			for _, p := range list {
				if text[dir] += string(p.data); p.gap != 0 {
					text[dir] += fmt.Sprintf("[%d]", p.gap)
				}
			}
			if d := s.Dirs[dir]; d.Gaps != len(list)-1 {
				t.Errorf("listed with %d gaps: %s", d.Gaps, text[dir])
			}
		}
		lines = append(lines, s.Label(0)+": "+text[0]+" / "+text[1])
	}
	return strings.Join(lines, "\n")
}

// A format selects how a test writes a capture.
type format struct {
	link layers.LinkType
	ng   bool
	nano bool
	wrap func(gopacket.SerializableLayer, []byte) []byte // adds the link header to an IP packet; nil for that of link
}

// written returns a capture of packets that are a millisecond apart.
func written(t *testing.T, f format, packets []sent) []byte {
	t.Helper()
	var frames []frame
	for _, p := range packets {
		frames = append(frames, frame{frameOf(t, f, p), p.snap})
	}
	return captureOf(t, f, frames)
}

type frame struct {
	data []byte
	snap int
}

var begin = time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)

func captureOf(t *testing.T, f format, frames []frame) []byte {
	t.Helper()
	var out bytes.Buffer
	var write func(gopacket.CaptureInfo, []byte) error
	if f.ng {
		w, err := pcapgo.NewNgWriter(&out, f.link)
		if err != nil {
			t.Fatal(err)
		}
		write = func(i gopacket.CaptureInfo, b []byte) error { return errors.Join(w.WritePacket(i, b), w.Flush()) }
	} else {
		w := pcapgo.NewWriterNanos(&out)
		if !f.nano {
			w = pcapgo.NewWriter(&out)
		}
		w.WriteFileHeader(1<<18, f.link)
		write = w.WritePacket
	}
	for i, fr := range frames {
		n := len(fr.data) - fr.snap
		info := gopacket.CaptureInfo{Timestamp: begin.Add(time.Duration(i) * time.Millisecond), CaptureLength: n, Length: len(fr.data)}
		if err := write(info, fr.data[:n]); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func frameOf(t *testing.T, f format, p sent) []byte {
	t.Helper()
	from, to := netip.MustParseAddrPort(p.from), netip.MustParseAddrPort(p.to)
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(from.Port()), DstPort: layers.TCPPort(to.Port()), Seq: p.seq, Ack: p.ack, Window: 1024,
		SYN: strings.Contains(p.flags, "S"), FIN: strings.Contains(p.flags, "F"), RST: strings.Contains(p.flags, "R"),
		ACK: strings.Contains(p.flags, "A") && p.ack != 0,
	}
	if tcp.SYN && strings.Contains(p.flags, "A") {
		tcp.ACK = true
	}
	var ip gopacket.SerializableLayer = &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
	if from.Addr().Is6() {
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
	}
	tcp.SetNetworkLayerForChecksum(ip.(gopacket.NetworkLayer))
	packet := serialized(t, ip, tcp, gopacket.Payload(p.data))
	if f.wrap != nil {
		return f.wrap(ip, packet)
	}
	if f.link == layers.LinkTypeEthernet {
		return append(serialized(t, ethernet(ip))[:14], packet...) // without padding, so that it can be snapped
	}
	return packet
}

func ethernet(ip gopacket.SerializableLayer) *layers.Ethernet {
	e := &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}
	if ip.LayerType() == layers.LayerTypeIPv6 {
		e.EthernetType = layers.EthernetTypeIPv6
	}
	return e
}

func serialized(t *testing.T, list ...gopacket.SerializableLayer) []byte {
	t.Helper()
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, list...); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b.Bytes())
}

package capture

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// The packets of each side are all counted, and the duration is that of the whole connection.
func TestPacketCounts(t *testing.T) {
	for _, r := range []struct {
		name    string
		packets []sent
		want    string // of each stream: client's packets/segments, server's, duration
	}{
		{"a conversation", []sent{c("S", 9, ""), s("SA", 99, ""), c("A", 10, "abc"), s("A", 100, "de"), c("AF", 13, ""), s("AF", 102, "")}, "3/1 3/1 5ms"},
		{"a refused connection", []sent{c("S", 9, ""), s("R", 0, "")}, "1/0 1/0 1ms"},
		{"one packet", []sent{c("S", 9, "")}, "1/0 0/0 0s"},
		{"retransmission", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 10, "abc"), c("A", 13, "def")}, "4/2 0/0 3ms"},
		{"keep-alive", []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 12, "\x00"), acks(13)}, "3/1 1/0 3ms"},
		{"no SYN, the server first", []sent{s("A", 100, "xy"), s("A", 102, "z"), c("A", 10, "abc")}, "1/1 2/2 2ms"},
		{"SYN after its answer", []sent{s("SA", 99, ""), c("S", 9, ""), c("A", 10, "abc")}, "2/1 1/0 2ms"},
		{"port reused", []sent{c("S", 9, ""), c("A", 10, "abc"), c("S", 5009, ""), s("SA", 7, ""), c("A", 5010, "def")}, "2/1 0/0 1ms, 2/1 1/0 2ms"},
		{"interleaved", []sent{port(1001, c("S", 9, "")), port(1002, c("S", 9, "")), port(1001, c("A", 10, "ab")), port(1002, c("A", 10, "xy")), port(1001, c("A", 12, "cd"))}, "3/2 0/0 4ms, 2/1 0/0 2ms"},
	} {
		raw := written(t, format{link: layers.LinkTypeRaw, nano: true}, r.packets)
		opened, err := opened(t, raw, Pcap, "pipe")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range opened.Streams() {
			a, b := s.Dirs[0], s.Dirs[1]
			got = append(got, fmt.Sprintf("%d/%d %d/%d %v", a.Packets, a.Segments, b.Packets, b.Segments, s.Duration))
		}
		if text := strings.Join(got, ", "); text != r.want {
			t.Errorf("%s: %s, want %s", r.name, text, r.want)
		}
	}
}

// Times that go back, as of packets from two interfaces, widen the duration.
func TestDurationOfTimesThatGoBack(t *testing.T) {
	var all conns
	all.open = map[pair]*conn{}
	for _, at := range []time.Duration{5, 2, 9, 7} {
		all.take(&segment{at: int64(at * time.Second)})
	}
	list := all.end()
	if s := list.at(0).stream(0); s.Start.Unix() != 2 || s.Duration != 7*time.Second {
		t.Errorf("from %v, %v", s.Start, s.Duration)
	}
}

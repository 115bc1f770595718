package capture

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// tcpdump prints frames as tcpdump -X does, or -x.
func tcpdump(frames []frame, text bool) string {
	var b strings.Builder
	for i, f := range frames {
		fmt.Fprintf(&b, "%s IP 10.0.0.1.4000 > 10.0.0.2.80: Flags [P.], length %d\n", begin.Add(time.Duration(i)*time.Millisecond).Format("2006-01-02 15:04:05.000000"), i)
		data := f.data[:len(f.data)-f.snap]
		for at := 0; at < len(data); at += 16 {
			row := data[at:min(at+16, len(data))]
			hex := ""
			for j, c := range row {
				if j > 0 && j%2 == 0 {
					hex += " "
				}
				hex += fmt.Sprintf("%02x", c)
			}
			if text {
				hex = fmt.Sprintf("%-39s  %s", hex, shown(row))
			}
			fmt.Fprintf(&b, "\t0x%04x:  %s\n", at, hex)
		}
	}
	return b.String()
}

// tshark prints frames as tshark -x does, and if extra is set also the data that tshark
// reassembled from them.
func tshark(frames []frame, gap string, extra bool) string {
	var b strings.Builder
	rows := func(data []byte) {
		for at := 0; at < len(data); at += 16 {
			row := data[at:min(at+16, len(data))]
			hex := ""
			for j, c := range row {
				if j == 8 {
					hex += gap
				}
				hex += fmt.Sprintf("%02x ", c)
			}
			fmt.Fprintf(&b, "%04x  %-*s  %s\n", at, 48+len(gap), hex, shown(row))
		}
	}
	for _, f := range frames {
		if extra {
			fmt.Fprintf(&b, "Frame (%d bytes):\n", len(f.data))
		}
		rows(f.data[:len(f.data)-f.snap])
		if extra {
			b.WriteString("\nReassembled TCP (5 bytes):\n")
			rows([]byte("ZZZZZ"))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestPacketText(t *testing.T) {
	packets := []sent{c("S", 9, ""), s("SA", 99, ""), c("A", 10, "abc"), c("A", 10, "abc"), c("A", 16, "ghi"), c("A", 13, "def"), s("A", 100, strings.Repeat("y", 40)), snapped(1, c("A", 19, "jkl"))}
	want := ends + "abcdefghijk[1] / " + strings.Repeat("y", 40)
	frames := func(l layers.LinkType, wrap bool) (list []frame) {
		f := format{link: l}
		if wrap {
			f.wrap = prefixed(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0)
		}
		for _, p := range packets {
			list = append(list, frame{frameOf(t, f, p), p.snap})
		}
		return list
	}
	raw, ether, cooked := frames(layers.LinkTypeRaw, false), frames(layers.LinkTypeEthernet, false), frames(276, true)
	for _, d := range []struct{ name, dump string }{
		{"tcpdump -x", tcpdump(raw, false)},
		{"tcpdump -X", tcpdump(raw, true)},
		{"tcpdump -xx", tcpdump(ether, false)},
		{"tcpdump -XX", tcpdump(ether, true)},
		{"tcpdump -XX -i any", tcpdump(cooked, true)},
		{"tshark -x", tshark(ether, "", false)},
		{"tshark -x, old", tshark(ether, " ", false)},
		{"tshark -x, with reassembled data", tshark(ether, "", true)},
	} {
		if Detect([]byte(d.dump)) != Hexdump {
			t.Errorf("%s is not detected", d.name)
		}
		for _, from := range []string{"pipe", "file"} {
			capture, err := opened(t, []byte(d.dump), Hexdump, from)
			if err != nil {
				t.Errorf("%s: %v", d.name, err)
				continue
			}
			got := text(t, d.dump)
			if w := "10.0.0.1:4000 → 10.0.0.2:80 6162636465666768696a6b [1]\n10.0.0.2:80 → 10.0.0.1:4000 " + strings.Repeat("79", 40); !strings.HasPrefix(got, w) {
				t.Errorf("%s: %s\nwant %s (%s)", d.name, got, w, want)
			}
			if start := capture.Stream(0).Start; strings.HasPrefix(d.name, "tcpdump") != start.Equal(begin.Truncate(time.Microsecond)) {
				t.Errorf("%s starts at %v", d.name, start)
			}
		}
	}
	broken := tcpdump(raw, true) + "x\n\t0x0000:  4500 00zz\n"
	if got := text(t, broken); !strings.HasSuffix(got, "line 36: expected pairs of hex digits") {
		t.Errorf("a broken line: %s", got)
	}
}

func TestTextTime(t *testing.T) {
	for line, want := range map[string]int64{
		"2024-05-06 07:08:09.123456 IP a > b": 1714979289123456000,
		"1714979289.123456 IP a > b":          1714979289123456000,
		"07:08:09.123456 IP a > b":            0,
		"IP a > b":                            0,
		"":                                    0,
	} {
		if got := textTime([]byte(line)); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}

// Several conversations in a file are several streams.
func TestConversations(t *testing.T) {
	one := func(n int) string {
		return fmt.Sprintf("\n===\nFollow: tcp,hex\nFilter: tcp.stream eq %d\nNode 0: 10.0.0.1:%d\nNode 1: 10.0.0.2:80\n"+
			"00000000  61 6%d                                             a%c\n\t00000000  78                                               x\n===\n", n, 4000+n, n, 'a'+n-1)
	}
	want := "10.0.0.1:4001 → 10.0.0.2:80 6161\n10.0.0.2:80 → 10.0.0.1:4001 78\n10.0.0.1:4002 → 10.0.0.2:80 6162\n10.0.0.2:80 → 10.0.0.1:4002 78"
	if got := text(t, one(1)+one(2)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if Detect([]byte(one(1))) != Hexdump {
		t.Error("not detected")
	}
}

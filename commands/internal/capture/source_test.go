package capture

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
)

// Even if rows and segments are small, a read returns many bytes: callers write their output
// after each read.
func TestReadsAreLarge(t *testing.T) {
	var packets []sent
	for i := range 2000 {
		packets = append(packets, c("A", uint32(10*i), "0123456789"))
	}
	for _, in := range []struct {
		name string
		raw  []byte
		kind Kind
	}{
		{"segments", written(t, format{link: layers.LinkTypeRaw}, packets), Pcap},
		{"rows", []byte(view([]byte(strings.Repeat("0123456789", 2000)), 8, rand.New(rand.NewPCG(7, 8)))), Hexdump},
		{"plain", []byte(strings.Repeat("30 31 32 33 34 35 36 37 38 39\n", 2000)), Hexdump},
		{"follow", []byte(strings.Repeat("00000000  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  01234567 89012345\n", 2000)), Hexdump},
	} {
		c, err := opened(t, in.raw, in.kind, "file")
		if err != nil {
			t.Fatal(in.name, err)
		}
		p := make([]byte, 4096)
		src := c.Read(Ref{})
		n, err := src.Read(p)
		if want := map[bool]int{true: 16, false: len(p)}[in.name == "follow"]; err != nil || n != want { // a gap follows each of its rows
			t.Errorf("%s: the first read returns %d bytes, %v; want %d", in.name, n, err, want)
		}
	}
}

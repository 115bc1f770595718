package capture

import (
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

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

// A pause is reported once, between the bytes before and after it. A gap is one, whatever the time.
func TestPauses(t *testing.T) {
	q := &queue{}
	for _, row := range []struct {
		gap  int64
		data string
		at   int64
	}{{0, "ab", 100}, {0, "cd", 109}, {0, "e", 119}, {0, "f", 118}, {0, "unknown", 0}, {0, "g", 300}, {0, "h", 310}, {5, "i", 400}} {
		q.add(row.gap, []byte(row.data), row.at)
	}
	for _, row := range []struct {
		pause time.Duration
		size  int
		want  string
	}{
		{10, 100, "abcd|efunknowng|h gap i"},
		{10, 1, "abcd|efunknowng|h gap i"},
		{1000, 3, "abcdefunknowngh gap i"},
		{0, 3, "abcdefunknowngh gap i"},
	} {
		all := *q
		all.items = slices.Clone(q.items)
		s := &Source{Pause: row.pause, queue: &all, more: func() error { return io.EOF }}
		got := ""
		for p := make([]byte, row.size); ; {
			n, err := s.Read(p)
			got += string(p[:n])
			if err == io.EOF {
				break
			}
			switch err.(type) {
			case nil:
			case *Gap:
				got += " gap "
			default:
				got += "|"
			}
		}
		if got != row.want {
			t.Errorf("pauses of %d, %d bytes at once: %s, want %s", row.pause, row.size, got, row.want)
		}
	}
}

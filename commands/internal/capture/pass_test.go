package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
)

// A stream is the same however its segments are cut, repeated and reordered.
func TestShuffled(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		isn := rnd.Uint32()
		data := make([]byte, rnd.IntN(4000)+1)
		for i := range data {
			data[i] = byte('a' + rnd.IntN(26))
		}
		packets := []sent{c("S", isn, "")}
		for at := 0; at < len(data); {
			n := min(rnd.IntN(100)+1, len(data)-at)
			back := min(rnd.IntN(50), at) // overlaps earlier data
			packets = append(packets, c("A", isn+1+uint32(at-back), string(data[at-back:at+n])))
			if rnd.IntN(4) == 0 {
				packets = append(packets, packets[rnd.IntN(len(packets)-1)+1])
			}
			at += n
		}
		packets = append(packets, c("AF", isn+1+uint32(len(data)), ""))
		for i := 1; i+8 < len(packets); i++ {
			j := i + rnd.IntN(8)
			packets[i], packets[j] = packets[j], packets[i]
		}
		if got, want := contents(t, written(t, format{link: layers.LinkTypeRaw}, packets)), ends+string(data)+" / "; got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
	}
}

// A file that is cut short gives the packets before the cut, and reports where the cut is.
func TestCutShort(t *testing.T) {
	for _, f := range []format{{link: layers.LinkTypeRaw}, {link: layers.LinkTypeRaw, ng: true}} {
		raw := written(t, f, hello)
		whole := 0
		for n := 24; n < len(raw); n++ {
			c, err := Open(struct{ io.Reader }{bytes.NewReader(raw[:n])}, Pcap, Limits{})
			var cut *FileError
			switch {
			case err != nil && !errors.Is(err, ErrNoStream):
				t.Fatalf("cut at %d: %v", n, err)
			case err == nil && c.Damage() == nil, errors.Is(err, ErrNoStream):
				whole++
			case !errors.As(c.Damage(), &cut) || !errors.Is(cut, io.ErrUnexpectedEOF):
				t.Fatalf("cut at %d: %v", n, c.Damage())
			}
			if err == nil {
				c.Close()
			}
		}
		if want := map[bool]int{false: len(hello), true: len(hello) + 1}[f.ng]; whole != want {
			t.Errorf("%d cuts leave a whole file, want %d", whole, want)
		}
	}
	raw := written(t, format{link: layers.LinkTypeRaw}, hello)
	raw[24+8+3] = 0x80 // the first packet's length
	c, err := Open(struct{ io.Reader }{bytes.NewReader(raw)}, Pcap, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, want := fmt.Sprint(c.Damage()), "packet 0 at byte 24 of the file: the packet length 2147483688 is over the limit of 1048576: the file is damaged"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// many returns a capture of interleaved streams. The first is too long to be collected.
func many(t *testing.T, streams, segments int) ([]byte, []string) {
	var packets []sent
	want := make([]string, streams)
	text := make([]strings.Builder, streams)
	for n := range segments {
		for i := range streams {
			if i > 0 && n >= segments/streams*i && n%streams != 0 {
				continue
			}
			data := fmt.Sprintf("%d.%d;", i, n)
			if i == 0 {
				data = strings.Repeat(data, 2500)
			}
			p := port(1000+i, c("A", uint32(text[i].Len()), data))
			packets = append(packets, p)
			text[i].WriteString(data)
		}
	}
	for i := range text {
		want[i] = text[i].String()
	}
	return written(t, format{link: layers.LinkTypeRaw}, packets), want
}

// Every order of reading gives the same bytes, whether streams are collected, streamed or
// closed early.
func TestPasses(t *testing.T) {
	raw, want := many(t, 12, 600)
	if len(want[0]) <= groupCost {
		t.Fatalf("the first stream has only %d bytes", len(want[0]))
	}
	c, err := opened(t, raw, Pcap, "file")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 4 {
		var refs []Ref
		for i := range want {
			refs = append(refs, RefOf(i, 0), RefOf(i, 1))
		}
		rnd.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
		if round%2 == 0 {
			c.Plan(refs...)
		}
		for i, r := range refs {
			src := c.Read(r)
			if i%5 == round%5 { // closed early
				src.Read(make([]byte, 10))
				src.Close()
				if n, err := src.Read(make([]byte, 10)); n != 0 || err != io.EOF {
					t.Errorf("a closed source gives %d bytes and %v", n, err)
				}
				continue
			}
			got, err := io.ReadAll(src)
			if w := want[r.Stream]; err != nil || r.Dir == 0 && string(got) != w || r.Dir == 1 && len(got) > 0 {
				t.Fatalf("round %d, %+v: %d bytes, %v; want %d", round, r, len(got), err, len(w))
			}
			src.Close()
		}
	}
}

func TestAt(t *testing.T) {
	ms := func(n int) time.Time { return begin.Add(time.Duration(n)*time.Millisecond - 789) }
	raw := written(t, format{link: layers.LinkTypeRaw}, []sent{c("S", 9, ""), c("A", 10, "abc"), c("A", 13, "defg"), c("A", 20, "klm"), c("A", 17, "hi")})
	c, err := opened(t, raw, Pcap, "file")
	if err != nil {
		t.Fatal(err)
	}
	src := c.Read(Ref{})
	for _, r := range []struct {
		read           int
		offset, length int64
		first          time.Time
		segments       int
	}{
		{2, 0, 2, ms(1), 1},
		{5, 0, 3, ms(1), 1},
		{0, 1, 5, ms(1), 2},
		{2, 2, 2, ms(1), 2},
		{0, 3, 6, ms(2), 2},
		{1, 9, 4, ms(3), 1},
		{1, 11, 2, ms(3), 1},
		{1, 13, 2, time.Time{}, 0},
	} {
		p := make([]byte, r.read)
		if _, err := io.ReadFull(src, p); err != nil {
			if g, ok := err.(*Gap); !ok || g.Offset != 9 || g.Bytes != 1 {
				t.Fatal(err)
			}
			io.ReadFull(src, p)
		}
		if first, n := src.At(r.offset, r.length); !first.Equal(r.first) || n != r.segments {
			t.Errorf("%d bytes at %d: %v, %d segments; want %v, %d", r.length, r.offset, first, n, r.first, r.segments)
		}
	}
}

// The bytes that wait for a lost segment are limited; then the gap is reported.
func TestWaitingIsBounded(t *testing.T) {
	segment := strings.Repeat("x", 60000)
	packets := []sent{c("S", 9, ""), c("A", 10, "abc")}
	for i := range 2 * maxHeld / len(segment) {
		packets = append(packets, c("A", uint32(16+i*len(segment)), segment))
	}
	raw := written(t, format{link: layers.LinkTypeRaw}, packets)
	capture, err := opened(t, raw, Pcap, "file")
	if err != nil {
		t.Fatal(err)
	}
	p := capture.recording.(*traffic).pass([]Ref{{}})
	for p.err == nil {
		p.err = p.step()
		if h := p.conns[p.traffic.list.at(0).ends][0].halves[0]; h.held > maxHeld {
			t.Fatalf("%d bytes wait", h.held)
		}
	}
	src := &Source{queue: p.queues[0], more: func() error { return io.EOF }}
	list, err := parts(src)
	if err != nil || len(list) != 2 || list[0].gap != 3 || !slices.Equal(list[0].data, []byte("abc")) || len(list[1].data) != len(segment)*(len(packets)-2) {
		t.Errorf("%d parts, %v", len(list), err)
	}
}

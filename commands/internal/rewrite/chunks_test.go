package rewrite

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"framecat/commands/internal/link"
	"framecat/commands/internal/relay"
)

// Chunks cut what is written as send does. Without frames, the bytes are cut as they come.
func TestChunks(t *testing.T) {
	for _, row := range []struct {
		from, to, how, in, want string
	}{
		{"lines", "lines", "1", "ab\nc\n", `["a" "b" "\n" "c" "\n"]`},
		{"lines", "lines", "2,3", "ab\nc\ndef\n", `["ab" "\nc\n" "def" "\n"]`},
		{"u8", "u8", "frame", "\x01a\x02bc", `["\x01a" "\x02bc"]`},
		{"u8", "u8", "header", "\x01a\x02bc\x00", `["\x01" "a" "\x02" "bc" "\x00"]`},
		{"u8", "u8", "merge", "\x01a\x02bc\x00", `["\x01a\x02bc\x00"]`},
		{"u8", "u8", "merge:3", "\x01a\x02bc\x00", `["\x01a" "\x02bc" "\x00"]`},
		{"u8", "netstring", "header", "\x01a\x02bc", `["1:" "a," "2:" "bc,"]`},
		{"u8", "u8", "header", "\x01a\x02b", `["\x01" "a" "\x02" "b"]`},
	} {
		r := rules(sides(t, row.from, row.to), io.Discard)
		var err error
		if r.Chunk, err = link.ParseChunking(row.how); err != nil {
			t.Fatal(err)
		}
		_, list, err := r.run(1, 0, strings.NewReader(row.in))
		if got := fmt.Sprintf("%q", list); got != row.want || err != nil {
			t.Errorf("%s, %s to %s: %s, %v; want %s", row.how, row.from, row.to, got, err, row.want)
		}
	}
}

// Random cuts depend on the seed, the connection and the direction.
func TestRandomChunks(t *testing.T) {
	in := strings.Repeat("0123456789", 2000)
	cuts := func(conn, dir int) string {
		r := rules([2]Side{{Chunk: true}, {Chunk: true}}, io.Discard)
		r.Chunk, _ = link.ParseChunking("random:7")
		got, list, err := r.run(conn, dir, strings.NewReader(in))
		if got != in || err != nil {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		var sizes []int
		for _, w := range list {
			sizes = append(sizes, len(w))
		}
		return fmt.Sprint(sizes)
	}
	first := cuts(1, 0)
	if cuts(1, 0) != first || cuts(2, 0) == first || cuts(1, 1) == first {
		t.Error("random cuts do not depend on connection and direction, or on more")
	}
}

// A frame over --max-frame streams if no fault needs it whole, in constant memory.
func TestLargeStreams(t *testing.T) {
	const size = 256 << 20
	r := rules(sides(t, "u32be", "u32be"), io.Discard)
	r.Faults = faultsOf(t, "drop index=1", "delay 0s:size>5")
	src := io.MultiReader(strings.NewReader("\x10\x00\x00\x00"), io.LimitReader(zeros{}, size), strings.NewReader("\x00\x00\x00\x01a\x00\x00\x00\x01b"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var n counter
	err := r.Copier(relay.Way{Conn: 1}).Copy(&n, src)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; err != nil || n != size+9 || got > 1<<20 {
		t.Errorf("%d bytes, %v; %d bytes of memory", n, err, got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// Only the directions that are asked for are changed.
func TestDirection(t *testing.T) {
	s := sides(t, "lines", "lines")
	s[1].Faults, s[1].Chunk = false, false
	r := rules(s, io.Discard)
	r.Faults = faultsOf(t, "drop index=0")
	if got, _, _ := r.run(1, 0, strings.NewReader("a\nb\n")); got != "b\n" {
		t.Errorf("%q", got)
	}
	if r.Copier(relay.Way{Conn: 1, Dir: 1}) != nil {
		t.Error("the other direction is changed")
	}
}

package pump

import (
	"bytes"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"framecat/commands/internal/input"
	"framecat/commands/internal/peers"
	"framecat/framing"
)

// Going on after damage changes nothing in a stream that is not damaged: not if it is cut
// somewhere, nor if its payloads are whole streams of the same framing.
func TestUndamaged(t *testing.T) {
	specs := []string{"u32be:counts=frame", "u16le:magic=\\xfe\\xed,offset=2", "u16be:magic=\\x00\\x00,offset=2", "u24le:offset=1", "ascii:4"}
	for _, e := range framing.Entries() {
		specs = append(specs, e.Name)
	}
	rounds := 2
	if peers.Long() {
		rounds = 8
	}
	// Each framing has its own streams: a new one changes none of the others.
	random := func(spec string) *rand.Rand {
		return rand.New(rand.NewPCG(8, uint64(crc32.ChecksumIEEE([]byte(spec)))))
	}
	for _, spec := range specs {
		r := random(spec)
		f, err := framing.Parse(spec)
		if err != nil {
			continue // it has no meaning without a number
		}
		for range rounds {
			wire := streamOf(f, 1+r.IntN(60), func(i int) []byte { return natures[r.IntN(len(natures))].make(r, i, "\x00\x01") })
			if len(wire) == 0 {
				continue
			}
			if r.IntN(2) == 0 {
				wire = wire[:1+r.IntN(len(wire))]
			}
			sameAsPlain(t, spec, f, wire)
		}
	}
	for _, spec := range []string{"u32be", "u16be", "u64be", "u32le:offset=4"} {
		f, _ := framing.Parse(spec)
		r := random(spec)
		for range rounds {
			wire := streamOf(f, 60, func(i int) []byte {
				if i%3 > 0 {
					return nil
				}
				return streamOf(f, 30, func(i int) []byte { return natures[r.IntN(2)].make(r, i, "") })
			})
			sameAsPlain(t, spec+", streams in payloads", f, wire)
		}
	}
}

func streamOf(f framing.Framing, count int, payload func(i int) []byte) (wire []byte) {
	for i := range count {
		if w, err := f.Append(wire, framing.Marks{}, payload(i)); err == nil {
			wire = w
		}
	}
	return wire
}

// sameAsPlain compares how a stream is read with and without going on after damage.
func sameAsPlain(t *testing.T, name string, f framing.Framing, wire []byte) {
	t.Helper()
	plain := &collector{}
	Loop(NewReader(bytes.NewReader(wire), f, 0), plain)
	for _, file := range []bool{true, false} {
		if got := readDamaged(f, wire, file); !slices.Equal(got.frames, plain.frames) || !slices.Equal(got.log, plain.log) {
			t.Errorf("%s, file %v: %d frames, %q; want %d, %q", name, file, len(got.frames), got.log, len(plain.frames), plain.log)
		}
	}
}

// A file that grows while it is read has no damaged frame where it ended at first.
func TestUndamagedGrows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	f, _ := framing.Parse("u32be")
	wire := streamOf(f, 400, func(i int) []byte { return natures[0].make(r, i, "") })
	name := filepath.Join(t.TempDir(), "growing")
	begin := len(wire)/2 - 7
	if err := os.WriteFile(name, wire[:begin], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, single := range []bool{false, true} {
		src, err := input.Files([]string{name}, nil, 0, -1)[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		rd := NewReader(src, f, 0)
		GoOn(rd, f, src)
		if err := os.WriteFile(name, wire, 0o600); err != nil { // it is truncated first, but nobody reads it then
			t.Fatal(err)
		}
		c := &collector{single: single}
		if Loop(rd, c); len(c.frames) != 400 || len(c.log) > 0 {
			t.Errorf("%d frames, want 400; %q", len(c.frames), c.log)
		}
		if err := os.WriteFile(name, wire[:begin], 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

package pump

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"framecat/framing"
	"framecat/framing/detect"
)

// The work of going on follows the bytes that are read, whatever they are: the bytes that the
// framing is shown grow as the stream does.
func TestDamageWork(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 9))
	hard := map[string]func(n int) []byte{
		"zeros": func(n int) []byte { return make([]byte, n) }, "ff": func(n int) []byte { return bytes.Repeat([]byte{0xff}, n) },
		"random": func(n int) []byte { return randomBytes(r, n) },
		"chains, broken again and again": func(n int) (b []byte) {
			for len(b) < n {
				for range 6 {
					b = append(b, 0, 0, 0, 9, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')
				}
				b = append(b, 0, 0, 7, 'x', 'y', 'z')
			}
			return b
		},
		"pairs of empty frames": func(n int) []byte {
			return bytes.Repeat([]byte("\x00\x00\x00\x01a\x00\x00\x00\x00\x00\x00\x00\x00"), n/13)
		},
	}
	for name, make := range hard {
		for _, file := range []bool{true, false} {
			work := func(n int) int {
				wire := make(n)
				f, _ := framing.Parse("u32be")
				seen := 0
				rd := NewReader(bytes.NewReader(wire), f, 0)
				if file {
					rd.Size = bytes.NewReader(wire).Size
				}
				rd.Resync = func(f framing.Framing, b []byte, frames []int, ended bool) (bad, next int, ok bool) {
					seen += len(b)
					return detect.Repair(f, b, frames, ended)
				}
				Loop(rd, &collector{})
				return seen
			}
			small, large := work(20_000), work(80_000)
			if large > 6*small+1<<20 {
				t.Errorf("%s, file %v: %d bytes are searched in 20,000, and %d in 80,000", name, file, small, large)
			}
		}
	}
}

// The same where marks are found again and again, and no frame follows.
func TestDamageWorkMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 6))
	wire := randomBytes(r, 300_000)
	for i := 0; i < len(wire); i += 150 {
		copy(wire[i:], "\x16\x03\x03\xff\xff")
	}
	f, _ := framing.Parse("tls")
	seen := 0
	src := bytes.NewReader(wire)
	rd := NewReader(src, f, 0)
	rd.Size = src.Size
	rd.Resync = func(_ framing.Framing, b []byte, frames []int, ended bool) (bad, next int, ok bool) {
		seen += len(b)
		return 0, 0, false
	}
	if Loop(rd, &collector{}); seen > 40*len(wire) {
		t.Errorf("%d bytes are searched in %d", seen, len(wire))
	}
}

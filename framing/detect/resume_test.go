package detect

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"framecat/framing"
)

// natures are kinds of payloads.
var natures = map[string]func(r *rand.Rand, i int) []byte{
	"json": func(r *rand.Rand, i int) []byte {
		b, _ := json.Marshal(map[string]any{"id": i, "name": word(r), "tags": []string{word(r), word(r)}, "x": r.Float64()})
		return b
	},
	"text":   func(r *rand.Rand, i int) []byte { return bytes.Repeat([]byte(word(r)+" "), 1+r.IntN(20)) },
	"random": func(r *rand.Rand, i int) []byte { return noiseOf(r, 1+r.IntN(400)) },
	"zeros":  func(r *rand.Rand, i int) []byte { return make([]byte, 1+r.IntN(300)) },
	"equal":  func(r *rand.Rand, i int) []byte { return noiseOf(r, 100) },
}

func noiseOf(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// After the rest of a damaged frame, Resume finds the next one.
func TestResume(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for _, spec := range []string{"u32be", "u16le:offset=1,magic=M", "u16be", "netstring", "kafka"} {
		f := parse(t, spec)
		for name, payload := range natures {
			right, all := 0, 12
			for n := range all {
				b := framed(t, f, payload(r, 0))
				start := len(b)
				for i := range 40 {
					b = append(b, framed(t, f, payload(r, i))...)
				}
				cut := 1 + n%(start-1)
				if c, ok := Resume(f, b[cut:], true); ok && c.Start == start-cut && c.Frames == 40 && c.Leftover == 0 {
					right++
				} else {
					t.Logf("%s of %s, from byte %d: %v %+v, want %d", spec, name, cut, ok, c, start-cut)
				}
			}
			if 10*right < 9*all {
				t.Errorf("%s of %s: %d of %d", spec, name, right, all)
			}
		}
	}
}

func framed(t testing.TB, f framing.Framing, payload []byte) []byte {
	t.Helper()
	b, err := f.Append(nil, framing.Marks{}, payload)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Bytes without frames have no place to go on.
func TestResumeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	for _, spec := range []string{"u32be", "u16le", "netstring", "resp", "varint"} {
		for name, b := range map[string][]byte{
			"zeros": make([]byte, 1<<13), "ff": bytes.Repeat([]byte{0xff}, 1<<13), "random": noiseOf(r, 1<<13),
			"text": bytes.Repeat([]byte("the quick brown fox "), 400), "digits": bytes.Repeat([]byte("1"), 1<<13), "nothing": nil,
		} {
			if c, ok := Resume(parse(t, spec), b, true); ok {
				t.Errorf("%s, %s: %+v", spec, name, c)
			}
		}
	}
}

// The work is linear in the number of bytes, whatever they are.
func TestResumeWork(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	const n = 1 << 10
	hard := [][]byte{make([]byte, n), bytes.Repeat([]byte{0xff}, n), noiseOf(r, n), bytes.Repeat([]byte("+"), n),
		bytes.Repeat([]byte("$1\r"), n/3), bytes.Repeat([]byte("*1\r\n"), n/4), slices.Repeat([]byte{0, 0, 1, 0}, n/4), bytes.Repeat([]byte("9"), n)}
	for _, e := range framing.Entries() {
		f := parse(t, e.Details().Examples()[0].Spec)
		for i, b := range hard {
			s := newResumption(f, b, i%2 == 0)
			s.findFrames()
			if most := (firstLook + scanBudget) * (len(b) + 2*glance); s.seen > most+len(b) || len(s.steps) > len(b) {
				t.Errorf("%s, input %d: %d frames, %d bytes looked at, of %d", f, i, len(s.steps), s.seen, len(b))
			}
			Resume(f, b, i%2 == 0)
		}
	}
}

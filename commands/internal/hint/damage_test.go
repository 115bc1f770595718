package hint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
	"framecat/framing"
)

// A sample is a stream of good frames, of which payload makes each.
type sample struct {
	name    string
	payload func(r *rand.Rand) string
}

// samples are payloads of several kinds and sizes.
func samples() []sample {
	line := func(r *rand.Rand, n int) string {
		words := strings.Fields("the frame of a message holds its length and then so many bytes which are the payload error warning level user 2026 10.0.0.1")
		s := ""
		for range n {
			s += words[r.Intn(len(words))] + " "
		}
		return s
	}
	noise := func(r *rand.Rand, n int) string {
		b := make([]byte, n)
		r.Read(b)
		return string(b)
	}
	return []sample{
		{"text", func(r *rand.Rand) string { return line(r, 1+r.Intn(12)) }},
		{"long text", func(r *rand.Rand) string { return line(r, 20+r.Intn(60)) }},
		{"JSON", func(r *rand.Rand) string {
			return fmt.Sprintf(`{"id":%d,"text":%q,"ok":true}`, r.Intn(1e6), line(r, 1+r.Intn(5)))
		}},
		{"noise", func(r *rand.Rand) string { return noise(r, 1+r.Intn(100)) }},
		{"long noise", func(r *rand.Rand) string { return noise(r, 300+r.Intn(700)) }},
		{"zeros", func(r *rand.Rand) string { return noise(r, 4) + strings.Repeat("\x00", r.Intn(40)) }},
		{"integers", func(r *rand.Rand) string {
			s := ""
			for range 1 + r.Intn(8) {
				s += length32(uint32(r.Intn(300)))
			}
			return s
		}},
		{"one size", func(r *rand.Rand) string { return noise(r, 24) }},
	}
}

// frames returns a stream of n frames of f, and where each starts.
func frames(f framing.Framing, s sample, seed int64, n int) (stream []byte, starts []int) {
	r := rand.New(rand.NewSource(seed))
	for range n {
		starts = append(starts, len(stream))
		stream, _ = f.Append(stream, framing.Marks{}, []byte(s.payload(r)))
	}
	return stream, starts
}

// explained reads a stream and returns its first fault and the hints of it. Only arrived bytes
// have come before the fault; of a file, the bytes after them can be seen.
func explained(t *testing.T, f framing.Framing, limit int64, stream []byte, arrived int, file bool) (e *framing.Error, hints []string) {
	t.Helper()
	src := io.MultiReader(bytes.NewReader(stream[:arrived]), bytes.NewReader(stream[arrived:]))
	r := framing.NewReader(src, f)
	r.Max, r.HeadSize, r.BufferSize = limit, HeadSize, 16<<10
	h := New(r)
	if file {
		h.Place.Ahead = func() ([]byte, bool) {
			const most = 32 << 10
			b, _ := io.ReadAll(io.LimitReader(src, most))
			return b, len(b) < most
		}
	}
	for {
		b, err := r.NextBatch()
		if err == nil {
			h.Saw(&b)
			continue
		}
		if err == io.EOF {
			return nil, nil
		}
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		return e, h.Hints(f, r, e)
	}
}

// After good frames, a length with a wrong bit is damage: hints name the last good frame. In nearly
// all streams they find a place where frames go on, which is the start of one.
func TestDamagedLength(t *testing.T) {
	for _, row := range []struct {
		spec               string
		least, most, wrong int // faults that are named, at least, of so many; places that are none
	}{
		{"u32be", 64, 64, 0},
		{"u32le", 64, 64, 0},
		{"u64be", 126, 126, 0},
		{"u16be", 27, 30, 0},
		{"varint", 9, 16, 3}, // frames are read from any place on, and the fault comes much later
		{"netstring", 48, 48, 0},
		{"postgres", 64, 64, 0},
		{"docker", 69, 69, 0},
		{"kafka", 64, 64, 0},
	} {
		faults, named, wrong := 0, 0, 0
		for _, s := range samples() {
			whole, starts := frames(parsed(row.spec), s, 7, 60)
			at := starts[30]
			for k := range 2 * min(8, starts[31]-at) {
				b := bytes.Clone(whole)
				b[at+k/2] ^= []byte{1, 0x20}[k%2]
				e, hints := explained(t, parsed(row.spec), mib, b, len(b), true)
				if e == nil || e.Frame < 2 {
					continue
				}
				faults++
				all := strings.Join(hints, "\n")
				_, place, found := strings.Cut(all, "go on at byte ")
				n, _ := strconv.Atoi(place)
				if strings.Contains(all, "this frame is damaged") {
					named++
				} else {
					t.Logf("%s, %s, case %d: %v: %q", row.spec, s.name, k, e, all)
				}
				if found && !slices.Contains(starts, n) {
					wrong++
				}
			}
		}
		if faults != row.most || named < row.least || wrong > row.wrong {
			t.Errorf("%s: %d faults, %d named, %d wrong; want %d, %d, %d", row.spec, faults, named, wrong, row.most, row.least, row.wrong)
		}
	}
}

// A frame that is longer than all before it is no damage, if the bytes of its payload follow.
func TestLargeFrame(t *testing.T) {
	for i, spec := range []string{"u32be", "u32le", "u64be", "varint", "netstring", "postgres", "kafka", "grpc"} {
		f := parsed(spec)
		all := samples()
		for j, s := range all {
			if (i+j)%2 > 0 || !peers.Long() && (i+j)%4 > 0 {
				continue
			}
			for _, large := range []sample{all[j], all[(i+j+3)%len(all)]} {
				b, starts := frames(f, s, 7, 100)
				at := len(b)
				r := rand.New(rand.NewSource(3))
				var payload []byte
				for len(payload) < 80<<10 {
					payload = append(payload, large.payload(r)...)
				}
				b, _ = f.Append(b, framing.Marks{}, payload)
				for _, arrived := range []int{at + 5000, len(b)} {
					_, hints := explained(t, f, 64<<10, b, arrived, arrived == len(b))
					if all := strings.Join(hints, "\n"); !strings.Contains(all, "--max-frame 128KiB") {
						t.Errorf("%s, %s after %s, %d frames, %d bytes have arrived: %q", spec, large.name, s.name, len(starts), arrived, all)
					}
				}
			}
		}
	}
}

// One wrong magic after many good frames is damage. The hint does not advise to read without it.
func TestDamagedMagic(t *testing.T) {
	const spec = "u16le:offset=2,magic=0xcafe"
	whole, starts := frames(parsed(spec), samples()[0], 7, 60)
	whole[starts[30]] ^= 1
	_, hints := explained(t, parsed(spec), mib, whole, len(whole), true)
	all := strings.Join(hints, "\n")
	if !strings.Contains(all, "frame 29 at byte") || !strings.Contains(all, fmt.Sprintf("go on at byte %d", starts[31])) {
		t.Errorf("got %q, want the last good frame and where frames go on", all)
	}
}

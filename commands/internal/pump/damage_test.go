package pump

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"framecat/commands/internal/input"
	"framecat/framing"
)

// natures are kinds of payloads; mark is what frames begin with, if anything.
var natures = []struct {
	name string
	make func(r *rand.Rand, i int, mark string) []byte
}{
	{"json", func(r *rand.Rand, i int, _ string) []byte {
		return fmt.Appendf(nil, `{"id":%d,"name":"user %d","tags":["%x","%x"],"ok":%t,"ratio":%g}`, i, r.IntN(1000), r.Uint32(), r.IntN(99), r.IntN(2) == 0, r.Float64())
	}},
	{"text", func(r *rand.Rand, _ int, _ string) []byte {
		words := strings.Fields("it was the best of times, it was the worst of times, it was the age of wisdom")
		var b []byte
		for range 1 + r.IntN(60) {
			b = append(append(b, words[r.IntN(len(words))]...), ' ')
		}
		return b
	}},
	{"random", func(r *rand.Rand, _ int, _ string) []byte { return randomBytes(r, 1+r.IntN(400)) }},
	{"zeros", func(r *rand.Rand, _ int, _ string) []byte { return make([]byte, 1+r.IntN(400)) }},
	{"equal", func(r *rand.Rand, _ int, _ string) []byte { return randomBytes(r, 120) }},
	{"marks", func(r *rand.Rand, _ int, mark string) []byte {
		b := randomBytes(r, 20+r.IntN(200))
		for range 1 + len(b)/20 {
			copy(b[r.IntN(len(b)):], mark)
		}
		return b
	}},
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// A damageCase is a framing whose length fields are damaged.
type damageCase struct {
	spec   string
	mark   string
	least  float64 // the share of undamaged frames that must come back
	length func(frame []byte) (from, to int)
	frame  func(payload []byte) []byte // nil is what the framing writes
}

var damageCases = []damageCase{
	{"u32be", "\x00\x00\x00\x10", 0.90, func([]byte) (int, int) { return 0, 4 }, nil},
	{"u16le:magic=\\xfe\\xed,offset=2", "\xfe\xed", 0.97, func([]byte) (int, int) { return 2, 4 }, nil},
	{"u16le:magic=M,offset=1", "M", 0.97, func([]byte) (int, int) { return 1, 3 }, nil},
	{"netstring", "12:", 0.97, func(f []byte) (int, int) { return 0, bytes.IndexByte(f, ':') + 1 }, nil},
	{"lines", "\n", 0.97, func(f []byte) (int, int) { return len(f) - 1, len(f) }, func(p []byte) []byte {
		return append(bytes.ReplaceAll(p, []byte("\n"), []byte("\r")), '\n')
	}},
	{"resp", "\r\n", 0.97, func(f []byte) (int, int) { return 1, bytes.IndexByte(f, '\n') + 1 }, func(p []byte) []byte {
		return fmt.Appendf(nil, "$%d\r\n%s\r\n", len(p), p)
	}},
}

// A readFrame is a frame that came back.
type readFrame struct {
	offset  int64
	payload string
}

// collector is a Handler that keeps the frames and goes on after each fault.
type collector struct {
	Handler
	single bool // read frames one by one
	frames []readFrame
	log    []string
}

func (c *collector) Next(r *framing.Reader) error {
	if c.single {
		f, err := r.Next()
		if err == nil {
			c.frames = append(c.frames, readFrame{f.Offset, string(f.Payload)})
		}
		return err
	}
	b, err := r.NextBatch()
	for i := range b.Frames {
		f := b.Frame(i)
		c.frames = append(c.frames, readFrame{f.Offset, string(f.Payload)})
	}
	return err
}

func (c *collector) Fault(r *framing.Reader, e *framing.Error) error {
	c.log = append(c.log, e.Error())
	return nil
}

func (c *collector) Skipped(r *framing.Reader, n int64, err error) error {
	c.log = append(c.log, fmt.Sprint("skipped ", n, " ", err != nil))
	return err
}

// readDamaged decodes a file as decode --on-error skip does.
func readDamaged(t testing.TB, f framing.Framing, wire []byte) *collector {
	t.Helper()
	r := NewReader(bytes.NewReader(wire), f, 0)
	GoOn(r, f, &input.Source{End: int64(len(wire))})
	c := &collector{}
	Loop(r, c)
	return c
}

// A file of 200 frames, with one byte of one length damaged: nearly all the other frames come
// back, and nothing else but pieces of the damaged one.
func TestDamage(t *testing.T) {
	full := os.Getenv("FRAMECAT_DAMAGE") != ""
	for _, c := range damageCases {
		for _, nature := range natures {
			c.measure(t, nature.name, nature.make, full)
		}
	}
}

// wire returns a stream of frames.
func (c *damageCase) wire(t testing.TB, f framing.Framing, r *rand.Rand, payload func(*rand.Rand, int, string) []byte, count int) (wire []byte) {
	t.Helper()
	for i := range count {
		p := payload(r, i, c.mark)
		var err error
		if c.frame != nil {
			wire = append(wire, c.frame(p)...)
		} else if wire, err = f.Append(wire, framing.Marks{}, p); err != nil {
			t.Fatal(err)
		}
	}
	return wire
}

func (c *damageCase) measure(t *testing.T, name string, payload func(*rand.Rand, int, string) []byte, full bool) {
	const count = 200
	f, err := framing.Parse(c.spec)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(uint64(len(c.spec)), uint64(len(name))))
	wire := c.wire(t, f, r, payload, count)
	whole := readDamaged(t, f, wire)
	if len(whole.frames) != count || len(whole.log) > 0 {
		t.Fatalf("%s of %s: %d frames, %v", c.spec, name, len(whole.frames), whole.log)
	}
	var starts []int
	var payloads []string
	for _, f := range whole.frames {
		starts, payloads = append(starts, int(f.offset)), append(payloads, f.payload)
	}
	starts = append(starts, len(wire))
	back, all, pieces, invented, files, cutAlike := 0, 0, 0, 0, 0, 0
	shown := 0
	for k := range count {
		from, to := c.length(wire[starts[k]:starts[k+1]])
		for at := from; at < to; at++ {
			for _, flip := range []byte{0xff, 1, 2, 4, 8, 16, 32, 64, 128} {
				if !full && r.IntN(300) > 0 {
					continue
				}
				bad := bytes.Clone(wire)
				bad[starts[k]+at] ^= flip
				got := readDamaged(t, f, bad)
				files++
				all += count - 1
				i, b0, inv := 0, 0, 0
				for _, g := range got.frames {
					for i < count && int64(starts[i]) < g.offset {
						i++
					}
					switch {
					case i < count && i != k && int64(starts[i]) == g.offset && payloads[i] == g.payload:
						b0++
					case g.offset >= int64(starts[k]) && g.offset < int64(starts[k+1]):
						if pieces++; g.offset+int64(len(g.payload)) > int64(starts[k+1]) && g.offset > int64(starts[k]) {
							inv++
						}
					default:
						inv++
					}
				}
				back += b0
				invented += inv
				if (b0 < count-2 || inv > 0) && shown < 3 {
					shown++
					t.Logf("%s of %s: frame %d at %d, byte %d ^ %#x: %d back, %d invented: %q", c.spec, name, k, starts[k], at, flip, b0, inv, got.log)
				}
				_ = cutAlike
			}
		}
	}
	share := float64(back) / float64(all)
	t.Logf("%-32s %-7s %5d files: %6.2f %% back, %d pieces of the damaged frame, %d invented", c.spec, name, files, 100*share, pieces, invented)
	if share < c.least || invented > 0 {
		t.Errorf("%s of %s: %.4f of the frames came back, want %.2f; %d were invented", c.spec, name, share, c.least, invented)
	}
}

// How a damaged stream is cut into reads has no influence on frames, errors and what is skipped,
// neither in a file nor from a pipe.
func TestDamageCuts(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		for _, c := range damageCases {
			f, _ := framing.Parse(c.spec)
			for _, nature := range natures {
				wire := damage(r, c.wire(t, f, r, nature.make, 1+r.IntN(120)))
				for _, file := range []bool{true, false} {
					read := func(src io.Reader, single bool) *collector {
						rd := NewReader(src, f, 0)
						if file {
							GoOn(rd, f, &input.Source{End: int64(len(wire))})
						} else {
							Resync(rd, f)
						}
						got := &collector{single: single}
						Loop(rd, got)
						return got
					}
					want := read(bytes.NewReader(wire), false)
					for name, src := range map[string]io.Reader{
						"random cuts": &cuts{wire, r}, "data with EOF": iotest.DataErrReader(bytes.NewReader(wire)), "single bytes": iotest.OneByteReader(bytes.NewReader(wire)),
					} {
						got := read(src, r.IntN(2) == 0)
						if !slices.Equal(got.frames, want.frames) || !slices.Equal(got.log, want.log) {
							t.Fatalf("%s of %s, file %v, %s: %d frames, want %d\n%q\nwant\n%q", c.spec, nature.name, file, name, len(got.frames), len(want.frames), got.log, want.log)
						}
					}
				}
			}
		}
	}
}

// cuts is a source that is cut into reads of random sizes.
type cuts struct {
	data []byte
	rnd  *rand.Rand
}

func (c *cuts) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1+c.rnd.IntN(1000))], c.data)
	c.data = c.data[n:]
	return n, nil
}

// damage damages a stream in up to three places: bytes change, are lost, or come twice.
func damage(r *rand.Rand, wire []byte) []byte {
	for range 1 + r.IntN(3) {
		at, n := r.IntN(len(wire)), 1+r.IntN(20)
		end := min(len(wire), at+n)
		switch r.IntN(4) {
		case 0:
			wire = slices.Delete(wire, at, end)
		case 1:
			wire = slices.Insert(wire, at, bytes.Clone(wire[at:end])...)
		case 2:
			copy(wire[at:end], randomBytes(r, n))
		default:
			wire[at] ^= 1 << r.IntN(8)
		}
		if len(wire) == 0 {
			return []byte{0}
		}
	}
	return wire
}

package pump

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"framecat/commands/internal/input"
	"framecat/commands/internal/peers"
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

// readDamaged decodes a file or a pipe as decode --on-error skip does.
func readDamaged(f framing.Framing, wire []byte, file bool) *collector {
	r := NewReader(bytes.NewReader(wire), f, 0)
	src := &input.Source{}
	if file {
		src.End = int64(len(wire))
	}
	GoOn(r, f, src)
	c := &collector{}
	Loop(r, c)
	return c
}

// A file of 200 frames, with one byte of one length damaged: nearly all the other frames come
// back, and nothing else but pieces of the damaged one. One of 300 damages is tried;
// FRAMECAT_DAMAGE=1 tries all, which takes half an hour, and 20 one of 20.
func TestDamage(t *testing.T) {
	every, err := strconv.Atoi(os.Getenv("FRAMECAT_DAMAGE"))
	if err != nil || every < 1 {
		every = 300
	}
	for _, c := range damageCases {
		f, err := framing.Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, nature := range natures {
			r := rand.New(rand.NewPCG(uint64(len(c.spec)), uint64(len(nature.name))))
			m := measure{t: t, damageCase: c, f: f, r: r, wire: c.wire(t, f, r, nature.make, 200), file: true}
			m.run(every)
			share := float64(m.back) / float64(m.all)
			t.Logf("%-32s %-7s %5d files: %6.2f %% back, %d pieces of the damaged frame, %d invented", c.spec, nature.name, m.files, 100*share, m.pieces, m.invented)
			most := 0
			if nature.name == "zeros" || nature.name == "marks" { // they look like frames: not always can be shown that they are not
				most = m.all / 100
			}
			if share < c.least || m.invented > most {
				t.Errorf("%s of %s: %.4f of the frames came back, want %.2f; %d were invented", c.spec, nature.name, share, c.least, m.invented)
			}
		}
	}
}

// A measure counts what comes back of damaged streams.
type measure struct {
	damageCase
	t    *testing.T
	f    framing.Framing
	r    *rand.Rand
	wire []byte
	file bool

	good                               []readFrame
	files, all, back, pieces, invented int
}

// run damages each byte of each length in nine ways, or one of so many.
func (m *measure) run(every int) {
	whole := readDamaged(m.f, m.wire, m.file)
	if len(whole.log) > 0 {
		m.t.Fatalf("%s, not damaged: %q", m.spec, whole.log)
	}
	m.good = append(whole.frames, readFrame{offset: int64(len(m.wire))})
	for k, g := range whole.frames {
		from, to := m.length(m.wire[g.offset:m.good[k+1].offset])
		for at := from; at < to; at++ {
			for _, flip := range []byte{0xff, 1, 2, 4, 8, 16, 32, 64, 128} {
				if m.r.IntN(every) == 0 {
					bad := bytes.Clone(m.wire)
					bad[int(g.offset)+at] ^= flip
					m.count(k, readDamaged(m.f, bad, m.file))
				}
			}
		}
	}
}

// count counts the frames of a stream whose frame k is damaged.
func (m *measure) count(k int, got *collector) {
	m.files++
	m.all += len(m.good) - 2
	start, end := m.good[k].offset, m.good[k+1].offset
	i, invented := 0, 0
	for _, g := range got.frames {
		for m.good[i].offset < g.offset {
			i++
		}
		switch {
		case i != k && m.good[i] == g:
			m.back++
		case g.offset == start, g.offset > start && g.offset+int64(len(g.payload)) <= end:
			m.pieces++
		default:
			invented++
		}
	}
	if m.invented += invented; invented > 0 {
		if m.file { // from a pipe, damaged frames come back too
			m.t.Logf("frame %d of %s: %d invented; %q", k, m.spec, invented, got.log)
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

// How a damaged stream is cut into reads has no influence on frames, errors and what is skipped,
// neither in a file nor from a pipe.
func TestDamageCuts(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	rounds := 1
	if peers.Long() {
		rounds = 3
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

// From a pipe each frame is returned as soon as it is complete, so a damaged one may come back too,
// with what it has swallowed; but most of the other frames come back.
func TestDamageOnPipe(t *testing.T) {
	every := 900
	if peers.Long() {
		every = 300
	}
	for _, c := range damageCases {
		f, err := framing.Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		m := measure{t: t, damageCase: c, f: f}
		for _, nature := range natures {
			m.r = rand.New(rand.NewPCG(uint64(len(c.spec)), uint64(len(nature.name))))
			m.wire = c.wire(t, f, m.r, nature.make, 200)
			m.run(every)
		}
		share := float64(m.back) / float64(m.all)
		t.Logf("%-32s %5d streams: %6.2f %% back", c.spec, m.files, 100*share)
		if share < c.least {
			t.Errorf("%s: %.4f of the frames came back, want %.2f", c.spec, share, c.least)
		}
	}
}

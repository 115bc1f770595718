package detect

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecat/framing"
)

// A layout is a frame of a protocol that nobody has named: a length field, and what is around it.
type layout struct {
	spec string
	// fill are what is written over the bytes of the header that are neither magic nor length.
	fill []func(r *rand.Rand, i int) byte
	at   []int // where they are
}

// frames appends n frames with payloads of one nature, and returns where they end.
func (l *layout) frames(t testing.TB, r *rand.Rand, n int, payload func(*rand.Rand, int) []byte) (b []byte, ends []int) {
	f := parse(t, l.spec)
	for i := range n {
		p := payload(r, i)
		for {
			out, err := f.Append(b, l.marks(t, r, i, f, p), p)
			if err == nil {
				b = out
				break
			}
			if len(p) == 0 {
				t.Fatalf("%s: %v", l.spec, err)
			}
			p = p[:len(p)/2]
		}
		ends = append(ends, len(b))
	}
	return b, ends
}

// marks are a header with other bytes filled in, to imitate.
func (l *layout) marks(t testing.TB, r *rand.Rand, i int, f framing.Framing, payload []byte) framing.Marks {
	if len(l.fill) == 0 {
		return framing.Marks{}
	}
	b, err := f.Append(nil, framing.Marks{}, payload)
	if err != nil {
		return framing.Marks{}
	}
	e, err := f.Scan(b, &framing.Cursor{EOF: true})
	if err != nil {
		t.Fatalf("%s: %v", l.spec, err)
	}
	for k, at := range l.at {
		b[at] = l.fill[k](r, i)
	}
	return framing.Marks{Header: b[:e.Header], Trailer: b[len(b)-e.Trailer:]}
}

// layoutNatures are what the payloads of unknown protocols are like.
var layoutNatures = []struct {
	name    string
	payload func(r *rand.Rand, i int) []byte
}{
	{"JSON", natures["json"]},
	{"text", func(r *rand.Rand, _ int) []byte {
		var b strings.Builder
		sentence(r, &b, 2+r.IntN(12))
		return []byte(b.String())
	}},
	{"random", func(r *rand.Rand, _ int) []byte { return noiseOf(r, 1+r.IntN(200)) }},
	{"equal", func(r *rand.Rand, _ int) []byte { return noiseOf(r, 40) }},
	{"numbers", func(r *rand.Rand, i int) (b []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(1000+i))
		for range 1 + r.IntN(8) {
			b = binary.BigEndian.AppendUint16(b, uint16(2000+r.IntN(50)))
		}
		return b
	}},
	{"fields", func(r *rand.Rand, i int) (b []byte) { // as protobuf writes them
		b = append(b, 0x08, byte(i&0x7f), 0x10, byte(1+r.IntN(3)))
		s := word(r)
		b = append(append(b, 0x1a, byte(len(s))), s...)
		if r.IntN(2) == 0 {
			b = append(b, 0x20, 1)
		}
		return b
	}},
}

// syncLayouts are usual layouts with sync words.
var syncLayouts = []string{
	`u16le:offset=2,magic=0xaa55`,
	`u16be:offset=2,magic=0xaa55`,
	`u16be:offset=1,magic=0xa5`,
	`u8:offset=2,magic=0xaa55`,
	`u8:offset=2,magic=0x7e01`,
	`u16le:offset=3,magic=0xaa5501`,
	`u32le:offset=4,magic=0xdeadbeef`,
	`u32be:offset=4,magic=0xdeadbeef`,
	`u16be:offset=2,counts=frame,magic=0xeb90`,
	`u16le:offset=2,magic=0xaa55,crc=crc16-ccitt,crc-counted=no`,
	`u16le:offset=2,magic=0xaa55,crc=crc16-modbus,crc-from=0`,
	`u16be:offset=4,magic=0xfaf320ff`,
	`u24be:offset=2,magic=0x5aa5,crc=crc32`,
}

// Usual layouts with sync words are found with their magic and their checksum.
func TestDetectSyncWords(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 4))
	sizes := []int{20}
	if long() {
		sizes = []int{20, 200}
	}
	for _, frames := range sizes {
		right, all := 0, 0
		for _, spec := range syncLayouts {
			for _, nature := range layoutNatures[:4] {
				l := layout{spec: spec}
				b, ends := l.frames(t, r, frames, nature.payload)
				all++
				got := Detect(b[:min(len(b), 16<<10)], len(b) <= 16<<10)
				switch {
				case len(got) > 0 && got[0].Bits >= MinBits && got[0].Spec == parse(t, spec).String():
					right++
				case len(got) > 0 && got[0].Bits >= MinBits && !endsAt(t, got[0], b, ends):
					t.Errorf("%d frames of %s in %s: %s", frames, nature.name, spec, show(got))
				default:
					t.Logf("%d frames of %s in %s: %s", frames, nature.name, spec, show(got))
				}
			}
		}
		t.Logf("%d frames: %d of %d", frames, right, all)
		if 20*right < 19*all {
			t.Errorf("%d frames: only %d of %d have the right spec", frames, right, all)
		}
	}
}

// endsAt reports whether the candidate cuts b into frames that end where the frames do.
func endsAt(t testing.TB, c Candidate, b []byte, want []int) bool {
	got := ends(t, c.Spec, b, c.Start)
	hits := 0
	for _, e := range got {
		if _, ok := slices.BinarySearch(want, e); ok {
			hits++
		}
	}
	return 10*hits >= 9*len(got) && 10*hits >= 9*len(want)-20
}

// Frames are found from the place where they begin, even if other places seem to prove more.
func TestDetectPlaces(t *testing.T) {
	fills := map[rune]func(r *rand.Rand, i int) byte{
		't': func(r *rand.Rand, _ int) byte { return byte(1 + r.IntN(4)) },
		'c': func(_ *rand.Rand, i int) byte { return byte(i) },
		'0': func(*rand.Rand, int) byte { return 0 },
		'r': func(r *rand.Rand, _ int) byte { return byte(r.Uint32()) },
		'.': nil,
	}
	for _, row := range []struct {
		spec   string
		header string // a type, a counter, a zero, any byte; a dot is a byte that the spec sets
		nature string
	}{
		{"u8:offset=5", "ctrrc.", "fields"},                                   // a byte later, the first one of the payload is the last of the header
		{"u8:offset=6,counts=frame", "rctrtr.", "text"},                       // payloads end in a full stop and a space
		{"u16be:offset=2,counts=frame", "0t..", "equal"},                      // four records are a frame of x11, if not from the start on
		{"u8:offset=7,counts=frame", "tttttrr.", "equal"},                     // from byte 7 on, u8:counts=frame finds the same sizes
		{"u8:offset=4,counts=frame,crc=crc32c,crc-from=0", "rrrr.", "random"}, // such lengths prove nothing, but the checksums do
	} {
		var l layout
		l.spec = row.spec
		for at, c := range row.header {
			if f := fills[c]; f != nil {
				l.at, l.fill = append(l.at, at), append(l.fill, f)
			}
		}
		for _, nature := range layoutNatures {
			if nature.name != row.nature {
				continue
			}
			for seed := range uint64(5) {
				b, ends := l.frames(t, rand.New(rand.NewPCG(7, seed)), 50, nature.payload)
				if got := Detect(b, true); len(got) == 0 || got[0].Bits < MinBits || !endsAt(t, got[0], b, ends) {
					t.Errorf("%s in %s: %s", nature.name, row.spec, show(got))
				}
			}
		}
	}
}

// drawLayout draws a layout: a length field of 1 to 4 bytes at offset 0 to 8, what it counts, maybe
// magic, a type, a checksum.
func drawLayout(r *rand.Rand) (l layout) {
	size, offset := 1+r.IntN(4), r.IntN(9)
	spec := fmt.Sprintf("u%d", 8*size)
	if size > 1 {
		spec += []string{"be", "le"}[r.IntN(2)]
	}
	args := []string{fmt.Sprintf("offset=%d", offset)}
	magic := 0
	if offset > 0 && r.IntN(2) == 0 {
		magic = 1 + r.IntN(min(4, offset))
		word := noiseOf(r, magic)
		args = append(args, fmt.Sprintf("magic=0x%x", word))
	}
	after := 0 // bytes between the length and the payload
	if r.IntN(4) == 0 {
		after = 1 + r.IntN(4)
		args = append(args, fmt.Sprintf("header=%d", offset+size+after))
	}
	counts := []string{"rest", "frame", "payload"}[r.IntN(3)]
	args = append(args, "counts="+counts)
	if r.IntN(3) == 0 {
		crc := []string{"crc32", "crc32c", "crc16-ccitt", "crc16-modbus", "crc16-xmodem-le", "xor8", "sum8", "crc8"}[r.IntN(8)]
		args = append(args, "crc="+crc)
		if r.IntN(2) == 0 {
			args = append(args, fmt.Sprintf("crc-from=%d", []int{0, magic}[r.IntN(2)]))
		}
		if counts == "payload" && r.IntN(2) == 0 {
			args = append(args, "crc-counted=no")
		}
	}
	l.spec = spec + ":" + strings.Join(args, ",")
	kinds := []func(r *rand.Rand, i int) byte{
		func(r *rand.Rand, _ int) byte { return byte(1 + r.IntN(4)) }, // a type
		func(_ *rand.Rand, i int) byte { return byte(i) },             // a counter
		func(*rand.Rand, int) byte { return 0 },
		func(r *rand.Rand, _ int) byte { return byte(r.Uint32()) },
	}
	for at := magic; at < offset+size+after; at++ {
		if at < offset || at >= offset+size {
			l.at, l.fill = append(l.at, at), append(l.fill, kinds[r.IntN(len(kinds))])
		}
	}
	return l
}

// drawn is how many layouts are drawn. FRAMECAT_LAYOUTS=1000 takes some minutes, and prints how
// many frames it takes to find them.
func drawn() int {
	if n, err := strconv.Atoi(os.Getenv("FRAMECAT_LAYOUTS")); err == nil {
		return n
	}
	return 18
}

// Protocols that were drawn by lot are cut at the right places, or not at all.
func TestDetectLayouts(t *testing.T) {
	counts := []int{50}
	if os.Getenv("FRAMECAT_LAYOUTS") != "" {
		counts = []int{3, 5, 8, 12, 20, 30, 50, 100}
		if n, err := strconv.Atoi(os.Getenv("FRAMECAT_LAYOUT_FRAMES")); err == nil {
			counts = []int{n}
		}
	}
	for _, frames := range counts {
		r := rand.New(rand.NewPCG(1000, 8))
		right, wrong, all := 0, 0, 0
		for i := range drawn() {
			l := drawLayout(r)
			nature := layoutNatures[i%len(layoutNatures)]
			b, ends := l.frames(t, r, frames, nature.payload)
			if len(b) > 64<<10 {
				b = b[:64<<10]
				n, _ := slices.BinarySearch(ends, len(b)+1)
				ends = ends[:n]
			}
			all++
			got := Detect(b, true)
			switch {
			case len(got) == 0 || got[0].Bits < MinBits || got[0].Frames == 0:
				t.Logf("%d frames of %s in %s are unknown: %s", frames, nature.name, l.spec, show(got))
			case endsAt(t, got[0], b, ends):
				right++
			default:
				wrong++
				t.Logf("WRONG: %d frames of %s in %s: %s", frames, nature.name, l.spec, show(got))
			}
		}
		t.Logf("%3d frames: %d of %d right, %d wrong", frames, right, all, wrong)
		if wrong > all/100 || frames >= 50 && 20*right < 19*all {
			t.Errorf("%d frames: %d of %d right, %d wrong", frames, right, all, wrong)
		}
	}
}

package detect

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecat/framing"
)

// A recorded is a stream of the captures.
type recorded struct {
	Name, File, Spec string
	data             []byte
}

func recordings(t testing.TB) (out []recorded) {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/captures/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	for i := range out {
		if out[i].data, err = os.ReadFile("../../testdata/captures/" + out[i].File); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func parse(t testing.TB, spec string) framing.Framing {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ends are where the frames of spec end in b, from start.
func ends(t testing.TB, spec string, b []byte, start int) (out []int) {
	d := &detector{b: b}
	parts, _ := d.walk(parse(t, spec), start, "")
	for _, p := range parts {
		if !p.cut {
			out = append(out, p.end)
		}
	}
	return out
}

// cutsAlike reports whether the candidate cuts b into the frames that spec does, from
// some frame on.
func cutsAlike(t testing.TB, c Candidate, spec string, b []byte, start int) bool {
	want, got := ends(t, spec, b, start), ends(t, c.Spec, b, c.Start)
	n := min(len(want), len(got), 8)
	return n > 0 && slices.Equal(want[len(want)-n:], got[len(got)-n:])
}

// sure are the candidates that a caller would take.
func sure(b []byte, ended bool) []Candidate {
	out := Detect(b, ended)
	for i := range out {
		if out[i].Bits < MinBits {
			return out[:i]
		}
	}
	return out
}

// The first 20 KB of each recorded stream name its framing, and nothing else is
// named for one; too small is that of streams with no or hardly a whole frame in it.
func TestDetectCaptures(t *testing.T) {
	tooSmall := map[string]string{
		"tiny_empty_stream": "", "tiny_half_header": "", "tiny_lsp_cut_in_header_end": "", "tiny_netstring_no_comma": "",
		"tw_int16":      "three whole frames of random bytes",
		"kafka_server":  "two whole frames, among arrays of small numbers",
		"tw_line_multi": "a string that comes 23 times, which is no proof that it is a delimiter",
		"protodelim_go": "eleven whole frames after a byte or two of length",
	}
	first, all := 0, 0
	for _, c := range recordings(t) {
		b := c.data[:min(len(c.data), 20<<10)]
		got := Detect(b, len(b) == len(c.data))
		_, small := tooSmall[c.Name]
		found := len(got) > 0 && (got[0].Spec == c.Spec || cutsAlike(t, got[0], c.Spec, b, 0))
		if found || len(b) < 40 && (len(got) == 0 || got[0].Bits < MinBits) {
			first++
		}
		all++
		switch {
		case !found && len(b) >= 40 && (!small || len(got) > 0 && got[0].Bits >= MinBits):
			t.Errorf("%s: %s expected, got %s", c.Name, c.Spec, show(got))
		case !small && len(b) >= 40 && got[0].Bits < MinBits:
			t.Errorf("%s: %s has %.1f bits only", c.Name, c.Spec, got[0].Bits)
		}
		t.Logf("%-26s %-22s %6d %s", c.Name, c.Spec, len(b), show(got[:min(1, len(got))]))
	}
	if t.Logf("%d of %d first", first, all); 20*first < 19*all {
		t.Errorf("only %d of %d captures have their framing first", first, all)
	}
}

func show(got []Candidate) string {
	var b strings.Builder
	for _, c := range got[:min(3, len(got))] {
		fmt.Fprintf(&b, "%s: %.1f bits, %d frames from %d, leftover %d, also %v; ", c.Spec, c.Bits, c.Frames, c.Start, c.Leftover, c.Aliases)
	}
	return b.String()
}

// long reports whether properties are tried with many streams: FRAMECAT_LONG is set, as it is by .ci/run.
// Otherwise a few must do.
func long() bool { return os.Getenv("FRAMECAT_LONG") != "" && !testing.Short() }

// Streams that start inside a frame or end in one are detected too, if a later frame
// begins within the first 4 KiB and there are enough after it.
func TestDetectPieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 8))
	right, wrong, all := 0, 0, 0
	for _, c := range recordings(t) {
		for range 2 {
			marks := ends(t, c.Spec, c.data, 0)
			if len(marks) < 12 || len(c.data) < 2<<10 || c.Name == "tw_line_multi" { // see TestDetectCaptures
				continue
			}
			from := 1 + rnd.IntN(marks[len(marks)-10])
			b := c.data[from:min(len(c.data), from+(16<<10)+rnd.IntN(8<<10))]
			i, _ := slices.BinarySearch(marks, from)
			j, _ := slices.BinarySearch(marks, from+len(b))
			if start := marks[i] - from; start > 3<<10 || j-i < 10 {
				continue
			}
			all++
			got := sure(b, from+len(b) == len(c.data))
			switch {
			case len(got) == 0:
				t.Logf("%s is not detected from byte %d: %s", c.Name, from, show(Detect(b, from+len(b) == len(c.data))))
			case cutsAlike(t, got[0], c.Spec, b, marks[i]-from):
				right++
			default:
				wrong++
				t.Logf("%s (%s) from byte %d: %s", c.Name, c.Spec, from, show(got))
			}
		}
	}
	t.Logf("%d pieces: %d right, %d wrong", all, right, wrong)
	if 4*right < 3*all || 20*wrong > all {
		t.Errorf("%d of %d pieces right, %d wrong", right, all, wrong)
	}
}

// blobs is how many streams without a framing are tried. FRAMECAT_BLOBS=1000 takes a
// minute.
func blobs() int {
	if n, err := strconv.Atoi(os.Getenv("FRAMECAT_BLOBS")); err == nil {
		return n
	}
	return 30
}

func TestDetectRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	most := 0.0
	for range blobs() {
		b := make([]byte, 2<<10)
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		for _, c := range Detect(b, true) {
			most = max(most, c.Bits)
			if c.Bits >= MinBits {
				t.Errorf("random bytes: %s", show([]Candidate{c}))
			}
		}
	}
	t.Logf("most bits: %.1f", most)
}

func TestDetectTiny(t *testing.T) {
	for _, s := range []string{"", "\x00", "a", "\n", "\x03abc\x02hi\x04pi", "0123456789", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff", "{}", "GET / HTTP/1.1\r\n"} {
		if got := sure([]byte(s), true); len(got) > 0 {
			t.Errorf("%q: %s", s, show(got))
		}
	}
	for n := 1; n < 3000; n += 997 {
		for _, c := range []byte{0, 1, 4, 7, 0x0a, 0x20, 0x41, 0x7e, 0xc0, 0xff} {
			if got := sure(slices.Repeat([]byte{c}, n), true); len(got) > 0 {
				t.Errorf("%d bytes of %#x: %s", n, c, show(got))
			}
		}
	}
}

// What programs and databases hold is not taken for frames.
func TestDetectNoFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	var relocations []byte // 24 bytes each, of which some field is always zero
	for i := range 170 {
		relocations = binary.LittleEndian.AppendUint64(relocations, uint64(0x1c0000+i*8))
		relocations = binary.LittleEndian.AppendUint64(relocations, 8)
		relocations = binary.LittleEndian.AppendUint64(relocations, uint64(0x30000+r.IntN(0x80000)))
	}
	zeros := slices.Repeat([]byte("\x01\x00\x00\x00\x00\x00\x00\x00"), 250) // whose checksum is zero too
	zeros = append(zeros, noiseOf(r, 2000)...)
	for name, b := range map[string][]byte{"relocations": relocations[3:], "relocations, cut elsewhere": relocations[7:], "zeros": zeros} {
		if got := sure(b, false); len(got) > 0 && got[0].Entry.Name != "fixed" {
			t.Errorf("%s: %s", name, show(got))
		}
	}
}

// A CRC that shows where a frame ends is worth its 16 bits, once. It makes each other byte a part of it, but
// these prove no more.
func TestDetectEnds(t *testing.T) {
	f := parse(t, "modbus-rtu")
	var b []byte
	for n := range 3 {
		b = append(b, framed(t, f, []byte{3, 0, byte(0x6b + n), 0, byte(1 + 3*n%5)})...)
		if got := Detect(b, true); len(got) == 0 || got[0].Spec != "modbus-rtu" || got[0].Bits < 8+12*float64(n) || got[0].Bits > 16*float64(n+1) {
			t.Errorf("%d frames: %s", n+1, show(got))
		}
	}
	// A master polls: the same frame again and again proves little more each time.
	if got := sure(slices.Repeat(b[:8], 100), true); len(got) == 0 || got[0].Spec != "modbus-rtu" || got[0].Bits > 300 {
		t.Errorf("the same frame again and again: %s", show(got))
	}
}

// A stream that goes on can be cut anywhere: what fills the part that has come by chance is no better.
func TestDetectLive(t *testing.T) {
	for _, spec := range []string{"u32le", "u16be"} {
		var b []byte
		for n := range 12 {
			b = append(b, framed(t, parse(t, spec), fmt.Appendf(nil, "message %d of %s %s", n*7919, spec, strings.Repeat("x", n*5%13)))...)
		}
		for n := 100; n <= len(b); n++ {
			if b[n-1] != 0 {
				continue
			}
			if got := sure(b[:n], false); len(got) > 0 && got[0].Spec != spec {
				t.Errorf("%s, the first %d bytes: %s", spec, n, show(got))
			}
		}
	}
}

// A framing that explains the whole stream goes before one that begins later.
func TestDetectWhole(t *testing.T) {
	var b []byte
	for n := range 11 {
		b = append(b, 7, byte(n), 0, byte(5+n))
		b = append(b, "plain text, and more of it"[n:n+5+n]...)
	}
	if got := Detect(b, true); got[0].Spec != "u16be:offset=2" || got[0].Start != 0 {
		t.Error(show(got))
	}
}

// All of a delimiter counts, however often the lines are the same.
func TestDetectCRLF(t *testing.T) {
	for _, n := range []int{3, 1000} {
		if got := Detect([]byte(strings.Repeat("hello\r\n", n)), true); got[0].Spec != "crlf" {
			t.Errorf("%d lines: %s", n, show(got))
		}
	}
}

// What is one rule and could be read as another that says more.
func TestDetectPlainer(t *testing.T) {
	var counted, slip, kiss []byte
	for n := range 40 {
		m := fmt.Appendf(nil, `{"id":%d,"s":"%s"}`, n, strings.Repeat("x", n*7%31))
		counted = append(binary.BigEndian.AppendUint32(counted, uint32(len(m)+4)), m...)
		slip = append(append(slip, m...), 0xc0)
		kiss = append(append(append(kiss, 0xc0), m...), 0xc0)
	}
	for want, b := range map[string][]byte{"u32be:counts=frame": counted, "slip": slip, " slip": kiss} {
		if got := Detect(b, true); len(got) == 0 || got[0].Bits < MinBits || got[0].Spec != strings.TrimSpace(want) {
			t.Errorf("%s: %s", want, show(got))
		}
	}
}

// Packets of any bytes, which can be recognised only by the escapes between their ends.
func TestDetectSlip(t *testing.T) {
	var b []byte
	rnd := rand.New(rand.NewPCG(1, 2))
	escapes := strings.NewReplacer("\xc0", "\xdb\xdc", "\xdb", "\xdb\xdd")
	for range 400 {
		packet := []byte{0x45, 0, 0, 60}
		for range 10 + rnd.IntN(70) {
			packet = append(packet, byte(rnd.Uint32()))
		}
		b = append(append(b, escapes.Replace(string(packet))...), 0xc0)
	}
	for _, size := range []int{len(b), len(b) / 2} {
		if got := Detect(b[:size], size == len(b)); len(got) == 0 || got[0].Bits < MinBits || got[0].Spec != "slip" {
			t.Errorf("%d bytes: %s", size, show(got))
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, k := range framing.Entries() {
		for _, x := range k.Details().Examples() {
			f.Add([]byte(strings.Repeat(strings.NewReplacer("~", "", "|", "").Replace(x.Frame), 5)), true)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, ended bool) {
		if len(b) > 64<<10 {
			return
		}
		was := slices.Clone(b)
		got := Detect(b, ended)
		if !slices.Equal(was, b) {
			t.Fatal("the stream was changed")
		}
		scale := NewScale(b, ended)
		for _, h := range known.hypotheses {
			if s := scale.Weigh(h.framing); math.IsNaN(s.Total()) || math.IsInf(s.Total(), 0) || s.Leftover < 0 || s.Leftover > len(b) {
				t.Fatalf("%s: %+v of %d bytes", h.spec, s, len(b))
			}
		}
		if !slices.Equal(was, b) {
			t.Fatal("the stream was changed by a Scale")
		}
		for i, c := range got {
			_, err := framing.Parse(c.Spec)
			switch {
			case math.IsNaN(c.Bits) || math.IsInf(c.Bits, 0) || err != nil || c.Entry == nil || i > 0 && c.Bits > got[i-1].Bits:
				t.Fatalf("candidate %+v after %+v: %v", c, got[:i], err)
			case c.Frames < 0 || c.Start < 0 || c.Leftover < 0 || c.Start+c.Leftover > len(b):
				t.Fatalf("candidate %+v of %d bytes", c, len(b))
			}
		}
	})
}

package detect

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecat/framing"
)

// streamOf returns frames of an example of the table, at least as many as that and not much more
// bytes than those, with words in their payloads.
func streamOf(t testing.TB, r *rand.Rand, spec, payload string, frames, size int) (b []byte) {
	f := parse(t, spec)
	for i := 0; i < frames || i < 400 && len(b) < size; i++ {
		var p strings.Builder
		for range r.IntN(12) {
			p.WriteString(word(r) + " ")
		}
		for _, payload := range []string{p.String(), payload + p.String(), fmt.Sprintf("{%q:%q}", word(r), p.String()), payload} {
			if out, err := f.Append(b, framing.Marks{}, []byte(payload)); err == nil {
				b = out
				break
			}
		}
	}
	return b
}

// A flipped bit in a length does not make a plain rule one of the protocols that read the same frames.
func TestDetectFlippedLength(t *testing.T) {
	for spec, size := range map[string]int{"u16be": 2, "u32be": 4} {
		var b []byte
		at := 0
		for n := range 20 {
			if n == 10 {
				at = len(b) + size - 1
			}
			b, _ = parse(t, spec).Append(b, framing.Marks{}, []byte("plain text, and more of it"[:5+n]))
		}
		b[at] ^= 0x40
		if got := Detect(b, true); len(got) == 0 || got[0].Spec != spec || !slices.Contains(got[0].Aliases, "iso8583") && size == 2 {
			t.Errorf("%s: %s", spec, show(got))
		}
	}
}

// Bytes that are lost in the first or the last frame change no other: the same sizes can be read from other
// places, and zeros in a length as empty frames.
func TestDetectLostInOne(t *testing.T) {
	for _, row := range []struct {
		spec     string
		at, lost int
	}{
		{"u64be", 12, 2}, // as zmtp: empty frames before each of the others
		{"u64be", 0, 1},  // as a length further on, whose last frame is cut
		{"u32be", 12, 2}, // as zmtp
		{"u32be:offset=2", 0, 2},
		{"u24le:offset=1", 12, 2}, // as mysql, from the second byte on
		{"tns", 0, 1},             // as u24le
		{"openflow", 0, 2},
		{"ubx", 0, 1},
		{"synchrophasor", 0, 1},
		{"9p", 5, 1},
	} {
		f := parse(t, row.spec)
		example := framing.Lookup(row.spec).Details().Examples()[0].Payload
		var b []byte
		for n := range 12 {
			text := "plain text, and more of it, as it comes"[:9+7*n%29]
			out, err := f.Append(b, framing.Marks{}, []byte(text))
			if err != nil {
				out, _ = f.Append(b, framing.Marks{}, []byte(example+text))
			}
			b = out
		}
		b = slices.Delete(b, row.at, row.at+row.lost)
		if got := Detect(b, true); len(got) == 0 || got[0].Bits >= MinBits && (got[0].Frames < 11 || got[0].Frames > 12 || got[0].Leftover > 0) {
			t.Errorf("%s, %d bytes lost at %d: %s", row.spec, row.lost, row.at, show(got))
		}
	}
}

// damage returns a copy of b with one byte changed, or with up to 8 lost, and where.
func damage(r *rand.Rand, b []byte) (out []byte, at, lost int) {
	at = r.IntN(len(b))
	if r.IntN(2) == 0 {
		out = slices.Clone(b)
		out[at] ^= byte(1 + r.IntN(255))
		return out, at, 0
	}
	lost = min(1+r.IntN(8), len(b)-at)
	return slices.Delete(slices.Clone(b), at, at+lost), at, lost
}

// A damaged stream is still what it is: no other framing is claimed for it. FRAMECAT_DAMAGED=20
// damages a stream of each example so many times, which takes some minutes.
func TestDetectDamaged(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 24))
	times, long := 1, false
	if n, err := strconv.Atoi(os.Getenv("FRAMECAT_DAMAGED")); err == nil {
		times, long = n, true
	}
	tried, kept, wrong := 0, 0, 0
	for _, k := range framing.Entries() {
		for i, x := range k.Details().Examples() {
			if !long && (i > 0 || r.IntN(5) > 0) {
				continue
			}
			b := streamOf(t, r, x.Spec, x.Payload, 24, 0)
			if len(b) == 0 {
				continue
			}
			sound := Detect(b, true)
			if len(sound) == 0 || sound[0].Bits < MinBits || sound[0].Leftover > 0 {
				continue
			}
			for range times {
				marks := ends(t, sound[0].Spec, b, sound[0].Start)
				if marks[len(marks)-1] < len(b) { // a frame that is written and cannot be read
					continue
				}
				b, at, lost := damage(r, b)
				for i := range marks {
					if marks[i] > at {
						marks[i] -= lost
					}
				}
				got := Detect(b, true)
				tried++
				switch {
				case len(got) == 0 || got[0].Bits < MinBits:
				case sameName(got[0], sound[0]) || cutsRight(t, got[0], b, marks):
					kept++
				default:
					wrong++
					t.Logf("%s, %d bytes lost at %d of %d: %s", sound[0].Spec, lost, at, len(b), show(got))
				}
			}
		}
	}
	t.Logf("%d damaged streams: %d keep their name, %d have another", tried, kept, wrong)
	if 100*wrong > tried {
		t.Errorf("%d of %d damaged streams have another name", wrong, tried)
	}
}

// sameName reports whether two candidates have a name in common.
func sameName(c, other Candidate) bool {
	names := append(slices.Clone(other.Aliases), other.Entry.Name)
	return slices.ContainsFunc(append(slices.Clone(c.Aliases), c.Entry.Name), func(name string) bool { return slices.Contains(names, name) })
}

// cutsRight reports whether a candidate cuts a damaged stream at places where the frames end, but
// for a few.
func cutsRight(t testing.TB, c Candidate, b []byte, want []int) bool {
	got := ends(t, c.Spec, b, c.Start)
	right := 0
	for _, at := range got {
		if slices.Contains(want, at) {
			right++
		}
	}
	return right > 0 && right >= len(got)-2
}

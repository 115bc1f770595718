package detect

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

// The port and the other direction decide what the bytes nearly prove.
func TestKnown(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	queries := func(n int) (b []byte) {
		for range n {
			b = append(b, framed(t, parse(t, "dns"), noiseOf(r, 20+r.IntN(300)))...)
		}
		return b
	}
	messages := func(n int) (b []byte) { // u16be:offset=3
		for i := range n {
			b = append(append(b, noiseOf(r, 3)...), framed(t, parse(t, "u16be"), noiseOf(r, 6+17*i))...)
		}
		return b
	}
	for _, row := range []struct {
		name    string
		b       []byte
		known   Known
		spec    string // "" if it is unknown
		because string
	}{
		{"dns without a port", queries(12), Known{}, "u16be", ""},
		{"dns", queries(12), Known{Port: 53}, "dns", "port 53"},
		{"dns on another port", queries(12), Known{Port: 1883}, "u16be", ""},
		{"too little", queries(2), Known{}, "", ""},
		{"too little on a port", queries(2), Known{Port: 53}, "", ""},
		{"as in the other direction", messages(4), Known{Other: "u16be:offset=3"}, "u16be:offset=3", OtherDirection},
		{"without the other direction", messages(4), Known{}, "", ""},
		{"not as in the other direction", messages(4), Known{Other: "u16le:offset=5"}, "", ""},
		{"both", queries(12), Known{Port: 53, Other: "dns"}, "dns", "port 53, " + OtherDirection},
	} {
		got := row.known.Detect(row.b, true)
		spec, because := "", ""
		if len(got) > 0 && got[0].Bits >= MinBits {
			spec, because = got[0].Spec, strings.Join(got[0].Because, ", ")
		}
		if spec != row.spec || because != row.because {
			t.Errorf("%s: %q because of %q, want %q because of %q: %s", row.name, spec, because, row.spec, row.because, show(got))
		}
	}
}

// What is known proves nothing alone: random bytes, text and numbers on any port have no framing.
func TestKnownNoFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	var ports []int
	var specs []string
	for _, k := range framing.Entries() {
		for _, port := range k.Details().Traits().Ports {
			if !slices.Contains(ports, int(port)) {
				ports, specs = append(ports, int(port)), append(specs, k.Name)
			}
		}
	}
	for i := range blobs() {
		b := noiseOf(r, 40+r.IntN(400))
		for j := range b {
			if i%3 == 1 {
				b[j] &= 7
			} else if i%3 == 2 && j%4 < 3 {
				b[j] = 0
			}
		}
		k := r.IntN(len(ports))
		if got := (Known{Port: ports[k], Other: specs[k]}).Detect(b, true); len(got) > 0 && got[0].Bits >= MinBits {
			if plain := sure(b, true); len(plain) == 0 {
				t.Errorf("port %d, %x: %s", ports[k], b, show(got))
			}
		}
	}
}

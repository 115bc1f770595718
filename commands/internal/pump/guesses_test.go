package pump

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// numbered returns n frames of u16be.
func numbered(n, seed int) (b []byte) {
	for i := range n {
		body := fmt.Sprintf("message %d of %d%*s", i, seed, (i*7+seed)%13, "")
		b = append(append(b, 0, byte(len(body))), body...)
	}
	return b
}

// random returns bytes in which there is nothing to find.
func random(i int) []byte {
	b := make([]byte, 100)
	rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(b)
	return b
}

// Of many streams, few are searched.
func TestGuessesAreBounded(t *testing.T) {
	for _, r := range []struct {
		name     string
		streams  int
		stream   func(i int) []byte
		searches int
		found    string // in the last one
	}{
		{"3 bytes", 20000, func(i int) []byte { return fmt.Appendf(nil, "%03d", i%1000) }, 0, ""},
		{"zeros", 500, func(int) []byte { return make([]byte, 1400) }, 1, ""},
		{"nothing to find", 500, random, maxFailed, ""},
		{"nothing to find, then a longer one", maxFailed + 50, func(i int) []byte {
			if i == maxFailed+49 {
				return numbered(60, i)
			}
			return random(i)
		}, maxFailed + 1, "u16be"},
		{"frames", 50, func(i int) []byte { return numbered(60, i) }, 1, "u16be"},
		{"other frames", 2, func(i int) []byte {
			if i == 0 {
				return numbered(60, i)
			}
			return []byte("5:hello,3:bye,5:world,7:goodbye,5:again,")
		}, 2, "netstring"},
	} {
		var g Guesses
		found := ""
		for i := range r.streams {
			found = ""
			if all := g.find("10.0.0.2:80 c2s", r.stream(i), true); Believable(all) {
				found = all[0].Spec
			}
		}
		if g.searches != r.searches || found != r.found {
			t.Errorf("%s: %d searches, found %q in the last stream; want %d, %q", r.name, g.searches, found, r.searches, r.found)
		}
	}
}

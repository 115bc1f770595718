package detect

import (
	"math/rand/v2"
	"testing"
)

// A TLS client that offers many cipher suites sends a c0 in every second number: they end no frames of SLIP.
func TestDetectCipherSuites(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var suites []byte
	for range 400 {
		suites = append(suites, []byte{0, 0xc0}[r.IntN(2)], byte(r.IntN(0xae)))
	}
	for _, ended := range []bool{false, true} {
		for _, c := range Detect(suites, ended) {
			if c.Spec == "slip" {
				t.Errorf("ended %t: %s with %.0f bits in %d frames", ended, c.Spec, c.Bits, c.Frames)
			}
		}
	}
}

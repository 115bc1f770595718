package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// hard are streams that are long to look at: where any place could begin a frame, or no frame ends.
func hard(r *rand.Rand, n int) (out [][]byte) {
	for _, s := range []string{
		"\x00", "\x01", "\x00\x01", "\x00\x00\x00\x01", "\xff", "\xc0", "~", "\x81\xa1", "\x9f", "\xbf", "\xdd\x00\x00\x00\x01", "\xfe\xff", // lengths
		"x", "9", "\n", "\r\n", "\n\n", "a: b\r\n", "data:\n", "data: {}\n\n", ".\r\n", "250-x\r\n", "GET / HTTP/1.1\r\n\r\n", "8=FIX.4.2\x01", "1\r\na\r\n", // text
		"{", "[", "{\"a\":", "<a>", "\"", "*1\r\n", "*2\r\n$1\r\n", "\x1e{", "0:,", // one inside the other
	} {
		out = append(out, []byte(strings.Repeat(s, n/len(s)+1)[:n]))
	}
	for _, of := range []string{"", "\x00\x01", "\n\x00", "\x00\xff", "\xc0\xdb\xdc", "{}[]\":,", "\x00\n a:", " abcdefghij\n"} {
		b := noiseOf(r, n)
		for i := range b {
			if of != "" {
				b[i] = of[int(b[i])%len(of)]
			}
		}
		out = append(out, b)
	}
	return out
}

// No stream takes long, whatever it holds: the bytes that are looked at are some thousand for each
// byte of the stream.
func TestDetectWork(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	for _, b := range hard(r, 1<<11) {
		d := newDetector(b, false, Known{})
		d.detect()
		if each := d.work / len(b); each > 8000 {
			t.Errorf("%.20q, again and again: %d bytes are looked at for each", b, each)
		}
		t.Logf("%6d  %.20q", d.work/len(b), b)
	}
}

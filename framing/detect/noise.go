package detect

import (
	"math"
	"unicode/utf8"
)

// noise prices each byte of b as if it were in no header: the bits that it takes to
// describe it, given what came before, never more than the 8 of a random byte.
//
// plain knows how often each byte came so far, near what came after the last byte
// too. So the zeros in a run of zeros cost next to nothing, and a rule that finds
// its length fields there proves nothing.
// repeat also guesses what followed the same three bytes the last time. Both know rows of
// numbers (table.go).
type noise struct {
	plain, near, repeat []float32
	period              []uint8 // see periods
	doubt               float64
}

func newNoise(b []byte) noise {
	logs.once.Do(makeLogs)
	n := noise{make([]float32, len(b)), make([]float32, len(b)), make([]float32, len(b)), periods(b), doubt}
	var again echo
	var all [256]float64
	pairs := make([]uint16, 1<<16)
	var after [256]float64 // sums of pairs by their first byte
	last := byte(0)
	for i, c := range b {
		p := (all[c] + 0.5) / (float64(i) + 128)
		pair := int(last)<<8 | int(c)
		q := (float64(pairs[pair]) + 2*p) / (after[last] + 2)
		if i > 1 && c|last|b[i-2] == 0 { // zeros come in runs, also where few came so far
			q = max(q, zeroAgain)
		}
		n.plain[i] = float32(min(8, -log2(p)))
		n.near[i] = float32(min(8, -log2(q)))
		n.repeat[i] = float32(min(8, -log2(again.next(b, i, q))))
		all[c]++
		pairs[pair] = min(pairs[pair]+1, math.MaxUint16-1)
		after[last]++
		last = c
	}
	for i, price := range tables(b, n.near) {
		n.near[i] = min(n.near[i], price)
		n.repeat[i] = min(n.repeat[i], price)
		n.doubt = 0
	}
	return n
}

// zeroAgain is the chance of a zero after two zeros, in any data.
const zeroAgain = 0.35

// doubt is the share of the price of a byte that treats it as random: among fields of
// small numbers all bytes look alike, framed or not.
const doubt = 0.25

// of returns the price of the bytes from at to end in the header of a frame of size bytes.
// In a run of repetitions shorter than that there is no doubt.
func (n *noise) of(at, end, size int) float64 {
	sum := 0.0
	for i := at; i < end; i++ {
		if p := int(n.period[i]); p > 0 && p < size {
			sum += float64(n.repeat[i])
		} else {
			sum += float64(n.near[i])*(1-n.doubt) + 8*n.doubt
		}
	}
	return sum
}

// low returns the price without doubt: for fields in which any byte is valid.
func (n *noise) low(at, end int) float64 { return sumOf(n.repeat[at:end]) }

// alone returns the price of bytes with no other meaning: a delimiter.
func (n *noise) alone(at, end int) float64 { return sumOf(n.plain[at:end]) }

func sumOf(s []float32) (sum float64) {
	for _, v := range s {
		sum += float64(v)
	}
	return sum
}

// echo guesses a byte from what followed the same bytes the last time.
type echo struct {
	last  [1 << 12]int32 // where the byte after some bytes, hashed, was last
	right [8]float64     // guesses that were right, by how many before were in a row
	tried [8]float64
	row   int
}

const echoBytes = 3

// next is the chance of b[i], which is p if there is no guess.
func (e *echo) next(b []byte, i int, p float64) float64 {
	if i < echoBytes {
		return p
	}
	key := (uint32(b[i-1]) | uint32(b[i-2])<<8 | uint32(b[i-3])<<16) * 0x9e3779b1 >> 20
	at := int(e.last[key])
	e.last[key] = int32(i)
	if at == 0 || b[at-1] != b[i-1] || b[at-2] != b[i-2] || b[at-3] != b[i-3] {
		e.row = 0
		return p
	}
	sure := (e.right[e.row] + 0.5) / (e.tried[e.row] + 1)
	e.tried[e.row]++
	if b[at] != b[i] {
		e.row = 0
		return p * (1 - sure)
	}
	e.right[e.row]++
	e.row = min(e.row+1, len(e.right)-1)
	return sure + p*(1-sure)
}

// maxPeriod bounds the periods that periods looks for.
const maxPeriod = 64

// periods returns for each byte of b the period of the run of repetitions that it lies
// in, or 0. In a run of zeros, or of one line over and over, any place is like the
// next, and a rule that stays in it proves nothing.
func periods(b []byte) []uint8 {
	out := make([]uint8, len(b))
	for k := 1; k <= min(maxPeriod, len(b)-1); k++ {
		enough := max(2*k, 16) // that look like what is k before
		run := 0
		for i := k; i <= len(b); i++ {
			if i < len(b) && b[i] == b[i-k] {
				run++
				continue
			}
			if run >= enough {
				for j := i - run - k; j < i; j++ {
					if out[j] == 0 {
						out[j] = uint8(k)
					}
				}
			}
			run = 0
		}
	}
	return out
}

// plainText reports whether b could be a piece of a text file.
func plainText(b []byte) bool {
	for i := 0; i < 3 && len(b) > 0 && !utf8.RuneStart(b[0]); i++ { // cut inside a rune
		b = b[1:]
	}
	for len(b) > 0 {
		c := b[0]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
				return false
			}
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b)
		}
		b = b[n:]
	}
	return true
}

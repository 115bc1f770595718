// Calibrate compares the evidence that package detect claims with what is observed: over pieces of
// streams that hold no frames, a claim of B bits may be made in 1 of 2^B pieces.
//
//	go run .ci/calibrate/main.go [-n PIECES] [FILE...]
//
// It makes pieces of random, compressed, encrypted and text data, of tables of numbers and of
// pictures, and takes others from the files named: programs, databases. It prints how many pieces
// had a claim of at least so many bits, and the share that there may be. Claims of lines in text, of
// strings that end in a zero in programs, and of records of one size in tables and pictures, are right,
// and are not counted.
package main

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"framecat/framing/detect"
)

const size = 4 << 10 // bytes of a piece

// A nature makes pieces of one kind.
type nature struct {
	name string
	make func(r *rand.Rand) []byte
}

var natures = []nature{
	{"random", random},
	{"compressed", func(r *rand.Rand) []byte {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.BestCompression)
		for b.Len() < 2*size {
			w.Write(text(r))
			w.Flush()
		}
		return b.Bytes()[size/2:]
	}},
	{"encrypted", func(r *rand.Rand) []byte {
		block, _ := aes.NewCipher(random(r)[:16])
		b := text(r)
		cipher.NewCTR(block, random(r)[:16]).XORKeyStream(b, b)
		return b
	}},
	{"text", text},
	{"numbers", func(r *rand.Rand) (b []byte) {
		at, width := r.Float64()*1000, 1+r.IntN(3)
		for len(b) < size {
			at += r.NormFloat64() * 20
			switch width {
			case 1:
				b = binary.LittleEndian.AppendUint16(b, uint16(int64(at)))
			case 2:
				b = binary.BigEndian.AppendUint32(b, uint32(int64(at)))
			default:
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(at))
			}
		}
		return b
	}},
	{"picture", func(r *rand.Rand) (b []byte) {
		row := 20 + r.IntN(100)
		for i := 0; len(b) < size; i++ {
			v := byte(128 + 100*math.Sin(float64(i%row)/9) + 3*r.NormFloat64())
			b = append(b, v, v/2, 255-v)
		}
		return b
	}},
}

func random(r *rand.Rand) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func text(r *rand.Rand) (b []byte) {
	for len(b) < size {
		for range 1 + r.IntN(9) {
			b = append(b, byte('a'+r.IntN(26)*r.IntN(26)/26))
		}
		b = append(b, " ,.\n"[r.IntN(4)])
	}
	return b
}

// ofFile makes pieces of a file.
func ofFile(name string) (nature, error) {
	b, err := os.ReadFile(name)
	if err == nil && len(b) < 2*size {
		err = fmt.Errorf("%s: has %d bytes, expected at least %d", name, len(b), 2*size)
	}
	return nature{name, func(r *rand.Rand) []byte { return b[r.IntN(len(b)-size):] }}, err
}

func main() {
	pieces := flag.Int("n", 400, "pieces of each kind")
	flag.Parse()
	all := natures
	for _, name := range flag.Args() {
		n, err := ofFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		all = append(all, n)
	}
	levels := []float64{4, 8, 12, 16, 20, 24}
	r := rand.New(rand.NewPCG(6, 24))
	total := make([]int, len(levels))
	fmt.Printf("%-24s %6s", "", "pieces")
	for _, bits := range levels {
		fmt.Printf(" %7.0f", bits)
	}
	fmt.Println(" bits or more")
	for _, n := range all {
		count := make([]int, len(levels))
		for range *pieces {
			got := detect.Detect(n.make(r)[:size], false)
			if len(got) == 0 || got[0].Frames == 0 || slices.Contains([]string{"lines", "crlf", "any", "nul", "fixed"}, got[0].Entry.Name) {
				continue
			}
			for i, bits := range levels {
				if got[0].Bits >= bits {
					count[i]++
					total[i]++
				}
			}
		}
		row(n.name, *pieces, count)
	}
	row("all", *pieces*len(all), total)
	fmt.Printf("%-24s %6s", "at most, with 10 * 2^-B", "")
	for _, bits := range levels {
		fmt.Printf(" %7.2g", min(1, 10*math.Exp2(-bits)))
	}
	fmt.Println()
}

// row prints the share of pieces with a claim of so many bits.
func row(name string, pieces int, count []int) {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	fmt.Printf("%-24.24s %6d", name, pieces)
	for _, n := range count {
		fmt.Printf(" %7.2g", float64(n)/float64(pieces))
	}
	fmt.Println()
}

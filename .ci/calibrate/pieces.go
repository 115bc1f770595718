package main

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const size = 4 << 10 // bytes of a piece

// A nature makes pieces of one kind.
type nature struct {
	name string
	make func(r *rand.Rand) []byte
	// framed reports whether frames that end at these offsets of the last piece are really there; nil
	// means that there are none.
	framed func(ends []int) bool
}

var natures = []nature{
	{name: "random", make: random},
	{name: "compressed", make: func(r *rand.Rand) []byte {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.BestCompression)
		for b.Len() < 2*size {
			w.Write(text(r))
			w.Flush()
		}
		return b.Bytes()[size/2:]
	}},
	{name: "encrypted", make: func(r *rand.Rand) []byte {
		block, _ := aes.NewCipher(random(r)[:16])
		b := text(r)
		cipher.NewCTR(block, random(r)[:16]).XORKeyStream(b, b)
		return b
	}},
	{name: "text", make: text},
	{name: "numbers", make: func(r *rand.Rand) (b []byte) {
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
	{name: "picture", make: func(r *rand.Rand) (b []byte) {
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

// ofFile makes pieces of a file. In a program, the records of the section .eh_frame are frames: each has
// its length in front.
func ofFile(name string) (nature, error) {
	b, err := os.ReadFile(name)
	if err == nil && len(b) < 2*size {
		err = fmt.Errorf("%s: has %d bytes, expected at least %d", name, len(b), 2*size)
	}
	records, last := frameRecords(name), 0
	return nature{
		name: filepath.Base(name),
		make: func(r *rand.Rand) []byte {
			last = r.IntN(len(b) - size)
			return b[last:]
		},
		framed: func(ends []int) bool {
			there := 0
			for _, end := range ends {
				if records[last+end] {
					there++
				}
			}
			return len(ends) > 0 && there >= len(ends)*9/10
		},
	}, err
}

// frameRecords returns the offsets at which the records of .eh_frame end.
func frameRecords(name string) map[int]bool {
	ends := map[int]bool{}
	f, err := elf.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	s := f.Section(".eh_frame")
	if s == nil {
		return nil
	}
	b, err := s.Data()
	if err != nil {
		return nil
	}
	for at := 0; at+4 <= len(b); {
		n := int(f.ByteOrder.Uint32(b[at:]))
		if at += 4 + n; n == 0 || at > len(b) {
			break
		}
		ends[int(s.Offset)+at] = true
	}
	return ends
}

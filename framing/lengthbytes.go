package framing

import (
	"encoding/binary"
	"math"
	"strconv"
)

// A lengthField is the length in the header of one frame, for programs that write a wrong one on
// purpose.
type lengthField struct {
	At, Size int    // the bytes that write it, in the frame
	Value    uint64 // what they write
	Max      uint64 // the largest value that the framing allows
	Full     uint64 // the largest value that can be written

	Put      func(v uint64) []byte // writes another value; the length of the bytes may differ
	Long     []byte                // Value in more bytes than it needs; nil if that is not possible
	Negative []byte                // a number below 0, for programs that read one; nil if that is not possible
}

// An ownLength is a Framing that writes its lengths as no other does.
type ownLength interface {
	// lengthField returns the length of a frame that was measured.
	lengthField(frame []byte, e Extent) (field lengthField, ok bool)
}

// digitsField returns the field of decimal digits at an offset, which write n.
func digitsField(digits []byte, at int, n uint64) lengthField {
	return lengthField{
		At: at, Size: len(digits), Value: n, Max: math.MaxUint64, Full: math.MaxUint64, Negative: []byte("-1"), Long: append([]byte("000"), digits...),
		Put: func(v uint64) []byte { return strconv.AppendUint(nil, v, 10) },
	}
}

// integerField returns the field of so many bytes at an offset of b, which holds a number in a byte order.
func integerField(b []byte, at, size int, order binary.ByteOrder) lengthField {
	put := func(v uint64) []byte {
		all := make([]byte, 8)
		order.PutUint64(all, v)
		if order == binary.BigEndian {
			return all[8-size:]
		}
		return all[:size]
	}
	full := uint64(math.MaxUint64) >> (64 - 8*size)
	value := uint64(0)
	for i := range size {
		c := uint64(b[at+i])
		if order == binary.BigEndian {
			value = value<<8 | c
		} else {
			value |= c << (8 * i)
		}
	}
	return lengthField{At: at, Size: size, Value: value, Max: full, Full: full, Put: put, Negative: put(full/2 + 1)}
}

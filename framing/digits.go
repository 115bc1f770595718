package framing

import "math"

// digits are the ways to write a number in a field.
type digits uint8

const (
	binaryDigits digits = iota
	asciiDigits         // decimal digits, most significant first
	bcdDigits           // two decimal digits a byte, most significant first
)

// capacity is the largest number that a field of size bytes can hold.
func (d digits) capacity(size int) uint64 {
	n := size
	if d == bcdDigits {
		n *= 2
	}
	if d == binaryDigits {
		return math.MaxUint64 >> (64 - 8*size)
	}
	v := uint64(0)
	for range n {
		v = v*10 + 9
	}
	return v
}

// value reads the field at the start of b.
func (l *length) value(b []byte) uint64 {
	v := uint64(0)
	switch {
	case l.digits == asciiDigits:
		for _, c := range b[:l.size] {
			v = v*10 + uint64(c-'0')
		}
	case l.digits == bcdDigits:
		for _, c := range b[:l.size] {
			v = v*100 + uint64(c>>4)*10 + uint64(c&15)
		}
	case l.little:
		for i := l.size - 1; i >= 0; i-- {
			v = v<<8 | uint64(b[i])
		}
	default:
		for _, c := range b[:l.size] {
			v = v<<8 | uint64(c)
		}
	}
	return v
}

// put writes v to the field at the start of b. It keeps the bits outside the mask.
func (l *length) put(b []byte, v uint64) {
	if l.digits == binaryDigits {
		v |= l.value(b) &^ l.mask
	}
	for i := range l.size {
		at := l.size - 1 - i
		switch {
		case l.digits == asciiDigits:
			b[at], v = byte('0'+v%10), v/10
		case l.digits == bcdDigits:
			b[at], v = byte(v/10%10<<4|v%10), v/100
		case l.little:
			b[i], v = byte(v), v>>8
		default:
			b[at], v = byte(v), v>>8
		}
	}
}

// badDigit returns the offset of the first byte of field that is not a digit, or -1.
func (d digits) badDigit(field []byte) int {
	for i, c := range field {
		if d == asciiDigits && c-'0' > 9 || d == bcdDigits && (c>>4 > 9 || c&15 > 9) {
			return i
		}
	}
	return -1
}

package framing

import (
	"fmt"
)

// lengthSpec writes a length rule under its short name, with the keys that differ.
func lengthSpec(l *length) string {
	w := new(specWriter)
	switch {
	case l.digits == asciiDigits:
		w = newSpec("ascii")
		w.arg("size=%d", l.size)
	case l.digits == bcdDigits:
		w = newSpec("bcd")
		w.arg("size=%d", l.size)
	case l.size == 1:
		w = newSpec("u8")
	case l.size == 2 || l.size == 3 || l.size == 4 || l.size == 8:
		w = newSpec(fmt.Sprintf("u%d%s", 8*l.size, endian(l.little)))
	default:
		w = newSpec("length")
		w.arg("size=%d", l.size)
		if l.little {
			w.arg("endian=le")
		}
	}
	capacity := l.digits.capacity(l.size)
	if l.offset != 0 {
		w.arg("offset=%d", l.offset)
	}
	switch l.adjust {
	case 0:
	case -int64(l.offset + l.size):
		w.arg("counts=frame")
	case -int64(l.size):
		w.arg("counts=itself")
	default:
		w.arg("adjust=%d", l.adjust)
	}
	if l.unit != 1 {
		w.arg("unit=%d", l.unit)
	}
	if l.digits == binaryDigits && l.mask != capacity {
		w.arg("mask=%#x", l.mask)
	}
	if l.header != l.offset+l.size {
		w.arg("header=%d", l.header)
	}
	w.bytes("magic", l.magic)
	if l.magicAt != 0 {
		w.arg("magic-at=%d", l.magicAt)
	}
	if l.prefix != l.image("") {
		w.bytes("prefix", l.prefix)
	}
	w.bytes("trailer", l.trailer)
	if l.min != 0 {
		w.arg("min=%d", l.min)
	}
	if l.max != capacity {
		w.arg("max=%d", l.max)
	}
	w.word("signed", l.signed)
	return w.b.String()
}

func endian(little bool) string {
	if little {
		return "le"
	}
	return "be"
}

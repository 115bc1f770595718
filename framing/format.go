package framing

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// A specWriter writes the spec of a framing: what differs from the defaults.
type specWriter struct {
	b    strings.Builder
	args bool
}

func newSpec(name string) *specWriter {
	w := new(specWriter)
	w.b.WriteString(name)
	return w
}

func (w *specWriter) arg(format string, args ...any) {
	before := byte(':')
	if w.args {
		before = ','
	}
	w.b.WriteByte(before)
	w.args = true
	fmt.Fprintf(&w.b, format, args...)
}

func (w *specWriter) word(name string, set bool) {
	if set {
		w.arg("%s", name)
	}
}

func (w *specWriter) bytes(key, value string) {
	if value != "" {
		w.arg("%s=%s", key, escapeSpec(value))
	}
}

// escapeSpec writes bytes as a VALUE: text with escapes.
func escapeSpec(s string) string {
	var b strings.Builder
	if strings.HasPrefix(s, "0x") {
		b.WriteString(`\x30`)
		s = s[1:]
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == 0:
			b.WriteString(`\0`)
		case c == 0x1b:
			b.WriteString(`\e`)
		case c == '\\' || c == ',':
			b.WriteString(`\` + s[i:i+1])
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

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

// parseLength reads the keys of the length rule; size and order are given by the
// short names.
func parseLength(s *settings, named length, fixed bool) (Framing, error) {
	v := Length{Size: named.size, Digits: [...]string{binaryDigits: "", asciiDigits: "ascii", bcdDigits: "bcd"}[named.digits]}
	little := named.little
	if !fixed {
		v.Size = int(s.integer("size", int64(max(v.Size, 1)), 1, 8))
	} else if a := s.users("size", "endian"); a != nil && s.row == nil {
		s.fail(a.pos, "size and byte order are part of the name; length:size=…,endian=… has keys for them")
	}
	if !fixed && v.Digits == "" {
		little = s.choice("endian", 0, "be", "le") == 1
	}
	if little {
		v.Order = binary.LittleEndian
	}
	v.Offset = int(s.integer("offset", 0, 0, farthest))
	v.Header = int(s.integer("header", int64(v.Offset+v.Size), 1, farthest))
	v.Unit = int(s.integer("unit", 1, 1, math.MaxInt32))
	if v.Digits == "" {
		v.Mask = s.unsigned("mask", math.MaxUint64)
		v.Signed = s.word("signed")
	}
	v.Magic = s.bytes("magic")
	v.MagicAt = int(s.integer("magic-at", 0, 0, farthest))
	v.Prefix = s.bytes("prefix")
	v.Trailer = s.bytes("trailer")
	v.Min = s.size("min", 0)
	v.Max = s.size("max", math.MaxUint64)
	counted := s.has("counts")
	switch s.choice("counts", 1, "payload", "rest", "frame") {
	case 0:
		v.Adjust = int64(v.Header - v.Offset - v.Size)
	case 2:
		v.Adjust = -int64(v.Offset + v.Size)
	}
	if a := s.given("adjust"); a != nil {
		if counted {
			s.fail(a.pos, "counts and adjust say the same: give one of them")
		}
		v.Adjust = s.parseInt(a, math.MinInt32, math.MaxInt32)
	}
	l := v.rule()
	if v.Digits == "" {
		l.mask = v.Mask // 0 is wrong here, as nothing but what was written is
	}
	l.max = v.Max // and here it is the most
	if s.row != nil {
		l.row, l.spec = s.row, s.String()
		l.strict = s.row.strict() && s.word("strict")
	}
	if s.err == nil {
		s.failOn(l.conflict(s.has("mask"), s.users("max") != nil))
	}
	if s.err != nil {
		return nil, s.err
	}
	l.finish()
	return withChecksum(l, len(l.trailer), s), nil
}

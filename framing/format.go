package framing

import (
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
func parseLength(s *settings, l length, fixed bool) (Framing, error) {
	if !fixed {
		l.size = int(s.integer("size", int64(max(l.size, 1)), 1, 8))
	} else if a := s.users("size", "endian"); a != nil && s.row == nil {
		s.fail(a.pos, "size and byte order are part of the name; length:size=…,endian=… has keys for them")
	}
	if !fixed && l.digits == binaryDigits {
		l.little = s.choice("endian", 0, "be", "le") == 1
	}
	const far = 1 << 16 // no protocol has a header that long; it bounds what is held
	l.offset = int(s.integer("offset", 0, 0, far))
	l.header = int(s.integer("header", int64(l.offset+l.size), 1, far))
	l.unit = uint64(s.integer("unit", 1, 1, math.MaxInt32))
	if l.digits == binaryDigits {
		l.mask = s.unsigned("mask", math.MaxUint64)
		l.signed = s.word("signed")
	} else {
		l.mask = math.MaxUint64
	}
	l.magic = s.bytes("magic")
	l.magicAt = int(s.integer("magic-at", 0, 0, far))
	l.prefix = s.bytes("prefix")
	l.trailer = s.bytes("trailer")
	l.min = s.size("min", 0)
	l.max = s.size("max", math.MaxUint64)
	counted := s.has("counts")
	switch s.choice("counts", 1, "payload", "rest", "frame") {
	case 0:
		l.adjust = int64(l.header - l.offset - l.size)
	case 2:
		l.adjust = -int64(l.offset + l.size)
	}
	if a := s.given("adjust"); a != nil {
		if counted {
			s.fail(a.pos, "counts and adjust say the same: give one of them")
		}
		l.adjust = s.parseInt(a, math.MinInt32, math.MaxInt32)
	}
	if s.row != nil {
		l.row, l.spec = s.row, s.String()
		l.strict = s.row.strict() && s.word("strict")
	}
	if s.err == nil {
		l.check(s)
	}
	if s.err != nil {
		return nil, s.err
	}
	l.finish()
	return withChecksum(&l, len(l.trailer), s), nil
}

// check says what is wrong with the keys together.
func (l *length) check(s *settings) {
	behind, magicEnd := l.offset+l.size, l.magicAt+len(l.magic)
	capacity := l.digits.capacity(l.size)
	most := min(capacity, l.mask)
	switch {
	case l.header < behind:
		s.fail(s.at("header"), "header=%d leaves no room for the length field, which ends at %d", l.header, behind)
	case magicEnd > l.header:
		s.fail(s.at("magic-at", "magic", "header"), "the magic ends at %d, behind the header of %s", magicEnd, plural(int64(l.header), "byte"))
	case len(l.prefix) > l.header:
		s.fail(s.at("prefix", "header"), "the prefix is longer than the header of %s", plural(int64(l.header), "byte"))
	case !strings.HasPrefix(l.image(l.prefix)[l.magicAt:], l.magic):
		s.fail(s.at("prefix", "magic", "magic-at"), "the prefix contradicts the magic")
	case l.magicAt < behind && magicEnd > l.offset:
		s.fail(s.at("magic-at", "magic", "offset"), "the magic lies in the length field")
	case l.mask&capacity == 0:
		s.fail(s.at("mask"), "the mask leaves no bit of a length field of %s", plural(int64(l.size), "byte"))
	case l.digits == binaryDigits && s.has("mask") && l.mask > capacity:
		s.fail(s.at("mask"), "a length field of %s has no bits %#x", plural(int64(l.size), "byte"), l.mask&^capacity)
	case l.signed && (l.value([]byte(l.image(l.prefix))[l.offset:])&^l.mask)>>(8*l.size-1) != 0:
		s.fail(s.at("prefix", "signed", "mask"), "the prefix makes the signed length negative")
	case s.users("max") != nil && l.max > most:
		s.fail(s.at("max"), "%d is over %d, the most there can be", l.max, most)
	case l.min > min(l.max, most):
		s.fail(s.at("min", "max", "mask"), "min=%d is over the maximum %d", l.min, min(l.max, most))
	}
}

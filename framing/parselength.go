package framing

import (
	"encoding/binary"
	"fmt"
	"math"
)

// parseLength reads the keys of the length rule. Fixed means that the name gives size and
// byte order, as u16be does.
func parseLength(s *settings, named length, fixed bool) (Framing, error) {
	v := Length{Size: named.size, Digits: [...]string{binaryDigits: "", asciiDigits: "ascii", bcdDigits: "bcd"}[named.digits]}
	little := named.little
	if !fixed {
		v.Size = int(s.integer("size", int64(max(v.Size, 1)), 1, 8))
	} else if a := s.users("size", "endian", "order", "byte-order", "byteorder", "endianness"); a != nil && s.row == nil {
		s.fail(a.pos, "size and byte order are part of the name; use length:size=…,endian=… to set them")
		if a.key != "size" && v.Size > 1 {
			s.err.Hint = fmt.Sprintf("u%dbe is big-endian, u%dle is little-endian", 8*v.Size, 8*v.Size)
		}
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
	switch s.choice("counts", 1, "payload", "rest", "itself", "frame") {
	case 0:
		v.Adjust = int64(v.Header - v.Offset - v.Size)
	case 2:
		v.Adjust = -int64(v.Size)
	case 3:
		v.Adjust = -int64(v.Offset + v.Size)
	}
	if a := s.given("adjust"); a != nil {
		if counted {
			s.fail(a.pos, "counts and adjust are two ways to set the same value: give one of them")
		}
		v.Adjust = s.parseInt(a, math.MinInt32, math.MaxInt32)
	}
	l := v.rule()
	if v.Digits == "" {
		l.mask = v.Mask // a mask of 0 has no bits: it is not the default
	}
	l.max = v.Max // likewise a maximum of 0
	if s.row != nil {
		l.preset, l.fields, l.demand, l.fill, l.spec = true, s.row.Fields, s.row.check, s.row.fill, s.String()
		l.strict = s.row.strict() && s.word("strict")
		if l.usual = s.row.usual; l.usual != nil && l.strict {
			l.confine()
		}
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

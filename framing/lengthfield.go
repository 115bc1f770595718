package framing

import (
	"encoding/binary"
	"math"
	"strconv"
)

// LengthField returns the length in the header of a whole frame of f, a framing of this row. It is
// not ok if the frame has none, or if it is not known how it is written.
func (d *details) LengthField(f Framing, frame []byte) (field lengthField, ok bool) {
	e, err := f.Scan(frame, &Cursor{EOF: true})
	at := e.Skip + e.Field
	if own, ok := f.(ownLength); ok && err == nil && !e.Silent {
		field, ok = own.lengthField(frame[e.Skip:], e)
		field.At += e.Skip
		return field, ok
	}
	if err != nil || !e.Announced || e.Silent || at >= e.Skip+e.Header {
		return field, false
	}
	rule, header := f, frame[at:e.Skip+e.Header]
	for u := unwrap(f); u != nil; u = unwrap(u) {
		rule = u
	}
	if traits := d.Traits(); traits.Length != "" {
		if rule, err = Parse(traits.Length); err != nil {
			return field, false
		}
	} else if traits.Text && d.rule == nil {
		field, ok = textField(header, uint64(e.Body))
		field.At = at
		return field, ok
	}
	switch rule := rule.(type) {
	case *length:
		field, ok = rule.field(header)
	case *varint:
		field, ok = rule.field(header)
	}
	field.At = at
	return field, ok
}

// field returns the field at the start of b.
func (l *length) field(b []byte) (field lengthField, ok bool) {
	if len(b) < l.size {
		return field, false
	}
	b = b[:l.size]
	full := min(l.mask, l.digits.capacity(l.size))
	sign := uint64(1) << (8*l.size - 1)
	if l.signed {
		full &^= sign
	}
	put := func(v uint64) []byte {
		image := append(make([]byte, l.offset), b...)
		l.put(image[l.offset:], v&l.mask)
		return image[l.offset:]
	}
	field = lengthField{Size: l.size, Value: l.value(b) & l.mask, Max: min(l.max, full), Full: full, Put: put}
	switch {
	case l.digits == asciiDigits && l.size > 1:
		field.Negative = put(1)
		field.Negative[0] = '-'
	case l.digits != binaryDigits || l.mask&sign == 0:
	case l.signed:
		field.Negative = put(math.MaxUint64) // -1
	default:
		field.Negative = put(sign)
	}
	return field, true
}

// field returns the varint at the start of b.
func (v *varint) field(b []byte) (field lengthField, ok bool) {
	value, size := binary.Uvarint(b)
	if size <= 0 {
		return field, false
	}
	full := uint64(math.MaxUint64)
	if v.width < binary.MaxVarintLen64 {
		full >>= 64 - 7*v.width
	}
	put := func(n uint64) []byte { return binary.AppendUvarint(nil, n) }
	field = lengthField{Size: size, Value: value, Max: full, Full: full, Put: put}
	if size < v.width {
		field.Long = append([]byte(nil), b[:size]...)
		field.Long[size-1] |= 0x80
		field.Long = append(field.Long, 0)
	}
	switch v.width {
	case binary.MaxVarintLen32:
		field.Negative = put(1 << 31)
	case binary.MaxVarintLen64:
		field.Negative = put(1 << 63)
	}
	return field, true
}

// textField returns the digits at the start of b, which write n.
func textField(b []byte, n uint64) (field lengthField, ok bool) {
	for _, base := range []int{10, 16} {
		size := 0
		for size < len(b) {
			if d := hexDigit(b[size]); d < 0 || d >= base {
				break
			}
			size++
		}
		if value, err := strconv.ParseUint(string(b[:size]), base, 64); err == nil && value == n {
			field = digitsField(b[:size], 0, n)
			field.Put = func(v uint64) []byte { return strconv.AppendUint(nil, v, base) }
			return field, true
		}
	}
	return field, false
}

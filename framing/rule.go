package framing

import "encoding/binary"

// A rule is a framing of the length, delimiter or fixed rule as plain values, for programs that
// write it down in another language. One of Length, Delimiter, OneOf and Fixed is set.
type rule struct {
	Length    *Length    // with all defaults filled in
	Delimiter *Delimiter // likewise
	OneOf     string     // bytes: any one of them ends a payload
	Fixed     int64      // the size of each frame

	FixedMagic     string // the bytes with which each frame of that size begins
	ChecksumSize   int    // of the checksum that the rule names, in bytes
	ChecksumLittle bool   // its low byte comes first
}

// Rule returns the rule of f, a framing of this row. It is not ok if f has a rule of
// its own.
func (d *details) Rule(f Framing) (r rule, ok bool) {
	switch f := f.(type) {
	case *summed:
		if r, ok = d.Rule(f.Framing); !ok {
			return r, false
		}
		r.ChecksumSize, r.ChecksumLittle = f.sum.size, f.sum.little
		if l := r.Length; l != nil {
			l.Checksum, l.ChecksumHeader, l.ChecksumApart = f.sum.name, l.Header-f.from, f.apart
		} else {
			r.Delimiter.Checksum = f.sum.name
		}
	case *length:
		r.Length = f.values()
	case *delim:
		r.Delimiter = &Delimiter{Mark: f.mark, Magic: f.magic, OpenEnd: f.lax}
	case *escaped:
		r.Delimiter = &Delimiter{Mark: f.mark, Escape: string([]byte{f.esc})}
	case *oneOf:
		r.OneOf = f.ends
	case *fixed:
		r.Fixed, r.FixedMagic = f.size, f.magic
	default:
		return r, false
	}
	return r, true
}

// values returns the rule as the values that make it.
func (l *length) values() *Length {
	v := &Length{
		Size: l.size, Order: binary.BigEndian, Offset: l.offset, Header: l.header, Adjust: l.adjust,
		Unit: int(l.unit), Mask: l.mask, Signed: l.signed, Min: l.min, Max: l.max,
		Magic: l.magic, MagicAt: l.magicAt, Prefix: l.prefix, Trailer: l.trailer,
	}
	switch {
	case l.digits == asciiDigits:
		v.Digits = "ascii"
	case l.digits == bcdDigits:
		v.Digits = "bcd"
	case l.little:
		v.Order = binary.LittleEndian
	}
	return v
}

package export

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"framecat/framing"
)

// A frame is what the printers know of the frames of a framing. Sizes and offsets are in bytes.
//
//	┌────────┬─────────────────────────────────┬──────────┬─────────┐
//	│ header │ payload                         │ checksum │ trailer │
//	└────────┴─────────────────────────────────┴──────────┴─────────┘
//	fields, length, magic                       └──── tail ────────┘
type frame struct {
	name                  string // of the row, as an identifier
	spec, summary, source string

	header  int
	fields  []field // of the header, the length not among them; in the order of their offsets
	magic   string  // bytes that each header has
	magicAt int

	length *length  // nil if no length is announced
	fixed  int64    // the size of each frame, or 0
	ends   []string // any of them ends a payload, if there is neither a length nor a size
	escape string   // what follows this byte belongs to the payload, or ""

	checksum string // its name, or ""
	sum      int    // its size
	sumLow   bool   // its low byte comes first
	trailer  string // bytes after payload and checksum
}

// A field is a part of the header with a name.
type field struct {
	id, title string // id is a word of lower case letters, digits and underscores
	at, size  int
	mask      uint64 // of its bits; all bits if the field has none. Bytes of over 8 have none
	little    bool
	names     []valueName
	only      bool // other values than those with a name are malformed
}

// A valueName is the name of a value of a field.
type valueName struct {
	value uint64
	name  string
}

// shift is how far the field's bits are above the lowest.
func (f *field) shift() int { return bits.TrailingZeros64(f.mask) }

// whole reports whether the field has all bits of its bytes.
func (f *field) whole() bool { return f.size > 8 || f.mask == allBits(f.size) }

func allBits(size int) uint64 { return math.MaxUint64 >> (64 - 8*min(size, 8)) }

// A length is the field that announces how many bytes follow it: value × unit + adjust, in which
// a checksum that is not counted and the trailer are not included.
type length struct {
	field
	digits   string // "ascii", "bcd"; "" is binary
	signed   bool
	adjust   int64
	unit     int
	min, max uint64 // bounds of the value
	apart    int    // bytes after the payload that it does not count
}

// bounded reports whether the field can hold a value over max.
func (l *length) bounded() bool { return l.digits == "" && l.max < l.mask || l.digits != "" }

// short reports whether the field can announce a frame of less than size bytes.
func (l *length) short(size int) bool {
	return int64(min(l.min, longest))*int64(l.unit)+l.beyond() < int64(size)
}

// beyond is the size of a frame whose length is 0.
func (l *length) beyond() int64 { return int64(l.at+l.size+l.apart) + l.adjust }

// terms are the terms of the sum that is the size of a whole frame, and more bytes.
func (l *length) terms(value string, more int64) []string {
	if l.unit != 1 {
		value = fmt.Sprintf("%s * %d", value, l.unit)
	}
	terms := []string{value}
	switch n := l.beyond() + more; {
	case n > 0:
		terms = append(terms, fmt.Sprintf("+ %d", n))
	case n < 0:
		terms = append(terms, fmt.Sprintf("- %d", -n))
	}
	return terms
}

// longest is the longest frame that programs with numbers of 32 bits read.
const longest = math.MaxInt32

// tail is the size of what follows the payload.
func (d *frame) tail() int {
	if d.escape != "" { // the checksum is escaped with the payload
		return len(d.trailer)
	}
	return d.sum + len(d.trailer)
}

// describe returns the frames of f, a framing of k. It is not ok if no rule describes them.
func describe(k *framing.Entry, f framing.Framing) (*frame, bool) {
	r, ok := k.Details().Rule(f)
	if !ok {
		return nil, false
	}
	d := &frame{name: identifier(k.Name), spec: specOf(k, f), summary: k.Summary, source: k.Source, sum: r.ChecksumSize, sumLow: r.ChecksumLittle}
	switch {
	case r.Length != nil:
		d.byLength(r.Length)
	case r.Delimiter != nil:
		v := r.Delimiter
		d.header, d.magic, d.ends, d.escape, d.checksum = len(v.Magic), v.Magic, []string{v.Mark}, v.Escape, v.Checksum
	case r.OneOf != "":
		for i := range len(r.OneOf) {
			d.ends = append(d.ends, r.OneOf[i:i+1])
		}
	default:
		d.header, d.magic, d.fixed = len(r.FixedMagic), r.FixedMagic, r.Fixed
	}
	used := []string{"size", "payload"} // names that a printer may need
	for word, needed := range map[string]bool{"length": d.length != nil, "magic": d.magic != "", "checksum": d.sum > 0, "trailer": d.trailer != "" || len(d.ends) > 0} {
		if needed {
			used = append(used, word)
		}
	}
	for _, f := range k.Fields {
		if f.At+f.Size > d.header { // a key has changed the header
			continue
		}
		g := field{id: fresh(identifier(f.Name), &used), title: f.Name, at: f.At, size: f.Size, mask: f.Mask, little: f.Little, only: f.Only != ""}
		if g.mask == 0 {
			g.mask = allBits(f.Size)
		}
		for _, n := range f.Names {
			g.names = append(g.names, valueName{n.Value, n.Name})
		}
		d.fields = append(d.fields, g)
	}
	slices.SortStableFunc(d.fields, func(a, b field) int { return a.at - b.at })
	return d, true
}

// specOf is the spec of f, and for a preset also the rule that it is short for.
func specOf(k *framing.Entry, f framing.Framing) string {
	if k.Spec == "" || f.String() == k.Spec {
		return f.String()
	}
	return fmt.Sprintf("%s (%s)", f, k.Spec)
}

func (d *frame) byLength(v *framing.Length) {
	d.header, d.magic, d.magicAt, d.trailer, d.checksum = v.Header, v.Magic, v.MagicAt, v.Trailer, v.Checksum
	d.length = &length{
		field:  field{id: "length", title: "length", at: v.Offset, size: v.Size, mask: v.Mask, little: v.Order == binary.LittleEndian},
		digits: v.Digits, signed: v.Signed, adjust: v.Adjust, unit: v.Unit, min: v.Min, max: v.Max, apart: len(v.Trailer),
	}
	if v.ChecksumApart {
		d.length.apart += d.sum
	}
}

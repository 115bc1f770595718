package export

import (
	"math/bits"
	"slices"
)

// A slot is a part of the header that begins and ends where its fields do: one field, several
// that overlap, the magic, or bytes without a name.
type slot struct {
	at, size int
	fields   []*field
	magic    string
	digits   bool // its only field is a number in digits
}

// only returns the field of a slot that is all of its bytes, or nil if there is none that a type
// of the target can read.
func (s *slot) only() *field {
	if len(s.fields) != 1 || !s.fields[0].whole() || s.digits || s.size > 4 && s.size < 8 {
		return nil
	}
	return s.fields[0]
}

// slots returns the header in parts that follow each other. The magic is one of them where no
// field shows it.
func (d *frame) slots() (slots []slot) {
	var fields []*field
	for i := range d.fields {
		fields = append(fields, &d.fields[i])
	}
	if d.length != nil {
		fields = append(fields, &d.length.field)
	}
	slices.SortStableFunc(fields, func(a, b *field) int { return a.at - b.at })
	var named []slot
	for _, f := range fields {
		if n := len(named); n > 0 && f.at < named[n-1].at+named[n-1].size {
			last := &named[n-1]
			last.size = max(last.size, f.at+f.size-last.at)
			last.fields = append(last.fields, f)
			continue
		}
		named = append(named, slot{at: f.at, size: f.size, fields: []*field{f}, digits: d.length != nil && f == &d.length.field && d.length.digits != ""})
	}
	end := d.magicAt + len(d.magic)
	if d.magic != "" && !slices.ContainsFunc(named, func(s slot) bool { return s.at < end && d.magicAt < s.at+s.size }) {
		named = append(named, slot{at: d.magicAt, size: len(d.magic), magic: d.magic})
		slices.SortStableFunc(named, func(a, b slot) int { return a.at - b.at })
	}
	at := 0
	for _, s := range append(named, slot{at: d.header}) {
		if s.at > at {
			slots = append(slots, slot{at: at, size: s.at - at})
		}
		if s.size > 0 {
			slots = append(slots, s)
		}
		at = s.at + s.size
	}
	return slots
}

// needed returns the bytes that the mask of a field needs, and the mask in the number that they
// are.
func (f *field) needed() (at, size int, mask uint64) {
	low, high := f.shift()/8, (bits.Len64(f.mask)+7)/8 // bytes from the least significant on
	at = f.at + low
	if !f.little {
		at = f.at + f.size - high
	}
	return at, high - low, f.mask >> (8 * low)
}

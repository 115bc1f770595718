package export

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// kaitai returns a .ksy. The header is a type of its own: fields with all bits of their bytes are
// its seq, the others are instances.
func kaitai(d *frame) string {
	p := new(printer)
	p.line("meta:")
	p.line("  id: framecat_%s", d.name)
	p.line("  title: %s", quoted(d.summary))
	p.line("  ks-version: 0.11")
	p.line("  endian: be")
	p.line("doc: |")
	p.line("  Written by framecat for the framing %s", plain(d.spec))
	p.line("  Source of the rule: %s", plain(d.source))
	for _, note := range d.ksyNotes() {
		p.line("  %s", plain(note))
	}
	p.line("seq:")
	p.line("  - id: frames")
	p.line("    type: frame")
	p.line("    repeat: eos")
	p.line("types:")
	p.line("  frame:")
	p.line("    seq:")
	if d.header > 0 {
		p.line("      - id: header")
		p.line("        size: %d", d.header)
		p.line("        type: header")
	}
	if len(d.ends) > 0 {
		d.ksyEnds(p)
	} else {
		size := fmt.Sprint(d.fixed - int64(d.header))
		if l := d.length; l != nil {
			size = strings.Join(l.terms("header.length", int64(-d.header-d.tail())), " ")
		}
		p.line("      - id: payload")
		p.line("        size: %s", size)
	}
	if d.sum > 0 && len(d.ends) == 0 {
		p.line("      - id: checksum")
		p.line("        type: u%d%s", d.sum, ksyOrder(d.sum, d.sumLow))
	}
	if d.trailer != "" {
		p.line("      - id: trailer")
		p.line("        contents: %s", byteList(d.trailer))
	}
	d.ksyHeader(p)
	if d.escape != "" {
		d.ksyUnit(p)
	}
	d.ksyEnums(p)
	return p.String()
}

// ksyNotes are what a reader of the .ksy must know besides.
func (d *frame) ksyNotes() (notes []string) {
	switch {
	case d.escape != "":
		notes = append(notes, "The units of a frame are single bytes, or an escape and what it escapes; the last ones are the delimiter.")
	case len(d.ends) > 1 || len(d.ends) == 1 && len(d.ends[0]) > 1:
		notes = append(notes, "The bytes of a frame end with its delimiter.")
	}
	switch {
	case d.sum > 0 && len(d.ends) > 0:
		notes = append(notes, fmt.Sprintf("Before the delimiter are %d bytes of checksum (%s), which is not checked.", d.sum, d.checksum))
	case d.sum > 0:
		notes = append(notes, "The checksum ("+d.checksum+") is not checked.")
	}
	return notes
}

// ksyEnds writes the payload of a frame that ends in a mark. Only a mark of one byte is a
// terminator of Kaitai Struct; before others, the array is searched as it grows.
func (d *frame) ksyEnds(p *printer) {
	mark := d.ends[0]
	if len(d.ends) == 1 && len(mark) == 1 && d.escape == "" {
		p.line("      - id: payload")
		p.line("        terminator: %#02x", mark[0])
		return
	}
	id, kind, value := "bytes", "u1", ""
	if d.escape != "" {
		id, kind, value = "units", "unit", ".byte"
	}
	var tests []string
	for _, e := range d.ends {
		last := len(e) - 1
		test := fmt.Sprintf("_%s == %d", value, e[last])
		if last > 0 {
			test += fmt.Sprintf(" and %s.size > %d", id, last)
		}
		for i := range last { // _index is not the same number in all languages
			test += fmt.Sprintf(" and %s[%s.size - %d]%s == %d", id, id, len(e)-i, value, e[i])
		}
		tests = append(tests, test)
	}
	p.line("      - id: %s", id)
	p.line("        type: %s", kind)
	p.line("        repeat: until")
	p.line("        repeat-until: %s", strings.Join(tests, " or "))
}

// ksyUnit writes the type of a byte that may be an escape.
func (d *frame) ksyUnit(p *printer) {
	p.line("  unit:")
	p.line("    seq:")
	p.line("      - id: byte")
	p.line("        type: u1")
	p.line("      - id: escaped")
	p.line("        type: u1")
	p.line("        if: byte == %d", d.escape[0])
	if rest := len(d.ends[0]) - 1; rest > 0 {
		p.line("      - id: rest")
		p.line("        doc: of a delimiter that is escaped")
		p.line("        size: %d", rest)
		p.line("        if: byte == %d and escaped != %d", d.escape[0], d.escape[0])
	}
}

func (d *frame) ksyHeader(p *printer) {
	if d.header == 0 {
		return
	}
	p.line("  header:")
	slots := d.slots()
	p.line("    seq:")
	for i := range slots {
		s := &slots[i]
		switch f := s.only(); {
		case s.magic != "":
			p.line("      - id: magic")
			p.line("        contents: %s", byteList(s.magic))
		case f == nil && len(s.fields) == 0:
			p.line("      - id: unnamed_%d", s.at)
			p.line("        size: %d", s.size)
		case f == nil:
			p.line("      - id: bits_%d", s.at)
			p.line("        size: %d", s.size)
		case f.size > 8:
			p.line("      - id: %s", f.id)
			p.line("        size: %d", f.size)
		default:
			p.line("      - id: %s", f.id)
			p.line("        type: %s", ksyType(f.size, f.little))
			d.ksyFacts(p, f)
		}
	}
	p.line("    instances:")
	start := p.Len()
	for i := range slots {
		if s := &slots[i]; s.only() == nil {
			for _, f := range s.fields {
				d.ksyInstance(p, f)
			}
		}
	}
	if p.Len() == start {
		text := strings.TrimSuffix(p.String(), "    instances:\n")
		p.Reset()
		p.WriteString(text)
	}
}

// ksyFacts writes the names of the values of a field, and which are valid.
func (d *frame) ksyFacts(p *printer, f *field) {
	if len(f.names) > 0 {
		p.line("        enum: %s", f.id)
	}
	if f.only {
		p.line("        valid:")
		p.line("          in-enum: true")
	}
	l := d.length
	if l == nil || f.id != "length" {
		return
	}
	most := min(l.max, l.mask)
	if l.signed {
		most = min(most, allBits(l.size)>>1)
	}
	if l.min > 0 || most < allBits(l.size) {
		p.line("        valid:")
		if l.min > 0 {
			p.line("          min: %d", l.min)
		}
		if most < allBits(l.size) {
			p.line("          max: %d", most)
		}
	}
}

// ksyInstance writes a field that shares its bytes with others, or whose bits are not all of
// them, or whose size no type has, or whose number is written in digits. Only the bytes that the mask needs are read: then
// the number is exact in languages whose numbers have 53 bits, too.
func (d *frame) ksyInstance(p *printer, f *field) {
	if l := d.length; l != nil && f == &l.field && l.digits != "" {
		p.line("      length:")
		p.line("        value: %s", digitSum(l, fmt.Sprintf("bits_%d", l.at)))
		return
	}
	at, size, mask := f.needed()
	up := bits.TrailingZeros64(f.mask) - bits.TrailingZeros64(mask) // bits of the bytes that are left out
	if f.id != "length" {
		up -= f.shift()
	}
	var terms []string
	for low := 0; low < size; low += 4 { // parts of 4 bytes, from the least significant on
		part := field{id: f.id, at: at + low, size: min(4, size-low), little: f.little, mask: mask >> (8 * low)}
		part.mask &= allBits(part.size)
		if !f.little {
			part.at = at + size - low - part.size
		}
		name := "bits_of_" + f.id
		if low > 0 {
			name = "high_" + name
		}
		p.line("      %s:", name)
		p.line("        pos: %d", part.at)
		p.line("        type: %s", ksyType(part.size, part.little))
		terms = append(terms, maskSum(name, part.mask, up+8*low))
	}
	p.line("      %s:", f.id)
	p.line("        value: %s", strings.Join(terms, " + "))
	if len(f.names) > 0 {
		p.line("        enum: %s", f.id)
	}
}

// digitSum is the number that l writes in digits, in the array of bytes.
func digitSum(l *length, array string) string {
	var terms []string
	weight := uint64(1)
	for i := l.size - 1; i >= 0; i-- {
		byteAt := fmt.Sprintf("%s[%d]", array, i)
		if l.digits == "ascii" {
			terms = append(terms, fmt.Sprintf("(%s - 48) * %d", byteAt, weight))
			weight *= 10
		} else {
			terms = append(terms, fmt.Sprintf("(%s / 16 * 10 + %s %% 16) * %d", byteAt, byteAt, weight))
			weight *= 100
		}
	}
	slices.Reverse(terms)
	return strings.Join(terms, " + ")
}

// maskSum is the value of the bits of a number that a mask has, by arithmetic: bit operators have
// 32 bits in some languages. Each run of bits is moved up by up,
// which may be negative. The mask does not have all of 64 bits.
func maskSum(number string, mask uint64, up int) string {
	var terms []string
	for m := mask; m != 0; {
		low := bits.TrailingZeros64(m)
		n := bits.TrailingZeros64(^(m >> low))
		term := number
		if low > 0 {
			term = fmt.Sprintf("(%s / %d)", term, uint64(1)<<low)
		}
		term += fmt.Sprintf(" %% %d", uint64(1)<<n)
		if to := low + up; to > 0 {
			term = fmt.Sprintf("(%s) * %d", term, uint64(1)<<to)
		}
		terms = append(terms, term)
		m &^= (1<<n - 1) << low
	}
	return strings.Join(terms, " + ")
}

// ksyType is the type of a number.
func ksyType(size int, little bool) string {
	switch size {
	case 1, 2, 4, 8:
		return fmt.Sprintf("u%d%s", size, ksyOrder(size, little))
	}
	return fmt.Sprintf("b%d%s", 8*size, ksyOrder(size, little))
}

func ksyOrder(size int, little bool) string {
	switch {
	case size == 1:
		return ""
	case little:
		return "le"
	}
	return "be"
}

func (d *frame) ksyEnums(p *printer) {
	first := true
	for i := range d.fields {
		f := &d.fields[i]
		if len(f.names) == 0 {
			continue
		}
		if first {
			p.line("enums:")
			first = false
		}
		p.line("  %s:", f.id)
		var used []string
		for _, n := range f.names {
			p.line("    %d:", n.value)
			p.line("      id: %s", fresh(identifier(n.name), &used))
			p.line("      doc: %s", quoted(n.name))
		}
	}
}

// byteList is text as a list of bytes.
func byteList(text string) string {
	var list []string
	for i := range len(text) {
		list = append(list, fmt.Sprintf("%#02x", text[i]))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

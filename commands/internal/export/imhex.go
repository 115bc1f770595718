package export

import (
	"fmt"
	"strings"
)

// imhex returns a pattern. A function measures the frame at an offset, so that the array of frames
// ends before one that is not whole.
func imhex(d *frame) string {
	p := new(printer)
	p.line("// %s.", plain(d.summary))
	p.line("// Written by framecat for the framing %s", plain(d.spec))
	p.line("// Source of the rule: %s", plain(d.source))
	if d.checksum != "" {
		p.line("// The checksum (%s) is not checked.", plain(d.checksum))
	}
	p.line("")
	p.line("#pragma endian big")
	p.line("#pragma array_limit 0")
	p.line("#pragma pattern_limit 0")
	p.line("#pragma loop_limit 0")
	p.line("")
	p.line("import std.mem;")
	p.line("")
	d.hexEnums(p)
	p.line("// frame_size returns the size of the frame at an offset, or 0 if it is not whole.")
	p.line("fn frame_size(u128 at) {")
	p.line("    if (at + %d > std::mem::size()) {", max(1, d.header))
	p.line("        return 0;")
	p.line("    }")
	for _, part := range chunks(d.magic) {
		p.line("    if (%s != %#x) {", hexRead("at", d.magicAt+part.at, len(part.text), false), part.text)
		p.line("        return 0;")
		p.line("    }")
	}
	switch {
	case d.length != nil:
		d.hexLength(p)
	case d.fixed > 0:
		p.line("    u128 size = %d;", d.fixed)
	default:
		d.hexEnds(p)
	}
	if len(d.ends) == 0 {
		p.line("    if (at + size > std::mem::size()) {")
		p.line("        return 0;")
		p.line("    }")
		p.line("    return size;")
	}
	p.line("};")
	p.line("")
	d.hexFrame(p)
	p.line("Frame frames[while(frame_size($) > 0)] @ 0x00;")
	return p.String()
}

// A chunk is a part of some bytes that fits a number of ImHex.
type chunk struct {
	at   int
	text string
}

func chunks(text string) (list []chunk) {
	const most = 16
	for at := 0; at < len(text); at += most {
		list = append(list, chunk{at, text[at:min(at+most, len(text))]})
	}
	return list
}

// hexRead reads a number of size bytes at an offset after start.
func hexRead(start string, at, size int, little bool) string {
	return fmt.Sprintf("std::mem::read_unsigned(%s%s, %d, std::mem::Endian::%s)", start, plus(at), size, pick(little, "Little", "Big"))
}

// typeName is the name of the enum of a field: each word begins with a capital letter.
func (f *field) typeName() string {
	var b strings.Builder
	for _, word := range strings.Split(f.id, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	b.WriteString("Value")
	return b.String()
}

func (d *frame) hexEnums(p *printer) {
	for i := range d.fields {
		f := &d.fields[i]
		if len(f.names) == 0 || !f.whole() {
			continue
		}
		p.line("enum %s : u%d {", f.typeName(), 8*f.size)
		var used []string
		for _, n := range f.names {
			p.line("    %s = %d,", fresh(identifier(n.name), &used), n.value)
		}
		p.line("};")
		p.line("")
	}
}

// hexLength computes the size from the length.
func (d *frame) hexLength(p *printer) {
	l := d.length
	if l.digits == "" {
		p.line("    s128 length = %s;", l.hexValue("at"))
	} else {
		p.line("    s128 length = 0;")
		for i := range l.size {
			digit := hexRead("at", l.at+i, 1, false)
			if l.digits == "ascii" {
				p.line("    length = length * 10 + %s - 48;", digit)
			} else {
				p.line("    length = length * 100 + (%s >> 4) * 10 + (%s & 15);", digit, digit)
			}
		}
	}
	if l.min > 0 || l.bounded() {
		p.line("    if (length < %d || length > %d) {", l.min, l.max)
		p.line("        return 0;")
		p.line("    }")
	}
	p.line("    s128 size = %s;", strings.Join(l.terms("length", 0), " "))
	if least := max(1, d.header+d.tail()); l.short(least) {
		p.line("    if (size < %d) {", least)
		p.line("        return 0;")
		p.line("    }")
	}
}

// hexValue is the value of the bits of a field in a frame at offset start.
func (f *field) hexValue(start string) string {
	value := hexRead(start, f.at, f.size, f.little)
	if !f.whole() {
		value = fmt.Sprintf("%s & %#x", value, f.mask)
		if f.shift() > 0 && f.id != "length" {
			value = fmt.Sprintf("(%s) >> %d", value, f.shift())
		}
	}
	return value
}

// hexEnds searches the mark that ends a frame.
func (d *frame) hexEnds(p *printer) {
	mark := len(d.ends[0])
	var tests []string
	for _, e := range d.ends {
		tests = append(tests, hexIs("i", e))
	}
	p.line("    u128 i = at%s;", plus(d.header))
	p.line("    while (i + %d <= std::mem::size()) {", mark)
	p.line("        if (%s) {", strings.Join(tests, " || "))
	p.line("            return i + %d - at;", mark)
	p.line("        }")
	if d.escape != "" {
		p.line("        if (%s) {", hexIs("i", d.escape))
		p.line("            if (i + %d <= std::mem::size()) {", 1+mark)
		p.line("                if (%s) {", hexIs("i + 1", d.ends[0]))
		p.line("                    i = i + %d;", mark-1)
		p.line("                }")
		p.line("            }")
		p.line("            i = i + 1;")
		p.line("        }")
	}
	p.line("        i = i + 1;")
	p.line("    }")
	p.line("    return 0;")
}

// hexIs tests whether some bytes are at an offset.
func hexIs(at, text string) string {
	var tests []string
	for _, part := range chunks(text) {
		tests = append(tests, fmt.Sprintf("%s == %#x", hexRead(at, part.at, len(part.text), false), part.text))
	}
	return strings.Join(tests, " && ")
}

func (d *frame) hexFrame(p *printer) {
	p.line("struct Frame {")
	p.line("    u128 start = $;")
	p.line("    u128 body_end = start + frame_size(start)%s;", minus(d.tail()+d.markSize()))
	slots := d.slots()
	for i := range slots {
		s := &slots[i]
		f := s.only()
		switch {
		case s.magic != "":
			p.line("    u8 magic[%d];", s.size)
		case f == nil && len(s.fields) == 0:
			p.line("    u8 unnamed_%d[%d];", s.at, s.size)
		case f == nil && s.digits && d.length.digits == "ascii":
			p.line("    char length[%d];", s.size)
		case f == nil && s.digits:
			p.line("    u8 length[%d];", s.size)
		case f == nil:
			p.line("    u8 bits_%d[%d];", s.at, s.size)
			for _, f := range s.fields {
				p.line("    u128 %s = %s [[export]];", f.id, f.hexValue("start"))
			}
		case f.size > 8:
			p.line("    u8 %s[%d];", f.id, f.size)
		default:
			kind := fmt.Sprintf("u%d", 8*f.size)
			if len(f.names) > 0 {
				kind = f.typeName()
			}
			p.line("    %s %s %s;", pick(f.little, "le", "be"), kind, f.id)
		}
	}
	p.line("    u8 payload[body_end - $];")
	if d.sum > 0 && d.escape == "" {
		p.line("    %s u%d checksum;", pick(d.sumLow, "le", "be"), 8*d.sum)
	}
	if n := len(d.trailer) + d.markSize(); n > 0 {
		p.line("    u8 trailer[%d];", n)
	}
	p.line("};")
	p.line("")
}

// markSize is the size of the mark that ends a frame, or 0.
func (d *frame) markSize() int {
	if len(d.ends) == 0 {
		return 0
	}
	return len(d.ends[0])
}

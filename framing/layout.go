package framing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A part is one box in the picture of a frame.
type part struct {
	Name string
	Size string // "4", "1-4", "4 if masked"; "" is any number of bytes
	At   int    // offset in the frame, or -1 if it is not fixed
}

// Parts returns the parts of a frame of f, a framing of this row: those of the header,
// the payload, and those of the trailer.
func (d *details) Parts(f Framing) (header []part, payload part, trailer []part) {
	if s, ok := f.(*summed); ok {
		header, payload, trailer = d.Parts(s.Framing)
		return header, payload, append([]part{{s.sum.name, fmt.Sprint(s.sum.size), -1}}, trailer...)
	}
	if t, ok := f.(*tunnel); ok {
		return d.Parts(t.inner)
	}
	if l, ok := f.(*length); ok && (d.layout == "" || d.Spec == "") {
		header, trailer = l.parts(d.Fields)
		return header, part{"payload", "", l.header}, trailer
	}
	drawn := (*Entry)(d)
	for drawn.layout == "" {
		drawn = Lookup(drawn.Spec)
	}
	before, rest, _ := strings.Cut(" "+drawn.layout, " | ")
	body, after, _ := strings.Cut(rest, " | ")
	header, at := readParts(before, 0)
	trailer, _ = readParts(after, -1)
	return header, part{body, "", at}, trailer
}

// readParts reads one side of a Layout: parts such as type:1 with blanks between.
func readParts(s string, at int) (parts []part, end int) {
	for _, word := range strings.Fields(s) {
		p := part{Name: strings.ReplaceAll(word, "_", " "), At: at}
		if i := strings.LastIndexByte(p.Name, ':'); i > 0 && p.Name[i+1:] != `"` {
			p.Name, p.Size = p.Name[:i], p.Name[i+1:]
		}
		parts = append(parts, p)
		if n, err := strconv.Atoi(p.Size); err == nil && at >= 0 {
			at += n
		} else {
			at = -1
		}
	}
	return parts, at
}

// parts returns the parts of a frame of a length rule: the fields that the row names, the
// length, and the bytes between them.
func (l *length) parts(named []Field) (header, trailer []part) {
	fields := append([]Field{{Name: "length", At: l.offset, Size: l.size}}, named...)
	slices.SortStableFunc(fields, func(a, b Field) int { return a.At - b.At })
	at := 0
	for _, f := range fields {
		if f.At >= l.header || f.At < at { // in the payload, or more bits of a field that is shown already
			continue
		}
		header = append(header, l.between(at, f.At)...)
		header = append(header, part{f.Name, fmt.Sprint(f.Size), f.At})
		at = f.At + f.Size
	}
	header = append(header, l.between(at, l.header)...)
	if l.trailer != "" {
		trailer = []part{{fmt.Sprintf("% x", l.trailer), fmt.Sprint(len(l.trailer)), -1}}
	}
	return header, trailer
}

// between returns the parts of the header that have no name: the magic, and what is around it.
func (l *length) between(at, end int) (parts []part) {
	for at < end {
		p := part{"…", "", at}
		next := end
		switch m := l.magicAt + len(l.magic); {
		case l.magic == "" || m <= at || l.magicAt >= end:
		case l.magicAt > at:
			next = l.magicAt
		case l.magicAt == at && m <= end:
			p.Name, next = inPicture(l.magic), m
		}
		p.Size = fmt.Sprint(next - at)
		parts = append(parts, p)
		at = next
	}
	return parts
}

// inPicture returns bytes as the name of their box.
func inPicture(s string) string {
	if len(s) > 8 {
		return "magic"
	}
	if readable(s) {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("% x", s)
}

// Counts returns what the length counts in a frame of f, a framing of this row.
func (d *details) Counts(f Framing) string {
	s, summed := f.(*summed)
	if summed {
		f = s.Framing
	}
	l, ok := f.(*length)
	if d.counts != "" || !ok {
		return d.counts
	}
	fieldEnd := l.offset + l.size
	what := "all that follows it"
	switch {
	case l.adjust == int64(l.header-fieldEnd):
		what = "the payload"
		if summed && !s.apart {
			what += " and its checksum"
		}
	case l.adjust == -int64(fieldEnd):
		what = "the whole frame"
	case l.adjust == -int64(l.size):
		what = "itself and all that follows"
	case l.adjust > 0:
		what = fmt.Sprintf("all that follows it except %s", plural(l.adjust, "byte"))
	case l.adjust < 0:
		what = fmt.Sprintf("all that follows it and %s", plural(-l.adjust, "byte"))
	}
	if what != "the payload" && summed && s.apart {
		what += ", without the checksum"
	}
	order := "big-endian"
	if l.little {
		order = "little-endian"
	}
	if l.digits != binaryDigits || l.size == 1 {
		return what
	}
	if l.mask != l.digits.capacity(l.size) {
		what += fmt.Sprintf("; only the bits %#x of the field are the length", l.mask)
	}
	return what + "; " + order
}

// Checksum describes the checksum in a frame of f: its name, the order of its bytes, and what it
// covers. It is "" if there is none.
func (d *details) Checksum(f Framing) string {
	s, ok := f.(*summed)
	if !ok {
		return ""
	}
	what := []string{s.sum.name}
	if order := s.sum.order(); order != "" {
		what = append(what, order)
	}
	switch {
	case s.from == s.header:
		what = append(what, "over the payload")
	case s.from == 0:
		what = append(what, "over the header and the payload")
	default:
		what = append(what, fmt.Sprintf("over the header from byte %d on and the payload", s.from))
	}
	text := strings.Join(what, ", ")
	if _, ok := s.Framing.(*length); ok && s.apart {
		return text + "; the length does not count it"
	} else if ok {
		return text + "; the length counts it"
	}
	return text
}

// HexMagic returns the magic of f, if it is a text of hex digits, and the bytes that these
// spell: they may have been meant.
func (d *details) HexMagic(f Framing) (magic, bytes string) {
	for ; f != nil; f = unwrap(f) {
		switch f := f.(type) {
		case *length:
			magic = f.magic
		case *delim:
			magic = f.magic
		case *fixed:
			magic = f.magic
		}
	}
	if len(magic) < 4 { // AB may be letters
		return "", ""
	}
	return magic, spelledBytes(magic)
}

// Limits returns how long a frame of f, a framing of this row, can be.
func (d *details) Limits(f Framing) string {
	var parts []string
	if s, ok := f.(*summed); ok {
		f = s.Framing
	}
	if l, ok := f.(*length); ok {
		full := min(l.digits.capacity(l.size), l.mask)
		switch {
		case l.signed:
			parts = append(parts, "a negative length is malformed")
		case l.min > 0 && l.max < full:
			parts = append(parts, fmt.Sprintf("lengths from %d to %d", l.min, l.max))
		case l.min > 0:
			parts = append(parts, fmt.Sprintf("lengths from %d", l.min))
		}
		if l.max < full && l.min == 0 {
			parts = append(parts, fmt.Sprintf("lengths up to %d", l.max))
		}
	}
	if d.limits != "" {
		parts = append(parts, d.limits)
	}
	return strings.Join(parts, "; ")
}

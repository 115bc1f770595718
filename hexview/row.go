package hexview

import (
	"strings"
	"unicode/utf8"
)

// appendRow appends a row whose first byte is at this offset, with its notes.
func (v *View) appendRow(first int64, row []cell) {
	dst, colors := v.out, v.colors
	dst = append(dst, colors.offset.on...)
	dst = appendOffset(dst, first)
	dst = append(append(dst, colors.offset.off...), ' ')
	last := parts // the part of the byte before; parts means none
	for _, c := range row {
		if c.part != last {
			dst = append(dst, colors.parts[last].off...)
			dst = append(dst, colors.parts[c.part].on...)
			last = c.part
		}
		h := hexDigits[c.b]
		dst = append(dst, c.mark, h[0], h[1])
	}
	dst = append(dst, colors.parts[last].off...)
	dst = appendSpaces(dst, 3*(v.opts.Cols-len(row))+2)
	last = parts
	for _, c := range row {
		if c.part != last {
			dst = append(dst, colors.parts[last].off...)
			dst = append(dst, colors.parts[c.part].on...)
			last = c.part
		}
		dst = append(dst, shown[c.b])
	}
	dst = append(dst, colors.parts[last].off...)
	v.out = v.appendNotes(dst, first, len(row))
}

// noteRoom is the least number of columns for a note that is wrapped beside its row and the
// rows below it.
const noteRoom = 16

// indent is the column in which the bytes of a row start.
const indent = 9

// appendNotes appends what is beside a row of n bytes at offset first, and below it. A note that does not fit
// the column of notes may begin further to the left, where a short row ends. If it does not fit
// there either, it is printed below its row on a narrow terminal, and else in several lines.
func (v *View) appendNotes(dst []byte, first int64, n int) []byte {
	gap, below := v.opts.Cols-n+2, "" // the gap to the column of notes
	if len(v.notes) > 0 {
		note := strings.Join(v.notes, "; ")
		room, size := v.opts.Width-Width(v.opts.Cols), utf8.RuneCountInString(note)
		for ; first>>32 > 0; first >>= 4 { // the offset has more than 8 digits
			room--
		}
		switch {
		case v.opts.Width <= 0 || size <= room:
			v.more = append(v.more, note)
		case len(v.more) == 0 && size <= room+gap-2:
			gap -= size - room
			v.more = append(v.more, note)
		case room < noteRoom:
			below = note
		default:
			v.more = append(v.more, wrap(note, room)...)
		}
	}
	if len(v.more) > 0 {
		dst = appendSpaces(dst, gap)
		dst = append(dst, v.more[0]...)
		v.more = v.more[1:]
	}
	dst = append(dst, '\n')
	if below != "" {
		for _, line := range wrap(below, v.opts.Width-indent) {
			dst = append(append(appendSpaces(dst, indent), line...), '\n')
		}
	}
	return dst
}

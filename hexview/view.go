// Package hexview shows bytes as rows of hex and text, with marks and colours that
// say what each part is. It knows nothing of framings: its caller does.
//
//	00000000 [35 3a|68 65 6c 6c 6f/2c                          5:hello,          #0 payload 5
//	offset   │     │              │                            text              note
//	         mark before the byte where a part begins
//
// A view streams: a row is written when it is full, so that a dump of any size takes
// the memory of one row. The marks say the same as the colours.
//
//	v := hexview.New(os.Stdout, hexview.Options{})
//	v.Begin(0, "#0 payload 5")
//	v.Bytes(hexview.Header, '[', []byte("5:"))
//	v.Bytes(hexview.Payload, '|', []byte("hello"))
//	v.Bytes(hexview.Trailer, '/', []byte(","))
//	v.Close()
package hexview

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Part is what a byte belongs to; it chooses the colour.
type Part uint8

// The parts of a stream.
const (
	Header Part = iota
	Payload
	Trailer
	Leftover // an unfinished record
	Fill     // between records
	Wrong    // the byte at fault
	Unread   // behind it
	parts
)

// Options are how a view looks.
type Options struct {
	Cols  int  // bytes a row; 0 is 16
	Rows  int  // most rows a record; 0 is no limit
	Dump  bool // one row follows on the other, whatever they hold
	Width int  // of the terminal, to wrap notes for; 0 is no limit
	Color bool
}

// A View writes rows. Its methods return no error: Flush returns the first.
type View struct {
	w    io.Writer
	opts Options
	ink  *palette
	err  error

	out    []byte
	offset int64 // of the next byte
	row    []cell
	first  int64    // offset of row[0]
	width  int      // of this row: less than Cols if it begins between two
	notes  []string // of this row
	more   []string // what is left of a note, a line a row
	rows   int      // of this record that were written
	hidden int64    // bytes of this record that are not shown
}

type cell struct {
	b, mark byte
	part    Part
}

const (
	outSize     = 64 << 10
	defaultCols = 16
)

// New returns a View that writes to w.
func New(w io.Writer, o Options) *View {
	if o.Cols <= 0 {
		o.Cols = defaultCols
	}
	v := &View{w: w, opts: o, ink: new(palette), row: make([]cell, 0, o.Cols)}
	if o.Color {
		v.ink = inks()
	}
	return v
}

// Begin starts a record at this offset of the stream: a new row, unless rows follow
// on one another. The note stands at the right of the first row.
func (v *View) Begin(offset int64, note string) {
	v.end()
	if !v.opts.Dump || offset != v.offset {
		v.endRow()
	}
	v.offset, v.rows = offset, 0
	if note != "" {
		v.notes = append(v.notes, note)
	}
}

// Bytes shows bytes of the record, with a mark before the first; 0 is no mark.
func (v *View) Bytes(p Part, mark byte, b []byte) {
	for len(b) > 0 {
		if v.opts.Rows > 0 && v.rows >= v.opts.Rows && len(v.row) == 0 {
			v.hidden += int64(len(b))
			v.offset += int64(len(b))
			return
		}
		if len(v.row) == 0 {
			v.first, v.width = v.offset, v.opts.Cols
			if v.opts.Dump {
				v.width -= int(v.offset % int64(v.opts.Cols))
			}
		}
		n := min(len(b), v.width-len(v.row))
		for _, c := range b[:n] {
			v.row = append(v.row, cell{c, ' ', p})
		}
		if mark != 0 {
			v.row[len(v.row)-n].mark, mark = mark, 0
		}
		v.offset += int64(n)
		if b = b[n:]; len(v.row) == v.width {
			v.endRow()
		}
	}
}

// Offset is that of the byte that is shown next.
func (v *View) Offset() int64 { return v.offset }

// Line writes text on a line of its own: a heading, or what no byte shows.
func (v *View) Line(text string) {
	v.endAll()
	v.out = append(append(v.out, text...), '\n')
	v.full()
}

// Text is Line for what may be wrapped, at blanks.
func (v *View) Text(text string) {
	for _, line := range wrap(text, v.opts.Width) {
		v.Line(line)
	}
}

// Flush writes what is there. A row that is not full ends, unless rows follow on one
// another: then it waits for Close, or a Line. Flush returns the first error of the
// writer.
func (v *View) Flush() error {
	if !v.opts.Dump {
		v.endAll()
	}
	v.write()
	return v.err
}

// Close ends the view and writes all of it. It returns the first error of the writer.
func (v *View) Close() error {
	v.endAll()
	v.write()
	return v.err
}

func (v *View) endAll() {
	v.end()
	v.endNotes()
}

// end finishes the record at hand.
func (v *View) end() {
	if !v.opts.Dump {
		v.endNotes()
	}
	if v.hidden > 0 {
		v.endRow()
		v.out = append(append(v.out, "         … "...), strconv.FormatInt(v.hidden, 10)...)
		if v.out = append(v.out, " more byte"...); v.hidden > 1 {
			v.out = append(v.out, 's')
		}
		v.out = append(v.out, '\n')
		v.hidden = 0
	}
}

// endNotes writes the row at hand and what is left of its note.
func (v *View) endNotes() {
	v.endRow()
	for _, line := range v.more {
		v.out = appendBlanks(v.out, Width(v.opts.Cols))
		v.out = append(append(v.out, line...), '\n')
	}
	v.more = v.more[:0]
}

// endRow writes the row at hand, or the notes that have no byte to stand beside.
func (v *View) endRow() {
	if len(v.row) == 0 && len(v.notes) == 0 {
		return
	}
	if len(v.row) == 0 {
		v.first = v.offset
	}
	v.rows++
	v.appendRow()
	v.row, v.notes = v.row[:0], v.notes[:0]
	v.full()
}

func (v *View) appendRow() {
	dst, ink := v.out, v.ink
	dst = append(dst, ink.offset.on...)
	dst = appendOffset(dst, v.first)
	dst = append(append(dst, ink.offset.off...), ' ')
	last := parts // of the byte before: no part
	for _, c := range v.row {
		if c.part != last {
			dst = append(dst, ink.parts[last].off...)
			dst = append(dst, ink.parts[c.part].on...)
			last = c.part
		}
		h := hexDigits[c.b]
		dst = append(dst, c.mark, h[0], h[1])
	}
	dst = append(dst, ink.parts[last].off...)
	dst = appendBlanks(dst, 3*(v.opts.Cols-len(v.row))+2)
	last = parts
	for _, c := range v.row {
		if c.part != last {
			dst = append(dst, ink.parts[last].off...)
			dst = append(dst, ink.parts[c.part].on...)
			last = c.part
		}
		dst = append(dst, shown[c.b])
	}
	dst = append(dst, ink.parts[last].off...)
	if len(v.notes) > 0 && !v.under() {
		v.more = append(v.more, wrap(strings.Join(v.notes, "; "), v.opts.Width-Width(v.opts.Cols))...)
	}
	if len(v.more) > 0 {
		dst = appendBlanks(dst, v.opts.Cols-len(v.row)+2)
		dst = append(dst, v.more[0]...)
		v.more = v.more[1:]
	}
	dst = append(dst, '\n')
	if len(v.notes) > 0 && v.under() {
		for _, line := range wrap(strings.Join(v.notes, "; "), v.opts.Width-indent) {
			dst = append(append(appendBlanks(dst, indent), line...), '\n')
		}
	}
	v.out = dst
}

// NoteRoom is how many columns a note takes at least, if it is to stand beside its row.
const NoteRoom = 16

// indent is where the bytes of a row begin.
const indent = 9

// under says whether notes stand under their rows: there is no room beside them.
func (v *View) under() bool {
	return v.opts.Width > 0 && v.opts.Width-Width(v.opts.Cols) < NoteRoom
}

// wrap breaks text into lines of a width, at blanks; a longer word stays whole. Below 1
// there is no limit.
func wrap(text string, width int) (lines []string) {
	if width < 1 || utf8.RuneCountInString(text) <= width {
		return []string{text}
	}
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = word
		} else if line == "" {
			line = word
		} else {
			line += " " + word
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

// full writes what has gathered.
func (v *View) full() {
	if len(v.out) >= outSize {
		v.write()
	}
}

func (v *View) write() {
	if v.err == nil && len(v.out) > 0 {
		_, v.err = v.w.Write(v.out)
	}
	v.out = v.out[:0]
}

// Err returns the first error of the writer so far.
func (v *View) Err() error { return v.err }

// Width is how many columns a row takes without its note.
func Width(cols int) int { return 8 + 1 + 3*cols + 2 + cols + 2 }

const digits = "0123456789abcdef"

var hexDigits, shown = func() (h [256][2]byte, s [256]byte) {
	for i := range 256 {
		h[i] = [2]byte{digits[i>>4], digits[i&15]}
		s[i] = '.'
		if i >= ' ' && i < 0x7f {
			s[i] = byte(i)
		}
	}
	return h, s
}()

// appendOffset appends 8 hex digits, or as many as it takes.
func appendOffset(dst []byte, n int64) []byte {
	shift := 28
	for n>>shift > 15 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, digits[n>>shift&15])
	}
	return dst
}

const blanks = "                                                                "

func appendBlanks(dst []byte, n int) []byte {
	for ; n > len(blanks); n -= len(blanks) {
		dst = append(dst, blanks...)
	}
	return append(dst, blanks[:max(0, n)]...)
}

// Package hexview prints bytes as rows of hex and text, and shows what each part of them
// is: a header, a payload, a trailer. Marks show it without colours too.
//
//	00000000 [35 3a|68 65 6c 6c 6f/2c                          5:hello,          #0 payload 5
//	offset   │     │              │                            text              note
//	         mark before the byte where a part begins
//
// Start with [New]. Call Begin for each record, Bytes for each of its parts, and Close at
// the end:
//
//	v := hexview.New(os.Stdout, hexview.Options{})
//	v.Begin(0, "#0 payload 5")
//	v.Bytes(hexview.Header, '[', []byte("5:"))
//	v.Bytes(hexview.Payload, '|', []byte("hello"))
//	v.Bytes(hexview.Trailer, '/', []byte(","))
//	v.Close()
//
// A View keeps one row and up to 64 KiB of output in memory, whatever the size of the
// stream. It does not find records: its caller decides what each byte is. It is not for
// use by several goroutines at once.
//
// Sizes are in bytes, and offsets count from 0.
package hexview

import (
	"io"
	"slices"
	"strconv"
	"strings"
)

// A Part is what a byte belongs to. It selects the colour of the byte.
type Part uint8

// The parts of a stream.
const (
	Header Part = iota
	Payload
	Trailer
	Leftover // an unfinished record
	Fill     // between records
	Wrong    // the byte at fault
	Unread   // after the byte at fault
	Removed  // not in the other of two records
	Added    // in this one of two records only
	parts    // how many there are
)

// Options set the look of a view.
type Options struct {
	Cols  int  // bytes per row; 0 or less means 16
	Rows  int  // rows per record at most, the rest is counted in a line; 0 or less means no limit
	All   bool // show rows that equal the row before; else a * stands for them
	Dump  bool // records share rows, as in a plain hex dump; else each record starts a row
	Width int  // columns of the terminal, at which notes are wrapped; 0 or less means no limit
	Color bool // use colours

	// Hint returns a line to show below the first count of what Rows hid, such as the command that
	// shows it. It may be nil.
	Hint func() string
}

// A View writes rows to a writer. After an error of the writer it writes nothing more;
// Flush, Close and Err return that error.
type View struct {
	w      io.Writer
	opts   Options
	colors *palette
	err    error

	out    []byte
	offset int64    // offset of the next byte
	row    []cell   // the current row
	first  int64    // offset of row[0]
	width  int      // bytes that fit this row: less than Cols if a dump starts inside it
	notes  []string // notes of this row
	more   []string // further lines of a note, for the rows below
	rows   int      // rows of this record that were written
	hidden int64    // bytes of this record that are not shown

	prev  []cell // the last row of this record that was written, if it can be repeated
	last  int64  // offset of the last row that equals prev
	equal int    // rows after prev that equal it and were not written
}

type cell struct {
	b, mark byte
	part    Part
}

const (
	outSize     = 64 << 10
	defaultCols = 16
)

// New returns a View that writes to w. Call Close at the end, or rows are lost.
func New(w io.Writer, o Options) *View {
	if o.Cols <= 0 {
		o.Cols = defaultCols
	}
	v := &View{w: w, opts: o, colors: new(palette), row: make([]cell, 0, o.Cols)}
	if o.Color {
		v.colors = newPalette()
	}
	return v
}

// Begin starts a record at this offset of the stream. It starts a new row, except with
// Options.Dump if the record follows the one before without a gap. The note is printed to
// the right of the first row, or below it on a narrow terminal.
func (v *View) Begin(offset int64, note string) {
	v.end()
	if !v.opts.Dump || offset != v.offset {
		v.endRow()
	}
	v.offset, v.rows, v.prev = offset, 0, v.prev[:0]
	if note != "" {
		v.notes = append(v.notes, note)
	}
}

// End ends the record: rows of it that were held back, as they may be repeated, are written by
// the next Flush. Begin, Line and Close end a record too.
func (v *View) End() { v.end() }

// Bytes shows bytes of the record, with a mark before the first of them; 0 is no mark. It
// does not keep b.
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

// Limit sets how many rows the next records show at most: see Options.Rows.
func (v *View) Limit(rows int) { v.opts.Rows = rows }

// Offset returns the offset of the next byte.
func (v *View) Offset() int64 { return v.offset }

// Line ends the row and writes text on a line of its own. The text is written as it is:
// the caller must escape control characters.
func (v *View) Line(text string) {
	v.endAll()
	v.out = append(append(v.out, text...), '\n')
	v.writeIfFull()
}

// Text is like Line, but wraps the text at spaces to Options.Width.
func (v *View) Text(text string) { v.Titled("", 0, text) }

// Titled is like Text. The text begins with a word, title, which has the colour of a part.
func (v *View) Titled(title string, p Part, text string) {
	for _, line := range wrap(text, v.opts.Width) {
		if rest, ok := strings.CutPrefix(line, title); ok && title != "" {
			e := v.colors.parts[p]
			line, title = e.on+title+e.off+rest, ""
		}
		v.Line(line)
	}
}

// Flush writes all rows to the writer. It ends a row that is not full, except with
// Options.Dump: that row is written when it is full, or by Line or Close. Flush returns
// the first error of the writer.
func (v *View) Flush() error {
	if !v.opts.Dump {
		v.endNotes()
	}
	return v.FlushFull()
}

// FlushFull is like Flush, but does not end a row that is not full.
func (v *View) FlushFull() error {
	v.write()
	return v.err
}

// FlushRows writes the rows that are full. It ends no row.
func (v *View) FlushRows() error {
	v.write()
	return v.err
}

// Close ends the last row and writes all output. It returns the first error of the writer,
// which stays open.
func (v *View) Close() error {
	v.endAll()
	v.write()
	return v.err
}

func (v *View) endAll() {
	v.end()
	v.endNotes()
}

// end ends the current record.
func (v *View) end() {
	if !v.opts.Dump {
		v.endNotes()
	}
	v.endEqual()
	if v.hidden > 0 {
		v.endRow()
		v.out = append(append(v.out, "         … "...), strconv.FormatInt(v.hidden, 10)...)
		if v.out = append(v.out, " more byte"...); v.hidden > 1 {
			v.out = append(v.out, 's')
		}
		v.out = append(v.out, '\n')
		v.hidden = 0
		if v.opts.Hint != nil {
			v.out = append(append(append(v.out, "         "...), v.opts.Hint()...), '\n')
			v.opts.Hint = nil
		}
	}
}

// endNotes writes the current row and the further lines of its note.
func (v *View) endNotes() {
	v.endRow()
	for _, line := range v.more {
		v.out = appendSpaces(v.out, Width(v.opts.Cols))
		v.out = append(append(v.out, line...), '\n')
	}
	v.more = v.more[:0]
}

// endRow writes the current row, or notes of a row without bytes.
func (v *View) endRow() {
	if len(v.row) == 0 && len(v.notes) == 0 {
		return
	}
	if len(v.row) == 0 {
		v.first = v.offset
	}
	if v.repeats() {
		v.last, v.equal, v.row = v.first, v.equal+1, v.row[:0]
		return
	}
	v.endEqual()
	v.rows++
	v.appendRow(v.first, v.row)
	v.prev, v.row, v.notes = v.row, v.prev[:0], v.notes[:0]
	v.writeIfFull()
}

// repeats reports whether the current row is full, has nothing beside it, and equals the row
// before.
func (v *View) repeats() bool {
	return !v.opts.All && len(v.row) == v.opts.Cols && len(v.notes) == 0 && len(v.more) == 0 && slices.Equal(v.row, v.prev)
}

// endEqual ends a run of equal rows: a * stands for all but the last of them, which shows where
// the run ends.
func (v *View) endEqual() {
	if v.equal == 0 {
		return
	}
	if v.equal > 1 {
		v.out = append(v.out, "*\n"...)
		v.rows++
	}
	v.equal = 0
	v.rows++
	v.appendRow(v.last, v.prev)
	v.prev = v.prev[:0]
}

// writeIfFull writes the output that has been collected, if there is enough of it.
func (v *View) writeIfFull() {
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

// Width returns how many columns a row of cols bytes takes, without its note.
func Width(cols int) int { return 8 + 1 + 3*cols + 2 + cols + 2 }

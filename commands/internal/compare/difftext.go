package compare

import (
	"bytes"
	"cmp"
	"fmt"
	"io"

	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

// A Text shows differences to people: messages as rows of hex, after - if they are only in the old stream, and
// after + if they are only in the new one. Of a message that changed, the bytes that differ have the same marks.
//
//	--- old.bin
//	+++ new.bin
//	  … 1234 equal messages
//	- 0000000c [05|68-65 6c 6c 6f        .hello   #1234 payload 5 changed
//	+ 0000000c [05|68+61 6c 6c 6f        .hallo   #1234 payload 5
type Text struct {
	Diff  *Diff
	Names [2]string
	Out   io.Writer
	View  hexview.Options
	Clear func() // removes a progress line

	marks [2]string // what begins the lines of each stream
	rows  bytes.Buffer
	view  *hexview.View
	buf   []byte
	equal int64 // messages since the last difference
	begun bool  // the names were shown
}

// rowsAround is how many rows without changes are shown around those with changes.
const rowsAround = 1

// begin shows what comes before a difference.
func (t *Text) begin() {
	if t.view == nil {
		t.View.Cols = cmp.Or(max(0, t.View.Cols), 16)
		t.View.Width = max(0, t.View.Width-2)
		t.view = hexview.New(&t.rows, t.View)
		t.marks = [2]string{"- ", "+ "}
		if t.View.Color {
			t.marks = [2]string{hexview.Color(hexview.Removed, "-") + " ", hexview.Color(hexview.Added, "+") + " "}
		}
	}
	if !t.begun {
		t.begun = true
		t.line("--- " + t.Names[0])
		t.line("+++ " + t.Names[1])
	}
	if t.equal > 0 {
		t.line("  … " + report.Count(t.equal, "equal message"))
		t.equal = 0
	}
}

func (t *Text) line(text string) { t.buf = append(append(t.buf, report.Sanitize(text)...), '\n') }

// Equal counts messages.
func (t *Text) Equal(n int64) { t.equal += n }

// Changed shows both forms of a message.
func (t *Text) Changed(old, new framing.Frame) error {
	t.begin()
	inOld, inNew := t.Diff.changes(old, new)
	showChanged(t.view, t.View.Cols, old, inOld, hexview.Removed, " changed")
	t.rowsOf(0)
	showChanged(t.view, t.View.Cols, new, inNew, hexview.Added, "")
	t.rowsOf(1)
	return t.flushIfFull()
}

// Removed shows a message that is only in the old stream.
func (t *Text) Removed(f framing.Frame) error { return t.only(f, 0, " removed") }

// Added shows a message that is only in the new stream.
func (t *Text) Added(f framing.Frame) error { return t.only(f, 1, " added") }

func (t *Text) only(f framing.Frame, side int, word string) error {
	t.begin()
	showFrame(t.view, f, note(f)+word)
	t.rowsOf(side)
	return t.flushIfFull()
}

// rowsOf takes the rows that were made, as those of a stream.
func (t *Text) rowsOf(side int) {
	t.view.Flush()
	for line := range bytes.Lines(t.rows.Bytes()) {
		t.buf = append(append(t.buf, t.marks[side]...), line...)
	}
	t.rows.Reset()
}

func (t *Text) flushIfFull() error {
	if len(t.buf) < 64<<10 {
		return nil
	}
	return t.Flush()
}

// Flush writes what is buffered.
func (t *Text) Flush() error {
	if len(t.buf) == 0 {
		return nil
	}
	t.Clear()
	_, err := t.Out.Write(t.buf)
	t.buf = t.buf[:0]
	return err
}

// End ends the streams, and shows the counts if there is a difference.
func (t *Text) End() error {
	if t.Diff.Counts.Differ() {
		t.begin()
		t.line(t.Diff.Counts.String())
	}
	t.begun, t.equal = false, 0
	return t.Flush()
}

// String returns the counts in words.
func (c *Counts) String() string {
	return fmt.Sprintf("%d changed, %d removed, %d added, %d equal", c.Changed, c.Removed, c.Added, c.Equal)
}

// note names a message.
func note(f framing.Frame) string { return fmt.Sprintf("#%d payload %d", f.Index, len(f.Payload)) }

// Rows take bytes with marks, as a hexview.View does, and lines of text.
type rows interface {
	Line(text string)
	Begin(offset int64, title string)
	Bytes(p hexview.Part, mark byte, b []byte)
	End()
}

// A piece is a part of a frame.
type piece struct {
	span
	part hexview.Part
	mark byte
}

// pieces returns the parts of a frame, in which some bytes have changed.
func pieces(f framing.Frame, changes []span, as hexview.Part) (list []piece) {
	header, body := len(f.Header), len(f.Header)+len(f.Body)
	for _, p := range []piece{
		{span{0, header}, hexview.Header, '['}, {span{header, body}, hexview.Payload, '|'}, {span{body, body + len(f.Trailer)}, hexview.Trailer, '/'},
	} {
		for _, c := range changes {
			from, to := max(c.start, p.start), min(c.end, p.end)
			if from >= to {
				continue
			}
			if p.start < from {
				list = append(list, piece{span{p.start, from}, p.part, p.mark})
			}
			list = append(list, piece{span{from, to}, as, 0})
			p.start, p.mark = to, 0
		}
		if p.start < p.end {
			list = append(list, p)
		}
	}
	return list
}

// showFrame shows all of a frame.
func showFrame(to rows, f framing.Frame, title string) {
	to.Begin(f.Offset, title)
	to.Bytes(hexview.Header, '[', f.Header)
	to.Bytes(hexview.Payload, '|', f.Body)
	to.Bytes(hexview.Trailer, '/', f.Trailer)
	to.End()
}

// showChanged shows the rows of a frame that have changes, and the rows around them. Each byte that has changed is
// marked as such.
func showChanged(to rows, cols int, f framing.Frame, changes []span, as hexview.Part, word string) {
	all := pieces(f, changes, as)
	mark := byte('+')
	if as == hexview.Removed {
		mark = '-'
	}
	wire := Message{f.Header, f.Body, f.Trailer, nil}.Wire()
	title := note(f) + word
	at := 0
	for i, shown := range around(changes, len(wire), cols) {
		if shown.start > at {
			if i == 0 { // the title needs a row
				to.Line("         " + title)
				title = ""
			}
			to.Line("         … " + report.Count(int64(shown.start-at), "equal byte"))
		}
		to.Begin(f.Offset+int64(shown.start), title)
		title, at = "", shown.end
		for _, p := range all {
			from, end := max(p.start, shown.start), min(p.end, shown.end)
			switch {
			case from >= end:
			case p.part == as:
				for k := from; k < end; k++ {
					to.Bytes(as, mark, wire[k:k+1])
				}
			case from > p.start:
				to.Bytes(p.part, 0, wire[from:end])
			default:
				to.Bytes(p.part, p.mark, wire[from:end])
			}
		}
		to.End()
	}
	if at < len(wire) {
		to.Line("         … " + report.Count(int64(len(wire)-at), "equal byte"))
	}
}

// around returns the rows that have changes, with the rows around them. Without changes, that is the first row.
func around(changes []span, size, cols int) (shown []span) {
	if len(changes) == 0 {
		return []span{{0, min(size, cols*(1+rowsAround))}}
	}
	for _, c := range changes {
		s := span{max(0, (c.start/cols-rowsAround)*cols), min(size, ((c.end-1)/cols+1+rowsAround)*cols)}
		if n := len(shown); n > 0 && s.start <= shown[n-1].end+cols { // a line for one row saves nothing
			shown[n-1].end = s.end
		} else {
			shown = append(shown, s)
		}
	}
	if shown[0].start <= cols {
		shown[0].start = 0
	}
	if last := &shown[len(shown)-1]; last.end+cols >= size {
		last.end = size
	}
	return shown
}

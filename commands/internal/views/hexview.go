package views

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
	"framecat/hexview"
)

// A hexView shows a stream as rows of hex with marks.
type hexView struct {
	rows   *hexview.View
	err    *framing.Error // the fault of the bytes that are being shown; nil if there is none
	header int            // the length of the header of its frame, or -1
	limit  int            // rows per frame
	width  int            // columns of the terminal; 0 is any number
	cols   int            // bytes in a row
	loose  func() int     // rows per record of bytes that are in no frame
	cut    bool           // the next large frame passes the end of the input
	from   int64          // where the record begins, if its bytes are in no frame; else 0

	begun  bool   // a heading was shown
	stamp  string // when the next frame came; it begins the note
	inside bool   // a frame is being shown as it arrives
	dir    *turn  // the direction of the last turn
	turned bool   // nothing was shown since the direction changed
}

// looseRows is how many rows are shown of bytes that are in no frame, unless --rows sets their number:
// of a stream whose framing is unknown, or from a fault on.
const looseRows = 16

func newHexView(out io.Writer, o hexview.Options) *hexView {
	loose := o.Rows
	if loose == 0 && !o.All {
		loose = looseRows
	}
	return &hexView{loose: func() int { return loose }, rows: hexview.New(out, o), limit: o.Rows, width: o.Width, cols: cmp.Or(max(0, o.Cols), 16)}
}

func (v *hexView) begin(_ input.Input, heading string) {
	if heading == "" {
		return
	}
	if v.begun {
		v.rows.Line("")
	}
	v.begun = true
	v.rows.Text(report.Sanitize(heading))
}

// turn shows a heading before frames of another direction. The fault of a direction is kept until
// its turn comes again.
func (v *hexView) turn(d *turn) {
	if d == v.dir {
		return
	}
	if v.dir != nil {
		v.dir.err, v.dir.header = v.err, v.header
	}
	if d != nil {
		v.begin(input.Input{}, d.name()+"  "+endsOf(d.d.Stream, d.d.Dir))
		v.err, v.header = d.err, d.header
	}
	v.dir, v.turned = d, true
}

// event shows what is known of the framing of the direction that has its turn. Other events are
// shown by lists.
func (v *hexView) event(_ *conversation.Stream, _ int, _ time.Time, what, details string) {
	switch what {
	case "found":
		v.rows.Text("found " + details)
	case "hint":
		if v.err == nil { // else the row of a fault is not complete
			v.rows.Text("hint: " + details)
		}
	case "unknown", "lost":
		v.rows.Text(details)
	}
}

func (v *hexView) upgraded(t *turn, to string) {
	v.turn(nil)
	v.begin(input.Input{}, t.of()+"  upgraded "+upgradedTo(to))
}

func (v *hexView) fill(offset int64, b []byte) {
	v.beginLoose(offset, "fill "+report.Count(int64(len(b)), "byte"))
	v.rows.Bytes(hexview.Fill, '~', b)
}

func (v *hexView) frame(f framing.Frame, fields []framing.FieldText, _ source) {
	v.beginFrame(f, int64(len(f.Payload)), fields)
	v.rows.Bytes(hexview.Header, '[', f.Header)
	v.rows.Bytes(hexview.Payload, '|', f.Body)
	v.rows.Bytes(hexview.Trailer, '/', f.Trailer)
	v.rows.End()
}

// beginFrame begins the record of a frame.
func (v *hexView) beginFrame(f framing.Frame, payload int64, fields []framing.FieldText) {
	v.rows.Begin(f.Offset, v.stamp+frameNote(f, payload, fields))
	v.rows.Limit(v.limit)
	v.turned = false
	if v.from = 0; v.cut {
		v.rows.Limit(v.loose())
		v.from, v.cut = f.Offset, false
	}
}

// beginLoose begins a record of bytes that are in no frame.
func (v *hexView) beginLoose(offset int64, note string) {
	v.rows.Begin(offset, note)
	v.rows.Limit(v.loose())
	v.from, v.turned = offset, false
}

// frameNote returns the text beside a frame: its number, its payload size and its fields.
func frameNote(f framing.Frame, payload int64, fields []framing.FieldText) string {
	note := fmt.Sprintf("#%d payload %d", f.Index, payload)
	if f.Silent {
		note = fmt.Sprintf("#%d no message", f.Index)
	}
	for _, field := range fields {
		note += " " + field.Name + "=" + field.Text
	}
	return report.Sanitize(note)
}

func (v *hexView) large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer {
	v.inside = true
	v.beginFrame(f, body, fields)
	v.rows.Bytes(hexview.Header, '[', f.Header)
	mark := byte('|')
	return writerFunc(func(b []byte) {
		v.rows.Bytes(hexview.Payload, mark, b)
		mark = 0
	})
}

func (v *hexView) largeEnd(trailer []byte) {
	v.rows.Bytes(hexview.Trailer, '/', trailer)
	v.rows.End()
	v.inside = false
}

func (v *hexView) fault(e *framing.Error, header int) {
	v.err, v.header, v.inside = e, header, false
	note := report.Sanitize(e.Detail)
	if e.Fault == framing.Truncated {
		note = leftoverNote(e)
	}
	at := e.Start
	if e.Sent > 0 { // the first part of the frame has been shown already
		at = v.rows.Offset()
	}
	v.beginLoose(at, note)
}

// leftoverNote returns the text beside a leftover.
func leftoverNote(e *framing.Error) string {
	switch {
	case e.Need > 0:
		return fmt.Sprintf("leftover %d of %s, %d more to come", e.Have, report.Count(e.Need, "byte"), e.Need-e.Have)
	case e.Have == 0:
		return "another frame must follow"
	}
	return fmt.Sprintf("leftover %s, more to come", report.Count(e.Have, "byte"))
}

// unread shows bytes of the fault.
func (v *hexView) unread(offset int64, b []byte) {
	if v.turned {
		v.beginLoose(offset, "")
	}
	markFault(v.rows, v.err, v.header, offset, b)
}

// markFault adds bytes of a fault: what was read before it, the wrong byte, the rest. Header is the
// length of the frame's header, or -1 if it is not known. Without a fault, bytes have no marks.
func markFault(to interface {
	Bytes(p hexview.Part, mark byte, b []byte)
}, e *framing.Error, header int, offset int64, b []byte) {
	if e == nil {
		to.Bytes(hexview.Unread, 0, b)
		return
	}
	if e.Fault == framing.Truncated {
		n := int64(len(b))
		if header > 0 && n > int64(header) && e.Sent == 0 {
			n = int64(header)
		}
		to.Bytes(hexview.Leftover, '<', b[:n])
		to.Bytes(hexview.Leftover, '|', b[n:])
		return
	}
	part := func(end int64) []byte { // takes the bytes before the offset end from b
		n := min(max(end-offset, 0), int64(len(b)))
		cut := b[:n]
		b, offset = b[n:], offset+n
		return cut
	}
	if offset == e.Start {
		end := min(e.Start+int64(max(0, header)), e.Offset)
		mark := byte('|')
		if end == e.Start {
			mark = '<'
		}
		to.Bytes(hexview.Leftover, '<', part(end))
		to.Bytes(hexview.Leftover, mark, part(e.Offset))
	}
	to.Bytes(hexview.Leftover, 0, part(e.Offset))
	to.Bytes(hexview.Wrong, '!', part(e.Offset+1))
	to.Bytes(hexview.Unread, 0, b)
}

// gap shows a line where bytes are missing.
func (v *hexView) gap(g *capture.Gap, _ int) {
	lost := "an unknown number of bytes"
	if g.Bytes >= 0 {
		lost = report.Count(g.Bytes, "byte")
	}
	v.rows.Text(fmt.Sprintf("         gap: the capture lost %s here", lost))
}

func (v *hexView) candidates(all []detect.Candidate, seen, again string) {
	writeCandidates(v.rows.Text, all, seen, v.width)
	v.rows.Line(again) // a line of its own, so that it can be copied
	v.rows.Line("")
}

func (v *hexView) unknownFraming([]detect.Candidate) {} // the error names the best one

// guesses shows what the rows after it are, which guess shows: no claim, but frames of the best guess.
func (v *hexView) guesses(all []detect.Candidate) {
	for i, c := range all[:min(len(all), 3)] {
		line := fmt.Sprintf("next guess:  %s, ", c.Spec)
		if i == 0 {
			line = fmt.Sprintf("only a guess: %s, ", c.Spec)
		}
		line += fmt.Sprintf("%d of %d bits, %s, leftover %d", int(c.Bits), detect.MinBits, report.Count(int64(c.Frames), "frame"), c.Leftover)
		if c.Start > 0 {
			line += fmt.Sprintf(", from byte %d", c.Start)
		}
		v.rows.Text(line)
	}
	v.rows.Line("")
}

// guess shows a frame of the best guess in some rows.
func (v *hexView) guess(f framing.Frame, fields []framing.FieldText, rows int) {
	limit, stamp := v.limit, v.stamp
	v.limit, v.stamp = rows, "guess "
	v.frame(f, fields, nil)
	v.limit, v.stamp = limit, stamp
}

// rowsOf returns how many rows so many bytes take.
func (v *hexView) rowsOf(size int) int { return max(1, (size+v.cols-1)/v.cols) }

func (v *hexView) unknown(offset int64) {
	v.err = nil
	v.beginLoose(offset, "")
}

func (v *hexView) end(t *pump.Tally) { v.rows.Text(t.Line()) }

func (v *hexView) flush() error {
	if v.inside { // more of the frame follows: keep a row that is not full
		return v.rows.FlushFull()
	}
	return v.rows.Flush()
}

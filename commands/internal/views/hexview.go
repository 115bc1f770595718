package views

import (
	"fmt"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
	"framecat/hexview"
)

// A hexView shows a stream as hex with marks.
type hexView struct {
	rows *hexview.View
	err  *framing.Error // what is being shown can't be read
	at   int            // offset of its payload, or -1

	begun bool // a heading was shown
}

func newHexView(out io.Writer, o hexview.Options) *hexView {
	return &hexView{rows: hexview.New(out, o)}
}

func (w *hexView) begin(_ input.Input, heading string) {
	if heading == "" {
		return
	}
	if w.begun {
		w.rows.Line("")
	}
	w.begun = true
	w.rows.Text(report.Sanitize(heading))
}

func (w *hexView) fill(offset int64, b []byte) {
	w.rows.Begin(offset, "fill "+report.Count(int64(len(b)), "byte"))
	w.rows.Bytes(hexview.Fill, '~', b)
}

func (w *hexView) frame(f framing.Frame, fields []framing.FieldText, _ *input.Source) {
	w.rows.Begin(f.Offset, frameNote(f, int64(len(f.Payload)), fields))
	w.rows.Bytes(hexview.Header, '[', f.Header)
	w.rows.Bytes(hexview.Payload, '|', f.Body)
	w.rows.Bytes(hexview.Trailer, '/', f.Trailer)
}

// frameNote is the text beside a frame: its number, its size, its fields.
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

func (w *hexView) large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer {
	w.rows.Begin(f.Offset, frameNote(f, body, fields))
	w.rows.Bytes(hexview.Header, '[', f.Header)
	mark := byte('|')
	return writerFunc(func(b []byte) {
		w.rows.Bytes(hexview.Payload, mark, b)
		mark = 0
	})
}

func (w *hexView) largeEnd(trailer []byte) { w.rows.Bytes(hexview.Trailer, '/', trailer) }

func (w *hexView) fault(e *framing.Error, header int) {
	w.err, w.at = e, header
	note := report.Sanitize(e.Detail)
	if e.Kind == framing.Truncated {
		note = leftoverNote(e)
	}
	at := e.Start
	if e.Sent > 0 { // it was shown as a frame, as it came
		at = w.rows.Offset()
	}
	w.rows.Begin(at, note)
}

func leftoverNote(e *framing.Error) string {
	switch {
	case e.Need > 0:
		return fmt.Sprintf("leftover %d of %s, %d more to come", e.Have, report.Count(e.Need, "byte"), e.Need-e.Have)
	case e.Have == 0:
		return "another frame must follow"
	}
	return fmt.Sprintf("leftover %s, more to come", report.Count(e.Have, "byte"))
}

// unread shows bytes of the fault: what was read before it, the wrong byte, the rest.
func (w *hexView) unread(offset int64, b []byte) {
	e := w.err
	if e == nil {
		w.rows.Bytes(hexview.Unread, 0, b)
		return
	}
	if e.Kind == framing.Truncated {
		n := int64(len(b))
		if w.at > 0 && n > int64(w.at) && e.Sent == 0 {
			n = int64(w.at)
		}
		w.rows.Bytes(hexview.Leftover, '<', b[:n])
		w.rows.Bytes(hexview.Leftover, '|', b[n:])
		return
	}
	part := func(end int64) []byte { // what stands before end
		n := min(max(end-offset, 0), int64(len(b)))
		cut := b[:n]
		b, offset = b[n:], offset+n
		return cut
	}
	if offset == e.Start {
		header := min(e.Start+int64(max(0, w.at)), e.Offset)
		mark := byte('|')
		if header == e.Start {
			mark = '<'
		}
		w.rows.Bytes(hexview.Leftover, '<', part(header))
		w.rows.Bytes(hexview.Leftover, mark, part(e.Offset))
	}
	w.rows.Bytes(hexview.Leftover, 0, part(e.Offset))
	w.rows.Bytes(hexview.Wrong, '!', part(e.Offset+1))
	w.rows.Bytes(hexview.Unread, 0, b)
}

// gap shows the place where bytes are missing.
func (w *hexView) gap(g *capture.Gap, _ int) {
	lost := "an unknown number of bytes"
	if g.Bytes >= 0 {
		lost = report.Count(g.Bytes, "byte")
	}
	w.rows.Text(fmt.Sprintf("         gap: the capture lost %s here", lost))
}

func (w *hexView) candidates(all []detect.Candidate, seen, again string) {
	writeCandidates(w.rows.Text, all, seen)
	w.rows.Line(again) // can be copied
	w.rows.Line("")
}

func (w *hexView) unknown(offset int64) {
	w.err = nil
	w.rows.Begin(offset, "")
}

func (w *hexView) end(t *pump.Tally) { w.rows.Text(t.Line()) }

func (w *hexView) flush() error { return w.rows.Flush() }

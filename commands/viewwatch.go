package commands

import (
	"fmt"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
	"framecat/hexview"
)

// A viewWatch shows a stream as hex with marks.
type viewWatch struct {
	view *hexview.View
	err  *framing.Error // what is being shown can't be read
	at   int            // offset of its payload, or -1

	begun bool // a heading was shown
}

func newViewWatch(out io.Writer, o hexview.Options) *viewWatch {
	return &viewWatch{view: hexview.New(out, o)}
}

func (w *viewWatch) begin(_ input.Input, heading string) {
	if heading == "" {
		return
	}
	if w.begun {
		w.view.Line("")
	}
	w.begun = true
	w.view.Text(report.Sanitize(heading))
}

func (w *viewWatch) fill(offset int64, b []byte) {
	w.view.Begin(offset, "fill "+report.Count(int64(len(b)), "byte"))
	w.view.Bytes(hexview.Fill, '~', b)
}

func (w *viewWatch) frame(f framing.Frame, fields []framing.FieldText, _ *input.Source) {
	w.view.Begin(f.Offset, frameNote(f, int64(len(f.Payload)), fields))
	w.view.Bytes(hexview.Header, '[', f.Header)
	w.view.Bytes(hexview.Payload, '|', f.Body)
	w.view.Bytes(hexview.Trailer, '/', f.Trailer)
}

// frameNote is what stands beside a frame: its number, its size, its fields.
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

func (w *viewWatch) large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer {
	w.view.Begin(f.Offset, frameNote(f, body, fields))
	w.view.Bytes(hexview.Header, '[', f.Header)
	mark := byte('|')
	return writerFunc(func(b []byte) {
		w.view.Bytes(hexview.Payload, mark, b)
		mark = 0
	})
}

func (w *viewWatch) largeEnd(trailer []byte) { w.view.Bytes(hexview.Trailer, '/', trailer) }

func (w *viewWatch) Fault(e *framing.Error, header int) {
	w.err, w.at = e, header
	note := report.Sanitize(e.Detail)
	if e.Kind == framing.Truncated {
		note = leftoverNote(e)
	}
	at := e.Start
	if e.Sent > 0 { // it was shown as a frame, as it came
		at = w.view.Offset()
	}
	w.view.Begin(at, note)
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
func (w *viewWatch) unread(offset int64, b []byte) {
	e := w.err
	if e == nil {
		w.view.Bytes(hexview.Unread, 0, b)
		return
	}
	if e.Kind == framing.Truncated {
		n := int64(len(b))
		if w.at > 0 && n > int64(w.at) && e.Sent == 0 {
			n = int64(w.at)
		}
		w.view.Bytes(hexview.Leftover, '<', b[:n])
		w.view.Bytes(hexview.Leftover, '|', b[n:])
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
		w.view.Bytes(hexview.Leftover, '<', part(header))
		w.view.Bytes(hexview.Leftover, mark, part(e.Offset))
	}
	w.view.Bytes(hexview.Leftover, 0, part(e.Offset))
	w.view.Bytes(hexview.Wrong, '!', part(e.Offset+1))
	w.view.Bytes(hexview.Unread, 0, b)
}

// gap shows the place where bytes are missing.
func (w *viewWatch) gap(g *capture.Gap, _ int) {
	lost := "an unknown number of bytes"
	if g.Bytes >= 0 {
		lost = report.Count(g.Bytes, "byte")
	}
	w.view.Text(fmt.Sprintf("         gap: the capture lost %s here", lost))
}

func (w *viewWatch) candidates(all []detect.Candidate, seen, again string) {
	writeCandidates(w.view.Text, all, seen)
	w.view.Line(again) // can be copied
	w.view.Line("")
}

func (w *viewWatch) unknown(offset int64) {
	w.err = nil
	w.view.Begin(offset, "")
}

func (w *viewWatch) end(t *tally) { w.view.Text(t.line()) }

func (w *viewWatch) Flush() error { return w.view.Flush() }

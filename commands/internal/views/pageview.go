package views

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/input"
	"framecat/commands/internal/page"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
	"framecat/hexview"
)

// A pageView adds what it is shown to a page. What is printed is only the counts.
type pageView struct {
	noView
	page    *page.Page
	out     io.Writer // nil if connections are being relayed: then nothing is printed
	several bool      // there are several inputs
	buf     []byte
	failed  error // of out; it stays

	fields []page.Field // of each message of the input
	dir    string
	from   *turn      // the direction of the next message; nil if it is that of the input
	item   *page.Item // is not complete yet; nil if there is none
	err    *framing.Error
	header int
}

func (v *pageView) begin(in input.Input, _ string) {
	v.close()
	v.fields, v.dir, v.from, v.err = nil, "", nil, nil
	if label := in.Label(); v.several && label != "" {
		v.fields = append(v.fields, page.Field{Name: "file", Value: label})
	}
	if r := in.Recorded; r != nil {
		v.dir = capture.Directions[r.Ref.Dir]
		v.fields = append(v.fields, page.Field{Name: "stream", Value: fmt.Sprint(r.Ref.Stream)})
	}
}

func (v *pageView) turn(d *turn) {
	if d == v.from {
		return
	}
	v.close()
	if v.from != nil {
		v.from.err, v.from.header = v.err, v.header
	}
	if v.err = nil; d != nil {
		v.err, v.header = d.err, d.header
	}
	v.from = d
}

// add begins an item. Its bytes may follow, until close.
func (v *pageView) add(i page.Item) *page.Item {
	v.close()
	all := v.fields
	i.Dir = v.dir
	if f := v.from; f != nil {
		if i.Dir = f.direction; i.Time.IsZero() {
			i.Time = f.d.At()
		}
		all = append(all[:len(all):len(all)], v.streamOf(f.d.Stream)...)
	}
	i.Fields = append(all[:len(all):len(all)], i.Fields...)
	v.item = &i
	return v.item
}

// streamOf names a connection or the stream of a capture.
func (v *pageView) streamOf(s *conversation.Stream) []page.Field {
	name, n := "stream", s.Index
	if v.out == nil {
		name, n = "conn", n+1
	}
	return []page.Field{{Name: name, Value: fmt.Sprint(n)}}
}

// close adds the item to the page, if there is one.
func (v *pageView) close() {
	if v.item != nil {
		v.page.Add(*v.item)
		v.item = nil
	}
}

// message begins the item of a frame.
func (v *pageView) message(f framing.Frame, fields []framing.FieldText, size int64, at time.Time) *page.Item {
	i := page.Item{Label: fmt.Sprintf("#%d", f.Index), Size: size, Time: at}
	for _, field := range fields {
		i.Fields = append(i.Fields, page.Field{Name: field.Name, Value: field.Text})
	}
	if f.Silent {
		i.Text = "no message"
	}
	v.err = nil
	item := v.add(i)
	item.Begin(f.Offset, "")
	item.Bytes(hexview.Header, '[', f.Header)
	return item
}

func (v *pageView) frame(f framing.Frame, fields []framing.FieldText, src source) {
	var at time.Time
	if src != nil {
		at = src.Came(f.Offset, f.Size)
	}
	i := v.message(f, fields, int64(len(f.Payload)), at)
	i.Bytes(hexview.Payload, '|', f.Body)
	i.Bytes(hexview.Trailer, '/', f.Trailer)
	if !bytes.Equal(f.Payload, f.Body) {
		i.Unescaped(f.Payload)
	}
	v.close()
}

func (v *pageView) large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer {
	i, mark := v.message(f, fields, body, time.Time{}), byte('|')
	return writerFunc(func(b []byte) {
		i.Bytes(hexview.Payload, mark, b)
		mark = 0
	})
}

func (v *pageView) largeEnd(trailer []byte) {
	v.item.Bytes(hexview.Trailer, '/', trailer)
	v.close()
}

// loose begins an item of bytes that are in no frame.
func (v *pageView) loose(offset int64, label, kind, text string) *page.Item {
	i := v.add(page.Item{Label: label, Kind: kind, Size: -1, Text: text})
	i.Begin(offset, "")
	return i
}

func (v *pageView) fill(offset int64, b []byte) {
	v.loose(offset, "fill", "note", report.Count(int64(len(b)), "byte")).Bytes(hexview.Fill, '~', b)
	v.close()
}

func (v *pageView) fault(e *framing.Error, header int) {
	v.err, v.header = e, header
	if e.Fault == framing.Truncated {
		v.loose(e.Start, "leftover", "unsure", leftoverNote(e))
	} else {
		v.loose(e.Start, "not a frame", "bad", e.Detail)
	}
}

func (v *pageView) unknown(offset int64) {
	v.err = nil
	v.loose(offset, "unknown", "unsure", "bytes in no frame")
}

func (v *pageView) unread(offset int64, b []byte) {
	if v.item == nil {
		v.loose(offset, "more", "note", "bytes in no frame")
	}
	markFault(v.item, v.err, v.header, offset, b)
}

func (v *pageView) gap(g *capture.Gap, _ int) {
	text := g.Error()
	if v.out == nil {
		text = report.Count(g.Bytes, "byte") + " are not shown: more came than could be shown"
	}
	v.add(page.Item{Label: "gap", Kind: "bad", Size: -1, Text: text})
	v.close()
}

func (v *pageView) event(s *conversation.Stream, dir int, at time.Time, what, details string) {
	v.close()
	i := page.Item{Label: what, Kind: "note", Size: -1, Time: at, Text: details, Fields: append(v.fields[:len(v.fields):len(v.fields)], v.streamOf(s)...)}
	if dir >= 0 {
		i.Dir = capture.Directions[dir]
	}
	v.page.Add(i)
}

func (v *pageView) upgraded(t *turn, to string) {
	v.event(t.d.Stream, -1, t.d.At(), "upgraded", upgradedTo(to))
}

func (v *pageView) candidates(all []detect.Candidate, _, _ string) {
	v.page.Notes = append(v.page.Notes, fmt.Sprintf("framing found: %s, %.0f bits of evidence", all[0].Spec, all[0].Bits))
}

func (v *pageView) end(t *pump.Tally) {
	v.close()
	v.page.Notes = append(v.page.Notes, t.Line())
	v.buf = append(append(v.buf, t.Line()...), '\n')
}

func (v *pageView) flush() error {
	if len(v.buf) > 0 && v.out != nil && v.failed == nil {
		_, v.failed = v.out.Write(v.buf)
	}
	v.buf = v.buf[:0]
	return v.failed
}

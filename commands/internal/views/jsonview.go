package views

import (
	"fmt"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// A jsonView writes a record for each frame and for all else, an object a line.
type jsonView struct {
	noView
	out  io.Writer
	bare bool  // only the summary
	err  error // of out; sticks
	file string
	of   []byte // members that name the stream of a capture
	tags []byte // and those of a frame
	buf  []byte
}

func (w *jsonView) begin(in input.Input, _ string) {
	if w.file, w.of = in.Label(), in.Recorded.Members(); w.of == nil || w.bare {
		return
	}
	w.record("stream")
	w.named()
	from, to := in.Recorded.Stream.Ends(in.Recorded.Ref.Dir)
	if from != "" {
		w.text("from", from)
	}
	if to != "" {
		w.text("to", to)
	}
	d := in.Recorded.Direction()
	if d.Bytes >= 0 {
		w.member("bytes", d.Bytes)
	}
	if d.Segments >= 0 {
		w.member("segments", int64(d.Segments))
	}
	w.member("gaps", int64(d.Gaps))
	w.close()
}

// record begins an object of a type.
func (w *jsonView) record(kind string) {
	w.buf = append(append(append(w.buf, `{"type":"`...), kind...), '"')
}

// member appends a member with a number.
func (w *jsonView) member(name string, n int64) { w.buf = fmt.Appendf(w.buf, ",%q:%d", name, n) }

func (w *jsonView) text(name, s string) {
	w.buf = formats.AppendJSONString(fmt.Appendf(w.buf, ",%q:", name), []byte(s))
}

// close ends an object.
func (w *jsonView) close() { w.buf = append(w.buf, "}\n"...) }

// named says which input or stream of it the record is about.
func (w *jsonView) named() {
	if w.file != "" {
		w.text("file", w.file)
	}
	w.buf = append(w.buf, w.of...)
}

func (w *jsonView) fill(offset int64, b []byte) {
	if w.bare {
		return
	}
	w.record("fill")
	w.named()
	w.member("offset", offset)
	w.member("wire", int64(len(b)))
	w.close()
}

func (w *jsonView) frame(f framing.Frame, fields []framing.FieldText, src *input.Source) {
	if w.bare {
		return
	}
	w.record("frame")
	w.tags = append(w.tags[:0], w.of...)
	if src != nil && src.Recorded != nil {
		w.tags = src.AppendFrameTags(w.tags, f.Offset, f.Wire)
	}
	w.buf = formats.AppendFrame(append(w.buf, ','), f, w.file, w.tags, fields)
	if len(w.buf) > formats.FlushAt {
		w.flush()
	}
}

func (w *jsonView) fault(e *framing.Error, _ int) {
	kind := "error"
	if e.Kind == framing.Truncated {
		kind = "leftover"
	}
	w.record(kind)
	w.named()
	w.member("frame", e.Frame)
	w.member("offset", e.Start)
	w.member("at", e.Offset)
	w.member("have", e.Have)
	if e.Need > 0 {
		w.member("need", e.Need)
	}
	w.text("kind", string(e.Kind))
	w.text("detail", e.Detail)
	w.close()
}

func (w *jsonView) gap(g *capture.Gap, held int) {
	w.record("gap")
	w.named()
	w.member("offset", g.Offset)
	if g.Bytes >= 0 {
		w.member("lost", g.Bytes)
	}
	w.member("held", int64(held))
	w.close()
}

func (w *jsonView) candidates(all []detect.Candidate, _, _ string) {
	for _, c := range all {
		w.record("candidate")
		w.named()
		w.text("framing", c.Spec)
		w.buf = fmt.Appendf(w.buf, `,"bits":%.1f`, c.Bits)
		w.member("frames", int64(c.Frames))
		w.member("start", int64(c.Start))
		w.member("leftover", int64(c.Leftover))
		before := `,"aliases":[`
		for _, alias := range c.Aliases {
			w.buf = formats.AppendJSONString(append(w.buf, before...), []byte(alias))
			before = ","
		}
		if len(c.Aliases) > 0 {
			w.buf = append(w.buf, ']')
		}
		w.close()
	}
}

func (w *jsonView) end(t *pump.Tally) {
	w.record("summary")
	w.named()
	for _, m := range []struct {
		name string
		n    int64
	}{{"frames", t.Frames}, {"silent", t.Silent}, {"bytes", t.Bytes}, {"payload", t.Payload}, {"fill", t.Fill}, {"leftover", t.Leftover},
		{"errors", t.Errors}, {"skipped", t.Skipped}, {"undecoded", t.Undecoded}} {
		w.member(m.name, m.n)
	}
	if s := &t.Sizes; s.N > 0 {
		w.buf = fmt.Appendf(w.buf, `,"sizes":{"min":%d,"median":%d,"p99":%d,"max":%d,"histogram":[`, s.Min, s.Quantile(0.5), s.Quantile(0.99), s.Max)
		for i, x := range s.Bins() {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			w.buf = fmt.Appendf(w.buf, `{"from":%d,"to":%d,"frames":%d}`, x.Low, x.High, x.N)
		}
		w.buf = append(w.buf, "]}"...)
	}
	w.close()
}

func (w *jsonView) flush() error {
	if len(w.buf) > 0 && w.err == nil {
		_, w.err = w.out.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.err
}

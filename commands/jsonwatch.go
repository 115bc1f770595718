package commands

import (
	"fmt"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/framing"
	"framecat/framing/detect"
)

// A jsonWatch writes a record for each frame and for all else, an object a line.
type jsonWatch struct {
	out  io.Writer
	bare bool  // only the summary
	err  error // of out; sticks
	file string
	of   []byte // members that name the stream of a capture
	tags []byte // and those of a frame
	buf  []byte
}

func (w *jsonWatch) begin(in input.Input, _ string) {
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
func (w *jsonWatch) record(kind string) {
	w.buf = append(append(append(w.buf, `{"type":"`...), kind...), '"')
}

// member appends a member with a number.
func (w *jsonWatch) member(name string, n int64) { w.buf = fmt.Appendf(w.buf, ",%q:%d", name, n) }

func (w *jsonWatch) text(name, s string) {
	w.buf = formats.AppendJSONString(fmt.Appendf(w.buf, ",%q:", name), []byte(s))
}

// close ends an object.
func (w *jsonWatch) close() { w.buf = append(w.buf, "}\n"...) }

// named says which input or stream of it the record is about.
func (w *jsonWatch) named() {
	if w.file != "" {
		w.text("file", w.file)
	}
	w.buf = append(w.buf, w.of...)
}

func (w *jsonWatch) fill(offset int64, b []byte) {
	if w.bare {
		return
	}
	w.record("fill")
	w.named()
	w.member("offset", offset)
	w.member("wire", int64(len(b)))
	w.close()
}

func (w *jsonWatch) frame(f framing.Frame, fields []framing.FieldText, src *input.Source) {
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
		w.Flush()
	}
}

// large is not called: JSON holds its frames.
func (w *jsonWatch) large(framing.Frame, []framing.FieldText, int64) io.Writer { return io.Discard }
func (w *jsonWatch) largeEnd([]byte)                                           {}

func (w *jsonWatch) Fault(e *framing.Error, _ int) {
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

func (w *jsonWatch) unread(int64, []byte) {}
func (w *jsonWatch) unknown(int64)        {}

func (w *jsonWatch) gap(g *capture.Gap, held int) {
	w.record("gap")
	w.named()
	w.member("offset", g.Offset)
	if g.Bytes >= 0 {
		w.member("lost", g.Bytes)
	}
	w.member("held", int64(held))
	w.close()
}

func (w *jsonWatch) candidates(all []detect.Candidate, _, _ string) {
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

func (w *jsonWatch) end(t *tally) {
	w.record("summary")
	w.named()
	for _, m := range []struct {
		name string
		n    int64
	}{{"frames", t.frames}, {"silent", t.silent}, {"bytes", t.bytes}, {"payload", t.payload}, {"fill", t.fill}, {"leftover", t.leftover},
		{"errors", t.errors}, {"skipped", t.skipped}, {"undecoded", t.undecoded}} {
		w.member(m.name, m.n)
	}
	if s := &t.sizes; s.n > 0 {
		w.buf = fmt.Appendf(w.buf, `,"sizes":{"min":%d,"median":%d,"p99":%d,"max":%d,"histogram":[`, s.min, s.quantile(0.5), s.quantile(0.99), s.max)
		for i, x := range s.bins() {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			w.buf = fmt.Appendf(w.buf, `{"from":%d,"to":%d,"frames":%d}`, x.low, x.high, x.n)
		}
		w.buf = append(w.buf, "]}"...)
	}
	w.close()
}

func (w *jsonWatch) Flush() error {
	if len(w.buf) > 0 && w.err == nil {
		_, w.err = w.out.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.err
}

package views

import (
	"fmt"
	"io"
	"slices"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// A jsonView writes one record per frame or event, each an object on one line.
type jsonView struct {
	noView
	out         io.Writer
	framing     func() (*framing.Entry, framing.Framing) // returns the framing and its row, which -f auto finds for each input
	summaryOnly bool                                     // write no records of frames
	embed       bool                                     // embed payloads that are JSON
	err         error                                    // of out; it stays
	file        string
	from        *turn  // the direction of the last turn; nil if there is none
	stream      []byte // members that name the stream of a capture, or the connection
	tags        []byte // members of one frame
	buf         []byte
}

func (v *jsonView) begin(in input.Input, _ string) {
	if v.file, v.stream = in.Label(), in.Recorded.Members(); v.stream == nil || v.summaryOnly {
		return
	}
	v.record("stream")
	v.named()
	from, to := in.Recorded.Stream.Ends(int(in.Recorded.Ref.Dir))
	if from != "" {
		v.text("from", from)
	}
	if to != "" {
		v.text("to", to)
	}
	d := in.Recorded.Direction()
	if d.Bytes >= 0 {
		v.member("bytes", d.Bytes)
	}
	if d.Segments >= 0 {
		v.member("segments", int64(d.Segments))
	}
	v.member("gaps", int64(d.Gaps))
	v.close()
}

// turn makes a direction the one that the next records name.
func (v *jsonView) turn(d *turn) {
	if v.stream, v.from = nil, d; d != nil {
		v.stream = d.members()
	}
}

// record begins a record of the given type.
func (v *jsonView) record(kind string) {
	v.buf = append(append(append(v.buf, `{"type":"`...), kind...), '"')
}

// member appends a member whose value is a number.
func (v *jsonView) member(name string, n int64) { v.buf = fmt.Appendf(v.buf, ",%q:%d", name, n) }

// text appends a member whose value is a string.
func (v *jsonView) text(name, s string) {
	v.buf = formats.AppendJSONString(fmt.Appendf(v.buf, ",%q:", name), []byte(s))
}

// close ends a record.
func (v *jsonView) close() { v.buf = append(v.buf, "}\n"...) }

// named appends members that name the input, and the stream of a capture.
func (v *jsonView) named() {
	if v.file != "" {
		v.text("file", v.file)
	}
	v.buf = append(v.buf, v.stream...)
}

func (v *jsonView) fill(offset int64, b []byte) {
	if v.summaryOnly {
		return
	}
	v.record("fill")
	v.named()
	v.member("offset", offset)
	v.member("wire", int64(len(b)))
	v.close()
}

func (v *jsonView) frame(f framing.Frame, fields []framing.FieldText, src source) {
	if v.summaryOnly {
		return
	}
	v.tags = append(v.tags[:0], v.stream...)
	if src != nil {
		v.tags = src.AppendFrameTags(v.tags, f.Offset, f.Size)
	}
	e, by := v.reading()
	v.buf = formats.AppendFrame(v.buf, f, formats.FrameInfo{File: v.file, Tags: v.tags, Entry: e, Framing: by, Fields: fields, Embed: v.embed})
	if len(v.buf) > formats.FlushAt {
		v.flush()
	}
}

// reading returns the framing of the frames, and its row.
func (v *jsonView) reading() (*framing.Entry, framing.Framing) {
	if v.from != nil {
		return v.from.d.Entry, v.from.d.Framing
	}
	return v.framing()
}

func (v *jsonView) fault(e *framing.Error, _ int) {
	kind := "error"
	if e.Fault == framing.Truncated {
		kind = "leftover"
	}
	v.record(kind)
	v.named()
	v.member("frame", e.Frame)
	v.member("offset", e.Start)
	v.member("at", e.Offset)
	v.member("have", e.Have)
	if e.Need > 0 {
		v.member("need", e.Need)
	}
	v.text("kind", string(e.Fault))
	v.text("detail", e.Detail)
	v.close()
}

func (v *jsonView) upgraded(t *turn, to string) {
	if v.summaryOnly {
		return
	}
	v.turn(t)
	v.record("upgrade")
	v.named()
	if at := t.d.At(); !at.IsZero() {
		v.buf = formats.AppendTime(v.buf, at)
	}
	v.text("to", to)
	v.close()
}

func (v *jsonView) gap(g *capture.Gap, held int) {
	v.record("gap")
	v.named()
	v.member("offset", g.Offset)
	if g.Bytes >= 0 {
		v.member("lost", g.Bytes)
	}
	v.member("held", int64(held))
	v.close()
}

func (v *jsonView) candidates(all []detect.Candidate, _, _ string) {
	for _, c := range all {
		v.record("candidate")
		v.named()
		v.candidate(c)
		v.close()
	}
}

// unknownFraming writes the record of a stream whose framing is unknown.
func (v *jsonView) unknownFraming(all []detect.Candidate) {
	v.record("unknown")
	v.named()
	v.buf = append(v.buf, `,"guesses":[`...)
	for i, c := range all {
		if i > 0 {
			v.buf = append(v.buf, ',')
		}
		at := len(v.buf)
		v.candidate(c)
		v.buf[at] = '{' // instead of a comma
		v.buf = append(v.buf, '}')
	}
	v.buf = append(v.buf, ']')
	v.close()
}

// candidate appends what is known of a framing that was guessed.
func (v *jsonView) candidate(c detect.Candidate) {
	v.text("framing", c.Spec)
	v.buf = fmt.Appendf(v.buf, `,"bits":%.1f`, c.Bits)
	v.member("frames", int64(c.Frames))
	v.member("start", int64(c.Start))
	v.member("leftover", int64(c.Leftover))
	v.texts("aliases", c.Aliases)
	v.texts("because", c.Because)
	if c.Bits < detect.MinBits && !slices.Contains(c.Because, detect.OtherDirection) {
		v.buf = append(v.buf, `,"guess":true`...)
	}
}

// texts appends a member with texts, if there are any.
func (v *jsonView) texts(name string, all []string) {
	before := `,"` + name + `":[`
	for _, s := range all {
		v.buf = formats.AppendJSONString(append(v.buf, before...), []byte(s))
		before = ","
	}
	if len(all) > 0 {
		v.buf = append(v.buf, ']')
	}
}

func (v *jsonView) end(t *pump.Tally) {
	v.record("summary")
	v.named()
	for _, m := range []struct {
		name string
		n    int64
	}{{"frames", t.Frames}, {"silent", t.Silent}, {"bytes", t.Bytes}, {"payload", t.Payload}, {"fill", t.Fill}, {"leftover", t.Leftover},
		{"errors", t.Errors}, {"skipped", t.Skipped}, {"undecoded", t.Undecoded}} {
		v.member(m.name, m.n)
	}
	if s := &t.Sizes; s.N > 0 {
		v.buf = fmt.Appendf(v.buf, `,"sizes":{"min":%d,"median":%d,"p99":%d,"max":%d,"histogram":[`, s.Min, s.Quantile(0.5), s.Quantile(0.99), s.Max)
		for i, x := range s.Bins() {
			if i > 0 {
				v.buf = append(v.buf, ',')
			}
			v.buf = fmt.Appendf(v.buf, `{"from":%d,"to":%d,"frames":%d}`, x.Low, x.High, x.N)
		}
		v.buf = append(v.buf, "]}"...)
	}
	v.close()
}

func (v *jsonView) flush() error {
	if len(v.buf) > 0 && v.err == nil {
		_, v.err = v.out.Write(v.buf)
	}
	v.buf = v.buf[:0]
	return v.err
}

package views

import (
	"fmt"
	"io"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A tracer shows the steps of a receiver's loop: each read, what the buffer then holds, which
// frames come out, and what the receiver waits for before the next read.
type tracer struct {
	*inspection
	buf    strings.Builder
	err    error // of out; it stays
	r      *framing.Reader
	reads  int
	frames int // how many frames came out of the last read
}

// traceInput traces one input.
func (i *inspection) traceInput(in input.Input, heading string) {
	src, err := in.Open()
	if err != nil {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
		return
	}
	defer src.Close()
	pump.NoteOf(i.Report, in, src)
	i.in, i.src = in, src
	t := &tracer{inspection: i}
	i.trace = t
	defer func() { i.trace = nil }()
	if heading != "" {
		t.line("%s", heading)
		t.flush()
	}
	i.tally = pump.Tally{}
	found, err := i.decide()
	if found && err == nil {
		err = i.src.EndFrames(i.Framing)
	}
	i.to.flush()
	if err != nil {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
	}
	if !found || err != nil {
		return
	}
	t.r = i.reader(t)
	if i.Skip {
		pump.Resync(t.r, i.Framing)
	}
	t.r.BeforeRead = func() error { t.waits(); return t.flush() }
	err = pump.Loop(t.r, t)
	if err == nil {
		t.step("end of the stream: nothing is left over")
	}
	i.index = t.r.Index()
	if out := t.flush(); out != nil {
		i.Report.DieOfBrokenPipe(out)
		i.Report.Fail("standard output", &report.Failure{Status: report.StatusIO, Text: report.Reason(out)})
	} else if err != nil && err != report.ErrDone {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
	}
}

// Next shows the next frame that comes out of the buffer.
func (t *tracer) Next(r *framing.Reader) error {
	if t.done(r.Index()) {
		return report.ErrDone
	}
	f, err := r.Next()
	if err == nil {
		t.Left--
		t.hinter.SawFrame(f)
		t.frame(f)
	}
	return err
}

func (t *tracer) frame(f framing.Frame) {
	t.frames++
	payload := "payload " + report.Count(int64(len(f.Payload)), "byte")
	if f.Silent {
		payload = "no message"
	} else if len(f.Payload) > 0 {
		payload += "  " + quoted(f.Payload)
	}
	t.detail("frame %d comes out: %s, %s", f.Index, report.Count(f.Size, "byte"), payload)
}

// Fault shows where a frame is malformed, or how much of a frame is left over.
func (t *tracer) Fault(r *framing.Reader, e *framing.Error) error {
	f := pump.Unreadable(&t.hinter, t.Framing, r, e)
	if e.Fault == framing.Truncated {
		t.step("end of the stream: %s", leftoverNote(e))
		t.Report.Failed(f)
		return report.ErrDone
	}
	t.detail("frame %d is malformed at byte %d: %s", e.Frame, e.Offset, e.Detail)
	t.flush()
	t.Report.Fail(t.in.Place(), f)
	if !t.Skip {
		return report.ErrDone
	}
	return nil
}

// Gap shows that a capture lost bytes, and ends the trace.
func (t *tracer) Gap(r *framing.Reader, gap *capture.Gap) error {
	t.step("%s, at byte %d", gap, gap.Offset)
	t.Report.Fail(t.in.Place(), pump.GapFailure(r, gap))
	return report.ErrDone
}

// Skipped shows where the receiver goes on after a malformed frame.
func (t *tracer) Skipped(r *framing.Reader, n int64, err error) error {
	if err != nil {
		t.detail("%s", pump.NoResync(r, t.Framing))
		return report.ErrDone
	}
	t.detail("skips %s to the next place where a frame may start", report.Count(n, "byte"))
	return nil
}

// Read reads at most as many bytes as the next chunk has, and shows what arrived.
func (t *tracer) Read(p []byte) (int, error) {
	if len(t.Chunks) > 0 {
		p = p[:min(len(p), t.Chunks[min(t.reads, len(t.Chunks)-1)])]
	}
	n, err := t.src.Reader.Read(p)
	if n > 0 {
		held := t.r.Buffered()
		t.reads++
		t.frames = 0
		t.step("read %d: %s: %s", t.reads, arrive(n), hexStart(p[:n]))
		t.detail("the buffer holds %s: %s", report.Count(int64(len(held)+n), "byte"), hexStart(held, p[:n]))
	}
	return n, err
}

// arrive returns "1 byte arrives" or "5 bytes arrive".
func arrive(n int) string {
	if n == 1 {
		return "1 byte arrives"
	}
	return fmt.Sprintf("%d bytes arrive", n)
}

// waits shows, before a read, what the receiver waits for.
func (t *tracer) waits() {
	held := int64(len(t.r.Buffered()))
	if t.frames > 1 {
		t.detail("%d frames came out of one read: the loop must go on until no whole frame is left", t.frames)
	}
	if t.frames > 0 {
		t.detail("the buffer keeps %s%s", report.Count(held, "byte"), keeps(t.r.Buffered()))
	}
	e, known := t.r.Waiting()
	_, announces := t.Framing.(framing.Announcer)
	header, size := int64(e.Header), int64(e.Header)+e.Body+int64(e.Trailer)
	switch {
	case held == 0:
		t.detail("waits for frame %d", t.r.Index())
	case known && held < header+e.Body:
		t.detail("waits for the payload of frame %d: has %d of %s, %d more to come", t.r.Index(), max(0, held-header), report.Count(e.Body, "byte"), header+e.Body-max(held, header))
	case known:
		t.detail("waits for the trailer of frame %d: has %d of %s of the frame", t.r.Index(), held, report.Count(size, "byte"))
	case announces:
		t.detail("waits for the header of frame %d: has only %s", t.r.Index(), report.Count(held, "byte"))
	default:
		t.detail("waits for the end of frame %d: it is not in the %s so far", t.r.Index(), report.Count(held, "byte"))
	}
}

// keeps returns the bytes that the buffer keeps, after a colon.
func keeps(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return ": " + hexStart(b)
}

// hexStart returns the first bytes of parts in hex, and how many more there are.
func hexStart(parts ...[]byte) string {
	const most = 16
	var b []byte
	n := 0
	for _, p := range parts {
		b = append(b, p[:min(len(p), most-len(b))]...)
		n += len(p)
	}
	if n > most {
		return fmt.Sprintf("% x … %d more", b, n-most)
	}
	return fmt.Sprintf("% x", b)
}

// quoted returns the start of a payload as quoted text.
func quoted(b []byte) string {
	const most = 32
	if len(b) > most {
		return fmt.Sprintf("%q…", b[:most])
	}
	return fmt.Sprintf("%q", b)
}

// step shows an event; detail shows what follows from it.
func (t *tracer) step(format string, args ...any)   { t.line(format, args...) }
func (t *tracer) detail(format string, args ...any) { t.line("    "+format, args...) }

func (t *tracer) line(format string, args ...any) {
	t.buf.WriteString(report.Sanitize(fmt.Sprintf(format, args...)) + "\n")
}

func (t *tracer) flush() error {
	if t.err == nil {
		_, t.err = io.WriteString(t.out, t.buf.String())
	}
	t.buf.Reset()
	return t.err
}

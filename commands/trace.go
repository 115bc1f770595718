package commands

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A tracer tells what a receiver's loop does: each read, what the buffer then holds,
// which frames come out, and what it waits for before the next read.
type tracer struct {
	out     *os.File
	buf     strings.Builder
	err     error // of out; it sticks
	framing framing.Framing
	r       *framing.Reader
	src     io.Reader
	chunks  []int
	reads   int
	came    int // frames that came out of the last read
}

// traced traces one input.
func (i *inspection) traced(out *os.File, in input.Input, heading string) {
	src, err := in.Open()
	if err != nil {
		i.report.Fail(in.Shown(), inputFailure(err))
		return
	}
	defer src.Close()
	t := &tracer{out: out, chunks: i.chunks}
	if heading != "" {
		t.line("%s", heading)
		t.Flush()
	}
	if i.auto {
		i.tally = tally{}
		found, err := i.detect(src, in)
		i.to.Flush()
		if err != nil {
			i.report.Fail(in.Shown(), inputFailure(err))
		}
		if !found {
			return
		}
	}
	t.framing, t.src = i.framing, src.Reader
	t.r = i.reader(t, src.Offset)
	t.r.Idle = func() error { t.waits(); return t.Flush() }
	err = t.frames(i, in)
	i.index = t.r.Index
	if out := t.Flush(); out != nil {
		report.DieOfBrokenPipe(out)
		i.report.Fail("standard output", &report.Failure{Status: report.StatusIO, Text: report.Reason(out)})
	} else if err != nil {
		i.report.Fail(in.Shown(), inputFailure(err))
	}
}

// frames tells of each frame as it comes out of the buffer.
func (t *tracer) frames(i *inspection, in input.Input) error {
	for i.left > 0 && t.r.Index <= i.last {
		f, err := t.r.Next()
		var e *framing.Error
		var gap *capture.Gap
		switch {
		case err == nil:
			i.left--
			t.frame(f)
		case err == io.EOF:
			t.step("end of the stream: nothing is left over")
			return nil
		case errors.As(err, &gap):
			t.step("%s, at byte %d", gap, gap.Offset)
			i.report.Fail(in.Place(), gapFailure(t.r, gap))
			return nil
		case !errors.As(err, &e):
			return err
		default:
			if !t.Fault(i, in, e) {
				return nil
			}
		}
	}
	return nil
}

func (t *tracer) frame(f framing.Frame) {
	t.came++
	payload := "payload " + report.Count(int64(len(f.Payload)), "byte")
	if f.Silent {
		payload = "no message"
	} else if len(f.Payload) > 0 {
		payload += "  " + quoted(f.Payload)
	}
	t.detail("frame %d comes out: %s, %s", f.Index, report.Count(f.Wire, "byte"), payload)
}

func (t *tracer) Fault(i *inspection, in input.Input, e *framing.Error) bool {
	f := unreadable(&i.hinter, i.framing, t.r, e)
	if e.Kind == framing.Truncated {
		t.step("end of the stream: %s", leftoverNote(e))
		i.report.Failed(f)
		return false
	}
	t.detail("frame %d is malformed at byte %d: %s", e.Frame, e.Offset, e.Detail)
	t.Flush()
	i.report.Fail(in.Place(), f)
	if !i.skip {
		return false
	}
	n, err := t.r.Recover()
	if err != nil {
		t.detail("no mark tells where another frame starts")
		return false
	}
	t.detail("skips %s to where the next frame may start", report.Count(n, "byte"))
	return true
}

// Read passes on as many bytes as the chunk at hand has, and tells what arrives.
func (t *tracer) Read(p []byte) (int, error) {
	if len(t.chunks) > 0 {
		p = p[:min(len(p), t.chunks[min(t.reads, len(t.chunks)-1)])]
	}
	n, err := t.src.Read(p)
	if n > 0 {
		held := t.r.Buffered()
		t.reads++
		t.came = 0
		t.step("read %d: %s: %s", t.reads, arrive(n), hexStart(p[:n]))
		t.detail("the buffer holds %s: %s", report.Count(int64(len(held)+n), "byte"), hexStart(held, p[:n]))
	}
	return n, err
}

func arrive(n int) string {
	if n == 1 {
		return "1 byte arrives"
	}
	return fmt.Sprintf("%d bytes arrive", n)
}

// waits tells, before a read, what the receiver lacks.
func (t *tracer) waits() {
	held := int64(len(t.r.Buffered()))
	if t.came > 1 {
		t.detail("%d frames came out of one read: the loop must go on until none is whole", t.came)
	}
	if t.came > 0 {
		t.detail("the buffer keeps %s%s", report.Count(held, "byte"), keeps(t.r.Buffered()))
	}
	e, known := t.r.Waiting()
	_, announces := t.framing.(framing.Announcer)
	header, size := int64(e.Header), int64(e.Header)+e.Body+int64(e.Trailer)
	switch {
	case held == 0:
		t.detail("waits for frame %d", t.r.Index)
	case known && held < header+e.Body:
		t.detail("waits for the payload of frame %d: its header says %d, %s here, %d short", t.r.Index, e.Body, isHere(max(0, held-header)), header+e.Body-max(held, header))
	case known:
		t.detail("waits for the trailer of frame %d: %s here of %d", t.r.Index, isHere(held), size)
	case announces:
		t.detail("waits for the header of frame %d: it is incomplete, %s here", t.r.Index, isHere(held))
	default:
		t.detail("waits for the end of frame %d: it is not among the %s so far", t.r.Index, report.Count(held, "byte"))
	}
}

func isHere(n int64) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

func keeps(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return ": " + hexStart(b)
}

// hexStart is the start of the bytes that parts make together, in hex.
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

// quoted is the start of a payload as text.
func quoted(b []byte) string {
	const most = 32
	if len(b) > most {
		return fmt.Sprintf("%q…", b[:most])
	}
	return fmt.Sprintf("%q", b)
}

// step tells what happens, detail what follows from it.
func (t *tracer) step(format string, args ...any)   { t.line(format, args...) }
func (t *tracer) detail(format string, args ...any) { t.line("    "+format, args...) }

func (t *tracer) line(format string, args ...any) {
	t.buf.WriteString(report.Sanitize(fmt.Sprintf(format, args...)) + "\n")
}

func (t *tracer) Flush() error {
	if t.err == nil {
		_, t.err = io.WriteString(t.out, t.buf.String())
	}
	t.buf.Reset()
	return t.err
}

package pump

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Fault reports a frame that could not be read.
func (c *Conversion) Fault(r *framing.Reader, e *framing.Error) error {
	if err := c.To.Flush(); err != nil {
		return OutputFailure(c.report, "standard output", err)
	}
	if s, ok := c.To.(formats.FaultSink); ok {
		s.Fault(c.origin, r, e)
	}
	f := c.faultFailure(r, e)
	c.report.Fail(c.in.Place(), f)
	if s, ok := c.To.(formats.Streamer); ok && e.Sent > 0 {
		c.report.Note("already written%s: %s of the frame", s.Where(), report.Count(e.Sent, "byte"))
	}
	if e.Fault == framing.Truncated {
		if err := c.keepPartial(r, e); err != nil {
			return OutputFailure(c.report, c.Partial.Name(), err)
		}
	}
	if !c.Skip {
		return f
	}
	c.fault, c.failure, c.skips = e, f, true
	return nil
}

// faultFailure returns the failure for a fault of a frame, or of a message in an input format.
func (c *Conversion) faultFailure(r *framing.Reader, e *framing.Error) *report.Failure {
	if c.From.Spec {
		return Unreadable(&c.hinter, c.From.Framing, r, e)
	}
	f := &report.Failure{Status: report.StatusMalformed}
	f.Text = strings.Replace("message"+strings.TrimPrefix(e.Error(), "frame"), "inside a frame", "inside a message", 1)
	if e.Limit > 0 {
		f.Hints = []string{"if messages are that long, allow them with --max-frame SIZE"}
	}
	if e.Fault == framing.Truncated && c.From.Name != "json" {
		f.Status = report.StatusTruncated
	}
	return f
}

// Skipped reports how many bytes were skipped after a fault or a gap.
func (c *Conversion) Skipped(r *framing.Reader, n int64, err error) error {
	c.Stats.skipped += n
	c.skips = false
	if n > 0 && err == nil {
		c.report.Note("skipped %s: reading goes on at byte %d", report.Count(n, "byte"), r.Offset())
	}
	var next *framing.Error
	switch {
	case err == nil:
		return nil
	case c.fault != nil && c.fault.Fault == framing.Truncated: // the stream ends there
	case c.fault != nil && errors.As(err, &next) && next != c.fault: // the stream ends among the skipped bytes
		if err := c.Fault(r, next); err != nil {
			return err
		}
	default:
		c.report.Note("%s", NoResync(r, c.From.Framing))
	}
	return c.failure
}

// Gap reports that a capture lost bytes.
func (c *Conversion) Gap(r *framing.Reader, gap *capture.Gap) error {
	if err := c.To.Flush(); err != nil {
		return OutputFailure(c.report, "standard output", err)
	}
	f := GapFailure(r, gap)
	c.report.Fail(c.in.Place(), f)
	if !c.Skip {
		return f
	}
	c.fault, c.failure, c.skips = nil, f, true
	return nil
}

// unfinished shows the part of a frame that has arrived when reading it fails or stops.
func (c *Conversion) unfinished(r *framing.Reader, err error) {
	var w *writeError
	s, ok := c.To.(formats.FaultSink)
	if !ok || len(r.Buffered()) == 0 || errors.As(err, &w) {
		return
	}
	e, _ := CutFrame(r)
	s.Fault(c.origin, r, e)
}

// CutFrame returns the fault of the incomplete frame in the buffer of r, as if the stream ended
// there, and the length of its header, or -1 if that is not known.
func CutFrame(r *framing.Reader) (e *framing.Error, header int) {
	have := int64(len(r.Buffered()))
	header, need := Awaited(r)
	return &framing.Error{
		Fault: framing.Truncated, Frame: r.Index(), Start: r.Offset(), Offset: r.Offset() + have,
		Err: io.ErrUnexpectedEOF, Have: have, Need: need,
	}, header
}

// Awaited returns what is known about the frame at the start of the buffer of r: the length of
// its header, or -1, and the length of the whole frame, or 0.
func Awaited(r *framing.Reader) (header int, need int64) {
	e, known := r.Waiting()
	if !known {
		return -1, 0
	}
	return e.Header, max(0, int64(e.Header)+e.Body+int64(e.Trailer)) // a sum of lengths from the peer may overflow
}

// GapFailure returns the failure for a gap in a capture. R may hold the start of a frame, which
// the gap cuts.
func GapFailure(r *framing.Reader, gap *capture.Gap) *report.Failure {
	place := ""
	if gap.Offset != r.Offset() {
		place = fmt.Sprintf("byte %d: ", gap.Offset)
	}
	text := fmt.Sprintf("frame %d at byte %d: %s%s", r.Index(), r.Offset(), place, gap)
	return &report.Failure{Status: report.StatusMalformed, Kind: "gap", Text: text}
}

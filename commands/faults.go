package commands

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Fault reports a frame that could not be read. It returns nil if the reader goes
// on behind it.
func (c *conversion) Fault(r *framing.Reader, in input.Input, e *framing.Error) error {
	if err := c.sink.Flush(); err != nil {
		return c.ioFailure("standard output", err)
	}
	if s, ok := c.sink.(formats.FaultSink); ok {
		s.Fault(c.origin, r, e)
	}
	f := &report.Failure{Status: report.StatusMalformed, Text: e.Error()}
	if c.in.Spec {
		f = unreadable(&c.hinter, c.in.Framing, r, e)
	} else {
		f.Text = strings.Replace("message"+strings.TrimPrefix(f.Text, "frame"), "inside a frame", "inside a message", 1)
		if e.Kind == framing.Truncated && c.in.Name != "json" {
			f.Status = report.StatusTruncated
		}
	}
	c.report.Fail(in.Name, f)
	if s, ok := c.sink.(formats.Streamer); ok && e.Sent > 0 {
		c.report.Note("%s of the frame had been written%s before", report.Count(e.Sent, "byte"), s.Where())
	}
	if e.Kind == framing.Truncated {
		if err := c.keepPartial(r, e); err != nil {
			return c.ioFailure(c.partial.Name(), err)
		}
	}
	if !c.skip {
		return f
	}
	n, err := r.Recover()
	c.stats.skipped += n
	if n > 0 {
		c.report.Note("skipped %s", report.Count(n, "byte"))
	}
	if err != nil {
		if e.Kind != framing.Truncated {
			var t *framing.Error
			if errors.As(err, &t) && t != e {
				return c.Fault(r, in, t)
			}
			c.report.Note("%s has neither delimiter nor magic bytes to go on at", c.in.Framing)
		}
		return f
	}
	return nil
}

// unfinished shows what has arrived of a frame when reading it fails or is given up.
func (c *conversion) unfinished(r *framing.Reader, err error) {
	var w *writeError
	s, ok := c.sink.(formats.FaultSink)
	if !ok || len(r.Buffered()) == 0 || errors.As(err, &w) {
		return
	}
	e, _ := cutFrame(r)
	s.Fault(c.origin, r, e)
}

// cutFrame is the fault of the bytes in the buffer, if no more come, and how long the
// header of their frame is, or -1.
func cutFrame(r *framing.Reader) (e *framing.Error, header int) {
	have := int64(len(r.Buffered()))
	header, need := awaited(r)
	return &framing.Error{
		Kind: framing.Truncated, Frame: r.Index, Start: r.Offset, Offset: r.Offset + have,
		Err: io.ErrUnexpectedEOF, Have: have, Need: need,
	}, header
}

// awaited is what is known of the frame that is in the buffer: how long its header is,
// or -1, and how long all of it, or 0.
func awaited(r *framing.Reader) (header int, need int64) {
	e, known := r.Waiting()
	if !known {
		return -1, 0
	}
	return e.Header, max(0, int64(e.Header)+e.Body+int64(e.Trailer)) // a sum of hostile lengths
}

// gap reports that a capture lost bytes. It returns nil if the reader goes on behind
// them.
func (c *conversion) gap(r *framing.Reader, in input.Input, gap *capture.Gap) error {
	if err := c.sink.Flush(); err != nil {
		return c.ioFailure("standard output", err)
	}
	f := gapFailure(r, gap)
	c.report.Fail(in.Name, f)
	if !c.skip {
		return f
	}
	n, err := r.Resume(gap.Bytes)
	c.stats.skipped += n
	if n > 0 {
		c.report.Note("skipped %s", report.Count(n, "byte"))
	}
	var next *capture.Gap
	switch {
	case errors.As(err, &next) && next != gap: // the reader tells that one again
	case err != nil:
		c.report.Note("%s has neither delimiter nor magic bytes to go on at", c.in.Framing)
		return f
	}
	return nil
}

func gapFailure(r *framing.Reader, gap *capture.Gap) *report.Failure {
	place := ""
	if gap.Offset != r.Offset {
		place = fmt.Sprintf("byte %d: ", gap.Offset)
	}
	return &report.Failure{Status: report.StatusMalformed, Text: fmt.Sprintf("frame %d at byte %d: %s%s", r.Index, r.Offset, place, gap)}
}

// keepPartial writes the bytes of an unfinished frame to the file that was asked
// for, behind those of a streamed body.
func (c *conversion) keepPartial(r *framing.Reader, e *framing.Error) error {
	if c.partial == nil {
		return nil
	}
	if e.Sent == 0 { // it holds that of an input before, perhaps
		if err := empty(c.partial); err != nil {
			return err
		}
	}
	_, err := c.partial.Write(r.Buffered())
	return err
}

func empty(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

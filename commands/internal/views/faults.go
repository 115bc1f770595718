package views

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Fault shows a frame that could not be read.
func (i *inspection) Fault(r *framing.Reader, e *framing.Error) error {
	f := pump.Unreadable(&i.hinter, i.Framing, r, e)
	i.advised = i.advised || slices.ContainsFunc(f.Hints, func(h string) bool { return strings.Contains(h, "frames go on at byte") })
	header := wrongPart(r, e)
	i.to.flush() // show the frames before it first; an error is kept until the end
	i.to.fault(e, header)
	if e.Fault == framing.Truncated {
		i.tally.Leftover = e.Have
		i.to.unread(r.Offset(), r.Buffered())
		if i.JSON { // the record does not have the hints
			i.Report.Fail(i.in.Place(), f)
		} else {
			i.Report.Failed(f)
		}
		return report.ErrDone
	}
	i.tally.Errors++
	i.Report.Fail(i.in.Place(), f)
	i.fault, i.skipping = e, true
	if i.Skip {
		return nil
	}
	return i.rest(r)
}

// wrongPart returns the length of the header of a frame that could not be read, or -1. It sets what
// is known of the length of the frame.
func wrongPart(r *framing.Reader, e *framing.Error) (header int) {
	header, need := pump.Awaited(r)
	if e.Fault != framing.Truncated {
		e.Have = e.Offset - e.Start
		if need > 0 {
			e.Need = r.Offset() - e.Start + need
		}
	}
	return header
}

// unfinished shows the part of a frame that had arrived when reading the input failed.
func (i *inspection) unfinished(r *framing.Reader) {
	n := int64(len(r.Buffered()))
	if n == 0 {
		return
	}
	i.to.fault(pump.CutFrame(r))
	i.to.unread(r.Offset(), r.Buffered())
	i.tally.Leftover += n
}

// Gap shows that a capture lost bytes.
func (i *inspection) Gap(r *framing.Reader, gap *capture.Gap) error {
	i.to.flush()
	i.tally.Errors++
	i.Report.Fail(i.in.Place(), pump.GapFailure(r, gap))
	held := int64(len(r.Buffered()))
	if held > 0 {
		i.to.fault(leftover(r))
		i.to.unread(r.Offset(), r.Buffered())
	}
	i.to.gap(gap, int(held))
	i.afterGap = gap.Offset + max(0, gap.Bytes)
	i.to.unknown(i.afterGap)
	if i.Skip {
		i.fault, i.skipping, i.held = nil, true, held
		return nil
	}
	i.tally.Leftover += held
	i.undecoded(i.afterGap)
	return report.ErrDone
}

// Skipped goes on with the next frame, or shows the rest of the input if there is no other.
func (i *inspection) Skipped(r *framing.Reader, n int64, err error) error {
	i.tally.Skipped += n
	switch {
	case err == nil:
		i.skipping = false
		return nil
	case i.fault == nil && n > 0: // after a gap, and a search
		return i.rest(r)
	case i.fault == nil:
		i.tally.Leftover += i.held
		i.skipping = false
		i.to.unknown(i.afterGap)
		i.undecoded(i.afterGap)
		return report.ErrDone
	case err != error(i.fault) && i.src.Damage() != nil: // it is reported at the end
	case err != error(i.fault):
		i.Report.Fail(i.in.Place(), &report.Failure{Status: report.StatusTruncated, Text: err.Error()})
	case i.fault.Fault != framing.Truncated: // otherwise the stream ends there
		i.Report.Note("%s", pump.NoResync(r, i.Framing))
	}
	return i.rest(r)
}

// rest shows the bytes after a fault, to the end of the input, as bytes that are in no frame.
func (i *inspection) rest(r *framing.Reader) error {
	i.to.unread(r.Offset(), r.Buffered())
	i.tally.Undecoded += int64(len(r.Buffered()))
	i.showLive()
	i.undecoded(r.Offset() + int64(len(r.Buffered())))
	i.skipping = false
	return report.ErrDone
}

// undecoded shows the rest of the input, which starts at this offset, as bytes that are in no
// frame.
func (i *inspection) undecoded(rest int64) error {
	for {
		_, err := io.Copy(writerAt(rest, func(at int64, b []byte) {
			i.to.unread(at, b)
			i.tally.Undecoded += int64(len(b))
			i.showLive()
		}), i.src.Reader)
		var gap *capture.Gap
		if !errors.As(err, &gap) {
			return err
		}
		i.to.gap(gap, 0)
		rest = gap.Offset + max(0, gap.Bytes)
		i.to.unknown(rest)
	}
}

// showLive shows the bytes so far if the next read of the input may wait: whole rows, because
// the reads of a pipe must not change the view; of a device, such as a serial port, all bytes.
func (i *inspection) showLive() {
	rows, ok := i.to.(*hexView)
	switch { // an error is kept until the end
	case i.src.Device():
		i.to.flush()
	case i.src.Live() && ok:
		rows.rows.FlushRows()
	case i.src.Live():
		i.to.flush()
	}
}

// writerAt returns a writer that calls f with the bytes of each write and their offset.
func writerAt(offset int64, f func(int64, []byte)) io.Writer {
	return writerFunc(func(b []byte) {
		f(offset, b)
		offset += int64(len(b))
	})
}

// leftover returns the fault of an incomplete frame before a gap, and the length of its header,
// or -1.
func leftover(r *framing.Reader) (e *framing.Error, header int) {
	e, header = pump.CutFrame(r)
	e.Detail = fmt.Sprintf("the capture lost bytes inside a frame, after %s", report.Count(e.Have, "byte"))
	if e.Need > 0 {
		e.Detail = fmt.Sprintf("the capture lost bytes after %d of %s", e.Have, report.Count(e.Need, "byte"))
	}
	return e, header
}

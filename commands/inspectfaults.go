package commands

import (
	"errors"
	"fmt"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Fault shows what can't be read. It says whether frames may follow.
func (i *inspection) Fault(r *framing.Reader, src *input.Source, e *framing.Error, in input.Input) bool {
	f := unreadable(&i.hinter, i.framing, r, e)
	header, need := awaited(r)
	if e.Kind != framing.Truncated {
		e.Have = e.Offset - e.Start
		if need > 0 {
			e.Need = r.Offset - e.Start + need
		}
	}
	i.to.Flush() // what stands before it is seen first; an error shows at the end
	i.to.Fault(e, header)
	if e.Kind == framing.Truncated {
		i.tally.leftover = e.Have
		i.to.unread(r.Offset, r.Buffered())
		if i.json { // the records stand elsewhere than what is told of them
			i.report.Fail(in.Place(), f)
		} else {
			i.report.Failed(f)
		}
		return false
	}
	i.tally.errors++
	i.report.Fail(in.Place(), f)
	i.skipping = true
	defer func() { i.skipping = false }()
	if i.skip {
		n, err := r.Recover()
		i.tally.skipped += n
		if err == nil {
			return true
		}
		if err != error(e) {
			i.report.Fail(in.Place(), &report.Failure{Status: report.StatusTruncated, Text: err.Error()})
		}
	}
	i.to.unread(r.Offset, r.Buffered())
	i.tally.undecoded += int64(len(r.Buffered()))
	i.undecoded(src, r.Offset+int64(len(r.Buffered())))
	return false
}

// gap shows where a capture lost bytes. It says whether frames may follow.
func (i *inspection) gap(r *framing.Reader, gap *capture.Gap, src *input.Source, in input.Input) bool {
	i.to.Flush()
	i.tally.errors++
	i.report.Fail(in.Place(), gapFailure(r, gap))
	held := int64(len(r.Buffered()))
	if held > 0 {
		i.to.Fault(leftover(r))
		i.to.unread(r.Offset, r.Buffered())
	}
	i.to.gap(gap, int(held))
	skipped := int64(0)
	if i.skip {
		i.skipping = true
		defer func() { i.skipping = false }()
		i.to.unknown(gap.Offset + max(0, gap.Bytes))
		lost := held
		fill := r.Fill
		r.Fill = func(b []byte) { // what was held is shown already
			n := min(lost, int64(len(b)))
			if lost -= n; n < int64(len(b)) {
				fill(b[n:])
			}
		}
		var err error
		skipped, err = r.Resume(gap.Bytes)
		r.Fill = fill
		i.tally.skipped += skipped
		var next *capture.Gap
		if err == nil || errors.As(err, &next) && next != gap { // the reader tells that one again
			return true
		}
	}
	if skipped == 0 {
		i.tally.leftover += held
	}
	rest := gap.Offset + max(0, gap.Bytes)
	i.to.unknown(rest)
	i.undecoded(src, rest)
	return false
}

// undecoded shows the rest of a source, from this offset on, as bytes in no frame.
func (i *inspection) undecoded(src *input.Source, rest int64) error {
	for {
		n, err := io.Copy(writerAt(rest, i.to.unread), src.Reader)
		i.tally.undecoded += n
		var gap *capture.Gap
		if !errors.As(err, &gap) {
			return err
		}
		i.to.gap(gap, 0)
		rest = gap.Offset + max(0, gap.Bytes)
		i.to.unknown(rest)
	}
}

// leftover is the fault of the bytes in the buffer, behind which a capture lost some.
func leftover(r *framing.Reader) (e *framing.Error, header int) {
	e, header = cutFrame(r)
	e.Detail = fmt.Sprintf("the capture lost bytes inside a frame, after %s", report.Count(e.Have, "byte"))
	if e.Need > 0 {
		e.Detail = fmt.Sprintf("the capture lost bytes after %d of %s", e.Have, report.Count(e.Need, "byte"))
	}
	return e, header
}

package views

import (
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A frameCount counts the frames of a stream.
type frameCount struct {
	frames    int64
	leftover  int64 // bytes of an unfinished frame
	malformed bool
	gap       bool // the count ends at a gap
	skip      bool // go on after damage
}

// count counts the frames of src, in the framing f. It sets bytes to the size of the stream if that was unknown and
// all of it was read.
func (n *frameCount) count(f framing.Framing, o Options, src *input.Source, bytes *int64) error {
	if err := src.EndFrames(f); err != nil {
		return err
	}
	r := pump.NewReader(src.Reader, f, o.Max)
	if n.skip = o.Skip; n.skip {
		pump.GoOn(r, f, src)
	}
	err := pump.Loop(r, n)
	if err == report.ErrDone {
		err = nil
	}
	if *bytes < 0 && err == nil && !n.malformed {
		*bytes = r.Offset() + int64(len(r.Buffered()))
	}
	return err
}

// Next counts the next frame.
func (n *frameCount) Next(r *framing.Reader) error {
	f, body, err := r.NextReader()
	if err == nil && f.Payload == nil {
		_, err = io.Copy(io.Discard, body)
	}
	if err == nil {
		n.frames++
	}
	return err
}

// Fault ends the count, or goes on after malformed bytes.
func (n *frameCount) Fault(r *framing.Reader, e *framing.Error) error {
	if e.Fault == framing.Truncated {
		n.leftover = int64(len(r.Buffered()))
		return report.ErrDone
	}
	n.malformed = true
	return n.end()
}

// Gap ends the count: what follows may start inside a frame.
func (n *frameCount) Gap(r *framing.Reader, _ *capture.Gap) error {
	n.leftover, n.gap = int64(len(r.Buffered())), !n.skip
	return n.end()
}

func (n *frameCount) end() error {
	if n.skip {
		return nil
	}
	return report.ErrDone
}

// Skipped goes on with the next frame.
func (n *frameCount) Skipped(_ *framing.Reader, _ int64, err error) error {
	if err != nil {
		return report.ErrDone
	}
	return nil
}

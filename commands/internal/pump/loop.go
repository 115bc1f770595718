package pump

import (
	"errors"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/hint"
	"framecat/framing"
)

// Limits bound the payloads that are read, in bytes; 0 is no limit.
type Limits struct {
	Held     int64 // of a payload that is held in memory
	Streamed int64 // of a payload that is passed on as it arrives
}

// NewReader returns a Reader of the frames of f in src, with these limits. The Reader keeps
// the start of the stream, for hints.
func NewReader(src io.Reader, f framing.Framing, l Limits) *framing.Reader {
	r := framing.NewReader(src, f)
	r.Max, r.MaxName, r.MaxStream = l.Held, "--max-frame", l.Streamed
	r.Head = make([]byte, 0, hint.HeadSize)
	return r
}

// A Handler is the part of the loop that differs from command to command.
type Handler interface {
	// Next reads the next frames from r and handles them. It returns the error of r, or an
	// error of its own, which ends the loop.
	Next(r *framing.Reader) error
	// Fault reports a frame that could not be read. It returns nil to go on at the next frame
	// that can be found.
	Fault(r *framing.Reader, e *framing.Error) error
	// Gap reports that a capture lost bytes. It returns nil to go on at the next frame that
	// can be found.
	Gap(r *framing.Reader, g *capture.Gap) error
	// Skipped reports, after Fault or Gap, how many bytes were skipped. If err is not nil, no
	// other frame was found. An error that it returns ends the loop.
	Skipped(r *framing.Reader, n int64, err error) error
}

// Loop calls h for the frames of r until the stream ends: this is the loop of every command
// that reads frames. It returns nil at the end of the stream, framing.ErrWait if it must be
// called again when there is something to read, or the error that ended the loop.
func Loop(r *framing.Reader, h Handler) error {
	for {
		switch err := h.Next(r); err {
		case nil:
		case io.EOF:
			return nil
		case framing.ErrWait:
			return err
		default:
			if err = handle(r, h, err); err != nil {
				return err
			}
		}
	}
}

// handle handles an error of Next. It returns nil if the loop is to go on.
func handle(r *framing.Reader, h Handler, err error) error {
	var fault *framing.Error
	var gap *capture.Gap
	var skipped int64
	var lost error
	switch {
	case errors.As(err, &gap):
		if err := h.Gap(r, gap); err != nil {
			return err
		}
		skipped, lost = r.Resume(gap.Bytes)
		var next *capture.Gap
		if errors.As(lost, &next) && next != gap {
			lost = nil // the Reader will report this gap again
		}
	case errors.As(err, &fault):
		if err := h.Fault(r, fault); err != nil {
			return err
		}
		skipped, lost = r.Recover()
	default:
		return err
	}
	return h.Skipped(r, skipped, lost)
}

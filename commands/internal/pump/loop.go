package pump

import (
	"errors"
	"fmt"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// NewReader returns a Reader of the frames of f in src, which has the limit as its Max. The
// Reader keeps the start of the stream, for hints.
func NewReader(src io.Reader, f framing.Framing, limit int64) *framing.Reader {
	r := framing.NewReader(src, f)
	r.Max, r.HeadSize = limit, hint.HeadSize
	return r
}

// NoteUnusual makes the Reporter print the first frame of r that its protocol forbids, with --verbose. Place
// returns the name of the input, or "".
func NoteUnusual(r *framing.Reader, to *report.Reporter, place func() string) {
	if to.Verbose {
		r.Unusual = func(f framing.Frame, what string) { PrintUnusual(to, place(), f, what) }
	}
}

// PrintUnusual prints what its protocol forbids about a frame, with --verbose.
func PrintUnusual(to *report.Reporter, place string, f framing.Frame, what string) {
	to.DetailOf(place, "frame %d at byte %d: unusual: %s", f.Index, f.Offset, what)
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
	switch {
	case errors.As(err, &gap):
		if err := h.Gap(r, gap); err != nil {
			return err
		}
	case errors.As(err, &fault):
		NameLimit(fault)
		if err := h.Fault(r, fault); err != nil {
			return err
		}
	default:
		return err
	}
	skipped, lost := r.Recover()
	var next *capture.Gap
	if errors.As(lost, &next) && next != gap {
		lost = nil // the Reader will report this gap again
	}
	return h.Skipped(r, skipped, lost)
}

// NameLimit words the error of a frame that is over the limit with the flag that sets it.
func NameLimit(e *framing.Error) {
	switch {
	case e.Limit == 0:
	case e.Fault == framing.FrameTooLarge:
		e.Detail = fmt.Sprintf("the payload is longer than --max-frame %d", e.Limit)
	default:
		e.Detail = fmt.Sprintf("length %d is over --max-frame %d", e.Size, e.Limit)
	}
}

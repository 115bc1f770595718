package views

import (
	"fmt"
	"time"

	"framecat/framing"
)

// stamps writes when frames came, for --times.
type stamps struct{ last time.Time } // of the last frame; zero if there was none

// of returns the start of a note: when a frame came, and how long after the frame before it.
func (s *stamps) of(at time.Time) string {
	text := at.Format("15:04:05.000000 ")
	if !s.last.IsZero() {
		text += fmt.Sprintf("%+.6f s ", at.Sub(s.last).Seconds())
	}
	s.last = at
	return text
}

// stamp sets when a frame came, for the note beside it. If that is not known, it says so once.
func (i *inspection) stamp(f framing.Frame) {
	if !i.Times || i.hex == nil {
		return
	}
	at := i.src.Came(f.Offset, f.Size)
	switch {
	case !at.IsZero():
		i.hex.stamp = i.times.of(at)
		return
	case !i.timed:
		i.timed = true
		i.Report.Note("%s has no times for --times to show", i.in.Shown())
	}
	i.hex.stamp = ""
}

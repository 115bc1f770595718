package pump

import (
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A frame whose length is damaged may end where another one does. Then nothing is malformed: it has
// swallowed the frames after it.
const (
	fewFrames = 16 // frames, before which no length is usual
	farBeyond = 4  // times the mean size is unusual
	swallows  = 4  // frames at least, in a frame that seems to be damaged
	mostNotes = 3  // about such frames of one stream
)

// A swallower finds such frames among those of one stream.
type swallower struct {
	frames, bytes int64 // seen so far
	notes         int
}

// noteSwallowed prints a note about each frame of a batch that seems to have swallowed others.
func (c *Conversion) noteSwallowed(b *framing.Batch) {
	s := &c.swallower
	for i, f := range b.Frames {
		size := int64(f.End - f.Start)
		if s.frames >= fewFrames && size > farBeyond*s.bytes/s.frames && s.notes < mostNotes {
			from, n := swallowed(c.From.Framing, b.Wire[f.Start:f.End], int(farBeyond*s.bytes/s.frames))
			if n >= swallows {
				s.notes++
				c.swallowedNote(b.Frame(i), n, from)
				continue
			}
		}
		s.frames, s.bytes = s.frames+1, s.bytes+size
	}
}

// swallowed returns where frames begin inside a frame that lead exactly to its end, at most so far
// from its start, and how many there are. If they begin where its payload does, it is no damage:
// the frame has messages of the same framing in it.
func swallowed(f framing.Framing, frame []byte, most int) (from, n int) {
	e, err := f.Scan(frame, new(framing.Cursor))
	if err != nil || !e.Announced {
		return 0, 0
	}
	body := e.Skip + e.Header
	for from = body; from <= min(most, len(frame)); from++ {
		rest := frame[from:]
		for n = 0; len(rest) > 0; n++ {
			e, err := f.Scan(rest, new(framing.Cursor))
			size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
			if err != nil || e.Body == 0 || size > int64(min(most, len(rest))) {
				break
			}
			rest = rest[size:]
		}
		switch {
		case len(rest) > 0 || n < swallows:
		case from == body:
			return 0, 0
		default:
			return from, n
		}
	}
	return 0, 0
}

// swallowedNote prints a note about a frame in which n frames begin at an offset.
func (c *Conversion) swallowedNote(f framing.Frame, n, from int) {
	place := c.in.Place()
	if place != "" {
		place += ": "
	}
	at := f.Offset + int64(from)
	goOn := ""
	if c.hinter.Place.Command != nil {
		goOn = "; to see them, " + c.hinter.Place.Command(at)
	}
	c.report.Note("%sframe %d at byte %d may be damaged: it is far longer than those before, and %s begin in it at byte %d%s",
		place, f.Index, f.Offset, report.Count(int64(n), "frame"), at, goOn)
}

package views

import (
	"bytes"
	"io"
	"slices"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// reading returns the framing and the tests that the user gave.
func (o *Options) reading() pump.Reading {
	return pump.Reading{Kind: o.Kind, Framing: o.Framing, Where: o.Where}
}

// decide sets the framing of the input, for its direction: the one that the user gave, or the one that
// is found. Ok reports whether there is one.
func (i *inspection) decide() (ok bool, err error) {
	if i.Auto {
		return i.detect()
	}
	own, err := i.reading.In(i.in.Dir())
	if err != nil {
		return false, err
	}
	i.Framing, i.Where = own.Framing, own.Where
	return true, nil
}

// detect finds the framing of the input and shows the candidates. Ok reports whether the
// best candidate is good enough to go on with.
func (i *inspection) detect() (ok bool, err error) {
	found, err := i.guesses.Detect(i.in, i.src)
	if err != nil {
		return false, err
	}
	all, start, ended := found.All, found.Start, found.Ended
	if !found.Found() {
		return false, i.undetected(found)
	}
	best := all[0]
	if i.Framing, err = framing.Parse(pump.Joined(best.Spec, i.Join)); err != nil {
		return false, err
	}
	i.Kind, i.Framing = best.Entry, pump.ForDirection(i.Framing, i.in.Dir())
	i.Where.Found(i.Kind, i.Framing, i.in.Dir())
	likely := slices.IndexFunc(all, func(c detect.Candidate) bool { return c.Bits < detect.MinBits })
	if likely < 0 {
		likely = len(all)
	}
	seen := ""
	switch {
	case likely == 0: // its own bytes are no evidence: perhaps the first frame is long
		likely, seen = 1, "as in the other direction"
	case len(start) >= input.DetectSize && !ended:
		seen = "in the first 64 KiB"
	case !ended:
		seen = "so far"
	}
	i.to.candidates(all[:likely], seen, "go on with: "+pump.InspectAs(best, i.in, i.src, i.GoOn...))
	if best.Start > 0 {
		i.to.unknown(i.src.Offset)
		i.to.unread(i.src.Offset, start[:best.Start])
		i.src.Offset += int64(best.Start)
		_, err = io.CopyN(io.Discard, i.src.Reader, int64(best.Start))
	}
	return true, err
}

// showAll returns a line with the command that shows all rows of the input, from the bytes on that are
// in no frame. If the hints of a fault have a command to go on, it names only the flag.
func (i *inspection) showAll() string {
	spec := "auto"
	switch {
	case i.src == nil: // the rows are of many streams
		return allRows
	case i.lost:
		return "try: " + i.in.Inspect(spec, i.src.Offset, "--rows 0")
	case i.advised:
		return allRows
	default:
		spec = i.Framing.String()
	}
	return "try: " + i.in.Inspect(spec, max(i.hex.from, i.src.Offset), "--rows 0")
}

// allRows says how to see the rows that are not shown.
const allRows = "to show all rows, use --rows 0"

// undetected shows the first bytes of the input, and then reports that its framing was not found:
// the report must not scroll away.
func (i *inspection) undetected(found *pump.Detection) error {
	i.lost = true
	const most = 3
	i.to.unknownFraming(found.All[:min(len(found.All), most)])
	shown, err := i.guess(found)
	if err != nil {
		return err
	}
	reported := false
	conclude := func() {
		if !reported {
			reported = true
			i.flush() // it returns its error again
			i.Report.Fail(i.in.Place(), found.UndecidedView(i.in, i.src))
		}
	}
	i.src.WhenSlow(conclude) // the end of a live input may never come
	err = i.undecoded(i.src.Offset + int64(shown))
	if len(found.Start) > 0 {
		i.to.end(&i.tally)
	}
	conclude()
	return err
}

// guess shows the first rows of the input as the frames of the best guess, if it has whole ones, and
// begins the bytes after them, which have no marks. It returns how many bytes it has shown.
func (i *inspection) guess(found *pump.Detection) (shown int, err error) {
	if i.hex == nil || len(found.All) == 0 || found.All[0].Frames == 0 {
		i.to.unknown(i.src.Offset)
		return 0, nil
	}
	best := found.All[0]
	f, err := framing.Parse(best.Spec)
	if err != nil {
		return 0, err
	}
	i.hex.guesses(found.All)
	if best.Start > 0 {
		i.to.unknown(i.src.Offset)
		i.to.unread(i.src.Offset, found.Start[:best.Start])
		i.guessed = i.hex.rowsOf(best.Start)
	}
	r := framing.NewReader(bytes.NewReader(found.Start[best.Start:]), f)
	r.FirstOffset = i.src.Offset + int64(best.Start)
	shown = best.Start
	for i.guessed < looseRows {
		frame, err := r.Next()
		if err != nil {
			break
		}
		i.hex.guess(frame, formats.Describe(nil, best.Entry, f, frame), looseRows-i.guessed)
		i.guessed += i.hex.rowsOf(int(frame.Size))
		shown = int(frame.Offset + frame.Size - i.src.Offset)
	}
	i.tally.Undecoded += int64(shown)
	if shown < len(found.Start) || !found.Ended {
		i.to.unknown(i.src.Offset + int64(shown))
	}
	_, err = io.CopyN(io.Discard, i.src.Reader, int64(shown))
	return shown, err
}

// looseLimit returns how many rows are shown of bytes that are in no frame.
func (i *inspection) looseLimit() int {
	if i.RowsSet || i.src != nil && i.src.Device() && !i.lost && i.Left == pump.NoLimit { // of a device, all bytes are shown as they come
		return i.View.Rows
	}
	return int(max(1, min(looseRows-int64(i.guessed), i.Left))) // there are no frames that -n could count
}

package pump

import (
	"cmp"
	"errors"
	"fmt"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing/detect"
)

// A Detection is what -f auto found at the start of a stream.
type Detection struct {
	All   []detect.Candidate // best first
	Start []byte             // the bytes that were looked at
	Ended bool               // they are the whole stream

	file    string // the kind of file that the stream is, if it holds no frames
	skipped bool   // it was not searched
}

// Detect finds the framing of a source. Reading src returns the bytes again.
func (g *Guesses) Detect(in input.Input, src *input.Source) (*Detection, error) {
	var all []detect.Candidate
	sure := false // all has a good candidate, and is up to date
	start, ended, err := input.Peek(src, func(start []byte) bool {
		all = detect.Detect(start, false)
		sure = Believable(all)
		return sure
	})
	if err != nil {
		return nil, err
	}
	file := hint.FileKind(start)
	switch {
	case file != "":
		all = nil
	case in.Recorded != nil && in.Recorded.Stream.Server != "":
		all = g.find(in.Recorded.Stream.Server+" "+in.Recorded.Direction().Name, start, ended)
	case !sure:
		all = detect.Detect(start, ended)
	}
	if !Believable(all) {
		file = cmp.Or(file, hint.Dump(start))
	}
	d := &Detection{All: all, Start: start, Ended: ended, file: file, skipped: g.skipped}
	g.skipped = false
	return d, nil
}

// Failure reports that no framing is sure enough.
func (d *Detection) Failure() *report.Failure {
	best := ""
	switch {
	case len(d.Start) == 0:
		best = ": the stream is empty"
	case d.file != "":
		best = ": it looks like " + d.file
	case d.All == nil && len(d.Start) < tooFew:
		best = fmt.Sprintf(": it has only %s", report.Count(int64(len(d.Start)), "byte"))
	case d.All == nil && d.skipped:
		best = ", as it was in other streams of this server; it was not searched"
	case len(d.All) > 0 && d.All[0].Frames == 0:
		best = fmt.Sprintf("; the best guess, %s, has no whole frame in %s", d.All[0].Spec, report.Count(int64(len(d.Start)), "byte"))
	case len(d.All) > 0:
		best = fmt.Sprintf("; the best guess, %s, has %d of the %d bits of evidence needed", d.All[0].Spec, int(d.All[0].Bits), detect.MinBits)
	}
	f := &report.Failure{Status: report.StatusMalformed, Text: "the framing of the stream is unknown" + best}
	if len(d.Start) > 0 {
		hint := "set the framing with -f"
		if d.file == "" && len(d.Start) < input.DetectSize {
			hint += ", or give a longer part of the stream"
		}
		f.Hints = []string{hint + "; for a list of framings, run framecat framings"}
	}
	return f
}

// Believable reports whether the best candidate is good enough: it needs the bits of evidence
// and a whole frame.
func Believable(all []detect.Candidate) bool {
	return len(all) > 0 && all[0].Bits >= detect.MinBits && all[0].Frames > 0
}

// unfound reports that Find failed.
func (c *Conversion) unfound(in input.Input, err error) error {
	var f *report.Failure
	if errors.As(err, &f) {
		c.report.Fail(in.Place(), f)
		return f
	}
	return c.inputFailure(in, err)
}

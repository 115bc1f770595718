package pump

import (
	"slices"
	"strings"

	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing/detect"
)

// undecided is Failure with the next guesses.
func (d *Detection) undecided() *report.Failure {
	f := d.Failure()
	const most = 3
	var others []string
	for i, c := range d.All[:min(len(d.All), most)] {
		if i > 0 {
			others = append(others, c.Spec+" with "+report.Count(int64(c.Bits), "bit"))
		}
	}
	if len(others) > 0 && d.long() == "" {
		next := "; the next are "
		if len(others) == 1 {
			next = "; the next is "
		}
		f.Text += next + strings.Join(others, " and ")
	}
	return f
}

// Undecided is the failure of decode for an input. It names a command that shows the bytes.
func (d *Detection) Undecided(in input.Input, src *input.Source) *report.Failure {
	f := d.undecided()
	if len(d.Start) > 0 {
		f.Hints = append(f.Hints, "to look at the bytes, "+toRun(in, in.Inspect("auto", src.Offset)))
	}
	return f
}

// UndecidedView is the failure of inspect, which has shown the bytes. It names a command that
// shows the best guess, if that has a whole frame.
func (d *Detection) UndecidedView(in input.Input, src *input.Source) *report.Failure {
	f := d.undecided()
	if len(d.All) > 0 && d.All[0].Frames > 0 {
		f.Hints = append(f.Hints, "to look at the best guess, "+toRun(in, InspectAs(d.All[0], in, src, "--rows 3")))
	}
	return f
}

// InspectAs returns the command that shows an input in the framing of a candidate.
func InspectAs(c detect.Candidate, in input.Input, src *input.Source, flags ...string) string {
	if c.Entry.Details().Joined(c.Spec) == "" { // its frames are messages
		flags = slices.DeleteFunc(slices.Clone(flags), func(flag string) bool { return flag == "--join" })
	}
	return in.Inspect(c.Spec, src.Offset+int64(c.Start), flags...)
}

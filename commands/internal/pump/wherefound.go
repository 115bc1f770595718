package pump

import (
	"errors"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A found counts the streams whose framing -f auto has found, for a test and its clones.
type found struct {
	fit   int             // streams whose frames can meet the conditions
	unfit int             // streams whose framing has no such field, or whose field has no such value
	why   *report.Failure // the error that helps most
}

// Found is Of for a framing that was found in one of several streams. No frame of it meets the test
// if it cannot have a field, or a value, of a condition: Conclude reports that.
func (t *FrameTest) Found(k *framing.Entry, f framing.Framing, dir int) {
	t.find(k, f, dir)
	t.Count()
}

// find is Found before the stream is counted.
func (t *FrameTest) find(k *framing.Entry, f framing.Framing, dir int) {
	if t == nil || k == nil {
		return
	}
	err := t.Of(k, f, dir)
	t.never = err != nil
	var why *report.Failure
	if errors.As(err, &why) && (t.found.why == nil || worth(why) > worth(t.found.why)) {
		t.found.why = why
	}
}

// Count counts a stream that is read with the test.
func (t *FrameTest) Count() {
	switch {
	case t == nil || t.kind == nil:
	case t.never:
		t.found.unfit++
	default:
		t.found.fit++
	}
}

// worth returns how much an error helps, to compare several: most if it names the right word, then
// if it names the values of the field.
func worth(f *report.Failure) int {
	switch {
	case strings.HasPrefix(f.Hints[0], "did you mean"):
		return 2
	case !strings.Contains(f.Text, "has no field"):
		return 1
	}
	return 0
}

// Unfit returns what is wrong with the test for the framings that were found, if no stream fits it.
func (t *FrameTest) Unfit() error {
	if t == nil || t.found.fit > 0 || t.found.why == nil {
		return nil
	}
	return t.found.why
}

// Conclude is called when all streams were read. It reports how many have a framing whose frames
// cannot meet the test. If all have, that is a wrong command line.
func (t *FrameTest) Conclude(r *report.Reporter) {
	if t == nil || t.found.unfit == 0 {
		return
	}
	if t.found.fit == 0 {
		r.Fail("", t.found.why)
	} else {
		r.Note("--where: no message of %s can match: the framing has no such field or value", report.Count(int64(t.found.unfit), "stream"))
	}
}

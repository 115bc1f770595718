package replay

import (
	"bytes"
	"fmt"
	"sync"

	"framecat/commands/internal/compare"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

// A Differ shows how a message differs from a recorded one. Several goroutines may use it at once.
type Differ struct {
	Tape     string // its name
	Comparer *compare.Comparer
	View     hexview.Options

	mu sync.Mutex
}

// Missed reports a message of a client that was not recorded, beside the recorded one that was to come. Text is
// reported instead if there is no message.
func (d *Differ) Missed(r *report.Reporter, name, text string, expected *Message, got *framing.Frame) {
	if text == "" {
		text = fmt.Sprintf("message #%d is not in the recording", got.Index)
		if expected != nil {
			text += fmt.Sprintf("; the next one there is #%d", expected.Index)
		}
	}
	f := &report.Failure{Status: report.StatusUnmet, Text: text}
	var old *framing.Frame
	if expected != nil && got != nil {
		old = &expected.Frame
	}
	d.Report(r, name, f, old, got)
}

// Report reports a failure, and shows the message that was recorded, and the one that came. Either may be nil.
func (d *Differ) Report(r *report.Reporter, name string, f *report.Failure, recorded, came *framing.Frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out bytes.Buffer
	own := r.Fork()
	own.W, own.Clear = &out, func() {}
	own.Fail(name, f)
	r.Status = own.Status
	both := &compare.Diff{Old: &compare.Stream{Comparer: d.Comparer}, New: &compare.Stream{Comparer: d.Comparer}}
	rows := &compare.Text{Diff: both, Names: [2]string{d.Tape, name}, Out: &out, View: d.View, Clear: func() {}}
	switch {
	case recorded != nil && came != nil:
		rows.Changed(*recorded, *came)
	case recorded != nil:
		rows.Removed(*recorded)
	case came != nil:
		rows.Added(*came)
	}
	rows.Flush()
	r.Clear()
	r.W.Write(out.Bytes())
}

package views

import (
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
)

// Interrupted is the note beside the counts of a run that a signal has ended.
const Interrupted = "interrupted: the counts are those so far"

// interrupted shows the counts so far, when a signal has stopped the inspection.
func (i *inspection) interrupted() {
	switch {
	case i.trace != nil:
		i.trace.interrupted()
	case i.open || !i.begun && !i.Trace:
		if i.hex != nil {
			i.hex.inside = false // no more of a frame will come
		}
		i.to.flush()
		interrupt.OutputOf(i.out).TakeBack()
		i.Report.Note(Interrupted)
		i.to.end(&i.tally)
	}
	i.flush()
	i.Report.EndStreams()
}

// beginLarge begins a frame whose rows can be removed from a file if a signal comes before its
// end. In a dump the rows belong to other frames too.
func (i *inspection) beginLarge() {
	if out := interrupt.OutputOf(i.out); out != nil && !i.View.Dump {
		i.to.flush()
		out.Begin()
	}
}

// endLarge ends a frame that beginLarge began.
func (i *inspection) endLarge() { interrupt.OutputOf(i.out).End() }

// interrupted shows what came out so far, when a signal has stopped the trace.
func (t *tracer) interrupted() {
	if t.r != nil {
		t.step("interrupted: %s came out, the buffer keeps %s", report.Count(t.r.Index()-t.r.FirstIndex, "frame"),
			report.Count(int64(len(t.r.Buffered())), "byte"))
	}
	t.flush()
}

package views

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// A timeline shows the messages of all streams of a capture in the order in which they were
// complete.
type timeline struct {
	*inspection
	engine  conversation.Engine
	streams int64     // how many were begun
	sums    []*dirSum // of all directions, for a summary

	sides *[2]Side // the framings of connections that are being relayed; nil for a capture

	readings map[string]*pump.Reading // of the framings that were found, by spec

	known   map[capture.Ref]*pump.Detection // what was found before the first event; nil if framings are found meanwhile
	unknown map[capture.Ref]*report.Failure // why nothing was found
}

// errEnough ends a timeline: all wanted frames were shown.
var errEnough = errors.New("all wanted frames were shown")

// follow shows a capture by time. Its error ends the program.
func (i *inspection) follow(in input.Input, several bool) error {
	t := &timeline{inspection: i}
	t.engine = conversation.Engine{Watcher: t, Max: i.Max, Resync: i.Skip}
	i.in, i.begun, i.open, i.tally = in, true, true, pump.Tally{}
	heading := ""
	if several {
		heading = in.Shown()
	}
	i.to.begin(in, heading)
	if i.Auto && in.Again() {
		done, err := t.detect()
		defer done()
		if err != nil {
			i.Report.Fail(in.Shown(), pump.InputFailure(err))
			return nil
		}
	}
	err := in.Follow(i.to.flush, t.engine.Take)
	i.open = false
	if err == errEnough {
		err = nil
	}
	i.to.turn(nil)
	if v, ok := i.to.(*summaryView); ok {
		slices.SortFunc(t.sums, func(a, b *dirSum) int {
			return cmp.Or(cmp.Compare(a.stream, b.stream), strings.Compare(a.direction, b.direction))
		})
		v.sums(t.sums)
	}
	i.to.end(&i.tally)
	if fail := i.flush(); fail != nil {
		return fail
	}
	if err != nil {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
	}
	return nil
}

// detect finds the framings of all streams of a capture, before it is followed: so more of each
// stream is looked at, as without --by time.
func (t *timeline) detect() (done func(), err error) {
	ch := t.Choice
	ch.Starts = true
	streams, done, err := t.in.Streams(ch)
	if err != nil {
		return done, err
	}
	t.known, t.unknown = map[capture.Ref]*pump.Detection{}, map[capture.Ref]*report.Failure{}
	for i := range streams.Len() {
		one := streams.At(i)
		src, err := one.Open()
		if err != nil {
			return done, err
		}
		found, err := t.guesses.Detect(one, src)
		src.Close()
		if err != nil {
			return done, err
		}
		if !found.Found() {
			t.unknown[one.Recorded.Ref] = found.Failure()
		}
		found.Start = nil
		t.known[one.Recorded.Ref] = found
	}
	return done, nil
}

// Open returns the Handler of a direction.
func (t *timeline) Open(d *conversation.Direction) (conversation.Handler, error) {
	auto, reading := t.Auto, &t.reading
	f := &flow{timeline: t, turn: turn{d: d, live: t.sides != nil}, counts: &dirSum{}}
	if t.sides != nil {
		auto, reading = t.sides[d.Dir].Auto, &t.sides[d.Dir].Reading
	}
	f.hints = hint.NewShared(&t.budget, &f.latest)
	if t.sides != nil || d.Stream.Client != "" || d.Stream.Index > 0 || d.Dir > 0 {
		f.direction = capture.Directions[d.Dir]
	}
	if t.Summary {
		*f.counts = dirSum{stream: d.Stream.Index, direction: f.direction, ends: endsOf(d.Stream, d.Dir)}
		t.sums = append(t.sums, f.counts)
	}
	if !auto {
		own, err := reading.In(f.dir())
		if err != nil {
			return nil, err
		}
		d.Framing, d.Entry, f.where = own.Framing, own.Kind, own.Where
		return f, nil
	}
	f.where = reading.Where
	found := t.known[capture.RefOf(d.Stream.Index, d.Dir)]
	if d.Finding = found == nil; d.Finding {
		return f, nil
	}
	if !found.Found() {
		f.fail(t.unknown[capture.RefOf(d.Stream.Index, d.Dir)], true)
		return f, nil
	}
	d.SkipFirst(found.All[0].Start)
	return f, f.accept(found)
}

// Find finds the framing of a direction from its first bytes.
func (t *timeline) Find(d *conversation.Direction, h conversation.Handler, start []byte, last, ended bool) (decided bool, skip int, err error) {
	f := h.(*flow)
	found := t.guesses.Of(d.Stream.Server, f.direction, start, last, ended)
	switch {
	case found.Found():
		return true, found.All[0].Start, f.accept(found)
	case last && t.sides != nil && found.Guess():
		return true, found.All[0].Start, f.accept(found)
	case last:
		failure := found.Failure()
		const most = 3
		f.to.turn(&f.turn)
		f.to.unknownFraming(found.All[:min(len(found.All), most)])
		if f.live && !f.JSON {
			f.to.event(d.Stream, d.Dir, d.At(), "unknown", failure.Text)
		}
		f.fail(failure, true)
	}
	return last, 0, nil
}

// accept makes what was found the framing of the direction.
func (f *flow) accept(found *pump.Detection) error {
	own, err := f.readingOf(found.All[0])
	if err != nil {
		return err
	}
	f.d.Framing, f.d.Entry, f.where = own.Framing, own.Kind, own.Where
	f.found(strings.TrimPrefix(found.Evidence(), "found "), found.All[:1])
	own.Where.Count()
	return nil
}

// found shows the framing that was found for the direction.
func (f *flow) found(text string, all []detect.Candidate) {
	f.counts.framing = f.d.Framing.String()
	if f.JSON {
		f.to.turn(&f.turn)
		f.to.candidates(all, "", "")
		return
	}
	f.to.event(f.d.Stream, f.d.Dir, f.d.At(), "found", text)
}

// Happened shows what happened to a stream.
func (t *timeline) Happened(s *conversation.Stream, e capture.Event) error {
	switch e.Kind {
	case capture.Opened:
		t.streams++
		if from := endsOf(s, 0); from != "" {
			t.to.event(s, -1, e.At, "open", from)
		}
	case capture.Closed:
		t.to.event(s, e.Dir, e.At, "closed", "")
	case capture.Reset:
		t.to.event(s, e.Dir, e.At, "reset", e.Why)
	}
	return nil
}

// A flow is one direction of a stream in a timeline.
type flow struct {
	*timeline
	turn
	hints  hint.Hinter
	latest hint.Frame
	now    *framing.Frame // the frame that is being shown
	counts *dirSum
	where  *pump.FrameTest // selects frames; nil is all

	skipping bool  // bytes are passed over
	held     int64 // bytes that will be passed over and have been shown
}

// place returns the name in messages about a frame.
func (f *flow) place() string {
	switch label := f.in.Label(); {
	case f.direction == "":
		return label
	case label == "":
		return f.name()
	default:
		return label + ": " + f.name()
	}
}

// Came returns when the last byte of the frame came.
func (f *flow) Came(offset, size int64) time.Time {
	_, last, _ := f.d.Came(f.now)
	return last
}

// AppendFrameTags appends when the first byte of the frame came, and in how many segments.
func (f *flow) AppendFrameTags(dst []byte, _, _ int64) []byte {
	first, last, segments := f.d.Came(f.now)
	switch {
	case first.IsZero():
		return dst
	case f.live:
		return formats.AppendTime(dst, last)
	}
	return fmt.Appendf(formats.AppendTime(dst, first), `,"segments":%d`, segments)
}

// Next shows the next frame.
func (f *flow) Next(r *framing.Reader) error {
	if f.Left == 0 {
		return errEnough
	}
	fr, err := r.Next()
	if err != nil {
		return err
	}
	f.hints.SawFrame(fr)
	fields := formats.Describe(nil, f.d.Entry, f.d.Framing, fr)
	size := int64(len(fr.Payload))
	if !f.selects(fr, f.where, fields, size) {
		return nil
	}
	f.Left--
	f.tally.Add(fr.Size, size, fr.Silent)
	f.counts.Add(fr.Size, size, fr.Silent)
	f.now = &fr
	f.to.turn(&f.turn)
	f.to.frame(fr, fields, f)
	return nil
}

// Fault shows a frame that could not be read.
func (f *flow) Fault(r *framing.Reader, e *framing.Error) error {
	failure := pump.Unreadable(&f.hints, f.d.Framing, r, e)
	header := wrongPart(r, e)
	f.to.turn(&f.turn)
	f.to.fault(e, header)
	f.skipping, f.held = f.Skip && e.Fault != framing.Truncated, 0
	if !f.skipping { // else Fill shows what is skipped
		f.to.unread(r.Offset(), r.Buffered())
	}
	if f.fail(failure, e.Frame == 0); e.Fault == framing.Truncated {
		f.count(pump.Counts{Leftover: e.Have})
		return report.ErrDone
	}
	f.count(pump.Counts{Errors: 1})
	if f.Malformed != nil {
		f.Malformed()
	}
	if f.skipping {
		return nil
	}
	f.count(pump.Counts{Undecoded: int64(len(r.Buffered()))})
	return report.ErrDone
}

// Gap shows that bytes are missing.
func (f *flow) Gap(r *framing.Reader, g *capture.Gap) error {
	if !f.live { // tap counts what it did not show
		f.fail(pump.GapFailure(r, g), false)
	}
	held := int64(len(r.Buffered()))
	f.to.turn(&f.turn)
	if held > 0 {
		e, header := leftover(r)
		f.to.fault(e, header)
		f.to.unread(r.Offset(), r.Buffered())
	}
	f.to.gap(g, int(held))
	if f.count(pump.Counts{Leftover: held}); !f.live {
		f.count(pump.Counts{Errors: 1})
	}
	if f.skipping, f.held = f.Skip, held; f.Skip {
		return nil
	}
	return report.ErrDone
}

// Skipped goes on with the next frame, if there is one.
func (f *flow) Skipped(r *framing.Reader, n int64, err error) error {
	f.count(pump.Counts{Skipped: n})
	f.skipping = false
	if err == nil {
		return nil
	}
	f.count(pump.Counts{Undecoded: int64(len(r.Buffered()))})
	f.to.turn(&f.turn)
	f.to.unread(r.Offset(), r.Buffered())
	if f.live && !f.JSON {
		f.to.event(f.d.Stream, f.d.Dir, f.d.At(), "lost", pump.NoResync(r, f.d.Framing))
	} else {
		f.Report.Note("%s: %s", f.place(), pump.NoResync(r, f.d.Framing))
	}
	return report.ErrDone
}

// count adds to the counts of the direction, and to those of all.
func (f *flow) count(c pump.Counts) {
	f.counts.Plus(&c)
	f.tally.Plus(&c)
}

// fail reports a failure, after what is shown so far. Of a connection that is being relayed, the
// view shows it, and the hints if they may help: those at the start of the direction.
func (f *flow) fail(failure *report.Failure, hints bool) {
	if f.live && !f.JSON {
		for _, h := range failure.Hints {
			if hints {
				f.to.event(f.d.Stream, f.d.Dir, f.d.At(), "hint", h)
			}
		}
		return
	}
	f.to.flush() // an error is kept until the end
	f.Report.Fail(f.place(), failure)
}

// Fill shows bytes that are in no frame.
func (f *flow) Fill(offset int64, b []byte) {
	if f.skipping {
		shown := min(f.held, int64(len(b)))
		if f.held -= shown; shown < int64(len(b)) {
			f.to.turn(&f.turn)
			f.to.unread(offset+shown, b[shown:])
		}
		return
	}
	f.to.turn(&f.turn)
	f.to.fill(offset, b)
	f.count(pump.Counts{Fill: int64(len(b))})
}

// Undecoded counts bytes that are not decoded. Those before the first frame, and of a direction
// without a framing, are shown.
func (f *flow) Undecoded(offset int64, b []byte) {
	f.count(pump.Counts{Undecoded: int64(len(b))})
	if f.d.Framing == nil || offset < int64(f.d.Skip()) {
		f.to.turn(&f.turn)
		f.to.unknown(offset)
		f.to.unread(offset, b)
	}
}

// Ended has nothing to show.
func (f *flow) Ended() {}

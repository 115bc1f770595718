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
)

// A timeline shows the messages of all streams of a capture in the order in which they were
// complete.
type timeline struct {
	*inspection
	engine  conversation.Engine
	streams int64     // how many were begun
	sums    []*dirSum // of all directions, for a summary

	sides *[2]Side // the framings of connections that are being relayed; nil for a capture
	unfit bool     // it was reported that no message can meet --where

	readings map[string]*pump.Reading // of the framings that were found, by spec

	known   map[capture.Ref]*pump.Detection // what was found before the first event; nil if framings are found meanwhile
	unknown map[capture.Ref]*report.Failure // why nothing was found
}

// errEnough ends a timeline: all wanted frames were shown.
var errEnough = errors.New("all wanted frames were shown")

// follow shows a capture by time. Its error ends the program.
func (i *inspection) follow(in input.Input, several bool) error {
	t := &timeline{inspection: i}
	t.engine = conversation.Engine{Watcher: t, Max: i.Max, Resync: i.Skip, Unusual: t.unusual}
	i.in, i.src, i.begun, i.open, i.tally = in, nil, true, true, pump.Tally{}
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
		if found.Found() && found.All[0].Start > 0 {
			continue // what comes before may be another protocol
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
	f.where = reading.Where
	switch {
	case d.Stream.Upgraded != "":
		return f, f.goOn()
	case !auto:
		d.Finding = reading.Kind.Details().Traits().Upgrade != "" // an HTTP head may come first
		return f, f.use(reading)
	}
	found := t.known[capture.RefOf(d.Stream.Index, d.Dir)]
	if d.Finding = found == nil; d.Finding {
		f.again = true
		return f, nil
	}
	if !found.Found() {
		f.news = func() { f.fail(t.unknown[capture.RefOf(d.Stream.Index, d.Dir)], true) }
		return f, nil
	}
	return f, f.accept(found)
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

	again    bool   // the framing is found on the way, and may be found anew
	frames   int    // since it was found
	news     func() // shows what was found, before all else; nil if it is shown
	silent   bool   // the bytes are encrypted: they are counted only
	skipping bool   // bytes are passed over
	held     int64  // bytes that will be passed over and have been shown
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
	case f.live && f.Redacted:
		return append(formats.AppendTime(dst, last), `,"redacted":true`...)
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
	f.announce()
	f.frames++
	f.hints.SawFrame(fr)
	fields := formats.Describe(nil, f.d.Entry, f.d.Framing, fr)
	size := int64(len(fr.Payload))
	if !f.selects(fr, f.where, fields, size) {
		return f.d.Saw(&fr)
	}
	f.Left--
	f.tally.Add(fr.Size, size, fr.Silent)
	f.counts.Add(fr.Size, size, fr.Silent)
	f.now = &fr
	f.begin()
	f.to.frame(fr, fields, f)
	return f.d.Saw(&fr)
}

// unusual prints what the protocol forbids about a frame, with --verbose.
func (t *timeline) unusual(h conversation.Handler, fr framing.Frame, what string) {
	t.to.flush() // an error is kept until the end
	pump.PrintUnusual(t.Report, h.(*flow).place(), fr, what)
}

// Fault shows a frame that could not be read.
func (f *flow) Fault(r *framing.Reader, e *framing.Error) error {
	failure := pump.Unreadable(&f.hints, f.d.Framing, r, e)
	header := wrongPart(r, e)
	f.begin()
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
	f.begin()
	if held > 0 {
		e, header := leftover(r)
		f.to.fault(e, header)
		f.to.unread(r.Offset(), r.Buffered())
	}
	f.to.gap(g, int(held))
	if !f.live {
		f.count(pump.Counts{Leftover: held, Errors: 1})
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
	again := f.again && f.frames > 0
	if !again {
		f.count(pump.Counts{Undecoded: int64(len(r.Buffered()))})
		f.begin()
		f.to.unread(r.Offset(), r.Buffered())
	}
	if f.live && !f.JSON {
		f.to.event(f.d.Stream, f.d.Dir, f.d.At(), "lost", pump.NoResync(r, f.d.Framing))
	} else {
		f.Report.Note("%s: %s", f.place(), pump.NoResync(r, f.d.Framing))
	}
	if again {
		f.frames = 0
		return conversation.ErrFind
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
			f.begin()
			f.to.unread(offset+shown, b[shown:])
		}
		return
	}
	f.begin()
	f.to.fill(offset, b)
	f.count(pump.Counts{Fill: int64(len(b))})
}

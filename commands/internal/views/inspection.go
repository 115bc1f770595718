// Package views shows what is in a stream: frames as rows of hex, as JSON records, as counts,
// or step by step as a receiver finds them.
//
// Inspect shows inputs; it is all that framecat inspect does. A HexSink shows the frames of
// live connections in the same rows of hex.
package views

import (
	"io"
	"os"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/page"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

// Options select what Inspect shows of its inputs, and how.
type Options struct {
	Framing framing.Framing
	Kind    *framing.Entry // the row of Framing; nil if it has none
	Auto    bool           // find the framing; Framing and Kind are then set to it
	Join    bool           // put the frames of messages together, in a framing that is found

	Max         int64           // limits payloads: see framing.Reader
	First, Last int64           // the frames to show: the indexes of the first and the last
	Left        int64           // how many frames are still to be shown
	Where       *pump.FrameTest // selects frames; nil is all
	Choice      input.Choice    // selects streams of captures
	GoOn        []string        // flags for the command to go on with
	Skip        bool            // go on after a malformed frame

	JSON     bool         // show JSON records
	Embed    bool         // in records, embed payloads that are JSON
	Redacted bool         // parts of what tap shows were hidden before
	Summary  bool         // show only counts and sizes
	Trace    bool         // show step by step how a receiver finds the frames
	Chunks   []int        // for Trace: the sizes of reads; the last size repeats
	Times    bool         // show when each frame came, in rows of hex
	Lines    *LineOptions // show a line a message; nil to show rows of hex
	ByTime   bool         // of captures, show the messages of all streams in the order in which they were complete
	Live     bool         // do so too for captures that come through a pipe
	View     hexview.Options
	RowsSet  bool       // View.Rows was asked for
	Page     *page.Page // add all to this page, and print only counts; may be nil

	Malformed func() // called at each malformed frame of a Watch; may be nil

	Report  *report.Reporter
	Signals <-chan os.Signal // end Inspect
}

// Inspect shows each input on out. A signal ends it, after the counts so far are shown.
func Inspect(out *os.File, inputs []input.Input, o Options) error {
	work := input.NewWork()
	i := &inspection{Options: o, reading: o.reading(), out: (*interrupt.Gate)(nil).NewOutput(out)}
	switch {
	case o.JSON:
		i.to = &jsonView{out: i.out, framing: func() (*framing.Entry, framing.Framing) { return i.Kind, i.Framing }, summaryOnly: o.Summary, embed: o.Embed}
	case o.Page != nil:
		i.to = &pageView{page: o.Page, out: i.out, several: len(inputs) > 1}
	case o.Summary:
		i.to = &summaryView{out: i.out, width: o.View.Width}
	case o.Lines != nil:
		i.to = &lineView{out: i.out, LineOptions: *o.Lines}
	default:
		if !o.RowsSet {
			o.View.Hint = i.showAll
		}
		i.hex = newHexView(i.out, o.View)
		i.hex.loose = i.looseLimit
		i.to = i.hex
	}
	stop := func() {}
	if o.Summary || !report.IsTerminal(out) { // else the line and the view would mix
		stop = pump.ShowProgress(o.Report, work, nil)
	}
	defer stop()
	return work.Run(o.Signals, out, func() error { return i.run(work.For(inputs)) }, i.interrupted)
}

// run shows each input.
func (i *inspection) run(inputs []input.Input) error {
	if i.Left == 0 && !i.Trace { // nothing is to be read: show counts of 0
		i.to.end(&i.tally)
		return i.flush()
	}
	for _, in := range inputs {
		if err := i.file(in, len(inputs) > 1); err != nil {
			return err
		}
	}
	i.Where.Conclude(i.Report)
	return i.Report.Done()
}

// An inspection reads frames one by one, and shows them and all other bytes in a view.
type inspection struct {
	Options
	out     io.Writer
	to      view
	hex     *hexView    // to, or nil if that is another view
	in      input.Input // the input that is being read
	src     *input.Source
	reading pump.Reading // what the user gave; Framing and Where are those of the input that is being read
	index   int64        // of the next frame, over all inputs
	hinter  hint.Hinter
	guesses pump.Guesses // what -f auto found in other streams of captures
	budget  hint.Budget  // of the hints about all directions of a timeline
	tally   pump.Tally

	times   stamps  // of the frames of the input
	lost    bool    // the framing of the input was not found
	guessed int     // rows that were shown as frames of the best guess
	advised bool    // the hints of a fault had the command that goes on after it
	timed   bool    // it was reported that an input has no times
	begun   bool    // an input was begun
	open    bool    // an input was begun, and its counts have not been shown
	trace   *tracer // of the input that is being traced; nil if there is none

	skipping bool           // bytes are being skipped after a fault or a gap
	fault    *framing.Error // the last fault that was shown; nil after a gap
	held     int64          // bytes of an incomplete frame before the last gap, which were shown
	afterGap int64          // the offset of the first byte after the gap
}

// done reports whether all wanted frames were shown.
func (i *inspection) done(index int64) bool { return i.Left == 0 || index > i.Last }

// file shows a file, or the streams of a capture. Its error ends the program.
func (i *inspection) file(in input.Input, several bool) error {
	if i.done(i.index) {
		return nil
	}
	in, err := in.Recognise(i.Choice)
	switch {
	case err != nil:
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
		return nil
	case in.IsCapture() && (i.ByTime || i.Live && in.Piped()):
		return i.follow(in, several)
	}
	var failed error // of the table
	err = pump.EachStream(in, i.Choice, i.Report, func(all input.Streams) error {
		if !i.tabulates(in, all) {
			return nil
		}
		failed = i.follow(in, several)
		return report.ErrDone
	}, func(one input.Input) error {
		heading := ""
		if several {
			heading = in.Shown()
		}
		if one.Recorded != nil {
			heading = strings.TrimSpace(heading + "  " + one.Recorded.Label())
		}
		return i.stream(one, heading)
	})
	if err == report.ErrDone {
		return failed
	}
	return err
}

// tabulates reports whether the summary of a capture is a table: then it is read once, by time,
// which is much faster.
func (i *inspection) tabulates(in input.Input, all input.Streams) bool {
	return i.Summary && !i.JSON && i.Live && !i.Skip && all.Len() > manyDirections && in.Again()
}

// stream shows one stream after a heading. Its error ends the program, or is report.ErrDone if all
// wanted frames were shown.
func (i *inspection) stream(in input.Input, heading string) error {
	switch {
	case i.done(i.index):
		return report.ErrDone
	case i.Trace:
		i.traceInput(in, heading)
		return nil
	}
	i.to.begin(in, heading)
	i.tally, i.begun, i.open = pump.Tally{}, true, true
	err := i.input(in)
	i.open = false
	return err
}

// input shows one input. Its error ends the program.
func (i *inspection) input(in input.Input) error {
	src, err := in.Open()
	if err != nil {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
		return nil
	}
	defer src.Close()
	pump.NoteOf(i.Report, in, src)
	i.in, i.src = in, src
	i.times, i.lost, i.guessed, i.advised = stamps{}, false, 0, false
	found, err := i.decide()
	if found && err == nil {
		err = src.EndFrames(i.Framing)
	}
	if err != nil {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
	}
	if err != nil || !found {
		return i.flush()
	}
	r := i.reader(src.Reader)
	r.BeforeRead = i.to.flush
	r.Fill = func(b []byte) { i.filled(r, b) }
	if i.Skip {
		pump.GoOn(r, i.Framing, src)
	}
	err = pump.Loop(r, i)
	if err == report.ErrDone {
		err = nil
	}
	if err != nil {
		i.unfinished(r)
	}
	i.index = r.Index()
	i.to.end(&i.tally)
	if fail := i.flush(); fail != nil { // err is the same error then
		return fail
	}
	if err == nil && i.tally.Errors+i.tally.Leftover > 0 {
		err = src.Damage() // it may be the cause
	}
	if err != nil {
		i.Report.Fail(in.Shown(), pump.InputFailure(err))
	}
	return nil
}

// reader returns a Reader of the frames of src. Their numbers go on from the input before.
func (i *inspection) reader(src io.Reader) *framing.Reader {
	r := pump.NewReader(src, i.Framing, i.Max)
	r.FirstIndex, r.FirstOffset = i.index, i.src.Offset
	pump.NoteUnusual(r, i.Report, i.in.Place)
	i.hinter = hint.New(r)
	i.hinter.Off = i.Report.OnlyCounts()
	i.hinter.Place = pump.PlaceOf(i.in, i.src, i.Framing, i.Max, i.Skip)
	return r
}

// filled shows bytes that belong to no frame.
func (i *inspection) filled(r *framing.Reader, b []byte) {
	offset := r.Offset()
	switch {
	case i.skipping:
		shown := min(i.held, int64(len(b)))
		i.held -= shown
		if b = b[shown:]; len(b) > 0 {
			i.to.unread(offset+shown, b)
		}
	case r.Index() >= i.First && r.Index() <= i.Last:
		i.to.fill(offset, b)
		i.tally.Fill += int64(len(b))
	}
}

// flush writes what is buffered. Its error ends the program.
func (i *inspection) flush() error { return flushTo(i.to, i.Report) }

// flushTo writes what a view has buffered. Its error ends the program.
func flushTo(to interface{ flush() error }, r *report.Reporter) error {
	r.Clear() // the terminal may be the same
	err := to.flush()
	if err == nil {
		return nil
	}
	r.DieOfBrokenPipe(err)
	return &report.Failure{Status: report.StatusIO, Text: "standard output: " + report.Reason(err)}
}

// Next shows the next frame.
func (i *inspection) Next(r *framing.Reader) error {
	if i.done(r.Index()) {
		return report.ErrDone
	}
	if i.JSON || i.Where.NeedsPayload() {
		f, err := r.Next()
		if err == nil {
			i.show(f)
		}
		return err
	}
	f, body, err := r.NextReader()
	switch {
	case err != nil:
		return err
	case f.Payload == nil:
		if err := i.large(f, body); err != nil {
			return err
		}
		i.hinter.SawFrame(f)
		return nil
	}
	i.show(f)
	return nil
}

// wants reports whether a frame is to be shown. Size is that of its payload.
func (i *inspection) wants(f framing.Frame, fields []framing.FieldText, size int64) bool {
	return i.selects(f, i.Where, fields, size)
}

// selects is wants with a test.
func (i *inspection) selects(f framing.Frame, where *pump.FrameTest, fields []framing.FieldText, size int64) bool {
	return f.Index >= i.First && f.Index <= i.Last && where.Match(fields, f, size)
}

// show shows a frame that is in memory as a whole.
func (i *inspection) show(f framing.Frame) {
	i.hinter.SawFrame(f)
	fields := formats.Describe(nil, i.Kind, i.Framing, f)
	if i.wants(f, fields, int64(len(f.Payload))) {
		i.Left--
		i.tally.Add(f.Size, int64(len(f.Payload)), f.Silent)
		i.stamp(f)
		i.to.frame(f, fields, i.source())
	}
}

// source returns the source of the frames, or nil if nothing is known of it.
func (i *inspection) source() source {
	if i.src.Recorded == nil {
		return nil
	}
	return i.src
}

// large shows a frame whose body is too large for memory, as it arrives.
func (i *inspection) large(f framing.Frame, body io.Reader) error {
	opened, body := pump.Opening(i.Kind, f, body)
	fields := formats.Describe(nil, i.Kind, i.Framing, opened)
	size := pump.StreamedSize(f)
	if !i.wants(f, fields, size) {
		_, err := io.Copy(io.Discard, body)
		return err
	}
	i.stamp(f)
	if n := i.src.Size(); i.hex != nil && n > 0 {
		i.hex.cut = f.Offset+f.Size > i.src.Offset+n
	}
	i.beginLarge()
	if _, err := io.Copy(i.to.large(f, fields, size), body); err != nil {
		return err
	}
	i.Left--
	i.tally.Add(f.Size, size, false)
	i.to.largeEnd(f.Trailer)
	i.endLarge()
	return nil
}

package commands

import (
	"cmp"
	"errors"
	"io"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/compare"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/page"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

type diffOptions struct {
	common
	selection
	auto    bool // find the framing of each input
	ignore  compare.Ignore
	byValue bool // compare JSON payloads by value
	json    bool
	embed   bool
	page    *page.Page // nil if none is wanted
	html    string     // where to write it
	view    hexview.Options
}

func diffCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "diff", Args: []manual.Arg{{Value: manual.File}, {Value: manual.File}},
			Summary: "compare two streams or captures message by message",
			About: "Prints which messages were removed, added or changed from the first FILE to the second, and nothing if all are equal. " +
				"One FILE may be -, standard input. As with decode, a FILE may be a stream, a capture (pcap, pcapng) or a hex dump, and each may be " +
				"compressed with gzip or zstd.",
			Flags: flagsOf(onDiff),
			Sections: []manual.Section{
				{Title: "Differences", Text: "Lines after - are from the first FILE, and lines after + from the second. A message that was removed and one that was added at " +
					"the same place, and that is at least half the same, are one that changed: each byte that differs has - or + before it, and equal rows are left out. " +
					"The other marks are those of inspect. A message is its whole frame; if the framings of both streams differ, only payloads are compared."},
				{Title: "JSON", Text: "Payloads that are JSON objects or arrays are compared by value: the order of keys, spaces, and how a number or a string is written do not count. " +
					"With --bytes, or if --ignore names bytes by their place, such as 8-11, each byte counts. A regular expression of --ignore matches the bytes as they are."},
				whatSection("What WHAT names does not count when messages are compared, and neither does the length of it."),
				{Title: "Captures", Text: "If both FILEs are captures, each direction of each stream is compared with the one that has the same number and direction. " +
					"If each has one direction, these are compared, whatever their names are. A FILE that is no capture is compared with one direction: choose it with --stream and --direction."},
				{Title: "Limits", Text: "Of each stream, 16384 messages or 8 MiB are held at most, to find out how it goes on after a difference. Equal messages are found as far as that reaches: " +
					"after a longer run of messages that only one FILE has, the rest is printed as removed and added. If a stream cannot be read to its end, what comes before is compared."},
			},
			Statuses: []int{0, 1, 2, 3, 4, 6, 130},
			Examples: []manual.Example{
				{Text: "show what has changed", Line: `framecat diff -f u16be frames.bin other.bin`},
				{Text: "compare JSON messages without their ids", Line: `framecat diff -f lines --ignore .id old.jsonl new.jsonl`},
				{Text: "compare what the servers of two captures sent", Line: `framecat diff -f resp --direction s2c old.pcap new.pcap`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readDiff(c, e)
			if err != nil {
				return err
			}
			return diff(e, o)
		},
	}
}

func readDiff(c *cli.Context, e *Env) (o diffOptions, err error) {
	if _, o.auto = autoFraming(c, e); o.auto {
		c.Set("framing", "lines") // until it is found
	}
	if o.common, err = readCommon(c, e); err != nil {
		return o, err
	}
	switch n := len(o.files); {
	case n == 1:
		f := report.Usage("diff needs two FILEs")
		f.Hints = []string{"to compare a file with standard input, write - for that"}
		return o, f
	case n != 2:
		return o, report.Usage("diff needs two FILEs, and %d are given", n)
	case o.files[0] == "-" && o.files[1] == "-":
		return o, report.Usage("only one FILE can be standard input")
	}
	if o.selection, err = readSelection(c, &o.common); err != nil {
		return o, err
	}
	if o.ignore, err = compare.Read(c.StringSlice("ignore")); err != nil {
		return o, err
	}
	o.byValue = !c.Bool("bytes")
	if o.json, err = asJSON(c, "-o of diff"); err != nil {
		return o, err
	}
	if o.embed = c.Bool("json-payload"); o.embed && !o.json {
		return o, needsJSON()
	}
	if o.html = c.String("html"); o.html != "" {
		if err := onlyPage(c, o.html); err != nil {
			return o, err
		}
		o.page = &page.Page{Title: "diff " + o.files[0] + " " + o.files[1], Word: "difference"}
	}
	if o.view, err = readRows(c, e, e.Stdout); err != nil {
		return o, err
	}
	if o.view.Width > 0 {
		o.view.Cols = colsFor(o.view.Width - len("- "))
	}
	return o, readCols(c, &o.view)
}

// diff compares the streams of two inputs.
func diff(e *Env, o diffOptions) error {
	d := &differ{diffOptions: o, out: input.Output(e.Stdout, o.work.Gate)}
	inputs := input.Files(o.files, e.Stdin, o.seek, o.length)
	if err := notInput("--html", o.html, inputs); err != nil {
		return err
	}
	stop := func() {}
	if !report.IsTerminal(e.Stdout) { // else the line and the differences would mix
		stop = pump.ShowProgress(o.report, o.work, nil)
	}
	err := o.work.Run(e.signals(), e.Stdout, func() error {
		inputs := o.work.For(inputs)
		return d.run([2]input.Input(inputs))
	}, func() {
		if d.to != nil {
			d.to.Flush()
		}
	})
	stop()
	if o.page != nil && !pump.IsFatal(err) {
		return writePage(o.html, o.page, err)
	}
	return err
}

// A differ compares the streams of two inputs, pair by pair.
type differ struct {
	diffOptions
	out     io.Writer
	to      diffSink // of the pair that is being compared
	failed  error    // of out, before a read
	differs bool
	several bool // there are several pairs
	guesses pump.Guesses
}

// A diffSink prints differences.
type diffSink interface {
	compare.Sink
	Flush() error
	End() error
}

// run compares all pairs. All failures have been reported.
func (d *differ) run(in [2]input.Input) error {
	var all [2]input.Streams
	for i := range in {
		var err error
		if in[i], err = in[i].Recognise(d.choice); err != nil {
			return d.unreadable(in[i], err)
		}
	}
	for i := range in {
		choice := d.choice
		if !in[i].IsCapture() && in[1-i].IsCapture() { // the flags are about the other
			choice.Stream, choice.Direction = -1, ""
		}
		streams, done, err := in[i].Streams(choice)
		defer done()
		if err != nil {
			return d.unreadable(in[i], err)
		}
		if note := streams.Note(); note != "" {
			d.report.Detail("%s", note)
		}
		all[i] = streams
	}
	pairs, err := input.Pairs(all)
	if err != nil {
		return d.unreadable(in[0], err)
	}
	if d.several = len(pairs) > 1; d.several {
		d.report.BeginStreams(in[0].Shown() + " and " + in[1].Shown())
	}
	for _, pair := range pairs {
		d.report.NextStream()
		if err := d.pair(pair); err != nil {
			return err
		}
	}
	d.report.EndStreams()
	for i := range in {
		if all[i].Len() == 0 {
			continue
		}
		if damage := all[i].At(0).Recorded.Damaged(); damage != nil {
			d.report.Fail(in[i].Shown(), pump.InputFailure(damage))
		}
	}
	if err := d.report.Done(); err != nil || !d.differs {
		return err
	}
	return &report.Failure{Status: report.StatusUnmet, Reported: true}
}

// unreadable reports that an input cannot be read.
func (d *differ) unreadable(in input.Input, err error) error {
	d.report.Fail(in.Shown(), pump.InputFailure(err))
	return d.report.Done()
}

// A diffSide is one stream of a pair.
type diffSide struct {
	in      input.Input
	src     *input.Source
	framing framing.Framing
	kind    *framing.Entry
	stream  compare.Stream
	hinter  hint.Hinter
}

// pair compares two streams. Its error ends the program; all other failures have been reported.
func (d *differ) pair(in [2]input.Input) error {
	var sides [2]*diffSide
	for i := range in {
		src, err := in[i].Open()
		if err != nil {
			d.report.Fail(in[i].Shown(), pump.InputFailure(err))
			return nil
		}
		defer src.Close()
		pump.NoteOf(d.report, in[i], src)
		sides[i] = &diffSide{in: in[i], src: src, framing: pump.ForDirection(d.framing, in[i].Dir()), kind: d.kind}
	}
	if d.auto {
		if err := d.find(sides); err != nil {
			return nil
		}
	}
	for i, s := range sides {
		if err := d.prepare(s); err != nil {
			d.report.Fail(in[i].Place(), pump.InputFailure(err))
			return nil
		}
	}
	both := &compare.Diff{Old: &sides[0].stream, New: &sides[1].stream}
	d.to = d.sink(both, sides)
	both.To = d.to
	err := cmp.Or(both.Run(), d.failed)
	if err == nil {
		err = d.to.End()
	}
	if err != nil {
		return pump.OutputFailure(d.report, "standard output", err)
	}
	d.differs = d.differs || both.Counts.Differ()
	if c := &both.Counts; c.Differ() && both.Headers == c.Changed+c.Removed+c.Added {
		d.report.NoteWith([]string{"to leave out a header field, use --ignore FIELD; framecat framings NAME lists the fields"}, "all payloads are equal: only headers differ")
	}
	for i, s := range sides {
		d.ended(s)
		if index := both.Uncompared[i]; index >= 0 {
			d.report.Note("%s: message %d and those after it are not compared, as %s cannot be read further", s.in.Shown(), index, sides[1-i].in.Shown())
		}
	}
	d.report.Detail("%s", both.Counts.String())
	return nil
}

// sink returns what prints the differences of two streams.
func (d *differ) sink(both *compare.Diff, sides [2]*diffSide) diffSink {
	var names [2]string
	members, stream := "", ""
	for i, s := range sides {
		names[i] = s.in.Shown()
		if r := s.in.Recorded; r != nil && r.Label() != "" {
			names[i] += "  " + r.Label()
			members, stream = string(r.Members()), string(s.in.Recorded.Folder())
		}
	}
	clear := func() { d.report.Clear() }
	switch {
	case d.json:
		return &compare.JSON{Diff: both, Out: d.out, Clear: clear, Stream: members, Embed: d.embed, Kinds: [2]*framing.Entry{sides[0].kind, sides[1].kind}}
	case d.page != nil:
		p := &compare.Pages{Diff: both, Out: d.out, Page: d.page}
		if d.several {
			p.Stream = stream
		}
		return p
	}
	return &compare.Text{Diff: both, Out: d.out, Clear: clear, Names: names, View: d.view}
}

// prepare makes a stream ready for the comparison.
func (d *differ) prepare(s *diffSide) error {
	comparer, err := d.ignore.For(s.framing, s.kind)
	if err != nil {
		return err
	}
	if d.byValue {
		comparer.ByValue()
	}
	if err := s.src.EndFrames(s.framing); err != nil {
		return err
	}
	r := pump.NewReader(s.src.Reader, s.framing, d.max)
	r.FirstOffset = s.src.Offset
	r.BeforeRead = func() error {
		if d.to == nil {
			return nil
		}
		d.failed = d.to.Flush()
		return d.failed
	}
	s.hinter = hint.New(r)
	s.hinter.Advice, s.hinter.Off = hint.Advice{Assumed: d.assumed, Auto: true}, d.report.OnlyCounts()
	s.hinter.Place = pump.PlaceOf(s.in, s.src, s.framing, d.max, false)
	s.hinter.Place.CanSkip = false
	s.stream = compare.Stream{Reader: r, Comparer: comparer, Saw: s.hinter.Saw}
	return nil
}

// ended reports why a stream could not be read to its end.
func (d *differ) ended(s *diffSide) {
	var fault *framing.Error
	var gap *capture.Gap
	switch err := s.stream.Err; {
	case err == nil:
	case errors.As(err, &gap):
		d.report.Fail(s.in.Place(), pump.GapFailure(s.stream.Reader, gap))
	case errors.As(err, &fault):
		pump.NameLimit(fault)
		d.report.Fail(s.in.Place(), pump.Unreadable(&s.hinter, s.framing, s.stream.Reader, fault))
		if damage := s.src.Damage(); damage != nil { // it may be the cause
			d.report.Fail(s.in.Shown(), pump.InputFailure(damage))
		}
	default:
		d.report.Fail(s.in.Shown(), pump.InputFailure(err))
	}
}

// find finds the framings of two streams. If that of only one is found, the other is taken to have the same. The
// error has been reported.
func (d *differ) find(sides [2]*diffSide) error {
	var found [2]*pump.Detection
	for i, s := range sides {
		var err error
		if found[i], err = d.guesses.Detect(s.in, s.src); err != nil {
			d.report.Fail(s.in.Shown(), pump.InputFailure(err))
			return err
		}
	}
	for i, s := range sides {
		best, start := found[i], 0
		if !best.Found() {
			best = found[1-i]
		}
		if !best.Found() {
			err := found[i].Undecided(s.in, s.src)
			d.report.Fail(s.in.Place(), pump.InputFailure(err))
			return err
		}
		spec := best.All[0].Spec
		f, err := framing.Parse(spec)
		if err != nil {
			return err
		}
		s.framing, s.kind = pump.ForDirection(f, s.in.Dir()), framing.Lookup(spec)
		if best == found[i] {
			start = best.All[0].Start
			d.report.Found(spec, "%s: %s", cmp.Or(s.in.Place(), s.in.Shown()), best.Evidence())
		}
		s.src.Offset += int64(start)
		if _, err := io.CopyN(io.Discard, s.src.Reader, int64(start)); err != nil {
			d.report.Fail(s.in.Shown(), pump.InputFailure(err))
			return err
		}
	}
	return nil
}

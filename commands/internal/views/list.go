package views

import (
	"os"

	"framecat/commands/internal/input"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/pump"
	"framecat/framing/detect"
)

// List prints a line for each connection of the inputs: who sent how much, and in which framing.
// On a terminal, width is its width in columns, which a line fits; otherwise it is 0. A signal ends
// List, after the total so far is shown.
func List(out *os.File, inputs []input.Input, width int, o Options) error {
	work := input.NewWork()
	l := &listing{Options: o, reading: o.reading(), guesses: pump.Guesses{Brief: true}}
	l.Choice.Empty, l.Choice.Starts = true, l.Auto
	to := (*interrupt.Gate)(nil).NewOutput(out)
	if l.JSON {
		l.to = &listJSON{jsonView{out: to}}
	} else {
		l.to = &listTable{out: to, terminal: width, counted: !l.Auto}
	}
	stop := pump.ShowProgress(l.Report, work, nil)
	defer stop()
	return work.Run(o.Signals, out, func() error { return l.run(work.For(inputs)) }, l.interrupted)
}

// A listing lists the connections of its inputs in a view.
type listing struct {
	Options
	to      listView
	guesses pump.Guesses
	reading pump.Reading
	open    bool // an input was begun, and its total was not shown
	total   listTotal
	next    suggestion
}

// A listView shows connections, each on a line.
type listView interface {
	begin(in input.Input, heading string, all input.Streams)
	connection(c *listed)
	end(t *listTotal)
	flush() error
}

// A listed connection is what a line of the list shows.
type listed struct {
	input.Connection
	Dirs []listedDirection // those of the Connection
}

// A listedDirection is what is known of the frames in one direction.
type listedDirection struct {
	framing string            // "" if it is unknown, or if there are no bytes
	guess   *detect.Candidate // nil if the framing was given
	start   int64             // where the first frame starts, or may start
	frameCount
}

// A listTotal is the sum over the connections of an input. A sum is -1 if a part is unknown.
type listTotal struct{ streams, packets, bytes, gaps int64 }

func (t *listTotal) add(c *listed) {
	t.streams++
	for _, d := range c.Connection.Dirs {
		t.packets, t.bytes = sum(t.packets, int64(d.Packets)), sum(t.bytes, d.Bytes)
		t.gaps += int64(d.Gaps)
	}
}

// sum returns a + b, or -1 if one of them is unknown.
func sum(a, b int64) int64 {
	if a < 0 || b < 0 {
		return -1
	}
	return a + b
}

// run lists the connections of each input.
func (l *listing) run(inputs []input.Input) error {
	for _, in := range inputs {
		if err := l.file(in, len(inputs) > 1); err != nil {
			return err
		}
	}
	if line := l.next.command; line != "" && l.Report.Watched() {
		l.Report.Note("go on with: %s", line)
	}
	return l.Report.Done()
}

// file lists the connections of an input. Its error ends the program.
func (l *listing) file(in input.Input, several bool) error {
	streams, done, err := in.Streams(l.Choice)
	defer done()
	if note := streams.Note(); note != "" {
		l.Report.Detail("%s", note)
	}
	if err != nil {
		l.Report.Fail(in.Shown(), pump.InputFailure(err))
		return nil
	}
	heading := ""
	if several {
		heading = in.Shown()
	}
	l.to.begin(in, heading, streams)
	l.open, l.total = true, listTotal{}
	for c := range streams.Connections() {
		if err := l.connection(c); err != nil {
			return err
		}
	}
	l.open = false
	l.to.end(&l.total)
	if err := l.flush(); err != nil {
		return err
	}
	switch recorded := streams.At(0).Recorded; {
	case recorded == nil:
		l.Report.Note("%s is not a capture: it holds one stream", in.Shown())
	case recorded.Damaged() != nil:
		l.Report.Fail(in.Shown(), pump.InputFailure(recorded.Damaged()))
	}
	return nil
}

// connection shows a connection.
func (l *listing) connection(c input.Connection) error {
	shown := listed{Connection: c}
	for i, in := range c.Inputs {
		var d listedDirection
		if bytes := &c.Dirs[i].Bytes; *bytes != 0 {
			src, err := in.Open()
			if err == nil {
				err = l.look(in, src, bytes, &d)
				src.Close()
			}
			if err != nil {
				l.Report.Fail(in.Shown(), pump.InputFailure(err))
			}
		}
		shown.Dirs = append(shown.Dirs, d)
	}
	l.total.add(&shown)
	l.next.consider(&shown)
	l.to.connection(&shown)
	return l.flush()
}

// look finds the framing of a stream, or counts its frames. It sets the size of the stream if that
// was unknown.
func (l *listing) look(in input.Input, src *input.Source, bytes *int64, d *listedDirection) error {
	if size := src.Size(); *bytes < 0 && size > 0 {
		*bytes = size
	}
	if d.start = src.Offset; !l.Auto {
		own, err := l.reading.In(in.Dir())
		if err != nil {
			return err
		}
		d.framing = l.Framing.String()
		return d.count(own.Framing, l.Options, src, bytes)
	}
	found, err := l.guesses.Detect(in, src)
	if err != nil {
		return err
	}
	if *bytes < 0 && found.Ended {
		*bytes = int64(len(found.Start))
	}
	if found.Found() {
		d.guess = &found.All[0]
		d.framing, d.frames, d.leftover = d.guess.Spec, int64(d.guess.Frames), int64(d.guess.Leftover)
		d.start += int64(d.guess.Start)
	}
	return nil
}

// flush writes what is buffered. Its error ends the program.
func (l *listing) flush() error { return flushTo(l.to, l.Report) }

// interrupted shows the total so far, when a signal has stopped the list.
func (l *listing) interrupted() {
	if l.open {
		l.Report.Note(Interrupted)
		l.to.end(&l.total)
	}
	l.flush()
}

// A suggestion is the command to go on with: it shows the largest connection, if possible one with
// a known framing.
type suggestion struct {
	command string
	known   bool
	bytes   int64
}

func (s *suggestion) consider(c *listed) {
	bytes, best := int64(0), 0
	for i, d := range c.Connection.Dirs {
		bytes += max(0, d.Bytes)
		if good(&c.Dirs[i]) && (!good(&c.Dirs[best]) || d.Bytes > c.Connection.Dirs[best].Bytes) {
			best = i
		}
	}
	d := &c.Dirs[best]
	if known := good(d); bytes > 0 && (known || c.Named()) && (known && !s.known || known == s.known && bytes > s.bytes) {
		*s = suggestion{c.command(best), known, bytes}
	}
}

// good reports whether a direction has frames, and no other bytes if they were counted.
func good(d *listedDirection) bool {
	return d.frames > 0 && (d.guess != nil || !d.malformed && d.leftover == 0)
}

// command returns the command that shows a connection, in the framing of a direction. It shows only
// this direction if the other one has other frames.
func (c *listed) command(dir int) string {
	d, in := &c.Dirs[dir], c.Inputs[dir]
	for i, other := range c.Dirs {
		if (other.framing != d.framing || other.start != d.start) && c.Connection.Dirs[i].Bytes != 0 {
			return in.Inspect(d.framing, d.start)
		}
	}
	return in.InspectBoth(d.framing, d.start)
}

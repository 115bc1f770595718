// Package pump reads frames and passes their messages on: it is the one loop of all commands,
// with its limits, errors, tests of --where, and counts.
//
// Start with New, which returns a Conversion from one format to another. Encode, decode and
// each direction of a connection are Conversions. Run converts inputs; Receive converts what a
// peer sends. Loop is the loop of a Conversion and of the views; it reads frames, and can go on
// after those that cannot be read. An Output joins the messages of many connections. For -f auto,
// Guesses find the framings of files, and a Search finds that of a live stream.
//
// A Conversion is for one goroutine; an Output is for many.
package pump

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// NoLimit is the number of messages if all are wanted.
const NoLimit = math.MaxInt64

// A Conversion reads messages in one format and writes them in another.
type Conversion struct {
	From        formats.Format
	To          formats.Sink
	First, Last int64                                  // the messages to write: the indexes of the first and the last
	Left        int64                                  // how many messages are still to be written
	Where       *FrameTest                             // selects frames; nil is all
	Choice      *input.Choice                          // selects streams of captures; nil if no input can be a capture
	Find        func(input.Input, *input.Source) error // finds the framing of each input; nil if it is known
	Skip        bool                                   // go on after a malformed frame, or a message that does not fit
	Joined      bool                                   // the inputs are parts of one: without Skip, a failure of one ends the run
	Gate        *interrupt.Gate                        // is left between messages that take long; may be nil
	Partial     *os.File                               // where to save the last, unfinished frame; nil is nowhere
	Advice      hint.Advice                            // for hints about frames that cannot be read
	Stats       Stats

	report  *report.Reporter
	max     int64          // limits payloads: see framing.Reader
	reading *Reading       // what the user gave; nil before the first input
	origin  formats.Origin // of the messages that are being read
	in      input.Input    // the input that is being read
	several bool           // it is one of several streams of a capture
	kept    int64          // bytes of an unfinished frame in Partial
	index   int64          // of the next frame, over all inputs
	hinter  hint.Hinter
	batch   framing.Batch   // the batch that is being written
	skips   bool            // the Reader passes over bytes after a fault or a gap
	fault   *framing.Error  // the last fault that was reported
	failure *report.Failure // the failure of the last fault or gap that was reported

	swallower swallower // with Skip, finds damaged lengths in the input

	// What a signal interrupts.
	reader    *framing.Reader // of the input that is being read; nil if there is none
	fileRead  func() int64    // how much was read of a file that streams; nil if there is none
	streaming bool            // a large message is being written
}

// New returns a Conversion of all messages from a format to a sink. It reports failures to r.
func New(from formats.Format, to formats.Sink, r *report.Reporter, limit int64) *Conversion {
	return &Conversion{From: from, To: to, report: r, max: limit, Last: NoLimit, Left: NoLimit}
}

// Index returns the number of the next frame, over all inputs.
func (c *Conversion) Index() int64 { return c.index }

// Run converts all inputs, one after another. If an input fails, that is reported and the
// others are still converted, unless they are parts of one.
func (c *Conversion) Run(inputs []input.Input) error {
	for _, in := range inputs {
		if c.Left == 0 || c.index > c.Last {
			break
		}
		if err := c.convert(in); err == report.ErrDone {
			break
		} else if err != nil {
			return err
		}
	}
	c.Where.Conclude(c.report)
	return c.report.Done()
}

// convert converts one input, or the streams of a capture. Its error ends the run: it is fatal,
// or report.ErrDone. All other failures have been reported.
func (c *Conversion) convert(in input.Input) error {
	if c.Choice == nil {
		return c.convertAll(in)
	}
	return EachStream(in, *c.Choice, c.report, c.admit, c.convertAll)
}

// convertAll converts one stream, and writes all that is buffered.
func (c *Conversion) convertAll(in input.Input) error {
	err := c.convertStream(in)
	if IsFatal(err) {
		return err
	}
	if err := c.To.Flush(); err != nil {
		return OutputFailure(c.report, "standard output", err)
	}
	if err == report.ErrDone || err != nil && c.Joined && !c.Skip {
		return report.ErrDone
	}
	return nil
}

// convertStream converts one stream. The failure that it returns has been reported.
func (c *Conversion) convertStream(in input.Input) error {
	src, err := in.Open()
	if err != nil {
		return c.inputFailure(in, err)
	}
	defer src.Close()
	NoteOf(c.report, in, src)
	if c.Find == nil {
		err = c.direct(in)
	} else {
		err = c.Find(in, src)
	}
	if err != nil {
		return c.unfound(in, err)
	}
	if err := src.EndFrames(c.From.Framing); err != nil {
		return c.inputFailure(in, err)
	}
	c.in, c.origin = in, formats.Origin{File: in.Label(), Framing: c.From.Framing, Entry: c.From.Entry}
	if src.Recorded != nil {
		c.origin.From = src
	}
	c.begin(in)
	c.swallower = swallower{}
	if done, err := c.encodeFile(src); done {
		return err
	}
	r := c.NewReader(src.Reader)
	r.FirstIndex, r.FirstOffset = c.index, src.Offset
	if c.Skip {
		GoOn(r, c.From.Framing, src)
	}
	c.hinter = hint.New(r)
	c.hinter.Advice, c.hinter.Off = c.Advice, c.report.OnlyCounts()
	c.hinter.Place = PlaceOf(in, src, c.From.Framing, c.max, c.Skip)
	c.hinter.Place.CanSkip = c.Choice != nil // else it may be send
	c.reader = r
	err = c.Frames(r)
	var f *report.Failure
	if errors.As(err, &f) && (f.Status == report.StatusMalformed || f.Status == report.StatusTruncated) {
		if damage := src.Damage(); damage != nil { // it may be the cause
			c.inputFailure(in, damage)
		}
	}
	c.index = r.Index()
	c.countRead()
	return err
}

// NewReader returns a Reader of the frames to convert. Before it waits for more input, it
// flushes the sink.
func (c *Conversion) NewReader(src io.Reader) *framing.Reader {
	r := NewReader(src, c.From.Framing, c.max)
	r.BeforeRead = c.idle
	r.Fill = c.fill
	NoteUnusual(r, c.report, func() string { return c.in.Place() })
	if s, ok := c.To.(*formats.FrameSink); ok && c.selects() {
		s.SetPart()
	}
	_, streams := c.To.(formats.Streamer)
	r.Stream = streams && !c.Where.NeedsPayload()
	c.hinter = hint.New(r)
	c.hinter.Advice = c.Advice
	return r
}

// selects reports whether only some of the frames are wanted.
func (c *Conversion) selects() bool { return c.Where != nil || c.First > 0 }

// fill passes on bytes between frames, unless only some of the frames are wanted.
func (c *Conversion) fill(b []byte) {
	if to, ok := c.To.(formats.FillSink); ok && !c.skips && !c.selects() {
		to.Fill(b)
	}
}

// Restart makes the Conversion ready for another stream. The time for hints about it is taken
// from a budget that many streams share; last is kept up to date.
func (c *Conversion) Restart(b *hint.Budget, last *hint.Frame) {
	c.hinter, c.skips = hint.NewShared(b, last), false
	c.hinter.Advice = c.Advice
}

// idle flushes the sink before a read that may block.
func (c *Conversion) idle() error {
	if err := c.To.Flush(); err != nil {
		return &writeError{err}
	}
	return nil
}

// Frames converts the frames of r until the stream ends. Its error has been reported, unless
// it is report.ErrDone or framing.ErrWait.
func (c *Conversion) Frames(r *framing.Reader) error {
	err := Loop(r, c)
	if err == nil || err == framing.ErrWait || err == report.ErrDone && c.enough(r) {
		return err
	}
	return c.ended(r, err)
}

// enough reports whether all wanted messages are written.
func (c *Conversion) enough(r *framing.Reader) bool { return c.Left == 0 || r.Index() > c.Last }

// ended reports the error that ended the loop. A *report.Failure has been reported already.
func (c *Conversion) ended(r *framing.Reader, err error) error {
	var f *report.Failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, framing.ErrPayload):
		return c.payloadFailure(r, err)
	}
	c.unfinished(r, err)
	return c.readOrWriteFailure(err)
}

// encodeFile streams a large regular file as the payload of one frame, if the formats allow
// it.
func (c *Conversion) encodeFile(src *input.Source) (done bool, err error) {
	s, ok := c.To.(*formats.FrameSink)
	size, known := c.in.Size(src)
	if !ok || c.From.Name != "raw" || !known || size <= formats.FlushAt || c.max > 0 && size > c.max {
		return false, nil
	}
	if _, ok := s.Format.Framing.(framing.Announcer); !ok {
		return false, nil
	}
	c.fileRead = func() int64 {
		left, _ := c.in.Size(src)
		return size - left
	}
	err = s.StreamFile(src.Reader, size)
	c.fileRead = nil
	switch {
	case errors.Is(err, framing.ErrPayload):
		return true, c.payloadFailure(nil, &unfit{c.index, src.Offset, size, nil, err})
	case isReadError(err):
		return true, c.inputFailure(c.in, err)
	case err != nil:
		return true, OutputFailure(c.report, "standard output", err)
	}
	c.index++
	c.Left--
	c.Stats.addOne(size)
	c.Stats.wire += size
	return true, nil
}

// isReadError reports whether err came from the input, not from the output.
func isReadError(err error) bool {
	var p *fs.PathError
	return err == io.ErrUnexpectedEOF || errors.As(err, &p) && p.Op == "read"
}

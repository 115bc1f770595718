// Package pump moves messages: frames in, messages on.
//
// A Conversion takes messages from one format to another, which is all that encode, decode
// and the connections of send and listen do. Loop is the loop under it, and under the views:
// it reads frames, and goes on after those that can't be read. An Output joins the messages
// of many connections.
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
	"framecat/commands/internal/report"
	"framecat/framing"
)

// NoLimit is the number of messages where all are wanted.
const NoLimit = math.MaxInt64

// A Conversion takes messages from one format to another: encode, decode and every pair of
// formats are this one thing.
type Conversion struct {
	From   formats.Format
	To     formats.Sink
	Report *report.Reporter
	Limits Limits

	First, Last int64         // indexes of the messages to write
	Left        int64         // how many messages are still to be written
	Where       *FrameTest    // which frames are wanted; nil is all
	Choice      *input.Choice // what to read of captures; nil if inputs are none
	Skip        bool          // go on after a malformed frame
	Partial     *os.File      // keeps the last, unfinished frame; nil is none
	Stats       Stats
	Origin      formats.Origin // of the messages that are being read

	in      input.Input // that is being read
	index   int64       // of the next frame, over all inputs
	hinter  hint.Hinter
	batch   framing.Batch   // that is being taken
	fault   *framing.Error  // that was reported last
	failure *report.Failure // of the fault or gap that was reported last
}

// New returns a Conversion of all messages. What is wrong goes to r.
func New(from formats.Format, to formats.Sink, r *report.Reporter, l Limits) *Conversion {
	return &Conversion{From: from, To: to, Report: r, Limits: l, Last: NoLimit, Left: NoLimit}
}

// Index is the number of the next frame, over all inputs.
func (c *Conversion) Index() int64 { return c.index }

// Run converts all inputs, one after another. A bad one is reported and the rest are still
// converted.
func (c *Conversion) Run(inputs []input.Input) error {
	for _, in := range inputs {
		if c.Left == 0 || c.index > c.Last {
			break
		}
		err := c.convert(in)
		if IsFatal(err) {
			return err
		}
		if err := c.To.Flush(); err != nil {
			return OutputFailure(c.Report, "standard output", err)
		}
		if err == report.ErrDone {
			break
		}
	}
	return c.Report.Done()
}

// convert converts one input. What it returns was reported.
func (c *Conversion) convert(in input.Input) error {
	if c.Choice == nil || in.Recorded != nil {
		return c.convertStream(in)
	}
	streams, done, err := in.Streams(*c.Choice)
	defer done()
	var f *report.Failure
	switch many := input.OneStream(streams); {
	case err != nil:
		return c.inputFailure(in, err)
	case errors.As(many, &f):
		c.Report.Fail(in.Shown(), f)
		return f
	case len(streams) == 0:
		c.Report.Note("%s: "+input.NoData, in.Shown())
		return nil
	}
	err = c.convertStream(streams[0])
	if damage := streams[0].Recorded.Damaged(); damage != nil {
		return c.inputFailure(in, damage)
	}
	return err
}

func (c *Conversion) convertStream(in input.Input) error {
	src, err := in.Open()
	if err != nil {
		return c.inputFailure(in, err)
	}
	defer src.Close()
	c.in, c.Origin = in, formats.Origin{File: in.Label()}
	if src.Recorded != nil {
		c.Origin.From = src
	}
	if done, err := c.encodeFile(src); done {
		return err
	}
	r := c.NewReader(src.Reader)
	r.Index, r.Offset = c.index, src.Offset
	c.hinter = hint.New(r)
	err = c.Frames(r)
	c.index = r.Index
	c.Stats.wire += r.Offset + int64(len(r.Buffered())) - src.Offset
	return err
}

// NewReader returns a Reader of the frames to convert. Before it waits for more, it writes
// what it has.
func (c *Conversion) NewReader(src io.Reader) *framing.Reader {
	r := NewReader(src, c.From.Framing, c.Limits)
	r.Idle = c.idle
	_, r.StreamLarge = c.To.(formats.Streamer)
	r.StreamLarge = r.StreamLarge && !c.Where.NeedsPayload()
	c.hinter = hint.New(r)
	return r
}

// Restart makes the Conversion ready for another stream, whose hints take from a budget.
func (c *Conversion) Restart(b *hint.Budget) { c.hinter = hint.NewShared(b) }

// idle writes what is there before the next read may block.
func (c *Conversion) idle() error {
	if err := c.To.Flush(); err != nil {
		return &writeError{err}
	}
	return nil
}

// Frames converts the frames of r until the stream ends. What it returns was reported, but
// for report.ErrDone and framing.ErrWait.
func (c *Conversion) Frames(r *framing.Reader) error {
	err := Loop(r, c)
	if err == nil || err == framing.ErrWait || err == report.ErrDone && c.enough(r) {
		return err
	}
	return c.ended(r, err)
}

// enough reports whether all messages that were asked for are written.
func (c *Conversion) enough(r *framing.Reader) bool { return c.Left == 0 || r.Index > c.Last }

// ended reports the error that ended the loop, if it is not a failure: those were reported.
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
	if !ok || c.From.Name != "raw" || !known || size <= formats.FlushAt || c.Limits.Streamed > 0 && size > c.Limits.Streamed {
		return false, nil
	}
	if _, ok := s.Format.Framing.(framing.Announcer); !ok {
		return false, nil
	}
	switch err := s.W.Stream(framing.Marks{}, src.Reader, size); {
	case errors.Is(err, framing.ErrPayload):
		return true, c.payloadFailure(nil, &unfit{c.index, src.Offset, size, nil, err})
	case isReadError(err):
		return true, c.inputFailure(c.in, err)
	case err != nil:
		return true, OutputFailure(c.Report, "standard output", err)
	}
	c.index++
	c.Left--
	c.Stats.addOne(size)
	c.Stats.wire += size
	return true, nil
}

// isReadError reports whether err is trouble with the input, not with the output.
func isReadError(err error) bool {
	var p *fs.PathError
	return err == io.ErrUnexpectedEOF || errors.As(err, &p) && p.Op == "read"
}

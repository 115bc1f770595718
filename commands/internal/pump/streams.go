package pump

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
)

// EachStream calls each for the byte streams of an input, one after another: for the input itself,
// or for the streams of a capture that are chosen. An error of each ends that. Before, admit may
// refuse the streams. What is wrong with the input as a whole is reported.
func EachStream(in input.Input, ch input.Choice, r *report.Reporter, admit func(input.Streams) error, each func(input.Input) error) error {
	streams, done, err := in.Streams(ch)
	defer done()
	if note := streams.Note(); note != "" {
		r.Detail("%s", note)
	}
	if err == nil {
		if err = admit(streams); err == report.ErrDone {
			return err
		}
	}
	if err != nil {
		r.Fail(in.Shown(), InputFailure(err))
		return nil
	}
	if streams.Len() == 0 {
		r.Note("%s: "+input.NoData, in.Shown())
		return nil
	}
	if streams.Len() > 1 {
		r.BeginStreams(in.Shown())
	}
	for i := 0; i < streams.Len() && err == nil; i++ {
		r.NextStream()
		err = each(streams.At(i))
	}
	r.EndStreams()
	if damage := streams.At(0).Recorded.Damaged(); damage != nil && !IsFatal(err) {
		r.Fail(in.Shown(), InputFailure(damage))
	}
	return err
}

// admit returns an error if the sink cannot take the streams of an input.
func (c *Conversion) admit(streams input.Streams) error {
	c.several = streams.Len() > 1
	to, ok := c.To.(formats.StreamsSink)
	switch {
	case !c.several:
		return nil
	case !ok:
		return input.OneStream(streams)
	}
	return to.Several()
}

// direct makes the framing and the tests of --where fit the direction of an input.
func (c *Conversion) direct(in input.Input) error {
	if c.Choice == nil { // no input can be a capture
		return nil
	}
	if c.reading == nil {
		c.reading = &Reading{Kind: c.From.Entry, Framing: c.From.Framing, Where: c.Where}
	}
	own, err := c.reading.In(in.Dir())
	if err == nil {
		c.From.Framing, c.Where = own.Framing, own.Where
	}
	return err
}

// begin makes the sink ready for the messages of an input.
func (c *Conversion) begin(in input.Input) {
	to, ok := c.To.(formats.StreamsSink)
	switch {
	case ok && c.several:
		to.Begin(in.Recorded.Folder(), c.index)
	case ok:
		to.Begin("", c.index)
	}
}

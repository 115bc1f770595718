package pump

import (
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Codec is what both ends of a connection send: frames of the peer's framing, and
// frames of ours, which are made of messages in an input format.
type Codec struct {
	Theirs, Ours framing.Framing
	OursFlag     string         // the flag that chose Ours
	In           formats.Format // of our messages
	Limits       Limits
}

// Incoming converts the peer's frames.
func (c *Codec) Incoming(to formats.Sink, r *report.Reporter) *Conversion {
	return New(formats.Frames(c.Theirs), to, r, c.Limits)
}

// Outgoing converts our messages; its sink is to write to the peer.
func (c *Codec) Outgoing(to formats.Sink, r *report.Reporter) *Conversion {
	return New(c.In, to, r, c.Limits)
}

// Frames writes messages that come as in to dst, as frames of ours.
func (c *Codec) Frames(in formats.Format, dst io.Writer, r *report.Reporter) *formats.FrameSink {
	return formats.NewFrameSink(c.Ours, in, c.OursFlag, dst, r)
}

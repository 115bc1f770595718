package pump

import (
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Codec holds the framings and formats of a connection: the peer sends frames of one
// framing; we send frames of another, which are made of messages in an input format.
type Codec struct {
	Theirs, Ours framing.Framing
	OursFlag     string         // the flag that chose Ours
	In           formats.Format // the format of our messages
	Max          int64          // limits payloads: see framing.Reader
	Advice       hint.Advice    // for hints about what the peer sends
}

// Incoming returns a Conversion of the peer's frames to messages in the sink to.
func (cd *Codec) Incoming(to formats.Sink, r *report.Reporter) *Conversion {
	c := New(formats.Frames(cd.Theirs), to, r, cd.Max)
	c.Advice = cd.Advice
	return c
}

// Outgoing returns a Conversion of our messages, which are read in the format in; its sink must
// write to the peer.
func (cd *Codec) Outgoing(in formats.Format, to formats.Sink, r *report.Reporter) *Conversion {
	return New(in, to, r, cd.Max)
}

// Frames returns a sink that writes messages to dst as frames of Ours. The messages were read
// in the format in.
func (cd *Codec) Frames(in formats.Format, dst io.Writer, r *report.Reporter) *formats.FrameSink {
	return formats.NewFrameSink(cd.Ours, in, cd.OursFlag, dst, r)
}

package formats

import (
	"io"

	"framecat/framing"
)

// FlushAt is how many bytes are buffered at most before they are written.
const FlushAt = 256 << 10

// An Origin names the source of the messages of a batch.
type Origin struct {
	File  string // the name of the input; "" for standard input and connections
	Index int64  // the number of the first message, over all inputs and connections, from 0
	From  Sender // the connection, or the stream of a capture; nil for other inputs

	Framing framing.Framing // of the frames; nil if their fields do not matter
	Entry   *framing.Entry  // its row; nil if it has none
}

// A Sender is a stream that has a name: a connection, or one direction of a stream in a
// capture.
type Sender interface {
	Name() string
	// AppendTags appends members of a JSON object that are true for all frames of a batch:
	// which stream they belong to, and when they came. Each member comes after a comma. The
	// order is that of FrameInfo.
	AppendTags(dst []byte) []byte
	// AppendFrameTags appends the members that are true for one frame. Offset and size are
	// those of the frame on the wire, in bytes.
	AppendFrameTags(dst []byte, offset, size int64) []byte
}

// A Sink takes messages. A Sink that is also a Streamer takes large messages piece by piece. A
// Sink that is also a FaultSink shows frames that could not be read.
type Sink interface {
	// Write takes the messages of a batch and returns how many it took. Its error wraps
	// framing.ErrPayload if the next message does not fit the format.
	Write(b *framing.Batch, o Origin) (int, error)
	// TakesSilent reports whether the sink writes frames without a message too.
	TakesSilent() bool
	// Flush writes what is buffered.
	Flush() error
}

// A SlowSink takes long for each message: it is given one at a time, so that a signal can end the run
// after any of them.
type SlowSink interface {
	Sink
	// Written describes what was written.
	Written() string
}

// A StreamsSink can keep the messages of several streams of a capture apart.
type StreamsSink interface {
	// Several is called for a capture with several streams, before they are read. It returns a
	// *report.Failure if the sink cannot take them.
	Several() error
	// Begin is called before the messages of each input. Stream is a name for the stream if its
	// capture has several, or else ""; first is the number of its first message.
	Begin(stream string, first int64)
}

// A Streamer takes the payload of a message piece by piece.
type Streamer interface {
	// Stream begins the message with this number. Its payload is written to the writer.
	Stream(index int64) (io.Writer, error)
	// Streamed ends the message; err is not nil if the message is incomplete. If it is
	// report.ErrDone, the run is ended: an incomplete message is removed from a regular file.
	Streamed(err error) error
	// Where names the place of an incomplete message in a note: " to FILE" or "".
	Where() string
}

// A FillSink passes on the bytes between frames too, such as the line feeds that keep a
// connection alive.
type FillSink interface {
	// Fill takes bytes that are in no frame, before the frame after them. It may keep them
	// until the next Flush, which returns the error of writing them.
	Fill(b []byte)
}

// A FaultSink shows frames that could not be read.
type FaultSink interface {
	// Fault shows the frame of r with the error e.
	Fault(o Origin, r *framing.Reader, e *framing.Error)
}

// A SentSink shows the frames that are sent, too.
type SentSink interface {
	// Sent returns a function that shows the frames of f that are sent to a peer. It is to be
	// called with all bytes before they are written.
	Sent(to Sender, f framing.Framing) func(p []byte)
}

// Innermost returns the sink that a format made, which other sinks may wrap: they have a
// method Inner.
func Innermost(s Sink) Sink {
	if in, ok := s.(interface{ Inner() Sink }); ok {
		return in.Inner()
	}
	return s
}

// Slice returns frames i to j of a batch, j not included.
func Slice(b *framing.Batch, i, j int) framing.Batch {
	part := *b
	part.Index += int64(i)
	part.Frames, part.Bodies = b.Frames[i:j], b.Bodies[i:j]
	return part
}

package formats

import (
	"io"

	"framecat/framing"
)

// FlushAt is how many bytes are held before they are written although more input is there.
const FlushAt = 256 << 10

// An Origin is where the messages of a batch come from.
type Origin struct {
	File  string // the name of the input; "" for standard input and connections
	Index int64  // number of the first message, over all inputs and connections
	From  Sender // the connection, or the stream of a capture; nil for other inputs
}

// A Sender is a stream that has a name: a connection, or one direction of a stream in a
// capture.
type Sender interface {
	Name() string
	// appendTags appends members of a JSON object that hold for all frames of a batch:
	// which stream they belong to, and when they came.
	AppendTags(dst []byte) []byte
	// appendFrameTags appends those of one frame, at this offset and of this size on the
	// wire.
	AppendFrameTags(dst []byte, offset, size int64) []byte
}

// A Sink takes messages. One that is also a streamer takes large ones piece by piece, and
// one that is also a faultSink shows frames that could not be read.
type Sink interface {
	// write takes the messages of a batch and returns how many it took. Its error wraps
	// framing.ErrPayload if the next one does not fit.
	Write(b *framing.Batch, o Origin) (int, error)
	// takesSilent reports whether frames without a message are written too.
	TakesSilent() bool
	// flush writes what is held.
	Flush() error
}

// A Streamer takes the payload of a message piece by piece.
type Streamer interface {
	// stream begins the message with this number, and returns where its payload goes.
	Stream(index int64) (io.Writer, error)
	// streamed ends the message; err is not nil if it is incomplete.
	Streamed(err error) error
	// where names the place of an incomplete message in a note: " to FILE" or "".
	Where() string
}

// A FaultSink shows frames that could not be read.
type FaultSink interface {
	Fault(o Origin, r *framing.Reader, e *framing.Error)
}

// Written is the sink inside s that a format or a framing made.
func Written(s Sink) Sink {
	if in, ok := s.(interface{ Inner() Sink }); ok {
		return in.Inner()
	}
	return s
}

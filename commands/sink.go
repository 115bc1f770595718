package commands

import (
	"io"

	"framecat/framing"
)

// flushAt is how many bytes are held before they are written although more input is there.
const flushAt = 256 << 10

// An origin is where the messages of a batch come from.
type origin struct {
	file  string // the name of the input; "" for standard input and connections
	index int64  // number of the first message, over all inputs and connections
	from  sender // the connection, or the stream of a capture; nil for other inputs
}

// A sender is a stream that has a name: a connection, or one direction of a stream in a
// capture.
type sender interface {
	name() string
	// appendTags appends members of a JSON object that hold for all frames of a batch:
	// which stream they belong to, and when they came.
	appendTags(dst []byte) []byte
	// appendFrameTags appends those of one frame, at this offset and of this size on the
	// wire.
	appendFrameTags(dst []byte, offset, size int64) []byte
}

// A sink takes messages. One that is also a streamer takes large ones piece by piece, and
// one that is also a faultSink shows frames that could not be read.
type sink interface {
	// write takes the messages of a batch and returns how many it took. Its error wraps
	// framing.ErrPayload if the next one does not fit.
	write(b *framing.Batch, o origin) (int, error)
	// takesSilent reports whether frames without a message are written too.
	takesSilent() bool
	// flush writes what is held.
	flush() error
}

// A streamer takes the payload of a message piece by piece.
type streamer interface {
	// stream begins the message with this number, and returns where its payload goes.
	stream(index int64) (io.Writer, error)
	// streamed ends the message; err is not nil if it is incomplete.
	streamed(err error) error
	// where names the place of an incomplete message in a note: " to FILE" or "".
	where() string
}

// A faultSink shows frames that could not be read.
type faultSink interface {
	fault(o origin, r *framing.Reader, e *framing.Error)
}

// written is the sink inside s that a format or a framing made.
func written(s sink) sink {
	if in, ok := s.(interface{ inner() sink }); ok {
		return in.inner()
	}
	return s
}

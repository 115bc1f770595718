package views

import (
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// A view shows what is found in a stream, in its order.
type view interface {
	// begin begins an input, with a heading to show; "" is none.
	begin(in input.Input, heading string)
	// fill shows bytes between frames.
	fill(offset int64, b []byte)
	// frame shows a whole frame; src is nil if it comes from a connection.
	frame(f framing.Frame, fields []framing.FieldText, src *input.Source)
	// large begins a frame whose body is written to the writer that it returns, and
	// largeEnd ends it.
	large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer
	largeEnd(trailer []byte)
	// gap shows that a capture lost bytes; before them there are held bytes of a frame,
	// which a fault has shown.
	gap(g *capture.Gap, held int)
	// fault begins what can't be read: a leftover, or a malformed frame and the bytes after
	// it. Header is how long its header is, or -1 if that is not known. Unread goes on with
	// the bytes.
	fault(e *framing.Error, header int)
	// unknown begins bytes that are in no frame, and not at fault; unread goes on with them.
	unknown(offset int64)
	unread(offset int64, b []byte)
	// candidates shows what -f auto found, best first, in the part of the stream that seen
	// names, and a line with the command to go on with.
	candidates(all []detect.Candidate, seen, again string)
	// end closes an input.
	end(t *pump.Tally)
	// flush writes what is held.
	flush() error
}

// noView shows nothing: a view that shows only some of a stream embeds it.
type noView struct{}

func (noView) fill(int64, []byte)                                        {}
func (noView) frame(framing.Frame, []framing.FieldText, *input.Source)   {}
func (noView) large(framing.Frame, []framing.FieldText, int64) io.Writer { return io.Discard }
func (noView) largeEnd([]byte)                                           {}
func (noView) gap(*capture.Gap, int)                                     {}
func (noView) fault(*framing.Error, int)                                 {}
func (noView) unknown(int64)                                             {}
func (noView) unread(int64, []byte)                                      {}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}

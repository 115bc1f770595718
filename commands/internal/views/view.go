package views

import (
	"io"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// A view shows the parts of a stream in the order of the stream.
type view interface {
	// begin begins an input, with a heading to show; "" is no heading.
	begin(in input.Input, heading string)
	// fill shows bytes between frames.
	fill(offset int64, b []byte)
	// turn makes a direction the one that the calls after it are about, in a view of the messages
	// of many streams.
	turn(d *turn)
	// event shows what happened to a stream, in a word and details; dir is -1 if it concerns both
	// directions.
	event(s *conversation.Stream, dir int, at time.Time, what, details string)
	// upgraded shows that another protocol follows in both directions; t is the one that began it.
	upgraded(t *turn, to string)
	// frame shows a whole frame; src is nil if it comes from a connection.
	frame(f framing.Frame, fields []framing.FieldText, src source)
	// large begins a frame and returns a writer for its body; largeEnd ends the frame.
	large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer
	largeEnd(trailer []byte)
	// gap shows that a capture lost bytes. Held is how many bytes of an incomplete frame come
	// before the gap; fault and unread have shown them.
	gap(g *capture.Gap, held int)
	// fault begins bytes that cannot be read: a leftover, or a malformed frame and the bytes
	// after it. Header is the length of the frame's header, or -1 if it is not known. Calls of
	// unread follow, with the bytes.
	fault(e *framing.Error, header int)
	// unknown begins bytes that are in no frame and not malformed. Calls of unread follow,
	// with the bytes.
	unknown(offset int64)
	// unread shows bytes after fault or unknown.
	unread(offset int64, b []byte)
	// candidates shows the framings that -f auto found, best first. Seen names the part of the
	// stream that was looked at; again is a line with the command to go on with.
	candidates(all []detect.Candidate, seen, again string)
	// unknownFraming shows the best guesses of -f auto, best first, if none has enough evidence.
	unknownFraming(all []detect.Candidate)
	// end ends an input and shows its counts.
	end(t *pump.Tally)
	// flush writes what is buffered.
	flush() error
}

// A source is where frames come from.
type source interface {
	// AppendFrameTags is that of a formats.Sender.
	AppendFrameTags(dst []byte, offset, size int64) []byte
	// Came returns when a frame came, or the zero time if that is not known.
	Came(offset, size int64) time.Time
}

// noView shows nothing. A view that shows only some parts of a stream embeds it.
type noView struct{}

func (noView) fill(int64, []byte)                                         {}
func (noView) turn(*turn)                                                 {}
func (noView) event(*conversation.Stream, int, time.Time, string, string) {}
func (noView) upgraded(*turn, string)                                     {}
func (noView) frame(framing.Frame, []framing.FieldText, source)           {}
func (noView) large(framing.Frame, []framing.FieldText, int64) io.Writer  { return io.Discard }
func (noView) largeEnd([]byte)                                            {}
func (noView) unknownFraming([]detect.Candidate)                          {}
func (noView) gap(*capture.Gap, int)                                      {}
func (noView) fault(*framing.Error, int)                                  {}
func (noView) unknown(int64)                                              {}
func (noView) unread(int64, []byte)                                       {}

// A writerFunc is a function as a writer that never fails.
type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}

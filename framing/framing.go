// Package framing finds where messages end in a stream of bytes.
//
// TCP, a pipe or a serial line delivers bytes, not messages: one read may bring
// half a message, exactly one, or several glued together. A framing marks where
// each message ends: a length in front of it, a delimiter behind it, a fixed
// size. This package knows many framings by name, reads messages back however
// the stream was cut, and writes them:
//
//	f, err := framing.Parse("u32be")
//	r := framing.NewReader(conn, f)
//	for {
//		frame, err := r.Next()
//		if err == io.EOF {
//			break // the stream ended between two frames
//		}
//		if err != nil {
//			return err // an *Error: which frame, where, what was wrong
//		}
//		handle(frame.Payload)
//	}
//
// [Reader] owns the reassembly buffer: it appends what arrives, drains every
// whole frame and keeps the rest for the next read. [Writer] puts messages into
// frames. [Parse] turns a spec such as "u16be:offset=2,counts=frame" into a
// [Framing]; [Kinds] lists all names.
//
// Memory follows the bytes that arrived, never a length that a peer announced.
// How the stream is cut into reads has no influence on frames, offsets or
// errors. A stream that ends inside a frame is an error, never a frame; an empty
// frame is data, not the end.
//
// All lengths are in bytes and all offsets count from 0.
package framing

import "errors"

// A Framing is a rule that marks frames in a stream of bytes. The value keeps no
// state: one serves any number of streams at once. What a stream must remember
// is in its Cursor, which the Reader owns.
//
// A Framing may also be an [Escaper], [Announcer], [Splitter], [Appender],
// [Syncer], [Ender], [Describer] or [Composer].
type Framing interface {
	// Append appends to dst the frame that carries payload. Like holds the header
	// and trailer of a decoded frame to imitate (type, flags, stream id, padding);
	// its length field is computed anew. The zero Marks asks for the default ones.
	//
	// Append fails with an error wrapping ErrPayload if no frame can carry the
	// payload (too long, holds the delimiter), or ErrMarks if this framing could
	// not have written like; then it returns dst as it was.
	Append(dst []byte, like Marks, payload []byte) ([]byte, error)

	// Scan measures the frame at the start of b. It answers as soon as b shows
	// how long the frame is, maybe before b holds all of it; until then it
	// returns ErrMore with what it knows: Skip, and in Body a lower bound.
	// Any other error is an *Error with Offset relative to the frame, behind Skip:
	// the stream can't be followed further. Body is then what was known of it one
	// byte before the fault showed.
	//
	// With c.EOF set nothing follows b. Scan may then answer a frame, io.EOF or
	// io.ErrUnexpectedEOF; ErrMore stands for io.EOF if b holds nothing but fill,
	// else for io.ErrUnexpectedEOF.
	Scan(b []byte, c *Cursor) (Extent, error)

	// String returns the spec that Parse turns into this Framing.
	String() string
}

// Marks are the bytes of a frame around its payload.
type Marks struct{ Header, Trailer []byte }

func (m Marks) none() bool { return len(m.Header) == 0 && len(m.Trailer) == 0 }

// A Cursor is one stream's memory between two calls of Scan. A Reader that goes on with
// a stream sets it back to what it was before the frame, and shows the frame's start
// again.
type Cursor struct {
	Seen    int    // bytes of this frame looked at before; zeroed for each frame
	Pending int64  // the framing's own, zeroed for each frame
	Stream  uint64 // the framing's own, kept across frames
	EOF     bool   // nothing follows b
}

// An Extent tells where the parts of a frame lie.
type Extent struct {
	Skip    int   // fill before the frame, part of no frame; with ErrMore it may be dropped at once
	Header  int   // bytes before the payload
	Body    int64 // payload as it is on the wire, still escaped
	Trailer int   // bytes behind the payload

	// Dropped are bytes of Body that are in no payload: the line put them in.
	Dropped int64

	// Want is how the trailer must end, if not empty. It is checked as it arrives.
	Want string

	// Announced says that the header tells Body, in a field at offset Field of
	// the frame; such a body can be streamed. Otherwise its end was found.
	Announced bool
	Field     int

	// Silent says that the frame carries no message: a preface or a greeting, all
	// header.
	Silent bool
}

// An Escaper is a Framing whose body is not the payload itself: bytes are stuffed
// (SLIP, COBS, HDLC) or a checksum is checked and stripped.
type Escaper interface {
	// Unescape appends the payload of one frame to dst. An *Error, with Offset
	// relative to the frame, harms this frame only: where the next one starts is
	// known.
	Unescape(dst, header, body, trailer []byte) ([]byte, error)

	// MinPayload returns the length of the shortest payload that body bytes on
	// the wire can carry, so that an over-long frame is refused before it is held.
	MinPayload(body int64) int64
}

// An Announcer is a Framing that needs to know only the length of a payload to
// write its header, so a payload can be streamed behind it.
type Announcer interface {
	// AppendHeader appends the header for a payload of size bytes.
	AppendHeader(dst []byte, like Marks, size int64) ([]byte, error)
	// AppendTrailer appends what follows that payload.
	AppendTrailer(dst []byte, like Marks, size int64) []byte
}

// A Splitter measures many frames in one call, for speed.
type Splitter interface {
	// Split appends to spans the whole frames of b from the end of the last span
	// on, without growing spans beyond its capacity. It stops where Scan is needed:
	// at the first frame that is unfinished, malformed or silent. Fill may stand
	// before a span's Start.
	Split(b []byte, spans []Span) []Span
}

// An Appender frames many payloads in one call, for speed.
type Appender interface {
	// AppendAll appends the frames of src[s.Header:s.Body] for each span with the
	// default header, and returns how many: fewer than all if the next payload
	// has no frame.
	AppendAll(dst, src []byte, spans []Span) ([]byte, int)
}

// A Syncer finds where, after damage, the next frame may start: at a delimiter or
// at magic bytes.
type Syncer interface {
	// Sync looks for the start of a frame in b. If it found one, that is at b[n:];
	// otherwise b[:n] can be dropped and the search goes on in what is left and
	// what follows. A negative n says that this framing has no such mark.
	Sync(b []byte) (n int, found bool)
}

// A Describer is a Framing whose headers have fields at no fixed place; see
// Kind.Describe.
type Describer interface {
	// Describe appends the fields of one frame to dst.
	Describe(dst []FieldText, header, body []byte) []FieldText
}

// A Composer is a Framing that makes a payload of what a person would type: a
// command line.
type Composer interface {
	// Compose appends the payload that stands for line to dst.
	Compose(dst, line []byte) []byte
}

// An Ender is a Framing that finds the end of a frame too long to be held, where
// Sync would find what only looks like one inside.
type Ender interface {
	// End is Sync for b going on where Scan left the frame: at Cursor.Seen.
	End(b []byte) (n int, found bool)
}

// A Span is one frame of a batch: where its header starts and where header, body
// and trailer end, in the batch's buffer.
type Span struct{ Start, Header, Body, Trailer int }

// ErrMore is returned by Scan if b does not show yet how long the frame is.
var ErrMore = errors.New("more bytes are needed")

// ErrPayload says that a framing has no frame for a payload.
var ErrPayload = errors.New("the framing can't carry this payload")

// ErrMarks says that a framing could not have written the given header or trailer.
var ErrMarks = errors.New("not a header and trailer of this framing")

package framing

// A Framing is a rule that marks frames in a stream of bytes. The value keeps no state:
// one serves any number of streams at once. What a stream must remember is in its Cursor,
// which the Reader owns.
//
// A Framing may also be an [Escaper], [Announcer], [Syncer] or [Describer]; see "Writing a
// Framing".
type Framing interface {
	// Append appends to dst the frame that carries payload. Like holds the header and
	// trailer of a frame to imitate: its type, flags, stream id or padding. The length in
	// it is computed anew. The zero Marks asks for the default header.
	//
	// If no frame can carry the payload, because it is too long or holds the delimiter,
	// the error wraps ErrPayload; if this framing could not have written like, it wraps
	// ErrMarks. Then Append returns dst as it was.
	Append(dst []byte, like Marks, payload []byte) ([]byte, error)

	// Scan measures the frame at the start of b, the bytes that have arrived from there
	// on. It answers as soon as b shows how long the frame is, maybe before b holds all
	// of it. Until then it returns ErrMore with what it knows: Skip, and in Body a lower
	// bound.
	//
	// Any other error is an *Error with Fault, Offset, Detail and Err: no further frames can
	// be read. Offset is relative to the frame, after Skip. Body is then the lower bound that
	// was known before the byte that shows the fault.
	//
	// With c.EOF set nothing follows b, which may be empty. Scan may then answer a frame,
	// io.EOF or io.ErrUnexpectedEOF; ErrMore then means io.EOF if b holds nothing but
	// fill, else io.ErrUnexpectedEOF.
	//
	// Scan keeps neither b nor c. The Cursor is never nil.
	Scan(b []byte, c *Cursor) (Extent, error)

	// String returns the spec that Parse turns into this Framing, or the name of one that
	// Parse does not know.
	String() string
}

// Marks are the bytes of a frame around its payload. Either is empty if frames of the framing do
// not have it: a line has no header. nil means the same as empty; if both are empty, the default
// header is asked for.
type Marks struct{ Header, Trailer []byte }

func (m Marks) none() bool { return len(m.Header) == 0 && len(m.Trailer) == 0 }

// A Cursor is what is remembered of a stream between two calls of Scan. A Reader that
// resumes a suspended stream sets Stream to what it was before the frame, the rest to 0, and
// shows the start of the frame again.
type Cursor struct {
	Seen    int    // bytes of this frame that were examined before; 0 for each new frame
	Pending int64  // the framing's own; 0 for each new frame
	Stream  uint64 // the framing's own; kept from frame to frame, 0 at the start
	EOF     bool   // nothing follows b

	paused bool   // the source has reported a pause after b: see ErrPause
	state  string // kept as Stream is, by a framing for which 64 bits are too few
}

// fresh returns the Cursor for the next frame: only what is kept from frame to frame.
func (c *Cursor) fresh() Cursor { return Cursor{Stream: c.Stream, state: c.state} }

// An Extent is where the parts of a frame are. Sizes are in bytes.
type Extent struct {
	Skip    int   // fill before the frame, part of no frame; with ErrMore it may be dropped at once
	Header  int   // bytes before the payload
	Body    int64 // payload as it is on the wire, still escaped
	Trailer int   // bytes after the payload

	// Dropped is how many bytes of Body are not part of the payload: the line added them.
	Dropped int64

	// Want is how the trailer must end; "" is any way. The Reader checks it as it arrives
	// and reports BadTrailer: Scan need not.
	Want string

	// Announced reports that the header holds the length of Body, in a field at offset Field
	// of the frame; such a body can be streamed. Otherwise its end was found.
	Announced bool
	Field     int

	// Plain reports that Body is the payload as it is, although the framing is an Escaper. So it can
	// be streamed too.
	Plain bool

	// Silent reports that the frame carries no message: a preface or a greeting, all header.
	Silent bool
}

// An Escaper is a Framing whose body is not the payload itself: bytes are stuffed
// (SLIP, COBS, HDLC), or a checksum is checked and stripped.
type Escaper interface {
	// Unescape appends the payload of one whole frame to dst. An *Error, with Offset
	// relative to the frame, concerns only this frame: where the next one starts is known.
	Unescape(dst, header, body, trailer []byte) ([]byte, error)

	// MinPayload returns the length of the shortest payload that body bytes on the wire
	// can carry, so that a frame over the limit is refused before it is held.
	MinPayload(body int64) int64
}

// An Announcer is a Framing that needs only the length of a payload to write its header,
// so that Writer.Stream can write the payload after it.
type Announcer interface {
	// AppendHeader appends the header for a payload of size bytes. Its errors are those
	// of Append.
	AppendHeader(dst []byte, like Marks, size int64) ([]byte, error)
	// AppendTrailer appends what follows that payload.
	AppendTrailer(dst []byte, like Marks, size int64) []byte
}

// A Syncer finds where the next frame may start after damage: after a delimiter, or at
// magic bytes.
type Syncer interface {
	// Sync looks for the start of a frame in b. If it found one, that is at b[n:].
	// Otherwise b[:n] can be dropped, and the search goes on in what is left and what
	// follows. A negative n means that this framing has no such mark.
	Sync(b []byte) (n int, found bool)
}

// A Describer is a Framing whose headers have fields at no fixed place; see
// Entry.Describe.
type Describer interface {
	// Describe appends the fields of one frame to dst.
	Describe(dst []FieldText, header, body []byte) []FieldText
}

// The methods below are optional too; "Writing a Framing" describes them.

type splitter interface {
	Split(b []byte, spans []Span) []Span
}

type appender interface {
	AppendAll(dst, src []byte, spans []Span) ([]byte, int)
}

type ender interface {
	End(b []byte) (n int, found bool)
}

// A FieldText is a field of one frame as a person reads it: its name, and the name of its
// value or the number.
type FieldText struct{ Name, Text string }

package framing

// A Frame is one message and the bytes around it. Its slices are not copied: they are
// valid until the next call of the Reader's methods.
type Frame struct {
	Index   int64  // counts the frames of the stream from 0
	Offset  int64  // of the first byte, in the stream
	Size    int64  // bytes of the whole frame
	Header  []byte // bytes before the body
	Body    []byte // payload as it is on the wire: still escaped
	Trailer []byte // bytes after the body
	Payload []byte // the message; it shares memory with Body unless the framing escapes. Nil if NextReader streams it
	Silent  bool   // it carries no message: a preface or a greeting

	// Frames is how many frames a message was put together of, for a framing that joins them; it is
	// 0 if the message is one frame, as it was on the wire. Offset is then that of the first, Size that of all, and
	// Body is the Payload. Of a framing in the messages of another, such as http2/grpc, Header
	// begins with that of the outer frame, in which the inner one begins or ends.
	Frames int
}

// A Batch is a run of frames. Its slices are valid until the next call of the Reader's
// methods.
type Batch struct {
	Index  int64  // of the first frame
	Offset int64  // of Wire[0], in the stream
	Wire   []byte // the bytes of the stream
	Frames []Span // frames in Wire; there may be fill between them
	Data   []byte // where the payloads are: Wire itself, unless the framing escapes
	Bodies []Span // payloads in Data, from HeaderEnd to BodyEnd; Frames, unless the framing escapes
	Silent bool   // its only frame carries no message

	joined *Frame // the only one, if its framing joins
}

// Frame returns the i-th frame of the batch, counted from 0.
func (b *Batch) Frame(i int) Frame {
	if b.joined != nil {
		f := *b.joined
		f.Index = b.Index
		return f
	}
	s, p := b.Frames[i], b.Bodies[i]
	return Frame{
		Index: b.Index + int64(i), Offset: b.Offset + int64(s.Start), Size: int64(s.End - s.Start),
		Header: b.Wire[s.Start:s.HeaderEnd:s.HeaderEnd], Body: b.Wire[s.HeaderEnd:s.BodyEnd:s.BodyEnd], Trailer: b.Wire[s.BodyEnd:s.End:s.End],
		Payload: b.Data[p.HeaderEnd:p.BodyEnd:p.BodyEnd], Silent: b.Silent,
	}
}

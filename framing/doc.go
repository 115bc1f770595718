// Package framing finds where messages end in a stream of bytes.
//
// TCP, a pipe or a serial line delivers bytes, not messages: one read may bring half a
// message, exactly one, or several glued together. A framing marks where each message
// ends: by a length before it, a delimiter after it, or a fixed size. This package knows
// many framings by name, reads messages back however the stream was cut, and writes them.
//
// # Reading and writing
//
// [Parse] makes a [Framing] of a spec: a name, and keys with values if the defaults do not
// fit. A [Reader] reads its frames:
//
//	f, err := framing.Parse("u16be:offset=2,counts=frame")
//	if err != nil {
//		return err
//	}
//	r := framing.NewReader(conn, f)
//	for frame, err := range r.Frames() {
//		if err != nil {
//			return err // an *Error: which frame, where, and what was expected
//		}
//		handle(frame.Payload)
//	}
//
// A [Writer] writes messages as frames. It buffers, so call Flush:
//
//	w := framing.NewWriter(conn, f)
//	w.Write(message)
//	err := w.Flush()
//
// A program that has the numbers as values can use [Length] and [Delimiter] instead of a spec.
// [Entries] lists the names that Parse knows, and what is known of each.
//
// A Reader gives its frames in the way that suits the program: [Reader.Frames] and
// [Reader.Next] one by one, [Reader.NextBatch] many small ones at a time, and
// [Reader.NextReader] payloads of any size, in constant memory. If a thousand streams are
// mostly idle, [Reader.Suspend] lets a few Readers serve them all.
//
// After a frame that is wrong, [Reader.Recover] looks for the next one:
//
//	for frame, err := range r.Frames() {
//		if err != nil {
//			log.Print(err)
//			if _, err := r.Recover(); err != nil {
//				return err // there is no place to go on at
//			}
//			continue
//		}
//		handle(frame.Payload)
//	}
//
// By itself it goes on at the end of a frame whose length is known, at a delimiter, or at magic
// bytes. With detect.Repair of package [framecat/framing/detect] it also searches for bytes that
// look like frames, and with Size it finds lengths that are damaged, but could be read:
//
//	r.Resync = detect.Repair
//	r.Size = info.Size // of a file; leave it out if the bytes arrive over time
//
// # Limits
//
// Memory grows with the bytes that arrived, never with a length that a peer announced. A payload
// of more than [Reader.Max] bytes is refused as soon as its length is known; that is 16 MiB
// unless it is set.
//
// How the stream is cut into reads has no influence on frames, offsets or errors. A stream
// that ends inside a frame is an error, never a frame; an empty frame is data, not the end.
//
// One rule knows no bytes at all: with gap:5ms, a frame ends where nothing came for so long. The source
// must measure that, and return [ErrPause] there; [PauseOf] returns how long.
//
// All lengths are in bytes and all offsets count from 0. Slices that a Reader returns are
// not copied: they are valid until its next call.
//
// Frames are found, not understood: nothing is decrypted. Only framings with the key join, such as
// websocket:join, and framings in the messages of others, such as http2/grpc, put messages together
// from several frames, and inflate those that WebSocket compressed. [Frame].Frames is then the number
// of frames.
//
// # Writing a Framing
//
// A rule of your own is a type with the three methods of [Framing]. This one has one byte
// of length, which counts itself:
//
//	type counted struct{}
//
//	func (counted) String() string { return "counted" }
//
//	func (counted) Scan(b []byte, c *framing.Cursor) (framing.Extent, error) {
//		switch {
//		case len(b) == 0:
//			return framing.Extent{}, framing.ErrMore
//		case b[0] == 0:
//			return framing.Extent{}, &framing.Error{
//				Fault: framing.LengthTooSmall, Detail: "length 0 does not count itself", Err: framing.ErrMalformed}
//		}
//		return framing.Extent{Header: 1, Body: int64(b[0]) - 1, Announced: true}, nil
//	}
//
//	func (counted) Append(dst []byte, like framing.Marks, payload []byte) ([]byte, error) {
//		switch {
//		case len(like.Header) > 1 || len(like.Trailer) > 0:
//			return dst, framing.ErrMarks // no frame of this framing has these
//		case len(payload) > 254:
//			return dst, framing.ErrPayload
//		}
//		return append(append(dst, byte(len(payload)+1)), payload...), nil
//	}
//
// Scan gets what has arrived from the start of a frame on, and returns how long the frame
// is. It answers as soon as the bytes show that; until then it returns ErrMore. It need not
// wait for the whole frame: the Reader waits for the rest, applies its limit, and adds to an
// error where in the stream it is. Three rules make a framing safe:
//
//   - Once Scan has found a length or a fault, more bytes do not change it.
//   - Scan reads back what Append writes. Append refuses a payload for which that is not so.
//   - The value keeps nothing between calls. What a stream must remember is in its Cursor.
//
// A test of it reads what Append wrote, whole and through [testing/iotest.OneByteReader]:
// the frames must be the same.
//
// Append gets in like the header and the trailer of a frame to imitate. Here the header is only
// the length, which is computed anew, so nothing of it is kept.
//
// After an error, Recover goes on at the end of the frame if that is known: after an error of
// Unescape, and after one of Scan that comes with an Extent that is Announced. If the end is
// not known, or the trailer is wrong, so that the length cannot be trusted, it needs the method
// Sync.
//
// A rule that searches for the end of a frame returns ErrMore with Body as a lower bound, and
// keeps in [Cursor].Seen how far it has searched. So the work stays linear however slowly
// bytes arrive.
//
// Optional methods add to a framing. Those of [Escaper] are for bodies that are not the
// payload itself, of [Announcer] for payloads that are written without being held, of
// [Syncer] for going on after damage, of [Describer] for fields of the header. A framing
// that wraps another has a method Unwrap() Framing; [EntryOf] and [Entry.Describe] look
// through it. Four more make it faster, or serve special cases:
//
//	// Split measures many frames in one call. It appends to spans the whole frames of b
//	// from the end of the last span on, without growing spans beyond its capacity, and
//	// stops where Scan is needed: before a frame that is unfinished, malformed or silent.
//	Split(b []byte, spans []Span) []Span
//
//	// AppendAll frames many payloads in one call: src[s.HeaderEnd:s.BodyEnd] for each
//	// span, with the default header. It returns how many: fewer than all if the next
//	// payload has no frame.
//	AppendAll(dst, src []byte, spans []Span) ([]byte, int)
//
//	// End is Sync for a frame too long to be held, where Sync would find what only looks
//	// like an end. It goes on where Scan left the frame: at Cursor.Seen.
//	End(b []byte) (n int, found bool)
//
//	// Compose appends to dst the payload for line, which a person typed.
//	Compose(dst, line []byte) []byte
package framing

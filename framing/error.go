package framing

import (
	"errors"
	"fmt"
	"io"
)

// Errors to compare with, by errors.Is.
var (
	// ErrMalformed: the bytes break the rule of the framing.
	ErrMalformed = errors.New("malformed frame")
	// ErrTooLong: the frame is over the limit, or longer than any stream.
	ErrTooLong = errors.New("frame too long")
	// ErrPayload: no frame of this framing can carry the payload.
	ErrPayload = errors.New("the framing can't carry this payload")
	// ErrMarks: the framing could not have written this header or trailer.
	ErrMarks = errors.New("not a header and trailer of this framing")
	// ErrMore: Scan needs more bytes to know how long the frame is.
	ErrMore = errors.New("more bytes are needed")
	// ErrWait: nothing has arrived yet. A source may return it with no bytes where it
	// would have to wait; the Reader returns it too, and can be called again later.
	ErrWait = errors.New("nothing has arrived yet")
)

// A Fault is what is wrong with a frame, in one word. The constants are the faults that
// framings of all kinds have in common.
//
// Protocols have more, for people rather than programs: leading-zero, length-invalid,
// length-non-minimal, length-negative, missing-length, duplicate-length,
// varint-too-long, varint-overflow, varint-non-minimal, bad-version, bad-flag,
// bad-opcode, bad-continuation, bad-sequence, bad-padding, reserved-bits,
// header-too-large, bad-block, bad-compressed, bad-json, abort.
type Fault string

// The faults, and where Error.Offset points: to the first byte of a wrong field, or to the
// very byte that is wrong.
const (
	BadLength      Fault = "bad-length"       // not a number: the byte
	LengthTooLarge Fault = "length-too-large" // the length field
	LengthTooSmall Fault = "length-too-small" // the length field
	BadMagic       Fault = "bad-magic"        // the first byte of the magic
	BadType        Fault = "bad-type"         // the type field
	BadHeader      Fault = "bad-header"       // the start of the line
	BadTrailer     Fault = "bad-trailer"      // the byte that is not the trailer's
	BadEscape      Fault = "bad-escape"       // the byte after the escape
	Checksum       Fault = "checksum"         // the first byte of the checksum
	FrameTooLarge  Fault = "frame-too-large"  // the start of the frame
	FrameTooShort  Fault = "frame-too-short"  // the start of the frame
	Truncated      Fault = "truncated"        // the end of the stream
)

// The faults of protocols.
const (
	leadingZero      Fault = "leading-zero"       // the first digit
	lengthInvalid    Fault = "length-invalid"     // the length field
	lengthNonMinimal Fault = "length-non-minimal" // the length field
	lengthNegative   Fault = "length-negative"    // the length field
	missingLength    Fault = "missing-length"     // the start of the header block
	duplicateLength  Fault = "duplicate-length"   // the second value
	varintTooLong    Fault = "varint-too-long"    // the first byte of the varint
	varintOverflow   Fault = "varint-overflow"    // the first byte of the varint
	varintNonMinimal Fault = "varint-non-minimal" // the first byte of the varint
	badVersion       Fault = "bad-version"        // the version field
	badFlag          Fault = "bad-flag"           // the flags
	badOpcode        Fault = "bad-opcode"         // the byte that holds it
	badContinuation  Fault = "bad-continuation"   // the first byte of the frame
	badSequence      Fault = "bad-sequence"       // the sequence number
	badPadding       Fault = "bad-padding"        // the padding length
	reservedBits     Fault = "reserved-bits"      // the byte that holds them
	headerTooLarge   Fault = "header-too-large"   // the start of the frame
	badBlock         Fault = "bad-block"          // the code byte
	badCompressed    Fault = "bad-compressed"     // the start of the message
	badJSON          Fault = "bad-json"           // the start of the text
	abort            Fault = "abort"              // the flag after the escape
)

// An Error reports a frame that could not be read. Offsets are those of the stream, but in an
// Error that Scan or Unescape returns they are relative to the frame, and the Reader fills
// in Frame and Start.
type Error struct {
	Fault  Fault
	Frame  int64  // index of the frame
	Start  int64  // where the frame starts
	Offset int64  // where the fault is; at the end of the stream for Truncated
	Detail string // what was found and what was expected
	Err    error  // ErrMalformed, ErrTooLong or io.ErrUnexpectedEOF

	// Have is how many bytes of the frame are there, and Need how many it has; 0 if that
	// is not known. They are set if the Fault is Truncated.
	Have, Need int64

	// Sent is how many bytes of the payload had been read from the reader of NextReader.
	Sent int64

	// Size is the length of a payload that is over Reader.Max, or the least it can be
	// where its end was not found; Limit is what Max allows. They are 0 in other errors.
	Size, Limit int64
}

func (e *Error) Error() string {
	if e.Offset == e.Start || e.Fault == Truncated {
		return fmt.Sprintf("frame %d at byte %d: %s", e.Frame, e.Start, e.Detail)
	}
	return fmt.Sprintf("frame %d at byte %d: byte %d: %s", e.Frame, e.Start, e.Offset, e.Detail)
}

func (e *Error) Unwrap() error { return e.Err }

// malformed returns the error for a fault at offset at of the frame.
func malformed(kind Fault, at int, format string, args ...any) *Error {
	return &Error{Fault: kind, Offset: int64(at), Detail: fmt.Sprintf(format, args...), Err: ErrMalformed}
}

// tooLong returns the error for a length, at offset at of the frame, that is too large.
func tooLong(at int, format string, args ...any) *Error {
	e := malformed(LengthTooLarge, at, format, args...)
	e.Err = ErrTooLong
	return e
}

func truncated(have, need int64) *Error {
	e := &Error{Fault: Truncated, Offset: have, Err: io.ErrUnexpectedEOF, Have: have, Need: need}
	switch {
	case need > 0:
		e.Detail = fmt.Sprintf("the stream ends after %d of %d bytes", have, need)
	case have == 0:
		e.Detail = "the stream ends where another frame must follow"
	default:
		e.Detail = fmt.Sprintf("the stream ends inside a frame, after %s", plural(have, "byte"))
	}
	return e
}

func plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// payloadError returns an error with this text that wraps ErrPayload.
func payloadError(format string, args ...any) error {
	return &cause{fmt.Sprintf(format, args...), ErrPayload}
}

// A cause is an error with a text of its own that wraps a sentinel.
type cause struct {
	text string
	is   error
}

func (c *cause) Error() string { return c.text }
func (c *cause) Unwrap() error { return c.is }

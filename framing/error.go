package framing

import (
	"errors"
	"fmt"
	"io"
)

// What an Error can be about, in Err.
var (
	// ErrMalformed: the bytes break the framing's rule.
	ErrMalformed = errors.New("malformed frame")
	// ErrTooLong: the frame is over the limit, or longer than any stream.
	ErrTooLong = errors.New("frame too long")
)

// A Fault is what is wrong with a frame, in one word.
type Fault string

// The faults. Offset points at the first byte of a wrong field, or at
// the very byte that is wrong.
const (
	BadLength        Fault = "bad-length"         // not a number: the byte
	LeadingZero      Fault = "leading-zero"       // the first digit
	LengthTooLarge   Fault = "length-too-large"   // the length field
	LengthTooSmall   Fault = "length-too-small"   // the length field
	LengthInvalid    Fault = "length-invalid"     // the length field
	LengthNonMinimal Fault = "length-non-minimal" // the length field
	LengthNegative   Fault = "length-negative"    // the length field
	MissingLength    Fault = "missing-length"     // the start of the header block
	DuplicateLength  Fault = "duplicate-length"   // the second value
	VarintTooLong    Fault = "varint-too-long"    // the first byte of the varint
	VarintOverflow   Fault = "varint-overflow"    // the first byte of the varint
	VarintNonMinimal Fault = "varint-non-minimal" // the first byte of the varint
	BadMagic         Fault = "bad-magic"          // the first byte of the magic
	BadType          Fault = "bad-type"           // the type field
	BadVersion       Fault = "bad-version"        // the version field
	BadFlag          Fault = "bad-flag"           // the flags
	BadOpcode        Fault = "bad-opcode"         // the byte that holds it
	BadContinuation  Fault = "bad-continuation"   // the first byte of the frame
	BadSequence      Fault = "bad-sequence"       // the sequence number
	BadPadding       Fault = "bad-padding"        // the padding length
	ReservedBits     Fault = "reserved-bits"      // the byte that holds them
	BadHeader        Fault = "bad-header"         // the start of the line
	HeaderTooLarge   Fault = "header-too-large"   // the start of the frame
	BadTrailer       Fault = "bad-trailer"        // the byte that is not the trailer's
	BadEscape        Fault = "bad-escape"         // the byte after the escape
	BadBlock         Fault = "bad-block"          // the code byte
	BadJSON          Fault = "bad-json"           // the start of the text
	Checksum         Fault = "checksum"           // the first byte of the checksum
	Abort            Fault = "abort"              // the flag behind the escape
	FrameTooLarge    Fault = "frame-too-large"    // the start of the frame
	FrameTooShort    Fault = "frame-too-short"    // the start of the frame
	Truncated        Fault = "truncated"          // the end of the stream
)

// An Error is a frame that could not be read.
type Error struct {
	Kind   Fault
	Frame  int64  // index of the frame
	Start  int64  // where the frame starts in the stream
	Offset int64  // where the fault is in the stream
	Detail string // what was found and what was wanted

	// Err is ErrMalformed, ErrTooLong or io.ErrUnexpectedEOF.
	Err error

	// Have counts the bytes of the frame that are there, Need those of the whole
	// frame, or 0 where that is not known. They are set if the stream ended.
	Have, Need int64

	// Sent counts payload bytes that CopyNext had written before the fault.
	Sent int64
}

func (e *Error) Error() string {
	if e.Offset == e.Start || e.Kind == Truncated {
		return fmt.Sprintf("frame %d at byte %d: %s", e.Frame, e.Start, e.Detail)
	}
	return fmt.Sprintf("frame %d at byte %d: byte %d: %s", e.Frame, e.Start, e.Offset, e.Detail)
}

func (e *Error) Unwrap() error { return e.Err }

// malformed is a fault at offset at of the bytes in hand.
func malformed(kind Fault, at int, format string, args ...any) *Error {
	return &Error{Kind: kind, Offset: int64(at), Detail: fmt.Sprintf(format, args...), Err: ErrMalformed}
}

// tooLong is a length at offset at that no stream can have.
func tooLong(at int, format string, args ...any) *Error {
	e := malformed(LengthTooLarge, at, format, args...)
	e.Err = ErrTooLong
	return e
}

func truncated(have, need int64) *Error {
	e := &Error{Kind: Truncated, Offset: have, Err: io.ErrUnexpectedEOF, Have: have, Need: need}
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

// payloadError wraps ErrPayload with the reason.
func payloadError(format string, args ...any) error {
	return &cause{fmt.Sprintf(format, args...), ErrPayload}
}

// A cause says in its own words what a sentinel means here.
type cause struct {
	text string
	is   error
}

func (c *cause) Error() string { return c.text }
func (c *cause) Unwrap() error { return c.is }

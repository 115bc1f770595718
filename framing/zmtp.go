package framing

import (
	"encoding/binary"
	"fmt"
	"math"
)

// zmtp is ZeroMQ's protocol, version 3: a greeting of 64 bytes, once in each
// direction, then frames.
//
//	FF | 8 bytes | 7F | major minor | mechanism, 20 bytes | as-server | 31 zeros    greeting
//	flags | length, 1 byte          | payload
//	flags | length, 8 bytes         | payload                                       LONG
//
// The flags are 1 MORE, 2 LONG, 4 COMMAND. The greeting is a silent frame. The
// Cursor's Stream is 1 after the first frame, where no greeting can be. A stream that is
// a part of a connection may begin without one.
//
// Source: ZMTP 3.0, ZeroMQ RFC 23.
type zmtp struct{}

const (
	zmtpMore    = 1
	zmtpLong    = 2
	zmtpCommand = 4

	zmtpGreeting = 64
)

func (zmtp) String() string { return "zmtp" }

func (z zmtp) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) == 0 {
		return Extent{}, ErrMore
	}
	scan := zmtpFrame
	if c.Stream == 0 && b[0] > zmtpMore|zmtpLong|zmtpCommand {
		scan = zmtpOpening
	}
	e, err := scan(b)
	if err == nil {
		c.Stream = 1
	}
	return e, err
}

// zmtpOpening measures the greeting.
func zmtpOpening(b []byte) (Extent, error) {
	const end = 9 // of the signature
	switch {
	case b[0] != 0xff:
		return Extent{}, malformed(BadMagic, 0, "found 0x%02x, expected a greeting (0xff) or the flags of a frame", b[0])
	case len(b) > end && b[end] != 0x7f:
		return Extent{}, malformed(BadMagic, 0, "found 0x%02x at the end of the signature, expected 0x7f as since ZMTP 2.0", b[end])
	case len(b) > end+1 && b[end+1] < 3:
		return Extent{}, malformed(badVersion, end+1, "version is %d, expected 3 or more", b[end+1])
	case len(b) <= end+1:
		return Extent{}, ErrMore
	}
	return Extent{Header: zmtpGreeting, Silent: true}, nil
}

// zmtpFrame measures a message or a command.
func zmtpFrame(b []byte) (Extent, error) {
	if len(b) > 0 {
		switch flags := b[0]; {
		case flags > zmtpMore|zmtpLong|zmtpCommand:
			return Extent{}, malformed(badFlag, 0, "flags are 0x%02x, expected only 1 MORE, 2 LONG and 4 COMMAND", flags)
		case flags&zmtpCommand != 0 && flags&zmtpMore != 0:
			return Extent{}, malformed(badFlag, 0, "flags are 0x%02x, but a command (4) cannot have more parts (1)", flags)
		case flags&zmtpLong == 0 && len(b) >= 2:
			return Extent{Header: 2, Body: int64(b[1]), Announced: true, Field: 1}, nil
		case flags&zmtpLong != 0 && len(b) >= 9:
			n := binary.BigEndian.Uint64(b[1:])
			if n > math.MaxInt64-9 {
				return Extent{}, tooLong(1, "length %d is longer than any stream", n)
			}
			return Extent{Header: 9, Body: int64(n), Announced: true, Field: 1}, nil
		}
	}
	return Extent{}, ErrMore
}

func (z zmtp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(z, dst, like, payload)
}

// AppendHeader keeps the flags to imitate, and LONG where a short length would do.
func (z zmtp) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	flags := byte(0)
	if !like.none() {
		e, err := z.Scan(like.Header, new(Cursor))
		if err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		if e.Silent {
			if size > 0 {
				return dst, ErrMarks // a greeting has no payload
			}
			return append(dst, like.Header...), nil
		}
		flags = like.Header[0]
	}
	if size > math.MaxUint8 {
		flags |= zmtpLong
	}
	if flags&zmtpLong == 0 {
		return append(dst, flags, byte(size)), nil
	}
	return binary.BigEndian.AppendUint64(append(dst, flags), uint64(size)), nil
}

func (zmtp) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

// Split is called only after a first frame, where no greeting can be.
func (zmtp) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) {
		e, err := zmtpFrame(b[at:])
		if err != nil || e.Body > int64(len(b)-at-e.Header) {
			break
		}
		spans = append(spans, spanOf(e, at))
		at = spans[len(spans)-1].End
	}
	return spans
}

func (zmtp) Describe(dst []FieldText, header, body []byte) []FieldText {
	switch {
	case len(header) == zmtpGreeting:
		name := header[12:32]
		for len(name) > 0 && name[len(name)-1] == 0 {
			name = name[:len(name)-1]
		}
		return append(dst, FieldText{"greeting", fmt.Sprintf("ZMTP %d.%d", header[10], header[11])}, FieldText{"mechanism", printable(name)})
	case len(header) == 0:
		return dst
	case header[0]&zmtpCommand != 0:
		if len(body) > 0 && len(body) > int(body[0]) {
			return append(dst, FieldText{"command", printable(body[1 : 1+body[0]])})
		}
		return append(dst, FieldText{"command", "without a name"})
	}
	more := "no"
	if header[0]&zmtpMore != 0 {
		more = "yes"
	}
	return append(dst, FieldText{"more", more})
}

func (zmtp) known(field string) ([]FieldText, func(string) string) {
	if field == "more" {
		return []FieldText{{"no", "no"}, {"yes", "yes"}}, nothing
	}
	return nil, nil
}

func parseZMTP(*Entry, *settings) (Framing, error) { return zmtp{}, nil }

// lengthField returns the length with the flags before it, as one of them announces its size.
func (zmtp) lengthField(frame []byte, e Extent) (field lengthField, ok bool) {
	flags := frame[0]
	wide := func(v uint64) []byte { return binary.BigEndian.AppendUint64([]byte{flags | zmtpLong}, v) }
	field = lengthField{Size: e.Header, Value: uint64(e.Body), Max: math.MaxUint64, Full: math.MaxUint64, Negative: wide(1 << 63), Put: func(v uint64) []byte {
		if v <= math.MaxUint8 {
			return []byte{flags &^ zmtpLong, byte(v)}
		}
		return wide(v)
	}}
	if e.Header == 2 {
		field.Long = wide(field.Value)
	}
	return field, true
}

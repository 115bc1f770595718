package framing

import (
	"encoding/binary"
	"fmt"
	"math"
)

// x11 is what an X11 client sends: a setup, once, then requests. Their length
// counts the whole request in words of 4 bytes; 0 means that 4 bytes of length follow
// (the extension BIG-REQUESTS).
//
//	order | 0 | major | minor | name length | data length | 0 0 | name, data     setup
//	opcode | data | length, 2 bytes | payload
//	opcode | data | 00 00 | length, 4 bytes | payload
//
// The setup is a silent frame. With role=client a stream begins with it. Without that key a
// stream has only requests; but if it is known which end sends it, its first bytes show what
// they are, because a capture may begin later. The Cursor's Stream is 1 after the first frame.
// The byte order is the same in the whole connection: B or l in the setup.
//
// Source: X Window System Protocol, sections 1 and 8, appendix B; Big Requests
// Extension.
type x11 struct {
	setups setups
	role   role
	order  x11Order
}

// setups are where a stream may have a setup.
type setups int

const (
	noSetup   setups = iota
	mustSetup        // at the start
	maySetup         // at the start, or there is none
)

type x11Order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

const (
	x11Setup   = 12  // fixed part of a setup
	x11NoOp    = 127 // the opcode of NoOperation
	x11Request = 4
	x11Big     = 8
)

func (x *x11) String() string {
	w := newSpec("x11")
	x.role.arg(w)
	if x.order == binary.BigEndian {
		w.arg("endian=be")
	}
	return w.b.String()
}

func (x *x11) Scan(b []byte, c *Cursor) (Extent, error) {
	if x.setups == noSetup || c.Stream == 1 {
		return x.request(b)
	}
	var e Extent
	var err error
	if x.setups == mustSetup || x.begins(b) {
		e, err = x.setup(b)
	} else {
		e, err = x.request(b)
	}
	if err == nil {
		c.Stream = 1
	}
	return e, err
}

// setup measures the setup. It carries only a client's credentials, no message.
func (x *x11) setup(b []byte) (Extent, error) {
	if len(b) == 0 {
		return Extent{}, ErrMore
	}
	mine, other, word := byte('l'), byte('B'), "be"
	if x.order == binary.BigEndian {
		mine, other, word = 'B', 'l', "le"
	}
	switch {
	case b[0] == other:
		return Extent{}, malformed(BadMagic, 0, "the byte order in the setup is %q, expected endian=%s", b[:1], word)
	case b[0] != mine:
		return Extent{}, malformed(BadMagic, 0, "found %q, expected a setup, which begins with its byte order, B or l", b[:1])
	case len(b) < x11Setup:
		return Extent{}, ErrMore
	}
	name, data := int(x.order.Uint16(b[6:])), int(x.order.Uint16(b[8:]))
	return Extent{Header: x11Setup + (name+3)&^3 + (data+3)&^3, Silent: true}, nil
}

// begins reports whether b is the start of a setup, as far as it goes.
func (x *x11) begins(b []byte) bool {
	start := []byte{'l', 0, 11, 0, 0, 0}
	if x.order == binary.BigEndian {
		start = []byte{'B', 0, 0, 11, 0, 0}
	}
	return len(b) > 0 && differs(b, 0, string(start)) < 0
}

// request measures a request.
func (x *x11) request(b []byte) (Extent, error) {
	if len(b) < x11Request {
		return Extent{}, ErrMore
	}
	if words := int64(x.order.Uint16(b[2:])); words > 0 {
		return Extent{Header: x11Request, Body: 4*words - x11Request, Announced: true, Field: 2}, nil
	}
	if len(b) < x11Big {
		return Extent{}, ErrMore
	}
	words := int64(x.order.Uint32(b[4:]))
	if 4*words < x11Big {
		return Extent{}, malformed(LengthTooSmall, 4, "length %d is less than the header, which has %d words", words, x11Big/4)
	}
	return Extent{Header: x11Big, Body: 4*words - x11Big, Announced: true, Field: 4}, nil
}

func (x *x11) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(x, dst, like, payload)
}

// AppendHeader keeps a length of 4 bytes where 2 would do.
func (x *x11) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	h := like.Header
	e := Extent{Header: x11Request}
	switch err := error(nil); {
	case like.none() && x.setups == mustSetup:
		return dst, payloadError("%s begins with a setup, so the first message needs it as its header; x11 writes only requests", x)
	case like.none():
		h = x11Default
	case x.setups != noSetup && len(h) >= x11Setup:
		if e, err = x.setup(h); err != nil || e.Header != len(h) || len(like.Trailer) > 0 || size > 0 {
			return dst, ErrMarks
		}
		return append(dst, h...), nil
	default:
		if e, err = x.request(h); err != nil || e.Header != len(h) || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
	}
	if size%4 != 0 {
		return dst, payloadError("a payload of %s is not a multiple of the length unit, 4", plural(size, "byte"))
	}
	if words := (x11Request + size) / 4; e.Header == x11Request && words <= math.MaxUint16 {
		return x.order.AppendUint16(append(dst, h[:2]...), uint16(words)), nil
	}
	words := (x11Big + size) / 4
	if words > math.MaxUint32 {
		return dst, payloadError("a payload of %s is too long for x11", plural(size, "byte"))
	}
	return x.order.AppendUint32(append(dst, h[0], h[1], 0, 0), uint32(words)), nil
}

var x11Default = []byte{x11NoOp, 0, 0, 0}

func (*x11) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

// Split is called only after a first frame, where no setup can be.
func (x *x11) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) {
		e, err := x.request(b[at:])
		if err != nil || int64(e.Header)+e.Body > int64(len(b)-at) {
			break
		}
		s := spanOf(e, at)
		spans, at = append(spans, s), s.End
	}
	return spans
}

func (x *x11) Describe(dst []FieldText, header, _ []byte) []FieldText {
	switch {
	case len(header) < x11Request:
		return dst
	case x.setups != noSetup && len(header) >= x11Setup:
		return append(dst, FieldText{"setup", fmt.Sprintf("X%d.%d", x.order.Uint16(header[2:]), x.order.Uint16(header[4:]))})
	}
	name := x11Opcodes.Of(uint64(header[0]))
	if name == "" {
		name = fmt.Sprint(header[0])
	}
	return append(dst, FieldText{"opcode", name})
}

func (*x11) known(field string) ([]FieldText, func(string) string) {
	if field == "setup" {
		return nil, nil
	}
	return x11Opcodes.known(), otherThan(x11Opcodes, "%d", 255)
}

// x11Opcodes are some core requests. From 128 on they belong to extensions; a server
// assigns those numbers.
var x11Opcodes = names{
	{1, "CreateWindow"}, {2, "ChangeWindowAttributes"}, {3, "GetWindowAttributes"}, {4, "DestroyWindow"}, {8, "MapWindow"}, {10, "UnmapWindow"},
	{12, "ConfigureWindow"}, {14, "GetGeometry"}, {15, "QueryTree"}, {16, "InternAtom"}, {17, "GetAtomName"}, {18, "ChangeProperty"},
	{19, "DeleteProperty"}, {20, "GetProperty"}, {22, "SetSelectionOwner"}, {23, "GetSelectionOwner"}, {24, "ConvertSelection"}, {25, "SendEvent"},
	{36, "GrabServer"}, {37, "UngrabServer"}, {38, "QueryPointer"}, {42, "SetInputFocus"}, {43, "GetInputFocus"}, {45, "OpenFont"}, {46, "CloseFont"},
	{53, "CreatePixmap"}, {54, "FreePixmap"}, {55, "CreateGC"}, {56, "ChangeGC"}, {60, "FreeGC"}, {61, "ClearArea"}, {62, "CopyArea"},
	{65, "PolyLine"}, {66, "PolySegment"}, {70, "PolyFillRectangle"}, {72, "PutImage"}, {73, "GetImage"}, {76, "ImageText8"}, {78, "CreateColormap"},
	{81, "InstallColormap"}, {84, "AllocColor"}, {98, "QueryExtension"}, {99, "ListExtensions"}, {101, "GetKeyboardMapping"},
	{107, "SetScreenSaver"}, {108, "GetScreenSaver"}, {119, "GetModifierMapping"}, {127, "NoOperation"},
}

func parseX11(k *Entry, s *settings) (Framing, error) {
	x := &x11{role: s.role(k, "client"), order: binary.LittleEndian}
	switch {
	case x.role.given:
		x.setups = mustSetup
	case s.end != noEnd:
		x.setups = maySetup
	}
	if s.choice("endian", 0, "le", "be") == 1 {
		x.order = binary.BigEndian
	}
	return x, nil
}

// lengthField returns the length, which counts words of 4 bytes.
func (x *x11) lengthField(frame []byte, e Extent) (field lengthField, ok bool) {
	if e.Header == x11Big {
		return integerField(frame, 4, 4, x.order), true
	}
	return integerField(frame, 2, 2, x.order), true
}

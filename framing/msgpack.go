package framing

import "math"

// msgpack is MessagePack values one after the other; a frame is a value.
//
//	│ 82 a1 a 01 a1 b 92 02 03 │ 2a │ c0 │
//	  └ a map of 2            └ 42 └ nil
//
// Arrays and maps announce how many values follow, so all that is remembered is how many
// are still to come.
//
// Source: MessagePack specification, "Formats".
type msgpack struct{}

func (msgpack) String() string { return "msgpack" }

// Pending in the Cursor is how many values are still to come after those up to Seen, 0 at the start.
func (msgpack) Scan(b []byte, c *Cursor) (Extent, error) {
	if c.Pending == 0 {
		c.Pending = 1
	}
	for c.Pending > 0 && c.Seen < len(b) {
		head, size, values, err := msgpackValue(b[c.Seen:])
		switch {
		case err != nil:
			err.Offset += int64(c.Seen)
			return Extent{Body: int64(c.Seen) + c.Pending}, err
		case head == 0:
			return Extent{Body: int64(c.Seen) + c.Pending}, ErrMore
		case size > int64(math.MaxInt-c.Seen-head):
			return Extent{Body: int64(c.Seen) + c.Pending}, tooLong(c.Seen, "length %d is longer than any stream", size)
		}
		c.Seen += head + int(size)
		c.Pending += values - 1
	}
	e := Extent{Body: int64(c.Seen) + c.Pending}
	if c.Pending > 0 || len(b) == 0 {
		return e, ErrMore
	}
	return e, nil
}

// msgpackValue reads the first bytes of the value at the start of b: how many they are, how many bytes of
// the value follow, and how many values are in it. If more are needed, head is 0.
func msgpackValue(b []byte) (head int, size, values int64, err *Error) {
	width := 0 // of the size
	switch v := b[0]; {
	case v < 0x80, v >= 0xe0, v == 0xc0, v == 0xc2, v == 0xc3:
		return 1, 0, 0, nil
	case v < 0x90:
		return 1, 0, 2 * int64(v&15), nil
	case v < 0xa0:
		return 1, 0, int64(v & 15), nil
	case v < 0xc0:
		return 1, int64(v & 31), 0, nil
	case v == 0xc1:
		return 0, 0, 0, malformed(BadType, 0, "found 0xc1, which no value begins with")
	case v <= 0xc6: // bin
		width = 1 << (v - 0xc4)
	case v <= 0xc9: // ext, with a byte of type
		width, size = 1<<(v-0xc7), 1
	case v <= 0xcb: // float
		return 1, 4 << (v - 0xca), 0, nil
	case v <= 0xcf: // uint
		return 1, 1 << (v - 0xcc), 0, nil
	case v <= 0xd3: // int
		return 1, 1 << (v - 0xd0), 0, nil
	case v <= 0xd8: // fixext
		return 1, 1 + 1<<(v-0xd4), 0, nil
	case v <= 0xdb: // str
		width = 1 << (v - 0xd9)
	case v <= 0xdd: // array
		width = 2 << (v - 0xdc)
	default: // map
		width = 2 << (v - 0xde)
	}
	if len(b) < 1+width {
		return 0, 0, 0, nil
	}
	n := int64(0)
	for _, c := range b[1 : 1+width] {
		n = n<<8 | int64(c)
	}
	switch v := b[0]; {
	case v >= 0xde:
		return 1 + width, 0, 2 * n, nil
	case v >= 0xdc:
		return 1 + width, 0, n, nil
	}
	return 1 + width, size + n, 0, nil
}

func (msgpack) Split(b []byte, spans []Span) []Span { return splitScan(msgpack{}, b, spans) }

func (m msgpack) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendValue(m, dst, like, payload, "a MessagePack value")
}

// appendValue appends a payload that must be one whole frame of f, all body.
func appendValue(f Framing, dst []byte, like Marks, payload []byte, what string) ([]byte, error) {
	if !like.none() {
		return dst, ErrMarks
	}
	c := cursors.Get().(*Cursor)
	defer cursors.Put(c)
	*c = Cursor{EOF: true}
	switch e, err := f.Scan(payload, c); {
	case len(payload) == 0:
		return dst, payloadError("an empty payload is not %s", what)
	case err == ErrMore, err == nil && e.Body > int64(len(payload)):
		return dst, payloadError("the payload ends inside %s", what)
	case err != nil:
		return dst, payloadError("the payload is not %s: %s", what, err.(*Error).Detail)
	case e.Body < int64(len(payload)):
		return dst, payloadError("the payload has more bytes after %s, at byte %d", what, e.Body)
	}
	return append(dst, payload...), nil
}

// Structure calls keep with the first bytes of each value that has more: they show its type and its length. A
// value of one byte may become any other of one byte.
func (msgpack) Structure(payload []byte, keep func(start, end int)) {
	for at := 0; at < len(payload); {
		head, size, values, err := msgpackValue(payload[at:])
		if err != nil || head == 0 || size > int64(len(payload)-at-head) {
			return
		}
		if head > 1 || size > 0 || values > 0 {
			keep(at, at+head)
		}
		at += head + int(size)
	}
}

// msgpackTypes are the types of values by their first byte, up to which each is.
var msgpackTypes = names{{0x7f, "int"}, {0x8f, "map"}, {0x9f, "array"}, {0xbf, "str"}, {0xc0, "nil"}, {0xc3, "bool"}, {0xc6, "bin"}, {0xc9, "ext"},
	{0xcb, "float"}, {0xd3, "int"}, {0xd8, "ext"}, {0xdb, "str"}, {0xdd, "array"}, {0xdf, "map"}, {0xff, "int"}}

// Describe returns the type of the value.
func (msgpack) Describe(dst []FieldText, _, body []byte) []FieldText {
	for i := range msgpackTypes {
		if len(body) > 0 && uint64(body[0]) <= msgpackTypes[i].Value {
			return append(dst, FieldText{"type", msgpackTypes[i].Name})
		}
	}
	return dst
}

func (msgpack) known(string) ([]FieldText, func(string) string) { return msgpackTypes.known(), nothing }

func parseMsgpack(*Entry, *settings) (Framing, error) { return msgpack{}, nil }

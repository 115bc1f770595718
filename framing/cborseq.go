package framing

import (
	"math"
	"math/bits"
)

// cborSeq is a CBOR sequence: CBOR data items one after the other; a frame is an item.
//
//	│ a1 61 a 01 │ 9f 01 02 ff      │ 18 2a │
//	  └ a map      └ an array up to ff  └ 42
//
// Source: RFC 8742; RFC 8949 section 3 and appendix C.
type cborSeq struct{}

func (cborSeq) String() string { return "cbor-seq" }

// A cborState is what is remembered inside an item: how many items are still to come, and
// in what they are. In the Cursor, count and kind are in Pending. What is around an array, map or string of
// indefinite length is in Stream, most recent last, after a bit that is set: count and kind of each, and
// the width of the count.
type cborState struct {
	count  int64 // items that were announced and are still to come
	kind   int64 // of the innermost array, map or string of indefinite length
	around uint64
}

// The kinds.
const (
	cborWhole    = iota // there is none
	cborArray           // an array
	cborKey             // a map, whose next item is a key
	cborValue           // a map, whose next item is a value
	cborBytes           // a byte string, whose parts follow
	cborText            // a text string
	cborKindSize = 3
)

// maxCBOR bounds how many items may be still to come.
const maxCBOR = 1 << 58

func (cborSeq) Scan(b []byte, c *Cursor) (Extent, error) {
	s := cborState{c.Pending >> cborKindSize, c.Pending & (1<<cborKindSize - 1), c.Stream}
	if c.Pending == 0 {
		s = cborState{count: 1, around: 1}
	}
	for !s.done() {
		before := s
		head, size, err := 0, uint64(0), (*Error)(nil)
		if c.Seen < len(b) {
			head, size, err = s.item(b[c.Seen:])
		}
		if size > uint64(math.MaxInt-c.Seen-head) {
			err = tooLong(0, "length %d is longer than any stream", size)
		}
		switch {
		case err != nil:
			err.Offset += int64(c.Seen)
			c.Stream = 0
			return Extent{Body: int64(c.Seen) + before.least()}, err
		case head == 0:
			c.Pending, c.Stream = s.count<<cborKindSize|s.kind, s.around
			return Extent{Body: int64(c.Seen) + s.least()}, ErrMore
		}
		c.Seen += head + int(size)
	}
	c.Stream = 0
	return Extent{Body: int64(c.Seen)}, nil
}

func (s *cborState) done() bool { return s.count == 0 && s.kind == cborWhole }

// least returns how many bytes the items that are still to come have at least.
func (s cborState) least() (n int64) {
	for ; s.kind != cborWhole; s.pop() {
		n += s.count + 1 // a break ends it
	}
	return n + s.count
}

// item reads the head of the item at the start of b: its length, and how many bytes of the item follow. If more are
// needed, the length is 0.
func (s *cborState) item(b []byte) (head int, size uint64, err *Error) {
	major, low := b[0]>>5, b[0]&31
	head, n := 1, uint64(low)
	switch {
	case low == 31:
	case low > 27:
		return 0, 0, malformed(BadType, 0, "found 0x%02x, which no item begins with", b[0])
	case low >= 24:
		if head += 1 << (low - 24); len(b) < head {
			return 0, 0, nil
		}
		n = 0
		for _, c := range b[1:head] {
			n = n<<8 | uint64(c)
		}
	}
	string := major == 2 || major == 3
	switch {
	case b[0] == 0xff:
		if s.count > 0 || s.kind == cborWhole || s.kind == cborValue {
			return 0, 0, malformed(BadType, 0, "found a break (0xff), expected an item")
		}
		s.pop()
		return head, 0, nil
	case s.count == 0 && (s.kind == cborBytes || s.kind == cborText) && (low == 31 || int64(major) != s.kind-cborBytes+2):
		return 0, 0, malformed(BadType, 0, "found 0x%02x, expected a part of the string, or a break", b[0])
	case low == 31 && (major < 2 || major > 5):
		return 0, 0, malformed(BadType, 0, "found 0x%02x, which no item begins with", b[0])
	case major == 7 && low == 24 && n < 32:
		return 0, 0, malformed(BadType, 0, "the simple value %d is written in 2 bytes, expected 1", n)
	}
	s.next()
	switch {
	case low == 31:
		if !s.push([...]int64{cborBytes, cborText, cborArray, cborKey}[major-2]) {
			return 0, 0, malformed(BadType, 0, "items of indefinite length are nested too deep")
		}
	case string:
		return head, n, nil
	case major == 4, major == 5:
		if n > maxCBOR/2 || s.count > maxCBOR/2 {
			return 0, 0, tooLong(0, "%d items are longer than any stream", n)
		}
		s.count += int64(n) << (major - 4)
	case major == 6: // a tag, and the item it is for
		s.count++
	}
	return head, 0, nil
}

// next counts an item.
func (s *cborState) next() {
	switch {
	case s.count > 0:
		s.count--
	case s.kind == cborKey:
		s.kind = cborValue
	case s.kind == cborValue:
		s.kind = cborKey
	}
}

// push begins an array, map or string of indefinite length; it is not ok if the state has no room for what is
// around it.
func (s *cborState) push(kind int64) bool {
	width, code := cborWidth(s.count)
	if bits.Len64(s.around)+width+4 > 64 {
		return false
	}
	s.around = (s.around<<width|uint64(s.count))<<4 | uint64(s.kind)<<2 | code
	s.count, s.kind = 0, kind
	return true
}

// pop ends it.
func (s *cborState) pop() {
	code := s.around & 3
	s.kind = int64(s.around >> 2 & 3)
	s.around >>= 4
	width := [...]int{0, 4, 16, 59}[code]
	s.count = int64(s.around & (1<<width - 1))
	s.around >>= width
}

// cborWidth returns how many bits a count takes, and the code for that.
func cborWidth(count int64) (width int, code uint64) {
	switch {
	case count == 0:
		return 0, 0
	case count < 1<<4:
		return 4, 1
	case count < 1<<16:
		return 16, 2
	}
	return 59, 3
}

func (cborSeq) Split(b []byte, spans []Span) []Span { return splitScan(cborSeq{}, b, spans) }

func (q cborSeq) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendValue(q, dst, like, payload, "a CBOR item")
}

// Structure calls keep with what shows where items end: the length of a string, array or map, breaks and tags, and the
// first byte of a number that has more. An item of one byte may become any other of one byte.
func (cborSeq) Structure(payload []byte, keep func(start, end int)) {
	s := cborState{count: 1, around: 1}
	for at := 0; at < len(payload) && !s.done(); {
		head, size, err := s.item(payload[at:])
		if err != nil || head == 0 || size > uint64(len(payload)-at-head) {
			return
		}
		switch first := payload[at]; {
		case first>>5 >= 2 && first>>5 <= 6, first == 0xff:
			keep(at, at+head)
		case head > 1:
			keep(at, at+1)
		}
		at += head + int(size)
	}
}

// cborTypes are the major types.
var cborTypes = names{{0, "unsigned"}, {1, "negative"}, {2, "bytes"}, {3, "text"}, {4, "array"}, {5, "map"}, {6, "tag"}, {7, "simple"}}

// Describe returns the type of the item.
func (cborSeq) Describe(dst []FieldText, _, body []byte) []FieldText {
	if len(body) == 0 {
		return dst
	}
	return append(dst, FieldText{"type", cborTypes.Of(uint64(body[0] >> 5))})
}

func (cborSeq) known(string) ([]FieldText, func(string) string) { return cborTypes.known(), nothing }

func parseCBORSeq(*Entry, *settings) (Framing, error) { return cborSeq{}, nil }

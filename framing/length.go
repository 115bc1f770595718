package framing

import (
	"bytes"
	"math"
	"math/bits"
	"strings"
)

// length is the generic rule of u8 … u64le, ascii, bcd and many protocols: a header of
// fixed size contains the length of what follows.
//
//	                 ├──────── (field & mask) × unit + adjust ────────┤
//	┌────────┬───────┬───────────────┬────────────────────────────────┬─────────┐
//	│ before │ field │ rest of header│ payload                        │ trailer │
//	└────────┴───────┴───────────────┴────────────────────────────────┴─────────┘
//	├ offset ┼ size  ┤               │
//	├──────────── header ────────────┤
//
// Source: Netty's LengthFieldBasedFrameDecoder, whose lengthAdjustment is adjust;
// twisted's IntNStringReceiver and Erlang's {packet,N} are special cases.
type length struct {
	digits digits // how the field writes its number
	size   int    // width of the field, 1 to 8
	little bool
	signed bool

	offset, header int
	adjust         int64
	unit, mask     uint64
	min, max       uint64 // bounds of the value
	magic          string
	magicAt        int
	prefix         string // the header that is written, before the length is filled in
	trailer        string
	apart          int // bytes between payload and trailer, of a checksum that the length does not count

	preset bool   // the rule of a protocol; only those use usual, demand and spec
	usual  *usual // nil if the protocol allows all that the rule does
	fields []Field
	demand func(l *length, header []byte, v uint64) error // checks more of a header; may be nil
	fill   func(header []byte, size int64)                // fills in more of a header for a payload of this size; may be nil
	spec   string                                         // as it was given, if it is a protocol's
	strict bool                                           // refuse what the protocol forbids, even if peers accept it

	plain bool // a big- or little-endian length, then the payload; nothing else is set
	show  int  // bytes of header that Scan must see before it answers
}

func (l *length) String() string {
	if l.preset {
		return l.spec
	}
	return lengthSpec(l)
}

func (l *length) Scan(b []byte, c *Cursor) (Extent, error) {
	if err := l.checkHeader(b[:min(len(b), l.show)]); err != nil {
		return Extent{}, err
	}
	if len(b) < l.show {
		return Extent{}, ErrMore
	}
	v := l.value(b[l.offset:])
	if l.signed && v>>(8*l.size-1) != 0 {
		return Extent{}, malformed(lengthNegative, l.offset, "length %d is negative", int64(v<<(64-8*l.size))>>(64-8*l.size))
	}
	v &= l.mask
	if v > l.max {
		return l.extent(v), tooLong(l.offset, "length %d is over the maximum %d of %s", v, l.max, l)
	}
	if v < l.min {
		return Extent{}, malformed(LengthTooSmall, l.offset, "length %d is under the minimum %d", v, l.min)
	}
	if l.demand != nil {
		if err := l.demand(l, b[:l.header], v); err != nil {
			return Extent{}, err
		}
	}
	e := l.extent(v)
	switch {
	case !e.Announced:
		return e, tooLong(l.offset, "length %d is longer than any stream", v)
	case e.Body < 0:
		return Extent{}, malformed(LengthTooSmall, l.offset, "length %d is less than the size of the header, which it counts", v)
	}
	return e, nil
}

// extent returns the extent of a frame whose length field has the value v. It is not
// Announced, and has no sizes, if no stream can be that long.
func (l *length) extent(v uint64) Extent {
	n, ok := l.rest(v)
	if !ok {
		return Extent{}
	}
	return Extent{
		Header: l.header, Body: n - int64(l.header-l.offset-l.size), Trailer: len(l.trailer), Want: l.trailer,
		Announced: true, Field: l.offset,
	}
}

// checkHeader looks for the first byte that shows a fault, in as much of a header as has
// arrived. So it finds the same fault however much is there.
func (l *length) checkHeader(b []byte) error {
	var first error
	seen := len(b) + 1 // how many bytes show the first fault
	if i := differs(b, l.magicAt, l.magic); i >= 0 {
		first, seen = badMagic(b, l.magicAt, l.magic), i+1
	}
	if l.digits != binaryDigits && len(b) > l.offset {
		i := l.digits.badDigit(b[l.offset:min(len(b), l.offset+l.size)])
		if i += l.offset; i >= l.offset && i < seen {
			first, seen = malformed(BadLength, i, "found %q in the length, expected a digit", b[i:][:1]), i+1
		}
	}
	if err := checkFields(l.fields, b[:min(len(b), seen-1)], l.strict); err != nil {
		return err
	}
	return first
}

// rest returns the number of bytes after the field that value v announces. It is not ok if
// no stream can be that long.
func (l *length) rest(v uint64) (n int64, ok bool) {
	hi, n64 := bits.Mul64(v, l.unit)
	if hi != 0 || n64 > math.MaxInt64 {
		return 0, false
	}
	n = int64(n64) + l.adjust
	if n < 0 {
		return n, l.adjust < 0
	}
	return n, n <= math.MaxInt64-int64(l.offset+l.size+l.apart+len(l.trailer))
}

func (l *length) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(l, dst, like, payload)
}

func (l *length) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	v, err := l.announce(size)
	if err != nil {
		return dst, err
	}
	start := len(dst)
	if like.none() {
		dst = append(dst, l.prefix...)
	} else if l.wrote(like) {
		dst = append(dst, like.Header...)
	} else {
		return dst, ErrMarks
	}
	l.put(dst[start+l.offset:], v)
	if l.fill != nil {
		l.fill(dst[start:], size)
	}
	if l.preset {
		if _, err := l.Scan(dst[start:], new(Cursor)); err != nil {
			return dst[:start], refused(err, like)
		}
	}
	return dst, nil
}

// refused turns the fault that Scan finds in a header that Append has made into an error of
// Append: ErrMarks if there are marks to imitate, else ErrPayload.
func refused(err error, like Marks) error {
	if !like.none() {
		return ErrMarks
	}
	return payloadError("%s", err.(*Error).Detail)
}

// announce returns the value of the field for a payload of size bytes.
func (l *length) announce(size int64) (uint64, error) {
	n := size + int64(l.header-l.offset-l.size) - l.adjust
	if n < 0 {
		return 0, payloadError("a payload of %d bytes is too short: its length would be negative", size)
	}
	v := uint64(n) / l.unit
	if uint64(n)%l.unit != 0 {
		return 0, payloadError("a payload of %s is not a multiple of the length unit, %d", plural(size, "byte"), l.unit)
	}
	if v > l.max || v > l.mask || l.signed && v>>(8*l.size-1) != 0 {
		return 0, payloadError("a payload of %s is too long for %s", plural(size, "byte"), l)
	}
	if v&^l.mask != 0 {
		return 0, payloadError("the mask %#x has no room for %d, the length of a payload of %s", l.mask, v, plural(size, "byte"))
	}
	if v < l.min {
		return 0, payloadError("a payload of %s is too short for %s", plural(size, "byte"), l)
	}
	return v, nil
}

// wrote reports whether like can be a header and trailer of this rule.
func (l *length) wrote(like Marks) bool {
	h := like.Header
	return len(h) == l.header && string(like.Trailer) == l.trailer &&
		strings.HasPrefix(string(h[l.magicAt:]), l.magic) && l.digits.badDigit(h[l.offset:][:l.size]) < 0 && !l.negative(h)
}

// negative reports whether the length in a header is signed and negative.
func (l *length) negative(header []byte) bool {
	return l.signed && l.value(header[l.offset:])>>(8*l.size-1) != 0
}

func (l *length) AppendTrailer(dst []byte, _ Marks, _ int64) []byte {
	return append(dst, l.trailer...)
}

func (l *length) Sync(b []byte) (int, bool) {
	if l.magic == "" {
		return -1, false
	}
	return syncAt(b[min(l.magicAt, len(b)):], l.magic)
}

// checkMagic compares as much of b[at:] as has arrived with the magic.
func checkMagic(b []byte, at int, magic string) error {
	if differs(b, at, magic) >= 0 {
		return badMagic(b, at, magic)
	}
	return nil
}

// differs returns where b first differs from the magic at offset at, or -1.
func differs(b []byte, at int, magic string) int {
	for i := range min(len(magic), len(b)-at) {
		if b[at+i] != magic[i] {
			return at + i
		}
	}
	return -1
}

func badMagic(b []byte, at int, magic string) error {
	return malformed(BadMagic, at, "found %s, expected %s", shown(string(b[at:differs(b, at, magic)+1])), shown(magic))
}

// syncAt finds mark in b. If it is not there, n is where it may begin at the end of b.
func syncAt(b []byte, mark string) (n int, found bool) {
	if i := bytes.Index(b, []byte(mark)); i >= 0 {
		return i, true
	}
	return max(0, len(b)-len(mark)+1), false
}

// appendAnnounced is Append for an Announcer.
func appendAnnounced(a Announcer, dst []byte, like Marks, payload []byte) ([]byte, error) {
	out, err := a.AppendHeader(dst, like, int64(len(payload)))
	if err != nil {
		return dst, err
	}
	return a.AppendTrailer(append(out, payload...), like, int64(len(payload))), nil
}

// finish fills in the fields that follow from the others.
func (l *length) finish() {
	l.prefix = l.image(l.prefix)
	capacity := l.digits.capacity(l.size)
	l.mask &= math.MaxUint64 >> bits.LeadingZeros64(capacity)
	l.max = min(l.max, capacity)
	l.show = max(l.offset+l.size, l.magicAt+len(l.magic))
	for _, f := range l.fields {
		if f.Only != "" || f.Zero {
			l.show = max(l.show, f.At+f.Size)
		}
	}
	if l.demand != nil {
		l.show = l.header
	}
	l.plain = !l.preset && l.digits == binaryDigits && !l.signed && l.offset == 0 && l.header == l.size && l.adjust == 0 &&
		l.unit == 1 && l.mask == capacity && l.min == 0 && l.max == capacity && l.magic == "" && l.trailer == "" && l.apart == 0
}

// image returns the header that encode writes, before the length is filled in.
func (l *length) image(prefix string) string {
	image := make([]byte, l.header)
	if l.digits == asciiDigits {
		copy(image[l.offset:], strings.Repeat("0", l.size))
	}
	copy(image[l.magicAt:], l.magic)
	copy(image, prefix)
	return string(image)
}

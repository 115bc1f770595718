package framing

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
)

// A Length is the generic rule of a length field in a header of fixed size; its method
// Framing makes a Framing. The zero value is "u32be": a 4-byte big-endian length of the
// payload that follows it.
//
//	                 ├──────── (field & Mask) × Unit + Adjust ────────┤
//	┌────────┬───────┬───────────────┬────────────────────────────────┬─────────┐
//	│ before │ field │ rest of header│ payload, checksum              │ Trailer │
//	└────────┴───────┴───────────────┴────────────────────────────────┴─────────┘
//	├ Offset ┼ Size  ┤               │
//	├──────────── Header ────────────┤
//
// Sizes and offsets are in bytes. A field that is 0 or "" has the default that is given.
type Length struct {
	Size   int              // width of the field, 1 to 8; 4 by default
	Order  binary.ByteOrder // of the field; binary.BigEndian by default
	Digits string           // "ascii": decimal digits, "bcd": two decimal digits a byte; binary by default
	Offset int              // bytes before the field, up to 65536
	Header int              // the whole header; Offset + Size by default, 65536 at most

	// Adjust is added to the length to get the number of bytes after the field: 0 if it
	// counts just those, -(Offset + Size) if it counts the whole frame.
	Adjust int64

	Unit   int    // the length counts units of so many bytes; 1 by default
	Mask   uint64 // the bits of the field that are the length; all by default
	Signed bool   // a length whose top bit is set is malformed, not huge

	// Min and Max bound the value of the field. Max is what the field can hold by default.
	Min, Max uint64

	Magic   string // bytes that every header has: frames are found by it after an error
	MagicAt int    // where they are in the header
	Prefix  string // the first bytes of headers that are written; Magic and zeros by default
	Trailer string // bytes after each payload and checksum; the length does not count them

	// Checksum names a checksum after each payload: it is written and checked, and part of
	// Frame.Trailer. The names are those of the key crc: "crc32", "crc32c", "adler32",
	// "crc16-arc", "crc16-ccitt", "crc16-dnp", "crc16-kermit", "crc16-modbus", "crc16-x25",
	// "crc16-xmodem", "crc24q", "fletcher8" and "fletcher16", each with "-be" or "-le" after it if need be, and "crc8", "sum8" and
	// "xor8".
	Checksum       string
	ChecksumHeader int  // how many bytes of the header it covers too, the last ones; -1 is all
	ChecksumApart  bool // the length does not count it
}

// Framing returns the framing of this rule. The error names the values that contradict
// each other, or are not in range.
func (v Length) Framing() (Framing, error) {
	if err := v.inRange(); err != nil {
		return nil, err
	}
	l := v.rule()
	if c := l.conflict(v.Mask != 0, v.Max != 0); c != nil {
		return nil, errors.New("framing.Length: " + c.text)
	}
	l.finish()
	if v.ChecksumHeader < -1 || v.ChecksumHeader > l.header {
		return nil, fmt.Errorf("framing.Length: ChecksumHeader is %d, expected -1 to %d", v.ChecksumHeader, l.header)
	}
	from := l.header - v.ChecksumHeader
	if v.ChecksumHeader < 0 {
		from = 0
	}
	f, err := withSum(l, len(l.trailer), v.Checksum, coverage{from: from, apart: v.ChecksumApart})
	if err != nil {
		return nil, fmt.Errorf("framing.Length: %w", err)
	}
	return f, nil
}

// farthest is the longest header: no protocol has a longer one, and it bounds how much is
// held in memory.
const farthest = 1 << 16

func (v Length) inRange() error {
	for _, r := range []struct {
		name      string
		value     int64
		low, high int64
	}{
		{"Size", int64(v.Size), 0, 8}, {"Offset", int64(v.Offset), 0, farthest}, {"Header", int64(v.Header), 0, farthest},
		{"Adjust", v.Adjust, math.MinInt32, math.MaxInt32}, {"Unit", int64(v.Unit), 0, math.MaxInt32}, {"MagicAt", int64(v.MagicAt), 0, farthest},
	} {
		if r.value < r.low || r.value > r.high {
			return fmt.Errorf("framing.Length: %s is %d, expected %d to %d", r.name, r.value, r.low, r.high)
		}
	}
	switch v.Digits {
	case "":
	case "ascii", "bcd":
		if v.Mask != 0 || v.Signed || v.Order != nil {
			return errors.New("framing.Length: Order, Mask and Signed cannot be set for a length in digits")
		}
	default:
		return fmt.Errorf(`framing.Length: Digits is %q, expected "ascii", "bcd" or ""`, v.Digits)
	}
	return nil
}

// rule returns the rule of v with the defaults filled in.
func (v Length) rule() *length {
	l := &length{
		size: cmp.Or(v.Size, 4), little: v.Order != nil && v.Order.Uint16([]byte{1, 0}) == 1, signed: v.Signed,
		offset: v.Offset, adjust: v.Adjust, unit: uint64(cmp.Or(v.Unit, 1)), mask: cmp.Or(v.Mask, math.MaxUint64),
		min: v.Min, max: cmp.Or(v.Max, math.MaxUint64), magic: v.Magic, magicAt: v.MagicAt, prefix: v.Prefix, trailer: v.Trailer,
	}
	l.header = cmp.Or(v.Header, l.offset+l.size)
	switch v.Digits {
	case "ascii":
		l.digits = asciiDigits
	case "bcd":
		l.digits = bcdDigits
	}
	return l
}

// conflict looks for values of a rule that contradict each other. Mask and max report
// whether those values were given: only then must they fit in the field.
func (l *length) conflict(mask, max bool) *conflict {
	fails := func(keys, format string, args ...any) *conflict {
		return &conflict{fmt.Sprintf(format, args...), strings.Fields(keys), ""}
	}
	fieldEnd, magicEnd := l.offset+l.size, l.magicAt+len(l.magic)
	capacity := l.digits.capacity(l.size)
	most := min(capacity, l.mask)
	header, field := plural(int64(l.header), "byte"), plural(int64(l.size), "byte")
	switch {
	case l.header < fieldEnd:
		return fails("header", "header=%d leaves no room for the length field, which ends at %d", l.header, fieldEnd)
	case magicEnd > l.header:
		return l.afterMagic(fails("magic-at magic header", "the magic ends at %d, after the end of the header of %s", magicEnd, header))
	case len(l.prefix) > l.header:
		return fails("prefix header", "the prefix is longer than the header of %s", header)
	case !strings.HasPrefix(l.image(l.prefix)[l.magicAt:], l.magic):
		return fails("prefix magic magic-at", "the prefix contradicts the magic")
	case l.magicAt < fieldEnd && magicEnd > l.offset:
		return l.afterMagic(fails("magic-at magic offset", "the magic, %s at %d, overlaps the length field, which is at %d", plural(int64(len(l.magic)), "byte"), l.magicAt, l.offset))
	case l.mask&capacity == 0:
		return fails("mask", "the mask selects no bit of the length field of %s", field)
	case l.digits == binaryDigits && mask && l.mask > capacity:
		return fails("mask", "the length field of %s does not have the mask's bits %#x", field, l.mask&^capacity)
	case l.signed && (l.value([]byte(l.image(l.prefix))[l.offset:])&^l.mask)>>(8*l.size-1) != 0:
		return fails("prefix signed mask", "the prefix makes the signed length negative")
	case max && l.max > most:
		return fails("max", "max=%d is over %d, the largest possible length", l.max, most)
	case l.min > min(l.max, most):
		return fails("min max mask", "min=%d is over the maximum %d", l.min, min(l.max, most))
	}
	return nil
}

// afterMagic adds to c how to put the length after the magic, and what to write if the magic is
// hex digits that were meant as bytes.
func (l *length) afterMagic(c *conflict) *conflict {
	end := l.magicAt + len(l.magic)
	if b := spelledBytes(l.magic); b != "" {
		c.text += fmt.Sprintf("; %q is text, of %s", l.magic, plural(int64(len(l.magic)), "byte"))
		c.hint = fmt.Sprintf("for the bytes % x write magic=0x%x, and offset=%d if the length comes after them", b, b, l.magicAt+len(b))
	} else if l.offset < end {
		c.hint = fmt.Sprintf("if the length comes after the magic, write offset=%d", end)
	}
	return c
}

// spelledBytes returns the bytes that a text spells in hex digits, or "" if it does not.
func spelledBytes(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}

// A Delimiter is the rule of payloads that end in a mark; its method
// Framing makes a Framing. The zero value is "lines": each payload ends in LF.
type Delimiter struct {
	Mark   string // the bytes that end a payload; "\n" by default
	Escape string // one byte; a Mark or an Escape after it belongs to the payload
	Magic  string // bytes that every frame begins with: its header; not together with Escape

	// OpenEnd takes what comes after the last mark for a payload too, as the last line of
	// a text file may lack its LF. A spec cannot express it: String returns the spec of the
	// rule without it. It can be combined with Mark only.
	OpenEnd bool

	// Checksum names a checksum after each payload, before the mark, as in Length.
	Checksum string
}

// Framing returns the framing of this rule. The error names the values that contradict
// each other.
func (v Delimiter) Framing() (Framing, error) {
	v.Mark = cmp.Or(v.Mark, "\n")
	if c := v.conflict(); c != nil {
		return nil, errors.New("framing.Delimiter: " + c.text)
	}
	f, err := withSum(v.rule(), len(v.Mark), v.Checksum, coverage{from: len(v.Magic)})
	if err != nil {
		return nil, fmt.Errorf("framing.Delimiter: %w", err)
	}
	return f, nil
}

func (v Delimiter) conflict() *conflict {
	switch {
	case v.OpenEnd && (v.Escape != "" || v.Magic != "" || v.Checksum != ""):
		return &conflict{text: "OpenEnd does not go with Escape, Magic and Checksum"}
	case v.Escape == "":
		return nil
	case len(v.Escape) != 1:
		return &conflict{fmt.Sprintf("the escape is %q, expected one byte", v.Escape), []string{"esc"}, ""}
	case v.Magic != "":
		return &conflict{"esc and magic do not go together", []string{"magic", "esc"}, ""}
	case strings.Contains(v.Mark, v.Escape):
		return &conflict{"the escape must not be part of the delimiter", []string{"esc"}, ""}
	}
	return nil
}

func (v Delimiter) rule() Framing {
	if v.Escape != "" {
		return &escaped{v.Mark, v.Escape[0]}
	}
	return &delim{magic: v.Magic, mark: v.Mark, needle: []byte(v.Mark), lax: v.OpenEnd}
}

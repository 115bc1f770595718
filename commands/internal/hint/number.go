package hint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
)

// A Number is a length that makes no sense, as a program printed it.
type Number struct {
	text     string
	bits     uint64 // of its 8 bytes
	negative bool
}

// ParseNumber reads a number: decimal, with commas between groups of three digits or not, negative
// as Java prints lengths of more than 31 bits, or 0x and hex digits. It must fit in 8 bytes.
func ParseNumber(s string) (n Number, ok bool) {
	digits, negative := strings.CutPrefix(s, "-")
	base := 10
	if hex := strings.ToLower(digits); strings.HasPrefix(hex, "0x") {
		digits, base = hex[2:], 16
	} else if grouped(digits) {
		digits = strings.ReplaceAll(digits, ",", "")
	}
	v, err := strconv.ParseUint(digits, base, 64)
	if err != nil || negative && v > 1<<63 {
		return n, false
	}
	n = Number{text: s, bits: v, negative: negative && v > 0}
	if negative {
		n.bits = -v
	}
	return n, true
}

// grouped reports whether all commas in digits end groups of three.
func grouped(digits string) bool {
	groups := strings.Split(digits, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && (len(g) == 0 || len(g) > 3) {
			return false
		}
	}
	return len(groups) > 1
}

func (n Number) String() string { return n.text }

// Unexplained describes what a number may be that has no reading.
func (n Number) Unexplained() string {
	switch {
	case n.negative && int64(n.bits) > -1<<16:
		return "it may be the difference of two sizes"
	case !n.negative && n.over() != "":
		return n.over()
	case !n.negative && n.under() != "":
		return n.under()
	case n.bits>>32 > 0 && n.bits>>32 < 256, n.bits>>31 == 0 && n.bits >= 1<<31-1<<12: // files of many GB; just below a limit
	case n.bits >= 1<<30:
		return "it may be encrypted or compressed data"
	}
	return "it may be a real length"
}

// limitSize returns a usual limit from 64 KiB on in words, or "".
func limitSize(limit uint64) string {
	if limit >= 1<<16 && limit < 1<<20 && limit&(limit-1) == 0 {
		return fmt.Sprint(limit>>10, " KiB")
	}
	return exactSize(limit)
}

// under describes a number that is a usual limit less the size of a header, or is "".
func (n Number) under() string {
	limit := (n.bits + 1<<16 - 1) >> 16 << 16
	if size := limitSize(limit); size != "" && limit-n.bits <= 64 && limit > n.bits {
		return fmt.Sprintf("it is %s less than %s: a limit, less the size of a header", report.Count(int64(limit-n.bits), "byte"), size)
	}
	return ""
}

// over describes a number that is just above a usual limit, or is "".
func (n Number) over() string {
	limit := n.bits >> 16 << 16
	size := limitSize(limit)
	if size != "" && n.bits > limit && n.bits-limit <= min(2048, limit>>9) {
		return fmt.Sprintf("it is %s more than %s: a real length just above a limit, such as one with a header", report.Count(int64(n.bits-limit), "byte"), size)
	}
	return ""
}

// show writes another number as n is written.
func (n Number) show(bits uint64) string {
	switch {
	case strings.ContainsAny(n.text, "xX") && n.negative:
		return fmt.Sprintf("-%#x", -bits)
	case strings.ContainsAny(n.text, "xX"):
		return fmt.Sprintf("%#x", bits)
	case n.negative:
		return fmt.Sprint(int64(bits))
	}
	return fmt.Sprint(bits)
}

// A field is what a length field may have held, if a program read the number from it.
type field struct {
	wire   []byte // in the order in which they were sent
	little bool   // the reader takes the first byte for the lowest
	added  int    // what the program added to the length
}

// adjustments are what programs add to a length before they print it; a length that counts its
// own field is made smaller. The most usual are the first.
var adjustments = []int{0, 4, -4, 2, 8, 1, 3, 5, 6, 7, -2, -8, -1, -3, -5, -6, -7}

// arrays are what Android adds to the length of an array of bytes that it cannot allocate: a header
// of 12 bytes, and what is missing to a multiple of 8.
var arrays = []int{12, 13, 14, 15, 16, 17, 18, 19}

// fields returns what the length field may have held, the most likely first.
func (n Number) fields() (all []field) {
	added := adjustments
	if n.bits%8 == 0 && n.bits>>24 > 0 && n.bits>>32 == 0 {
		added = append(slices.Clip(added), arrays...)
	}
	for _, added := range added {
		v := n.bits - uint64(added)
		if n.negative != (int64(v) < 0) && n.bits>>63 == 0 || n.negative && int64(v) >= 0 || added > 0 && !n.negative && v > n.bits {
			continue
		}
		for _, size := range sizes(v, n.negative) {
			big, little := make([]byte, size), make([]byte, size)
			for i := range big {
				b := byte(v >> (8 * i))
				big[size-1-i], little[i] = b, b
			}
			all = append(all, field{big, false, added}, field{little, true, added})
		}
	}
	return all
}

// sizes returns how many bytes a field with v may have. A field is not much larger than the number
// in it: v may be any number otherwise.
func sizes(v uint64, negative bool) []int {
	if negative {
		switch s := int64(v); {
		case s >= -1<<15:
			return []int{2, 4}
		case s >= -1<<31:
			return []int{4}
		}
		return []int{8}
	}
	switch {
	case v < 1<<16:
		return []int{2}
	case v < 1<<24:
		return []int{3, 4}
	case v < 1<<32:
		return []int{4}
	}
	return []int{8}
}

// value is the number in the field, if its first byte is the lowest, or else the highest.
func (f field) value(little bool) (v uint64) {
	for i, b := range f.wire {
		if little {
			v |= uint64(b) << (8 * i)
		} else {
			v = v<<8 | uint64(b)
		}
	}
	return v
}

// name describes the field, with an article.
func (f field) name() string {
	article, order := "a", ""
	if len(f.wire) == 8 {
		article = "an"
	}
	if f.little {
		order = "little-endian "
	}
	return fmt.Sprintf("%s %d-byte %slength", article, len(f.wire), order)
}

// adjusted describes what was added to the length; "" is nothing.
func (f field) adjusted() string {
	switch {
	case f.array():
		return fmt.Sprintf("; Android added %d: an array of bytes has a header, and its size is a multiple of 8", f.added)
	case f.added == len(f.wire):
		return fmt.Sprintf("; something added %d (a length adjustment that counts the length field)", f.added)
	case f.added > 0:
		return fmt.Sprintf("; something added %d (a length adjustment)", f.added)
	case f.added < 0:
		return fmt.Sprintf("; something subtracted %d (a length that counts its own field)", -f.added)
	}
	return ""
}

// odd reports whether what was added is unusual: it is not the size of the field.
func (f field) odd() bool {
	return f.added != 0 && f.added != len(f.wire) && f.added != -len(f.wire) && (f.added != 4 || len(f.wire) == 2)
}

// array reports whether the number is the size of an array on Android.
func (f field) array() bool { return f.added >= arrays[0] }

// cost is how much less likely the field is than one that was read as it is, in bits.
func (f field) cost() (bits float64) {
	switch {
	case f.array():
		bits = 10
	case f.odd():
		bits = 7
	case f.added > 0:
		bits = 4
	case f.added < 0:
		bits = 5
	}
	if f.little {
		bits++
	}
	return bits
}

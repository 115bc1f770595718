package hint

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
	"time"

	"framecat/commands/internal/report"
)

// special are readings of the number itself: limits, and values that mean no length.
func (n Number) special() (all []Reading) {
	add := func(size int, is, means string) {
		r := Reading{Is: is, Means: means, score: 20, about: is}
		if size > 0 {
			r.score = float64(8*size - 2)
		}
		for i := size - 1; i >= 0; i-- {
			r.Bytes = append(r.Bytes, byte(n.bits>>(8*i)))
		}
		all = append(all, r)
	}
	if signed := int64(n.bits); n.negative && signed >= -1<<15 {
		// Numbers that are nearer to 0 are soon the difference of two sizes.
		if signed >= -1<<7 && signed <= -1<<5 {
			add(1, fmt.Sprintf("%d in an unsigned byte", 1<<8+signed), "a length of 1 byte is read as a signed number, which ends at 127: read it as unsigned")
		} else if signed <= -1<<12 {
			add(2, fmt.Sprintf("%d in 2 unsigned bytes", 1<<16+signed), "a length of 2 bytes is read as a signed number, which ends at 32767: read it as unsigned")
		}
	}
	for _, size := range []int{2, 4, 8} {
		top := uint64(1)<<(8*size-1) - 1
		switch {
		case n.bits == 2*top+1 && !n.negative, n.bits == math.MaxUint64 && n.negative && size == 4:
			add(size, "all bits set, -1 if it is signed", "the result of a call that failed, a value that means none, or a limit")
		case size > 2 && n.bits == top && !n.negative:
			add(size, "the largest signed number of "+report.Count(int64(size), "byte"), "a limit or a value that means no limit, and no length that was read")
		case size > 2 && n.bits == -top-1 && n.negative:
			add(size, "the smallest signed number of "+report.Count(int64(size), "byte"), "a length or a limit was too large for a signed number: it overflowed")
		}
	}
	if high := n.bits >> 32; !n.negative && n.bits != math.MaxUint64 && (high == math.MaxUint32 || high == 0 && n.bits >= 1<<32-1<<12 && n.bits < math.MaxUint32) {
		size, signed := 8, int64(n.bits)
		if high == 0 {
			size, signed = 4, int64(int32(n.bits))
		}
		means := "a negative number is read as unsigned: an error code, or a length from which too much was subtracted, such as the size of a header"
		if size == 8 && signed >= math.MinInt32 && signed < -1<<24 {
			means = fmt.Sprintf("a number of 4 bytes overflowed and became negative before it was made longer: %d if its 4 bytes are unsigned", uint32(signed))
		}
		add(size, fmt.Sprintf("%d if it is signed", signed), means)
	}
	switch {
	case n.negative:
	case n.bits == 1<<31-9:
		add(4, "the longest array of Java", "a limit, and no length that was read")
	case n.bits == 1<<28-1, n.bits == 1<<29-1, n.bits == 1<<30-1:
		add(4, fmt.Sprintf("the largest number of %d bits", bits.Len64(n.bits)), "a limit, and no length that was read")
	}
	b := byte(n.bits)
	if v := 0x01010101 * uint32(b); (n.bits == uint64(v) || n.negative && int64(n.bits) == int64(int32(v))) && b > 0 && b < 0xff && b != '\n' && !isPrintable(b) {
		add(4, fmt.Sprintf("the byte %02x, four times", b), "memory or a buffer that is filled with one byte: nothing was written there")
	}
	if size := exactSize(n.bits); size != "" && !n.negative {
		add(0, "exactly "+size, "a limit or the size of a buffer, and no length that was read")
		if n.bits >= 1<<27 && n.bits&(n.bits-1) == 0 {
			all[len(all)-1].score += 5 // it is more likely that than a small length in the other byte order
		}
	}
	for _, added := range []int{1, 4, 5, 8} { // one too many, and the sizes of headers
		if size := exactSize(n.bits - uint64(added)); size != "" && n.bits >= 1<<27 && !n.negative {
			add(0, size+" and "+report.Count(int64(added), "byte"), "a limit or the size of a buffer, with a header of this size or one byte too many")
			all[len(all)-1].score += 5
		}
	}
	return all
}

// values adds readings of the field as a value that is no length.
func (f field) values(add func(score float64, about, is, means string)) {
	v := f.value(f.little)
	instead := " is where " + f.name() + " is expected: the reader is out of step, or has another idea of the layout"
	if len(f.wire) == 4 {
		switch x := math.Float32frombits(uint32(v)); {
		case f.little: // the value is the same
		case x == 1 || x == -1:
			add(21, "float", fmt.Sprintf("%.1f as a number with a decimal point (float)", x), "a value"+instead)
		case x >= 3 && x <= 1000 && x == float32(int(x)) && v<<48 == 0 && int(x)&(int(x)-1) != 0:
			add(16.5, "float", fmt.Sprintf("%.1f as a number with a decimal point (float)", x), "a value"+instead)
		}
		if fillers(uint32(v)) {
			add(30, "filler", "", "a value that marks memory, files or test data"+instead)
		} else if b := f.wire; b[1] == b[0]+1 && b[2] == b[1]+1 && b[3] == b[2]+1 && !isAlnum(b[0]) {
			add(23, "counts", "", "bytes that count up, such as test data,"+strings.Replace(instead, " is where", " are where", 1))
		}
		return
	}
	if len(f.wire) != 8 || f.little {
		return
	}
	high, low := v>>32, v&(1<<32-1)
	switch x := math.Float64frombits(v); {
	case low == 0 && math.Abs(x) >= 1 && math.Abs(x) <= 1e6 && x == math.Trunc(x):
		add(60, "float", fmt.Sprintf("%.1f as a number with a decimal point (double)", x), "a value"+instead)
	case v >= 1262304000000 && v < 2051222400000: // 2010 to 2034
		add(24, "time", time.UnixMilli(int64(v)).UTC().Format("2006-01-02 15:04:05 UTC")+" in milliseconds since 1970", "a time"+instead)
	case v>>40 == 0x7f, v>>40 == 0x55, v>>40 == 0x56:
		add(22, "pointer", "", "this is like an address in the memory of a program on Linux: the number was read from memory that holds something else, such as memory that was not set or was freed")
	case low == 0 && high&0xff == 4 && high>>8 > 0 && high>>8 <= 60 && high>>8%6 == 0:
		add(40, "settings", "", f.settings())
	case high >= 2 && high < 1<<16 && low > 0 && low < 1<<16:
		add(30, "halves", fmt.Sprintf("%d and %d, each in 4 bytes", high, low), "a length of 4 bytes and another number are read as one length of 8 bytes, or the reader is out of step")
	}
}

// fillers reports whether v is a value that programs write to mark memory that is not set, was freed or
// begins something, in one order or the other.
func fillers(v uint32) bool {
	for _, known := range []uint32{
		0xdeadbeef, 0xdeadc0de, 0xdeadbabe, 0xdeadf00d, 0xdeaddead, 0xdeadbaad, 0xbaadf00d, 0x8badf00d, 0x0badf00d, 0xbadc0ffe, 0xbadcab1e,
		0xfeeefeee, 0xfeedface, 0xfeedfacf, 0xfacefeed, 0xfeedbeef, 0xcafed00d, 0xcafef00d, 0xcafebeef, 0xcafecafe, 0xbeefcafe, 0xabadcafe,
		0xbebafeca, 0xc0decafe, 0xc001d00d, 0xd15ea5ed, 0x600df00d, 0x12345678, 0x87654321, 0x01234567, 0x89abcdef, 0xfedcba98, 0x5a5aa5a5, 0xaa55aa55,
	} {
		if v == known || bits.ReverseBytes32(v) == known {
			return true
		}
	}
	return false
}

// exactSize returns a round size from 1 MiB on in words, or "".
func exactSize(v uint64) string {
	for _, u := range []struct {
		size uint64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1e9, "GB"}, {1e6, "MB"}, {1 << 10, "KiB"}} {
		q := v / u.size
		if v%u.size != 0 || v < 1e6 {
			continue
		}
		short := q
		for short%10 == 0 {
			short /= 10
		}
		if q&(q-1) == 0 || v >= 1<<27 && q%3 == 0 && q/3&(q/3-1) == 0 || short < 100 {
			return fmt.Sprint(q, " ", u.name)
		}
	}
	return ""
}

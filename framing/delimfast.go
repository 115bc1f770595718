package framing

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// shortLine is the length up to which marking blocks is faster for lines.
const shortLine = 24

// splitByte is Split for a delimiter of one byte. A line costs a call of IndexByte;
// where lines are short, marking blocks of 64 bytes costs half of that.
func splitByte(b []byte, mark byte, spans []Span) []Span {
	n, start := len(spans), endOf(spans)
	at := start // where the search for the end of the line goes on
	spans = spans[:cap(spans)]
	for n < len(spans) {
		i := bytes.IndexByte(b[at:], mark)
		if i < 0 {
			break
		}
		end := at + i
		short := end-start < shortLine
		spans[n] = Span{start, start, end, end + 1}
		n++
		start, at = end+1, end+1
		for short && n < len(spans) && len(b)-at >= 64 {
			marks := markBlock((*[64]byte)(b[at:]), mark)
			short = marks&(marks-1) != 0 // there are two line ends or more
			for ; marks != 0 && n < len(spans); marks &= marks - 1 {
				end := at + bits.TrailingZeros64(marks)
				spans[n] = Span{start, start, end, end + 1}
				n++
				start = end + 1
			}
			at += 64
		}
	}
	return spans[:n]
}

const (
	everyByte = 1 << 64 / 0xff // times a byte: a word with eight copies of it
	lowBits   = 0x7f * everyByte
)

// markBlock returns a word whose bit i is set if b[i] is mark.
func markBlock(b *[64]byte, mark byte) uint64 {
	m := everyByte * uint64(mark)
	return markWord(b, 0, m) | markWord(b, 8, m)<<8 | markWord(b, 16, m)<<16 | markWord(b, 24, m)<<24 |
		markWord(b, 32, m)<<32 | markWord(b, 40, m)<<40 | markWord(b, 48, m)<<48 | markWord(b, 56, m)<<56
}

// markWord is markBlock for the eight bytes at b[at]; each byte of marks is the mark.
func markWord(b *[64]byte, at int, marks uint64) uint64 {
	x := binary.LittleEndian.Uint64(b[at:]) ^ marks
	top := ^(x&lowBits + lowBits | x | lowBits) // the top bit of each byte that is the mark
	return top >> 7 * 0x0102040810204080 >> 56  // gathers those bits in one byte
}

package capture

import (
	"encoding/binary"
	"strings"
)

// The blocks that a Recorder writes are little-endian:
//
//	type 4 | length 4 | body | length 4, again
var le = binary.LittleEndian

// Codes of options.
const (
	optEnd     = 0
	optComment = 1
)

const blockStatistics = 5

// Redacted is a comment of a recording of which parts are hidden.
const Redacted = "parts of it are redacted: they were replaced with *"

// IsRedacted reports whether the comment of a recording has Redacted.
func IsRedacted(comment string) bool { return strings.Contains(comment, Redacted) }

// comment makes a text fit for a comment: short, because the length of an option is a number
// of 16 bits, and valid UTF-8.
func comment(text string) string { return strings.ToValidUTF8(text[:min(len(text), 4<<10)], "?") }

// appendStart appends the blocks before all packets: a section, with a comment unless it is
// empty, and an interface of IP packets with times in nanoseconds.
func appendStart(b []byte, comment string) []byte {
	start := len(b)
	b = appendBlock(b, blockSection)
	b = le.AppendUint32(b, 0x1a2b3c4d)
	b = append(b, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255) // version 1.0, length unknown
	b = appendOption(b, start, 4, "framecat")                         // shb_userappl
	if comment != "" {
		b = appendOption(b, start, optComment, comment)
	}
	b = endBlock(appendEnd(b), start)

	start = len(b)
	b = appendBlock(b, blockInterface)
	b = append(b, linkRaw, 0, 0, 0, 0, 0, 0, 0)
	b = appendOption(b, start, 9, "\x09") // if_tsresol
	return endBlock(appendEnd(b), start)
}

// appendStatistics appends the block after all packets: their number, and the time at which
// the recording ended.
func appendStatistics(b []byte, packets, at int64) []byte {
	start := len(b)
	b = appendBlock(b, blockStatistics)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, uint32(at>>32))
	b = le.AppendUint32(b, uint32(at))
	var count [8]byte
	le.PutUint64(count[:], uint64(packets))
	b = appendOption(b, start, 4, string(count[:])) // isb_ifrecv
	return endBlock(appendEnd(b), start)
}

func appendBlock(b []byte, kind uint32) []byte {
	return append(le.AppendUint32(b, kind), 0, 0, 0, 0)
}

// endBlock ends the block that begins at start.
func endBlock(b []byte, start int) []byte {
	length := uint32(len(b) - start + 4)
	le.PutUint32(b[start+4:], length)
	return le.AppendUint32(b, length)
}

// appendOption appends an option to the block that begins at start.
func appendOption(b []byte, start int, code uint16, value string) []byte {
	b = le.AppendUint16(b, code)
	b = le.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...), start)
}

func appendEnd(b []byte) []byte { return append(b, optEnd, 0, 0, 0) }

// pad appends bytes to the block that begins at start, up to a multiple of 4.
func pad(b []byte, start int) []byte {
	for (len(b)-start)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

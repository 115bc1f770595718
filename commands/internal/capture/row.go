package capture

import (
	"bytes"
	"strconv"
	"strings"
)

// A rowKind is the kind of a line in a dump.
type rowKind int

const (
	rowBad     rowKind = iota // cannot be read: why is the reason
	rowNote                   // no bytes: a heading, an empty line
	rowBytes                  // bytes
	rowRepeat                 // "*": repeats the row above, up to the next offset
	rowEnd                    // only an offset: the end of the bytes
	rowMore                   // a number of bytes that were left out
	rowSection                // another stream or packet follows
	rowBeside                 // not of the dump: a terminal printed it before or after it
)

// A row is a line of a dump.
type row struct {
	kind   rowKind
	offset []byte // digits of the offset; empty if there is none
	dir    int    // 1 if the row is indented: the other end sent its bytes
	data   []byte
	text   []byte // the text column; nil if there is none
	more   int64  // how many bytes were left out
	why    string // what is wrong with a bad row

	swapped []byte // data, if the groups are little-endian numbers
	right   bool   // a group is right-aligned, so the groups are little-endian numbers
	word    int    // bytes per number: the last number may be padded
	octal   bool   // the offset is most likely octal
	mark    bool   // a feature of the style: for framecat, a mark before the first byte
	stray   bool   // a note that is not of this style
	cut     bool   // the last line, without a line end: the dump may be cut inside it
}

func (r *row) bad(why string) {
	r.kind, r.why = rowBad, why
}

// A style is a way to print bytes as text.
type style struct {
	name  string
	parse func(line []byte, r *row)
	notes bool // there may be any text between the rows
}

// read parses a line.
func (s style) read(line []byte, r *row) {
	if besideDump(line) {
		r.kind = rowBeside
		return
	}
	s.parse(line, r)
}

// The styles. Those that are easiest to recognise come first.
var (
	viewStyle    = style{"framecat inspect", parseView, true}
	tcpdumpStyle = style{"tcpdump", parseTcpdump, true}
	tsharkStyle  = style{"tshark -x", parseTshark, true}
	canonStyle   = style{"hexdump -C", parseCanonical, false}
	xxdStyle     = style{"xxd", parseXxd, false}
	includeStyle = style{"xxd -i", parseInclude, false}
	odStyle      = style{"od", parseOd, false}
	plainStyle   = style{"plain hex", parsePlain, false}
	rawStyle     = style{"tshark follow raw", parseRaw, false}

	styles = []style{viewStyle, tcpdumpStyle, tsharkStyle, canonStyle, xxdStyle, includeStyle, odStyle, plainStyle, rawStyle}
)

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// digits returns the number of hex digits at the start of b.
func digits(b []byte) int {
	n := 0
	for n < len(b) && isHex(b[n]) {
		n++
	}
	return n
}

func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&7 + 9
}

// appendHex appends the bytes of an even number of hex digits.
func appendHex(dst, digits []byte) []byte {
	for ; len(digits) >= 2; digits = digits[2:] {
		dst = append(dst, nibble(digits[0])<<4|nibble(digits[1]))
	}
	return dst
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

// common parses the lines that all styles have, and reports whether this is one.
func (r *row) common(line []byte) bool {
	switch {
	case blank(line):
		r.kind = rowNote
	case string(bytes.TrimSpace(line)) == "*":
		r.kind = rowRepeat
	default:
		return false
	}
	return true
}

// pairs parses bytes that are separated by a space, or by two in the middle of 16:
//
//	00 38 e4 59 01 20 00 01  00 00 00 00 00 01 02 68  text
//
// It returns what follows after two spaces or more.
func (r *row) pairs(b []byte) (rest []byte) {
	for len(r.data) < 16 {
		if digits(b) != 2 || len(b) > 2 && b[2] != ' ' {
			r.bad("expected two hex digits for each byte")
			return nil
		}
		r.data, b = appendHex(r.data, b[:2]), b[2:]
		middle := len(r.data) == 8 && len(b) > 3 && digits(b[2:]) == 2 && (len(b) == 4 || b[4] == ' ')
		switch {
		case middle && b[1] == ' ':
			b = b[2:]
		case len(b) < 2 || b[1] == ' ':
			return bytes.TrimLeft(b, " ")
		default:
			b = b[1:]
		}
	}
	return b
}

// parseCanonical parses the output of hexdump -C, and of Wireshark's conversations, whose
// second direction is indented:
//
//	00000000  00 3c e4 59 85 80 00 01  00 01 00 00 00 01 02 68  |.<.Y...........h|
//	    00000010  30 07 65 78 61 6d 70 6c                           0.exampl
func parseCanonical(line []byte, r *row) {
	if r.common(line) {
		return
	}
	b := bytes.TrimLeft(line, " \t")
	if len(b) < len(line) {
		r.dir = 1
	}
	n := digits(b)
	switch {
	case n >= 8 && blank(b[n:]):
		r.kind, r.offset = rowEnd, b[:n]
		return
	case n < 8 || !bytes.HasPrefix(b[n:], []byte("  ")):
		r.conversation(b)
		return
	}
	r.kind, r.offset = rowBytes, b[:n]
	r.column(r.pairs(b[n+2:]))
}

// column parses the text column, with or without bars.
func (r *row) column(b []byte) {
	r.text = b
	if len(b) >= 2 && b[0] == '|' {
		r.text = bytes.TrimSuffix(b[1:], []byte("|"))
	}
}

// parseTshark parses the packets of tshark -x, and other dumps with short offsets:
//
//	0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............E.
func parseTshark(line []byte, r *row) {
	n := digits(line)
	if n < 4 || n > 6 || !bytes.HasPrefix(line[n:], []byte("  ")) {
		r.kind, r.text, r.stray = rowNote, line, !blank(line)
		if bytes.HasSuffix(line, []byte(" bytes):")) {
			r.kind = rowSection
		}
		return
	}
	r.kind, r.offset = rowBytes, line[:n]
	r.column(r.pairs(bytes.TrimLeft(line[n:], " ")))
}

// parseTcpdump parses the packets of tcpdump -x, -X, -xx and -XX:
//
//	0x0010:  4006 b1e6 ac10 0a63  E..<.F@.@......c
func parseTcpdump(line []byte, r *row) {
	b := bytes.TrimLeft(line, " \t")
	n := 0
	if bytes.HasPrefix(b, []byte("0x")) {
		n = digits(b[2:])
	}
	if n < 4 || len(b) < n+3 || b[n+2] != ':' {
		r.kind, r.text, r.stray = rowNote, line, !blank(line)
		return
	}
	r.kind, r.offset = rowBytes, b[2:n+2]
	r.column(r.groups(bytes.TrimLeft(b[n+3:], " ")))
}

// groups parses hex digits in groups that are separated by one space. It returns what
// follows after two spaces.
func (r *row) groups(b []byte) (rest []byte) {
	for {
		n := digits(b)
		if n == 0 || n%2 != 0 || n < len(b) && b[n] != ' ' {
			r.bad("expected pairs of hex digits")
			return nil
		}
		r.data, b = appendHex(r.data, b[:n]), b[n:]
		if len(b) < 2 || b[1] == ' ' {
			return bytes.TrimPrefix(bytes.TrimPrefix(b, []byte(" ")), []byte(" "))
		}
		b = b[1:]
	}
}

// marks are those that framecat inspect writes before bytes.
const marks = "[|/<~!"

// parseView parses the output of framecat inspect, which has a mark or space before each byte:
//
//	00000000 [03|61 62 63                                      .abc
//	         … 24 more bytes
func parseView(line []byte, r *row) {
	if string(line) == "*" {
		r.kind = rowRepeat
		return
	}
	n := digits(line)
	if n < 8 || n+1 >= len(line) || line[n] != ' ' {
		r.kind = rowNote
		b, left := bytes.CutPrefix(bytes.TrimLeft(line, " "), []byte("… "))
		number, byBytes := bytes.CutSuffix(bytes.TrimSuffix(b, []byte("s")), []byte(" more byte"))
		if left && byBytes {
			if m, err := strconv.ParseInt(string(number), 10, 62); err == nil && m > 0 {
				r.kind, r.more = rowMore, m
			}
		}
		return
	}
	r.kind, r.offset = rowBytes, line[:n]
	b := line[n+1:]
	for len(b) >= 3 && !bytes.HasPrefix(b, []byte("  ")) {
		if b[0] != ' ' && strings.IndexByte(marks, b[0]) < 0 || digits(b[1:]) < 2 {
			r.bad("expected a mark and two hex digits for each byte")
			return
		}
		r.mark = r.mark || len(r.data) == 0 && b[0] != ' '
		r.data, b = appendHex(r.data, b[1:3]), b[3:]
	}
	if r.text = b; len(r.data) == 0 {
		r.kind = rowNote
	}
}

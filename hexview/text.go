package hexview

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks text at spaces into lines of at most width columns. A word that is longer
// stays whole. If width is less than 1, there is no limit.
func wrap(text string, width int) (lines []string) {
	if width < 1 || utf8.RuneCountInString(text) <= width {
		return []string{text}
	}
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = word
		} else if line == "" {
			line = word
		} else {
			line += " " + word
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

const digits = "0123456789abcdef"

// hexDigits are the two digits of each byte, and shown is the character of its text
// column: "." for a byte that is not printable ASCII.
var hexDigits, shown = func() (h [256][2]byte, s [256]byte) {
	for i := range 256 {
		h[i] = [2]byte{digits[i>>4], digits[i&15]}
		s[i] = '.'
		if i >= ' ' && i < 0x7f {
			s[i] = byte(i)
		}
	}
	return h, s
}()

// appendOffset appends n as 8 hex digits, or more if it needs more.
func appendOffset(dst []byte, n int64) []byte {
	shift := 28
	for n>>shift > 15 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, digits[n>>shift&15])
	}
	return dst
}

const spaces = "                                                                "

func appendSpaces(dst []byte, n int) []byte {
	for ; n > len(spaces); n -= len(spaces) {
		dst = append(dst, spaces...)
	}
	return append(dst, spaces[:max(0, n)]...)
}

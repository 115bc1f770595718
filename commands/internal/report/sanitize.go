package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Drives reports whether printing r could change a terminal or the order of what it
// shows. It holds for control and C1 characters, for format characters such as bidi
// overrides, and for separators that end a line.
func Drives(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029
}

// AppendSafe appends s. Characters that could drive a terminal and bytes that are not UTF-8
// are escaped.
func AppendSafe(dst, s []byte) []byte {
	for len(s) > 0 {
		if c := s[0]; c < utf8.RuneSelf {
			dst = AppendEscapedByte(dst, c)
			s = s[1:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		switch {
		case r == utf8.RuneError && n == 1:
			dst = fmt.Appendf(dst, `\x%02x`, s[0])
		case Drives(r):
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
	return dst
}

// HexDigits are the digits of numbers in base 16.
const HexDigits = "0123456789abcdef"

// AppendEscapedByte appends c as it is written in a C string.
func AppendEscapedByte(dst []byte, c byte) []byte {
	switch {
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c == '\\':
		return append(dst, `\\`...)
	case c < 0x20 || c > 0x7e:
		return append(dst, '\\', 'x', HexDigits[c>>4], HexDigits[c&15])
	}
	return append(dst, c)
}

// Sanitize is appendSafe for names in messages. It leaves backslashes as they are.
func Sanitize(s string) string {
	return strings.ReplaceAll(string(AppendSafe(nil, []byte(s))), `\\`, `\`)
}

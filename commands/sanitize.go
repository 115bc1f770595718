package commands

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// drives reports whether printing r could change a terminal or the order of what it
// shows. It holds for control and C1 characters, for format characters such as bidi
// overrides, and for separators that end a line.
func drives(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029
}

// appendSafe appends s. Characters that could drive a terminal and bytes that are not UTF-8
// are escaped.
func appendSafe(dst, s []byte) []byte {
	for len(s) > 0 {
		if c := s[0]; c < utf8.RuneSelf {
			dst = appendEscapedByte(dst, c)
			s = s[1:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		switch {
		case r == utf8.RuneError && n == 1:
			dst = fmt.Appendf(dst, `\x%02x`, s[0])
		case drives(r):
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendEscapedByte appends c as it is written in a C string.
func appendEscapedByte(dst []byte, c byte) []byte {
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
		return append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, c)
}

// sanitize is appendSafe for names in messages. It leaves backslashes as they are.
func sanitize(s string) string {
	return strings.ReplaceAll(string(appendSafe(nil, []byte(s))), `\\`, `\`)
}

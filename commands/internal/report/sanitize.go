package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unsafe reports whether printing r could control a terminal or change the order of its
// text: control and C1 characters, format characters such as bidi overrides, and line
// separators.
func Unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029
}

// AppendSafe appends s to dst. Unsafe characters and bytes that are not UTF-8 are escaped.
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
		case Unsafe(r):
			dst = appendEscapedRune(dst, r)
		default:
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
	return dst
}

// appendEscapedRune appends a character as Go has it: with \U and 8 digits if 4 are not enough.
func appendEscapedRune(dst []byte, r rune) []byte {
	if r > 0xffff {
		return fmt.Appendf(dst, `\U%08x`, r)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// HexDigits are the digits of base 16.
const HexDigits = "0123456789abcdef"

// AppendEscapedByte appends c to dst as a C string has it.
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

// Sanitize escapes s as AppendSafe does, for names in messages, but leaves backslashes as
// they are.
func Sanitize(s string) string {
	return strings.ReplaceAll(string(AppendSafe(nil, []byte(s))), `\\`, `\`)
}

// OneLine escapes the line feeds of a name, so that a message with it stays one line.
func OneLine(name string) string { return strings.ReplaceAll(name, "\n", `\n`) }

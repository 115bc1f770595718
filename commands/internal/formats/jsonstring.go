package formats

import (
	"unicode/utf16"
	"unicode/utf8"

	"framecat/commands/internal/report"
)

// AppendJSONString appends s as a JSON string. Characters that could control a terminal are
// escaped; bytes that are not UTF-8 become U+FFFD.
func AppendJSONString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		if n := plain(s); n > 0 {
			dst, s = append(dst, s[:n]...), s[n:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case !report.Unsafe(r):
			dst = utf8.AppendRune(dst, r)
		default:
			dst = appendEscapedRune(dst, r)
		}
		s = s[n:]
	}
	return append(dst, '"')
}

// plain returns how many bytes at the start of s are ASCII that stays as it is in a string.
func plain(s []byte) (n int) {
	for n < len(s) && isPlain[s[n]] {
		n++
	}
	return n
}

// isPlain has the ASCII characters that stay as they are in a string.
var isPlain = func() (all [256]bool) {
	for c := byte(' '); c < 0x7f; c++ {
		all[c] = c != '"' && c != '\\'
	}
	return all
}()

// appendEscapedRune appends a character as one or two \u escapes.
func appendEscapedRune(dst []byte, r rune) []byte {
	if r < 0x10000 {
		return appendUnit(dst, r)
	}
	high, low := utf16.EncodeRune(r)
	return appendUnit(appendUnit(dst, high), low)
}

// appendUnit appends a UTF-16 unit as a \u escape.
func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', report.HexDigits[u>>12&15], report.HexDigits[u>>8&15], report.HexDigits[u>>4&15], report.HexDigits[u&15])
}

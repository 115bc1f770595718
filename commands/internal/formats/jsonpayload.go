package formats

import (
	"encoding/json"
	"unicode/utf8"

	"framecat/commands/internal/report"
)

// maxDepth is how deep the objects and arrays of a payload may be nested for the payload to be
// embedded. Readers of JSON have limits of their own: that of jq was 256 for long.
const maxDepth = 250

// isEmbeddable reports whether a payload, which is valid UTF-8, is JSON that can be a part of
// a record.
func isEmbeddable(payload []byte) bool {
	if !json.Valid(payload) {
		return false
	}
	depth := 0
	for i := 0; i < len(payload); i++ {
		switch payload[i] {
		case '"':
			i = stringEnd(payload, i)
		case '{', '[':
			if depth++; depth > maxDepth {
				return false
			}
		case '}', ']':
			depth--
		}
	}
	return true
}

// stringEnd returns where the string of valid JSON ends that starts at i: at its quote.
func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

// isOneLine reports whether JSON can be a part of a record as it is: it has no space around it,
// and no character that a record escapes.
func isOneLine(payload []byte) bool {
	if payload[0] == ' ' || payload[len(payload)-1] == ' ' {
		return false
	}
	for i := 0; i < len(payload); {
		if c := payload[i]; c >= 0x20 && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(payload[i:])
		if report.Unsafe(r) {
			return false
		}
		i += n
	}
	return true
}

// appendOneLine appends JSON that means the same as payload, without the spaces between its
// tokens, and with escapes for characters that could control a terminal.
func appendOneLine(dst, payload []byte) []byte {
	for i := 0; i < len(payload); i++ {
		switch c := payload[i]; {
		case c == '"':
			end := stringEnd(payload, i)
			dst = append(appendUnsafe(append(dst, '"'), payload[i+1:end]), '"')
			i = end
		case c > ' ':
			dst = append(dst, c)
		}
	}
	return dst
}

// appendUnsafe appends the inside of a JSON string, with escapes for unsafe characters.
func appendUnsafe(dst, s []byte) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if report.Unsafe(r) {
			dst = appendEscapedRune(dst, r)
		} else {
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
	return dst
}

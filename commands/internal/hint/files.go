package hint

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Unpacker returns the program that decompresses a file that begins with head, or "".
func Unpacker(head []byte) string {
	for _, f := range files {
		if f.begins(head) {
			return f.Unpack
		}
	}
	return ""
}

// FileKind returns the kind of file that begins with head and is no stream of frames; "" if
// it knows none.
func FileKind(head []byte) string {
	for _, f := range files {
		if f.begins(head) {
			return strings.TrimPrefix(f.Means, "this is ")
		}
	}
	if isUTF16(head, binary.LittleEndian) || isUTF16(head, binary.BigEndian) {
		return "text in UTF-16: convert it to UTF-8 first"
	}
	return followed(head)
}

// isUTF16 reports whether all of b is text of two bytes a character. Without a byte order
// mark there must be some of it, at least half ASCII, the rest Latin letters and signs: most
// pairs of bytes are a letter of some script.
func isUTF16(b []byte, order binary.ByteOrder) bool {
	var units []uint16
	for ; len(b) > 1; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	if n := len(units); n > 0 && units[n-1]>>10 == 0xd800>>10 { // half of a pair, whose other half is cut off
		units = units[:n-1]
	}
	marked := len(units) > 1 && units[0] == 0xfeff
	if marked {
		units = units[1:]
	}
	ascii, western := 0, true
	for _, r := range utf16.Decode(units) {
		if r == utf8.RuneError || !unicode.IsPrint(r) && !strings.ContainsRune("\t\r\n", r) {
			return false
		}
		if r < utf8.RuneSelf {
			ascii++
		}
		western = western && (r < 0x250 || 0x2000 <= r && r < 0x2800)
	}
	return marked || western && len(units) >= 8 && 2*ascii >= len(units)
}

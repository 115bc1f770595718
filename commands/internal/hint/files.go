package hint

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// files are kinds of files that are no streams of frames, by their first bytes. Among so
// many tables and texts, some length fields are always found.
var files = []struct{ start, is string }{
	{"\x7fELF", "an ELF program or library"},
	{"MZ\x90\x00", "a Windows program"},
	{"\xcf\xfa\xed\xfe", "a Mach-O program"},
	{"!<arch>\n", "an ar archive"},
	{"PK\x03\x04", "a zip archive"},
	{"\x1f\x8b\x08", "gzip: decompress it first"},
	{"BZh9", "bzip2: decompress it first"},
	{"\xfd7zXZ\x00", "xz: decompress it first"},
	{"\x28\xb5\x2f\xfd", "zstd: decompress it first"},
	{"%PDF-", "a PDF"},
	{"\x89PNG\r\n\x1a\n", "a PNG picture"},
	{"GIF8", "a GIF picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"RIFF", "a RIFF file, such as WAV"},
	{"OggS", "an Ogg file"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"\xca\xfe\xba\xbe", "Java bytecode, or a Mach-O program"},
	{"\x00asm", "WebAssembly"},
}

// Unpacker returns the program that decompresses a file that begins with head, or "".
func Unpacker(head []byte) string {
	for _, c := range []struct{ start, program string }{
		{"\x1f\x8b", "gzip"}, {"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"},
	} {
		if bytes.HasPrefix(head, []byte(c.start)) {
			return c.program
		}
	}
	return ""
}

// FileKind returns the kind of file that begins with head and is no stream of frames; "" if
// it knows none.
func FileKind(head []byte) string {
	for _, f := range files {
		if bytes.HasPrefix(head, []byte(f.start)) {
			return f.is
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

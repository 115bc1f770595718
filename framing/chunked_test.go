package framing

import (
	"strings"
	"testing"
)

// Size lines and fields are lines of text that end in CR LF: a control character could hide a
// chunk from one of two programs that read the stream.
func TestChunked(t *testing.T) {
	long := strings.Repeat("x", 5000)
	checkScan(t, []scanRow{
		{"chunked", "5;a\r\n|hello|\r\n", ""},
		{"chunked", "5;a=\"b c\";d\t=\xfc\r\n|hello|\r\n", ""},
		{"chunked", "5 \t;a\r\n|hello|\r\n", ""},
		{"chunked", "5 \r\n|hello|\r\n", ""},
		{"chunked", "0005\r\n|hello|\r\n", ""},
		{"chunked", "5;" + long + "\r\n|hello|\r\n", ""},
		{"chunked", "5\n", "bad-length@1"},
		{"chunked", "5;a\nb\r\n", "bad-length@3"},
		{"chunked", "5;a\rb\r\n", "bad-length@3"},
		{"chunked", "5;\r\r\n", "bad-length@2"},
		{"chunked", "5;a\x00", "bad-length@3"},
		{"chunked", "5;a=\"\x1b[2J\"\r\n", "bad-length@5"},
		{"chunked", "5;a\x7f\r\n", "bad-length@3"},
		{"chunked", "5;" + long + "\n" + long, "bad-length@5002"},
		{"chunked", " 5\r\n", "bad-length@0"},
		{"chunked", "+5\r\n", "bad-length@0"},
		{"chunked", "0x5\r\n", "bad-length@1"},
		{"chunked", "5_0\r\n", "bad-length@1"},
		{"chunked", "5\r", "more"},
		{"chunked", "5;\r", "more"},

		{"chunked", "0\r\n||\r\n", ""},
		{"chunked", "0;a\r\n||A: b\r\n\r\n", ""},
		{"chunked", "0\r\n||A: b\tc\xfc\r\nD:\r\n\r\n", ""},
		{"chunked", "0\r\n||A: b\r\n c\r\n\td\r\n\r\n", ""},
		{"chunked", "0\r\n||A: " + long + "\r\n\r\n", ""},
		{"chunked", "0\r\nA: b\n\r\n\r\n", "bad-header@7"},
		{"chunked", "0\r\nA: b\r\n\n", "bad-header@9"},
		{"chunked", "0\r\nA: b\rc\r\n\r\n", "bad-header@7"},
		{"chunked", "0\r\nA: b\x00", "bad-header@7"},
		{"chunked", "0\r\nA: b\r\n c\x01", "bad-header@11"},
		{"chunked", "0\r\n A: b\r\n\r\n", "bad-header@3"},
		{"chunked", "0\r\nA : b\r\n\r\n", "bad-header@3"},
		{"chunked", "0\r\nA: b\r\nCD\r\n\r\n", "bad-header@9"},
		{"chunked", "0\r\n: b\r\n\r\n", "bad-header@3"},
		{"chunked", "0\r\n5\r\nhello\r\n0\r\n\r\n", "bad-header@3"},
		{"chunked", "0\r\nA: b\r\n\r", "more"},
	})
	checkRefused(t, "chunked", []refusedRow{
		{Marks{[]byte("5;a\nb\r\n"), []byte("\r\n")}, 5, ""},
		{Marks{[]byte("0\r\n"), []byte("A\r\n\r\n")}, 0, ""},
		{Marks{[]byte("0\r\n"), []byte("A: \x01\r\n\r\n")}, 0, ""},
		{Marks{[]byte("5\r\n"), []byte("A: b\r\n\r\n")}, 5, ""},
	})
}

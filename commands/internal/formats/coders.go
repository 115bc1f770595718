package formats

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A coder is a format with one message per line, in a code that can carry any byte: hex,
// base64 or escaped.
type coder struct {
	name   string
	encode func(dst, payload []byte) []byte
	// decode appends the message of a line. An error is at offset at of the line.
	decode func(dst, line []byte) (out []byte, at int, err error)
	ratio  int64           // the most bytes of a line that one byte of a message takes
	lines  framing.Framing // the framing of its lines; set when the format is chosen
}

var coders = []coder{
	{"hex", hex.AppendEncode, decodeHex, 4, nil},
	{"base64", appendBase64, decodeBase64, 2, nil},
	{"escaped", appendEscaped, decodeEscaped, 4, nil},
}

// textLines returns the framing of lines; the last line may have no LF.
func textLines() framing.Framing {
	f, _ := framing.Delimiter{OpenEnd: true}.Framing()
	return f
}

func (c coder) String() string { return c.name }

func (c coder) Scan(b []byte, cur *framing.Cursor) (framing.Extent, error) {
	return c.lines.Scan(b, cur)
}

func (c coder) Append(dst []byte, _ framing.Marks, payload []byte) ([]byte, error) {
	return append(c.encode(dst, payload), '\n'), nil
}

func (c coder) Unescape(dst, _, line, _ []byte) ([]byte, error) {
	out, at, err := c.decode(dst, bytes.TrimSuffix(line, []byte("\r")))
	if err != nil {
		return dst, &framing.Error{Fault: "bad-" + framing.Fault(c.name), Offset: int64(at), Detail: err.Error(), Err: framing.ErrMalformed}
	}
	return out, nil
}

// MinPayload returns the size of the smallest payload that a line of this length can have.
func (c coder) MinPayload(line int64) int64 { return line / c.ratio }

func (coder) Sync(b []byte) (int, bool) {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1, true
	}
	return len(b), false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func decodeHex(dst, line []byte) ([]byte, int, error) {
	half, high := false, byte(0)
	for i, c := range line {
		v := fromHex(c)
		switch {
		case isBlank(c):
		case v > 15:
			return nil, i, fmt.Errorf("%q is not a hex digit", c)
		case half:
			dst, half = append(dst, high<<4|v), false
		default:
			high, half = v, true
		}
	}
	if half {
		return nil, len(line), fmt.Errorf("one hex digit is left over: a byte has two")
	}
	return dst, 0, nil
}

// fromHex returns the value of a hex digit, or 255 if c is not one.
func fromHex(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

func appendBase64(dst, payload []byte) []byte { return base64.StdEncoding.AppendEncode(dst, payload) }

func decodeBase64(dst, line []byte) ([]byte, int, error) {
	text := bytes.Trim(line, " \t")
	out, err := base64.StdEncoding.AppendDecode(dst, text)
	if err != nil && !bytes.ContainsRune(text, '=') {
		out, err = base64.RawStdEncoding.AppendDecode(dst, text)
	}
	if at, ok := err.(base64.CorruptInputError); ok {
		i := min(int(at), len(text))
		if len(bytes.TrimRight(text, base64Digits)) == 0 {
			i = len(text)
		}
		if i == len(text) {
			return nil, i + len(line) - len(bytes.TrimLeft(line, " \t")), fmt.Errorf("the base64 text is incomplete")
		}
		return nil, i + bytes.Index(line, text), fmt.Errorf("%q is not allowed here in base64", text[i])
	}
	return out, 0, err
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func appendEscaped(dst, payload []byte) []byte {
	for _, c := range payload {
		dst = report.AppendEscapedByte(dst, c)
	}
	return dst
}

// decodeEscaped reads C escapes; all other bytes are kept as they are.
func decodeEscaped(dst, line []byte) ([]byte, int, error) {
	for i := 0; i < len(line); i++ {
		if line[i] != '\\' {
			dst = append(dst, line[i])
			continue
		}
		n, c, err := Unescape(line[i:])
		if err != nil {
			return nil, i, err
		}
		dst = append(dst, c)
		i += n - 1
	}
	return dst, 0, nil
}

// Unescape reads the C escape at the start of s and returns its length.
func Unescape(s []byte) (n int, c byte, err error) {
	if len(s) < 2 {
		return 0, 0, fmt.Errorf(`a backslash without an escape; write \\ for a backslash`)
	}
	if i := bytes.IndexByte([]byte(`abtnvfr`), s[1]); i >= 0 {
		return 2, byte(7 + i), nil
	}
	switch s[1] {
	case 'e':
		return 2, 0x1b, nil
	case '\\', '"', '\'', '?':
		return 2, s[1], nil
	case 'x':
		n = 2
		for n < len(s) && n < 4 && fromHex(s[n]) <= 15 {
			c = c<<4 | fromHex(s[n])
			n++
		}
		if n == 2 {
			return 0, 0, fmt.Errorf(`\x needs hex digits`)
		}
		return n, c, nil
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v := 0
		for n = 1; n < len(s) && n < 4 && s[n]-'0' <= 7; n++ {
			v = v*8 + int(s[n]-'0')
		}
		if v > 255 {
			return 0, 0, fmt.Errorf(`the escape %s is over 255`, s[:n])
		}
		return n, byte(v), nil
	}
	_, size := utf8.DecodeRune(s[1:])
	return 0, 0, fmt.Errorf("%#q is not a C escape", s[:1+size])
}

package hint

import (
	"bytes"
	"strings"
)

// Dump returns what kind of text head may be, and how to read the bytes that it shows, if it
// shows bytes in a form that is not read without a flag, or not at all; otherwise "".
func Dump(head []byte) string {
	switch {
	case isPlainHex(head):
		return "plain hex: to read the bytes that it shows, use --capture hexdump"
	case isOd(head):
		return "a dump of od or hexdump without hex: print it with od -A x -t x1z"
	}
	return ""
}

// followed returns what to do about a conversation that tshark printed in a form that does not
// show all bytes; "" if head is none.
func followed(head []byte) string {
	mode := followMode(head)
	protocol, form, _ := strings.Cut(mode, ",")
	switch form {
	case "", "raw", "hex":
		return ""
	}
	return "tshark's follow," + mode + ", in which bytes are lost: print follow," + protocol + ",raw instead"
}

// followMode returns the protocol and the form in the heading of a conversation that tshark
// printed, such as "tcp,ascii"; "" if there is none.
func followMode(head []byte) string {
	b, ok := bytes.CutPrefix(bytes.TrimLeft(head, "\r\n"), []byte("===="))
	b, ok2 := bytes.CutPrefix(bytes.TrimLeft(b, "=\r\n"), []byte("Follow: "))
	line, _, ended := bytes.Cut(b, []byte("\n"))
	mode := string(bytes.TrimSpace(line))
	if !ok || !ok2 || !ended || strings.Count(mode, ",") != 1 {
		return ""
	}
	return mode
}

// isPlainHex reports whether head has only pairs of hex digits, in lines of any length, with at
// least 4 bytes in them. Numbers without letters are more likely decimal.
func isPlainHex(head []byte) bool {
	n, letters := 0, false
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.Trim(line, "0123456789abcdefABCDEF")) > 0 || len(line)%2 != 0 {
			return false
		}
		n += len(line)
		letters = letters || bytes.ContainsAny(line, "abcdefABCDEF")
	}
	return n >= 8 && letters
}

// isOd reports whether the lines of head begin with the offsets of od or hexdump, 16 bytes
// apart: in octal, hex or decimal.
func isOd(head []byte) bool {
	rows := bytes.SplitN(head, []byte("\n"), 3)
	if len(rows) < 3 || !bytes.HasPrefix(rows[0], []byte("0000000 ")) {
		return false
	}
	second, _, _ := bytes.Cut(rows[1], []byte(" "))
	switch string(second) {
	case "0000020", "0000010", "0000016":
		return true
	}
	return false
}

package capture

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
)

// parseXxd parses the output of xxd with any -c, -g, -e, -u and -b:
//
//	00000000: 003c e459 8580 0001  .<.Y....
//	00000000: 59e43c00     8085    .<.Y..      -e: numbers, the last one right-aligned
//	00000000: 00000000 00111100    .<          -b
//
// The text column has one character per byte. This shows where the digits end.
func parseXxd(line []byte, r *row) {
	if r.common(line) {
		return
	}
	line = bytes.TrimLeft(line, " \t")
	n := digits(line)
	if n < 4 || len(line) < n+2 || line[n] != ':' || line[n+1] != ' ' {
		r.bad("expected an offset and a colon")
		return
	}
	r.kind, r.offset = rowBytes, line[:n]
	b := line[n+2:]
	if end, bits := xxdText(b); end == 0 {
		if rest := r.groups(b); r.kind == rowBytes {
			r.text, r.data = rest, r.data[:0]
			r.numbers(b[:len(b)-len(rest)])
		}
	} else if bits {
		r.text = b[end:]
		for _, g := range bytes.Fields(b[:end]) {
			v, err := strconv.ParseUint(string(g), 2, 8)
			if err != nil || len(g) != 8 {
				r.bad("expected groups of 8 bits")
				return
			}
			r.data = append(r.data, byte(v))
		}
	} else {
		r.text = b[end:]
		r.numbers(b[:end])
	}
}

// xxdText returns the start of the text column, which has one character for two digits, or
// for eight bits. It returns 0 if there is no such column.
func xxdText(b []byte) (at int, bits bool) {
	n, binary := 0, true
	for i, c := range b {
		if text := len(b) - i; i >= 2 && n > 0 && b[i-1] == ' ' && b[i-2] == ' ' {
			if binary && n == 8*text {
				return i, true
			} else if n == 2*text {
				at = i // bits may have their column further right
			}
		}
		if c == ' ' {
			continue
		}
		if !isHex(c) {
			break
		}
		n++
		binary = binary && (c == '0' || c == '1')
	}
	return at, false
}

// numbers parses groups of hex digits, as they are and as little-endian numbers.
func (r *row) numbers(b []byte) {
	for first := true; ; first = false {
		left := bytes.TrimLeft(b, " ")
		n := digits(left)
		if n == 0 {
			return
		}
		if n%2 != 0 {
			r.bad("an odd number of hex digits")
			return
		}
		if indent := len(b) - len(left); first && indent > 0 || indent > 1 {
			r.right = true
		}
		at := len(r.data)
		r.data = appendHex(r.data, left[:n])
		r.swapped = append(r.swapped, r.data[at:]...)
		slices.Reverse(r.swapped[at:])
		b = left[n:]
	}
}

// parseOd parses the output of od and hexdump: numbers, with or without an offset.
//
//	0000000 981c 69df                         hexdump, od -x: 16 bits, little-endian
//	000000 1c 98 df 69  >...i<                od -A x -t x1z
//	0000000 114034 064737                     od: 16 bits, octal
func parseOd(line []byte, r *row) {
	if r.common(line) {
		return
	}
	b := line
	if n := digits(line); line[0] != ' ' {
		if n < 6 || n < len(line) && line[n] != ' ' {
			r.bad("expected an offset")
			return
		}
		r.offset, b = line[:n], line[n:]
		if blank(b) {
			r.kind = rowEnd
			return
		}
	}
	if at := bytes.Index(b, []byte("  >")); at >= 0 {
		r.text, b = bytes.TrimSuffix(b[at+3:], []byte("<")), b[:at]
	}
	width, numbers := 0, 0
	for _, f := range bytes.Fields(b) {
		if numbers++; width == 0 {
			width = len(f)
		}
		if len(f) != width || !r.number(f) {
			r.bad("the numbers differ in length, or have a length that od does not print")
			return
		}
	}
	r.kind, r.word = rowBytes, len(r.data)/max(1, numbers)
	r.octal = len(r.offset) == 7 && width != 4 // by default hexdump prints numbers of 4 digits
}

// number parses a number. The count of its digits shows its base and size.
func (r *row) number(f []byte) bool {
	size, base := 0, 16
	switch len(f) {
	case 2:
		size = 1
	case 3:
		size, base = 1, 8
	case 4:
		size = 2
	case 6:
		size, base = 2, 8
	case 8:
		size = 4
	case 11:
		size, base = 4, 8
	case 16:
		size = 8
	default:
		return false
	}
	v, err := strconv.ParseUint(string(f), base, 8*size)
	if err != nil {
		return false
	}
	var le [8]byte
	binary.LittleEndian.PutUint64(le[:], v)
	r.data = append(r.data, le[:size]...)
	return true
}

// parseInclude parses the output of xxd -i:
//
//	unsigned char dns[] = {
//	  0x00, 0x3c, 0xe4
//	};
//	unsigned int dns_len = 3;
func parseInclude(line []byte, r *row) {
	b := bytes.TrimSpace(line)
	switch {
	case len(b) == 0 || string(b) == "};" || bytes.HasPrefix(b, []byte("unsigned ")):
		r.kind, r.mark = rowNote, bytes.HasSuffix(b, []byte("[] = {"))
		return
	}
	for _, f := range bytes.Split(bytes.TrimSuffix(b, []byte(",")), []byte(",")) {
		f = bytes.TrimSpace(f)
		if len(f) != 4 || f[0] != '0' || f[1] != 'x' && f[1] != 'X' || digits(f[2:]) != 2 {
			r.bad("expected a list of bytes such as 0x00, 0x01")
			return
		}
		r.data = appendHex(r.data, f[2:])
	}
	r.kind = rowBytes
}

// parsePlain parses pairs of hex digits, with or without spaces between them.
func parsePlain(line []byte, r *row) {
	r.kind, r.mark = rowBytes, true
	fields := bytes.Fields(line)
	for _, f := range fields {
		if n := digits(f); n < len(f) || n%2 != 0 {
			r.bad("expected pairs of hex digits")
			return
		}
		r.data = appendHex(r.data, f)
		r.mark = r.mark && len(f) == 2 && len(fields) > 1
	}
	if len(r.data) == 0 {
		r.kind = rowNote
	}
}

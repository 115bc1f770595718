package capture

import (
	"bytes"
	"slices"
	"strings"
)

// openings are the words at the start of lines of dumps that do not start with an offset. A 0
// means any digit.
var openings = []string{
	"*", "0x", "unsigned ", "};", // xxd -i
	"===", "Follow:", "Filter:", "Node 0", // tshark's conversations
	"Frame (0", "Packet (0", "Reassembled ", // and packets
	"stream 0", "conn 0", "localhost:0", "unix:/", "tls://", // framecat inspect, and --hex
	"IP ", "IP6 ", "ARP", "00:00:00.0", "0000-00-00 00:00:00.0", // tcpdump
	"$ ", "# ", "% ", "^C", // a terminal, before and after a dump
}

// banners are the starts of lines that tcpdump prints before packets.
var banners = []string{"tcpdump: ", "listening on ", "reading from "}

// mayStartRow reports whether line may be a line of a dump, or the start of one. If it is
// true for a line, it is true for each start of the line.
func mayStartRow(line []byte) bool {
	b := bytes.TrimLeft(line, " \t")
	indented := len(b) < len(line)
	begins := func(o string) bool { return beginsLike(b, o) }
	if slices.ContainsFunc(openings, begins) || slices.ContainsFunc(banners, begins) {
		return true
	}
	n := digits(b)
	switch {
	case n == len(b): // only digits so far
		return true
	case b[n] == ':': // xxd
		return n >= 4 && mayStartNumber(b[n+1:])
	case b[n] == '.': // seconds, an address
		return n >= 9 || n > 0 && (indented || len(bytes.Trim(b, "0123456789.:")) == 0)
	case b[n] == ' ':
		return (n >= 2 || n > 0 && indented) && mayStartNumber(b[n:])
	}
	return false
}

// beginsLike reports whether b and pattern are equal up to the length of the shorter one.
func beginsLike(b []byte, pattern string) bool {
	for i := range min(len(b), len(pattern)) {
		if p := pattern[i]; b[i] != p && !(p == '0' && b[i] >= '0' && b[i] <= '9') {
			return false
		}
	}
	return true
}

// mayStartNumber reports whether b may start with a space and a number, with or without a mark
// before the number, or with a text column.
func mayStartNumber(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0] != ' ' {
		return false
	}
	b = bytes.TrimLeft(b, " ")
	if len(b) == 0 || b[0] == '>' {
		return true
	}
	if strings.IndexByte(marks, b[0]) >= 0 {
		b = b[1:]
	}
	n := digits(b)
	return n == len(b) || n > 0 && (b[n] == ' ' || b[n] == '.' || b[n] == ':' || strings.IndexByte(marks, b[n]) >= 0)
}

// besideDump reports whether a terminal printed this line before or after a dump: a prompt,
// with or without a command that prints dumps, or a message of tcpdump.
func besideDump(line []byte) bool {
	b := bytes.TrimSpace(line)
	if len(b) == 0 || strings.IndexByte("$#%^tlr", b[0]) < 0 && !bytes.Contains(b, []byte("packet")) {
		return false // nearly all rows: this path allocates nothing
	}
	b, stopped := bytes.CutPrefix(b, []byte("^C"))
	f := bytes.Fields(b)
	switch {
	case len(f) == 0:
		return stopped
	case len(f[0]) == 1 && strings.Contains("$#%", string(f[0])):
		return len(f) == 1 || printsDumps(f[1:])
	case len(f) >= 3 && (string(f[1]) == "packet" || string(f[1]) == "packets"):
		verb := string(f[2])
		return verb == "captured" || verb == "received" || verb == "dropped"
	}
	return slices.ContainsFunc(banners, func(s string) bool { return bytes.HasPrefix(b, []byte(s)) })
}

func printsDumps(words [][]byte) bool {
	for _, w := range words {
		switch string(w) {
		case "xxd", "hexdump", "hd", "od", "tcpdump", "tshark", "framecat":
			return true
		}
	}
	return false
}

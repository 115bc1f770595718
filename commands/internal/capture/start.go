package capture

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// Undecided says whether more bytes could still change what Detect says of head. They
// can while it is the start of a magic number, or nothing but text in which each line
// may be one of a dump, the last as far as it goes: that is for all 4 KiB to settle.
// Binary streams and ordinary text leave both with their first bytes, text that looks
// like hex with its first lines; from there on Detect says Raw, whatever follows.
func Undecided(head []byte) bool {
	if len(head) >= detectSize || Detect(head) == Pcap && len(head) >= 6 {
		return false
	}
	return startsMagic(head) || mayBeDump(head)
}

// startsMagic says whether all of head is the start of the magic number of a pcap file
// and its version, or of a pcapng file and its byte order.
func startsMagic(head []byte) bool {
	if order, _ := pcapOrder(head); order != nil {
		return len(head) < 6
	}
	if len(head) >= 4 {
		return len(head) < 12 && binary.BigEndian.Uint32(head) == blockSection
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []uint32{pcapMicro, pcapNano, blockSection} { // the last reads the same both ways
			var b [4]byte
			if order.PutUint32(b[:], magic); bytes.HasPrefix(b[:], head) {
				return true
			}
		}
	}
	return false
}

// mayBeDump says whether head may be the start of a dump of any style.
func mayBeDump(head []byte) bool {
	if !isText(head) {
		return false
	}
	for _, s := range styles {
		if t, last := judged(head, s); t.mayGoOn(last) {
			return true
		}
	}
	return false
}

// What lines of dumps may begin with that is no offset; 0 stands for any digit.
var openings = []string{
	"*", "0x", "unsigned ", "};", // xxd -i
	"===", "Follow:", "Filter:", "Node 0", // tshark's conversations
	"Frame (0", "Packet (0", "Reassembled ", // and packets
	"stream 0", "conn 0", "localhost:0", "unix:/", "tls://", // framecat inspect, and --hex
	"IP ", "IP6 ", "ARP", "00:00:00.0", "0000-00-00 00:00:00.0", // tcpdump
	"$ ", "# ", "% ", "^C", // around a dump
}

// What tcpdump says before it prints packets begins like this.
var banners = []string{"tcpdump: ", "listening on ", "reading from "}

// opens says whether line may be one of a dump, or the start of one. What it takes, it
// takes the start of.
func opens(line []byte) bool {
	b := bytes.TrimLeft(line, " \t")
	indented := len(b) < len(line)
	begins := func(o string) bool { return beginsLike(b, o) }
	if slices.ContainsFunc(openings, begins) || slices.ContainsFunc(banners, begins) {
		return true
	}
	n := digits(b)
	switch {
	case n == len(b): // nothing but digits so far
		return true
	case b[n] == ':': // xxd
		return n >= 4 && numberOpens(b[n+1:])
	case b[n] == '.': // seconds, an address
		return n >= 9 || n > 0 && (indented || len(bytes.Trim(b, "0123456789.:")) == 0)
	case b[n] == ' ':
		return (n >= 2 || n > 0 && indented) && numberOpens(b[n:])
	}
	return false
}

// beginsLike says whether b begins like pattern, as far as both go.
func beginsLike(b []byte, pattern string) bool {
	for i := range min(len(b), len(pattern)) {
		if p := pattern[i]; b[i] != p && !(p == '0' && b[i] >= '0' && b[i] <= '9') {
			return false
		}
	}
	return true
}

// numberOpens says whether b may begin with a blank and a number, perhaps a mark before
// it, or a text column.
func numberOpens(b []byte) bool {
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

// around says whether a line is no part of a dump, but of what a terminal shows around
// it: a prompt, with a command that prints dumps or with none, or what tcpdump says.
func around(line []byte) bool {
	b := bytes.TrimSpace(line)
	if len(b) == 0 || strings.IndexByte("$#%^tlr", b[0]) < 0 && !bytes.Contains(b, []byte("packet")) {
		return false // as nearly all rows are: nothing is allocated for them
	}
	b, stopped := bytes.CutPrefix(b, []byte("^C"))
	f := bytes.Fields(b)
	switch {
	case len(f) == 0:
		return stopped
	case len(f[0]) == 1 && strings.Contains("$#%", string(f[0])):
		return len(f) == 1 || printsDumps(f[1:])
	case len(f) >= 3 && (string(f[1]) == "packet" || string(f[1]) == "packets"):
		said := string(f[2])
		return said == "captured" || said == "received" || said == "dropped"
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

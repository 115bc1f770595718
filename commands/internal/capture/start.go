package capture

import (
	"bytes"
	"encoding/binary"
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
		if t, last := examined(head, s); t.undecided(last) {
			return true
		}
	}
	return false
}

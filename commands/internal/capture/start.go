package capture

import (
	"bytes"
	"encoding/binary"
)

// Undecided reports whether more bytes could change what Detect returns for head. This is
// so while head is the start of a magic number, or while each of its lines may be a line of a
// dump and head is shorter than 4 KiB. A binary stream or ordinary text is decided after its
// first bytes, and text that looks like hex after its first lines. From then on Detect
// returns Raw, whatever follows.
func Undecided(head []byte) bool {
	if len(head) >= detectSize || Detect(head) == Pcap && len(head) >= 6 {
		return false
	}
	return startsMagic(head) || mayBeDump(head)
}

// startsMagic reports whether head is the incomplete start of a pcap file (magic number and
// version) or of a pcapng file (magic number and byte order).
func startsMagic(head []byte) bool {
	if order, _ := pcapOrder(head); order != nil {
		return len(head) < 6
	}
	if len(head) >= 4 {
		return len(head) < 12 && binary.BigEndian.Uint32(head) == blockSection
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []uint32{pcapMicro, pcapNano, blockSection} { // the last is the same in both byte orders
			var b [4]byte
			if order.PutUint32(b[:], magic); bytes.HasPrefix(b[:], head) {
				return true
			}
		}
	}
	return false
}

// mayBeDump reports whether head may be the start of a dump of any style.
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

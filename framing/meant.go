package framing

import "strings"

// A synonym is a word that people write, of the values of a key or, if that is "", of the keys.
type synonym struct{ key, words, right string }

var synonyms = []synonym{
	{"", "checksum sum fcs bcc lrc check", "crc=NAME"},
	{"", "crc-start crc-offset crc-at crc-over crc-covers", "crc-from=N"},
	{"", "crc-uncounted crc-excluded crc-not-counted crc-apart", "crc-counted=no"},
	{"", "preamble sync sync-word start marker signature", "magic=BYTES"},
	{"", "end footer suffix terminator postfix", "trailer=BYTES"},
	{"", "byteorder byte-order order endianness", "endian=ORDER"},
	{"", "width bytes", "size=N"},
	{"", "at skip position pos length-offset lengthfieldoffset", "offset=N"},
	{"", "adjustment length-adjustment lengthadjustment add", "adjust=N"},
	{"", "self itself inclusive counts-itself includes-length includes-itself includes-self length-includes-itself length-includes-length", "counts=itself"},
	{"", "includes-header length-includes-header counts-header whole-frame", "counts=frame"},
	{"", "max-length max-size max-frame maximum", "max=SIZE"},
	{"", "min-length min-size minimum", "min=N"},
	{"counts", "self own length including inclusive", "itself"},
	{"counts", "all total packet message everything whole header", "frame"},
	{"counts", "body data content", "payload"},
	{"counts", "after following remaining none", "rest"},
	{"endian", "little l lsb intel", "le"},
	{"endian", "big b msb network", "be"},
	{"crc-counted", "on true 1", "yes"},
	{"crc-counted", "off false 0", "no"},
}

// synonymOf returns the right word for a wrong one, or "".
func synonymOf(key, wrong string) string {
	for _, s := range synonyms {
		if s.key != key {
			continue
		}
		for w := range strings.FieldsSeq(s.words) {
			if strings.EqualFold(w, wrong) {
				return s.right
			}
		}
	}
	return ""
}

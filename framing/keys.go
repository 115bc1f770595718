package framing

// A key is an argument of a spec.
type key struct{ Name, Help string }

// lengthKeys are the keys of the length rule.
var lengthKeys = []key{
	{"offset=N", "bytes before the length field (0)"},
	{"adjust=N", "added to the length to get the number of bytes after the field; may be negative (0)"},
	{"counts=payload|rest|frame", "the same by name: the payload, all after the field, the whole frame (rest)"},
	{"unit=N", "the length counts N-byte words (1)"},
	maskKey,
	{"header=N", "the whole header, length field included (offset + size)"},
	{"magic=BYTES", "bytes every header must have; also the mark to resume at after an error"},
	{"magic-at=N", "where the magic is (0)"},
	{"prefix=BYTES", "header that encode writes, before the length is put in (magic, else zeros)"},
	{"trailer=BYTES", "bytes that must follow the payload, not counted by the length"},
	{"min=N", "smallest length (0)"},
	{"max=SIZE", "largest length (what the field can hold)"},
	signedKey,
	crcKey,
}

// Lengths in decimal digits have no bits, and so not these keys.
var (
	maskKey   = key{"mask=0x…", "only these bits of the field are the length (all)"}
	signedKey = key{"signed", "a set top bit is malformed, not a huge length"}
)

// Keys that several rows have.
var (
	crcKey    = key{"crc=NAME", "the payload ends in a checksum: crc32 crc32c crc16-ccitt crc16-modbus (-be, -le) xor8 sum8"}
	sizeKey   = key{"size=N", "width of the length field, 1 to 8 bytes (4)"}
	endianKey = key{"endian=be|le", "byte order of the length field (be)"}
)

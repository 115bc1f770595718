package framing

// A key is an argument of a spec, with its help text.
type key struct{ Name, Help string }

// lengthKeys are the keys of the length rule.
var lengthKeys = []key{
	{"offset=N", "bytes before the length field (0)"},
	{"adjust=N", "add N to the length to get the number of bytes after the field; may be negative (0)"},
	{"counts=payload|rest|frame", "what the length counts, in place of adjust: the payload, all bytes after the field, or the whole frame (rest)"},
	{"unit=N", "the length counts words of N bytes (1)"},
	maskKey,
	{"header=N", "size of the whole header, including the length field (offset + size)"},
	{"magic=BYTES", "bytes that every header contains; after an error, reading continues where they occur next"},
	{"magic-at=N", "offset of the magic in the header (0)"},
	{"prefix=BYTES", "header that encode writes, with the length filled in (magic, else zeros)"},
	{"trailer=BYTES", "bytes that must follow the payload; the length does not count them"},
	{"min=N", "smallest length allowed (0)"},
	{"max=SIZE", "largest length allowed (what the field can hold)"},
	signedKey,
	crcKey,
}

// Lengths in decimal digits have no bits, so they do not have these keys.
var (
	maskKey   = key{"mask=0x…", "bits of the field that are the length (all)"}
	signedKey = key{"signed", "a length whose top bit is set is an error, not a huge length"}
)

// Keys that several rows have.
var (
	crcKey    = key{"crc=NAME", "checksum after the payload: crc32 crc32c crc16-ccitt crc16-modbus (-be, -le) xor8 sum8"}
	sizeKey   = key{"size=N", "width of the length field, 1 to 8 bytes (4)"}
	endianKey = key{"endian=be|le", "byte order of the length field (be)"}
)

package framing

// A key is an argument of a spec, with its help text.
type key struct{ Name, Help string }

// lengthKeys are the keys of the length rule.
var lengthKeys = []key{
	{"offset=N", "bytes before the length field (0)"},
	{"adjust=N", "add N to the length to get the number of bytes after the field; may be negative (0)"},
	{"counts=payload|rest|itself|frame", "what the length counts, in place of adjust: the payload, all bytes after the field, the field itself and these, or the whole frame (rest)"},
	{"unit=N", "the length counts words of N bytes (1)"},
	maskKey,
	{"header=N", "size of the whole header, including the length field (offset + size)"},
	{"magic=BYTES", "bytes that every header contains; after an error, reading continues where they occur next"},
	{"magic-at=N", "offset of the magic in the header (0)"},
	{"prefix=BYTES", "header that encode writes, with the length filled in (magic, else zeros)"},
	{"trailer=BYTES", "bytes that must follow the payload and its checksum; the length does not count them"},
	{"min=N", "smallest length allowed (0)"},
	{"max=SIZE", "largest length allowed (what the field can hold)"},
	signedKey,
	crcKey,
	crcFromKey,
	{"crc-counted=yes|no", "whether the length counts the checksum (yes)"},
}

// Lengths in decimal digits have no bits, so they do not have these keys.
var (
	maskKey   = key{"mask=0x…", "bits of the field that are the length (all)"}
	signedKey = key{"signed", "a length whose top bit is set is an error, not a huge length"}
)

// Keys that several rows have.
var (
	crcKey = key{"crc=NAME", "checksum after the payload. High byte first: crc32 crc32c adler32 crc16-ccitt crc16-xmodem crc24q fletcher16. " +
		"Low byte first: crc16-arc crc16-dnp crc16-kermit crc16-modbus crc16-x25 fletcher8. -be or -le after the name changes the order. One byte: crc8 sum8 xor8"}
	crcFromKey = key{"crc-from=N", "the checksum covers all from byte N of the frame to the payload's end; 0 is the whole frame before it (the payload)"}
	sizeKey    = key{"size=N", "width of the length field, 1 to 8 bytes (4)"}
	endianKey  = key{"endian=be|le", "byte order of the length field (be)"}
)

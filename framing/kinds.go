package framing

import "slices"

// A Kind is one row of the table of framings.
type Kind struct {
	Name    string
	Usage   string // the name with its arguments; "" if it takes none of its own
	Summary string // one line
	Layout  string // parts with their sizes, | between header, body and trailer; "" for a length rule
	Fields  []Field
	Tells   []string // names of the fields that stand at no fixed place
	Counts  string   // what the length counts
	Limits  string
	Default string // the header that encode writes if a message brings none
	Source  string // where the rule is written down
	Spec    string // the generic rule that a short name stands for, if it is one
	Out     string // the format that suits its payloads better than lines, if one does

	Examples []Example

	parse func(*Kind, *settings) (Framing, error)
	rule  *length                                        // what the name says, of a row of the length rule
	check func(l *length, header []byte, v uint64) error // of a preset: what Spec can't say
	keys  []Key                                          // its own: Keys has them all

	traits Traits
}

// A Key is an argument of a spec.
type Key struct{ Name, Help string }

// An Example is a payload and its frame in Go's string syntax, with | between
// header, body and trailer and ~ behind fill.
type Example struct{ Spec, Payload, Frame string }

// Kinds returns the table of framings, in the order of a reader's interest: the
// generic rules first. The result must not be changed.
func Kinds() []Kind { return slices.Concat(kindTables[:]...) }

// Lookup returns the row with this name, or nil. The row must not be changed.
func Lookup(name string) *Kind {
	for _, k := range rows {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Keys are the arguments that the row has.
func (k *Kind) Keys() []Key {
	if k.rule == nil {
		return k.keys
	}
	return slices.DeleteFunc(slices.Concat(k.keys, lengthKeys), func(key Key) bool {
		return k.rule.digits != binaryDigits && (key == maskKey || key == signedKey)
	})
}

func rows(yield func(int, *Kind) bool) {
	n := 0
	for _, t := range kindTables {
		for i := range t {
			if !yield(n, &t[i]) {
				return
			}
			n++
		}
	}
}

func names() (out []string) {
	for _, k := range rows {
		out = append(out, k.Name)
	}
	return out
}

var lengthKeys = []Key{
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

// What lengths in decimal digits do not have: they have no bits.
var (
	maskKey   = Key{"mask=0x…", "only these bits of the field are the length (all)"}
	signedKey = Key{"signed", "a set top bit is malformed, not a huge length"}
)

var crcKey = Key{"crc=NAME", "the payload ends in a checksum: crc32 crc32c crc16-ccitt crc16-modbus (-be, -le) xor8 sum8"}

var (
	sizeKey   = Key{"size=N", "width of the length field, 1 to 8 bytes (4)"}
	endianKey = Key{"endian=be|le", "byte order of the length field (be)"}
)

const (
	netty  = "Netty LengthFieldBasedFrameDecoder; twisted IntNStringReceiver; Erlang {packet,N}"
	delims = "bufio.Scanner; twisted LineOnlyReceiver; Netty DelimiterBasedFrameDecoder"
)

// kindTables are the parts of the table of framings: a new framing is a row in one, and
// a file if it is no configuration of another. They and what they name need no code
// to make: a process that starts does not pay for them.
var kindTables = [...][]Kind{generic, protocols, coded, textProtocols, binaryProtocols}

// generic are the rules that protocols are made of, and those of one encoding.
var generic = []Kind{
	{Name: "u8", Usage: "u8[:KEY=…]", Summary: "one byte of length, then the payload",
		traits: Traits{Usual: 5, Narrow: true}, Source: netty, parse: parseShort, rule: &length{size: 1},
		Examples: []Example{{"u8", "hello", "\x05|hello"}}},
	{Name: "u16be", Usage: "u16be[:KEY=…]", Summary: "2-byte big-endian length, then the payload",
		traits: Traits{Usual: 2}, Source: netty, parse: parseShort, rule: &length{size: 2},
		Examples: []Example{
			{"u16be", "hello", "\x00\x05|hello"},
			{"u16be:offset=2,counts=frame", "hello", "\x00\x00\x00\x09|hello"},
			{"u16be:offset=1,header=5,magic=\\xaa,prefix=\\xaa\\0\\0\\x01,trailer=\\r\\n", "hi", "\xaa\x00\x04\x01\x00|hi|\r\n"},
			{"u16be:crc=crc16-ccitt", "123456789", "\x00\x0b|123456789|\x29\xb1"},
		}},
	{Name: "u16le", Usage: "u16le[:KEY=…]", Summary: "2-byte little-endian length, then the payload",
		traits: Traits{Usual: 4}, Source: netty, parse: parseShort, rule: &length{size: 2, little: true},
		Examples: []Example{
			{"u16le", "hello", "\x05\x00|hello"},
			{"u16le:unit=4,counts=frame,header=4", "four", "\x02\x00\x00\x00|four"},
			{"u16le:crc=crc16-modbus", "123456789", "\x0b\x00|123456789|\x37\x4b"},
		}},
	{Name: "u24be", Usage: "u24be[:KEY=…]", Summary: "3-byte big-endian length, then the payload",
		traits: Traits{Usual: 7}, Source: netty, parse: parseShort, rule: &length{size: 3},
		Examples: []Example{{"u24be", "hello", "\x00\x00\x05|hello"}}},
	{Name: "u24le", Usage: "u24le[:KEY=…]", Summary: "3-byte little-endian length, then the payload",
		traits: Traits{Usual: 9}, Source: netty, parse: parseShort, rule: &length{size: 3, little: true},
		Examples: []Example{{"u24le", "hello", "\x05\x00\x00|hello"}}},
	{Name: "u32be", Usage: "u32be[:KEY=…]", Summary: "4-byte big-endian length, then the payload",
		traits: Traits{Usual: 1}, Source: netty, parse: parseShort, rule: &length{size: 4},
		Examples: []Example{
			{"u32be", "hello", "\x00\x00\x00\x05|hello"},
			{"u32be:mask=0x7fffffff,prefix=0x80", "hello", "\x80\x00\x00\x05|hello"},
			{"u32be:signed", "", "\x00\x00\x00\x00|"},
			{"u32be:crc=crc32", "123456789", "\x00\x00\x00\x0d|123456789|\xcb\xf4\x39\x26"},
		}},
	{Name: "u32le", Usage: "u32le[:KEY=…]", Summary: "4-byte little-endian length, then the payload",
		traits: Traits{Usual: 3}, Source: netty, parse: parseShort, rule: &length{size: 4, little: true},
		Examples: []Example{
			{"u32le", "hello", "\x05\x00\x00\x00|hello"},
			{"u32le:crc=crc32c-le", "123456789", "\x0d\x00\x00\x00|123456789|\x83\x92\x06\xe3"},
		}},
	{Name: "u64be", Usage: "u64be[:KEY=…]", Summary: "8-byte big-endian length, then the payload",
		traits: Traits{Usual: 6}, Source: netty, parse: parseShort, rule: &length{size: 8},
		Examples: []Example{{"u64be", "hello", "\x00\x00\x00\x00\x00\x00\x00\x05|hello"}}},
	{Name: "u64le", Usage: "u64le[:KEY=…]", Summary: "8-byte little-endian length, then the payload",
		traits: Traits{Usual: 8}, Source: netty, parse: parseShort, rule: &length{size: 8, little: true},
		Examples: []Example{{"u64le", "hello", "\x05\x00\x00\x00\x00\x00\x00\x00|hello"}}},
	{Name: "length", Usage: "length[:size=N,KEY=…]", Summary: "the generic rule: a length field anywhere in a header", Layout: "[before:offset] length:size [rest] | payload | [trailer]",
		keys: []Key{sizeKey, endianKey}, Source: netty, parse: parseWide, rule: &length{size: 4},
		Examples: []Example{
			{"length:size=5", "hello", "\x00\x00\x00\x00\x05|hello"},
			{"length:size=6,endian=le,min=1,max=64KiB", "hello", "\x05\x00\x00\x00\x00\x00|hello"},
		}},
	{Name: "ascii", Usage: "ascii[:size=N,KEY=…]", Summary: "a length of N decimal digits", Layout: "digits:size | payload",
		keys: []Key{sizeKey}, traits: Traits{Text: true, Tries: []string{"ascii:size=4", "ascii:size=3", "ascii:size=2"}}, Source: "convention; banking hosts in front of ISO 8583", parse: parseWide, rule: &length{size: 4, digits: asciiDigits},
		Examples: []Example{{"ascii:size=4", "hello", "0005|hello"}, {"ascii:size=3,counts=frame", "hello", "008|hello"}}},
	{Name: "bcd", Usage: "bcd[:size=N,KEY=…]", Summary: "a length of two decimal digits a byte", Layout: "digits:size | payload",
		keys: []Key{sizeKey}, Source: "convention; banking hosts in front of ISO 8583", parse: parseWide, rule: &length{size: 4, digits: bcdDigits},
		Examples: []Example{{"bcd:size=2", "hello world!", "\x00\x12|hello world!"}}},
	{Name: "varint", Usage: "varint[:max=N,strict]", Summary: "a length in base 128, least significant first (protobuf)", Layout: "length:1-10 | payload",
		keys:   []Key{{"max=N", "longest varint, in bytes (10); Netty takes 5"}, {"strict", "refuse lengths longer than needed"}},
		traits: Traits{Narrow: true, Tries: []string{"varint"}}, Source: "protobuf encoding document; protobuf delimited streams", parse: parseVarint,
		Examples: []Example{{"varint", "hello", "\x05|hello"}, {"varint:max=5,strict", "hello", "\x05|hello"}}},
	{Name: "lines", Summary: "payloads that end in LF", Layout: "| payload | LF:1",
		Source: delims, Spec: `delim:\n`, Examples: []Example{{"lines", "hello", "|hello|\n"}}},
	{Name: "crlf", Summary: "payloads that end in CR LF", Layout: "| payload | CR:1 LF:1",
		Source: delims, Spec: `delim:\r\n`, Examples: []Example{{"crlf", "hello", "|hello|\r\n"}}},
	{Name: "nul", Summary: "payloads that end in a zero byte", Layout: "| payload | 00:1",
		Source: delims, Spec: `delim:\0`, Examples: []Example{{"nul", "hello", "|hello|\x00"}}},
	{Name: "delim", Usage: "delim:BYTES[,KEY=…]", Summary: "payloads that end in any delimiter, with an escape or without", Layout: "| payload | delimiter",
		traits: Traits{Delimited: true, Family: true}, keys: []Key{
			{"esc=BYTE", "this byte before the delimiter, or itself, makes it part of the payload"},
			{"magic=BYTES", "bytes each frame begins with: its header"}, crcKey}, Source: delims, parse: parseDelim,
		Examples: []Example{
			{"delim:||", "hello", "|hello|||"},
			{`delim:\n,esc=\\`, "a\nb\\", "|a\\\nb\\\\|\n"},
			{"delim:END,esc=%", "THE END", "|THE %END|END"},
			{"delim:;,crc=xor8", "hello", "|hello|b;"},
			{"delim:;,magic=>", "hello", ">|hello|;"},
		}},
	{Name: "any", Usage: "any:BYTE,BYTE…", Summary: "payloads that end in any one of some bytes", Layout: "| payload | end:1",
		traits: Traits{Delimited: true}, Source: delims, parse: parseAny, Examples: []Example{{"any:0x0a,0x0d", "hello", "|hello|\n"}}},
	{Name: "fixed", Usage: "fixed:SIZE[,magic=BYTES]", Summary: "frames of one size", Layout: "[magic] | payload", traits: Traits{Delimited: true, Family: true},
		keys: []Key{{"magic=BYTES", "bytes each frame begins with: its header, part of the size"}}, Source: "Netty FixedLengthFrameDecoder", parse: parseFixed,
		Examples: []Example{{"fixed:5", "hello", "|hello"}, {"fixed:6,magic=G", "hello", "G|hello"}}},
	{Name: "netstring", Summary: "decimal length, colon, payload, comma", Layout: `digits ":" | payload | ","`,
		traits: Traits{Text: true, Tries: []string{"netstring"}}, Source: "D. J. Bernstein, netstrings.txt (1997)", parse: parseCounted, Examples: []Example{{"netstring", "hello", "5:|hello|,"}}},
	{Name: "syslog", Summary: "decimal length, blank, payload: syslog's octet counting", Layout: "digits SP:1 | payload",
		traits: Traits{Text: true, Tries: []string{"syslog"}, Strays: []Opening{
			{Start: "\n", Means: "a sender that mixes octet counting with lines", Spec: "lines"},
			{Start: "<", Means: "a sender that mixes octet counting with lines", Spec: "lines"},
		}}, Source: "RFC 6587 section 3.4.1; RFC 5425 section 4.3", parse: parseCounted, Examples: []Example{{"syslog", "hello", "5 |hello"}}},
	{Name: "content-length", Summary: "header lines with Content-Length, an empty line, payload", Layout: "header_lines CR:1 LF:1 | payload",
		traits: Traits{Text: true, Tries: []string{"content-length"}, Openings: []Opening{
			{Start: "Cont", Next: "e", Means: "these are header lines"},
			{Start: "cont", Next: "e", Means: "these are header lines"},
		}}, Source: "Language Server Protocol 3.17, Base Protocol", parse: parseContentLength,
		Examples: []Example{{"content-length", "hello", "Content-Length: 5\r\n\r\n|hello"}}},
	{Name: "chunked", Summary: "HTTP chunks: hex length, CR LF, payload, CR LF; empty: the end", Layout: "hex_size [;extension] CR:1 LF:1 | payload | CR:1 LF:1",
		traits: Traits{Text: true, Tries: []string{"chunked"}}, Source: "RFC 9112 section 7.1", parse: parseChunked,
		Examples: []Example{{"chunked", "hello", "5\r\n|hello|\r\n"}, {"chunked", "", "0\r\n||\r\n"}}},
	{Name: "json-seq", Usage: "json-seq[:json=off]", Summary: "RS, a JSON text, LF", Layout: "RS:1 | text | LF:1",
		keys: []Key{{"json=off", "do not check that texts are JSON"}}, traits: Traits{Delimited: true}, Source: "RFC 7464", parse: parseJSONSeq,
		Examples: []Example{{"json-seq", `{"a":1}`, "\x1e|{\"a\":1}|\n"}}},
	{Name: "slip", Usage: "slip[:crc=NAME]", Summary: "packets on a serial line, ended by C0", Layout: "C0:fill | payload, escaped | C0:1",
		keys: []Key{crcKey}, traits: Traits{Delimited: true, Clear: true}, Source: "RFC 1055", parse: parseSlip,
		Examples: []Example{{"slip", "hel\xc0\xdb", "\xc0~|hel\xdb\xdc\xdb\xdd|\xc0"}, {"slip:crc=sum8", "\xc0\x1b", "\xc0~|\xdb\xdc\x1b\xdb\xdd|\xc0"}}},
	{Name: "kiss", Summary: "SLIP with a byte of port and command in front", Layout: "C0:fill type:1-2 | payload, escaped | C0:1",
		Source: "Chepponis and Karn, The KISS TNC (1987)", traits: Traits{Delimited: true, Clear: true, Refines: "slip"}, parse: parseKiss,
		Examples: []Example{{"kiss", "hello", "\xc0~\x00|hello|\xc0"}, {"kiss", "", "\xc0~\x00||\xc0"}}},
	{Name: "cobs", Usage: "cobs[:crc=NAME]", Summary: "zeros replaced by distances; a zero ends the frame", Layout: "| payload, stuffed | 00:1",
		keys: []Key{crcKey}, traits: Traits{Delimited: true}, Source: "Cheshire and Baker, Consistent Overhead Byte Stuffing, ToN 1999", parse: parseCobs,
		Examples: []Example{{"cobs", "\x11\x22\x00\x33", "|\x03\x11\x22\x02\x33|\x00"}, {"cobs", "", "|\x01|\x00"}, {"cobs:crc=sum8", "\x01\xff", "|\x03\x01\xff\x01|\x00"}}},
	{Name: "cobsr", Usage: "cobsr[:crc=NAME]", Summary: "COBS that often saves its last byte", Layout: "| payload, stuffed | 00:1",
		keys: []Key{crcKey}, traits: Traits{Delimited: true}, Source: "cobs-python, cobsr", parse: parseCobs,
		Examples: []Example{{"cobsr", "\x11\x22\x00\x33", "|\x03\x11\x22\x33|\x00"}}},
	{Name: "hdlc", Usage: "hdlc[:fcs=16|32|none,accm=HEX]", Summary: "PPP's frames between 7E flags, with escapes and a checksum", Layout: "7E:fill | payload, escaped | FCS:2|4 7E:1",
		keys:   []Key{{"fcs=16|32|none", "width of the checksum (16)"}, {"accm=HEX", "8 hex digits: a bit for each control character to escape (00000000)"}},
		traits: Traits{Delimited: true}, Source: "RFC 1662 sections 3 and 4, appendix C", parse: parseHDLC,
		Examples: []Example{
			{"hdlc", "hello", "\x7e~|hello|\xbd\x34\x7e"},
			{"hdlc:fcs=32", "hello", "\x7e~|hello|\x86\xa6\x10\x36\x7e"},
			{"hdlc:fcs=none", "\x7e", "\x7e~|\x7d\x5e|\x7e"},
			{"hdlc:accm=ffffffff", "\x11", "\x7e~|\x7d\x31|\x70\xf1\x7e"},
		}},
	{Name: "dle", Summary: "DLE STX, payload with DLE doubled, DLE ETX", Layout: "DLE:1 STX:1 | payload, escaped | DLE:1 ETX:1",
		traits: Traits{Delimited: true}, Source: "ANSI X3.28, transparent mode", parse: parseDLE, Examples: []Example{{"dle", "a\x10b", "\x10\x02|a\x10\x10b|\x10\x03"}}},
	{Name: "stx-etx", Summary: "STX, payload with DLE escapes, ETX", Layout: "STX:1 | payload, escaped | ETX:1",
		traits: Traits{Delimited: true}, Source: "py-dle-encoder; no standard", parse: parseStxEtx, Examples: []Example{{"stx-etx", "a\x02b", "\x02|a\x10\x42b|\x03"}}},
	{Name: "tfrecord", Summary: "TensorFlow records: u64le length and data, each with a CRC-32C", Layout: "length:8 length_crc:4 | payload | payload_crc:4",
		traits: Traits{Tries: []string{"tfrecord"}}, Source: "tensorflow/core/lib/io/record_writer.cc", parse: parseTFRecord,
		Examples: []Example{{"tfrecord", "hello", "\x05\x00\x00\x00\x00\x00\x00\x00\xea\xb2\x04\x3e|hello|\xbb\x1f\x1c\x19"}}},
}

func parseShort(k *Kind, s *settings) (Framing, error) { return parseLength(s, *k.rule, true) }

func parseWide(k *Kind, s *settings) (Framing, error) { return parseLength(s, *k.rule, false) }

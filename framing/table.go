package framing

import (
	"slices"
	"strings"
)

// Entries returns the table of framings: the generic rules first, then the protocols.
func Entries() []Entry { return slices.Concat(tables[:]...) }

// Lookup returns the entry that a spec names: that of "mqtt" for "mqtt" and "mqtt:strict", and
// also for "MQTT". Other names that people use for it are known too, such as "redis" for "resp"
// and "uint32_be" for "u32be". It is nil if there is none.
func Lookup(spec string) *Entry {
	if outer, inner, ok := splitSpec(spec); ok {
		return entryOfNested(outer, inner)
	}
	if e := mixEntry(spec); e != nil {
		return e
	}
	name, _, _ := strings.Cut(spec, ":")
	if k := rowOf(name); k != nil {
		return k
	}
	return byAlias(name)
}

// EntryOf returns the entry that f is a framing of, or nil if it is of none, such as a
// Framing of another package. It looks through wrappers; see "Writing a Framing".
func EntryOf(f Framing) *Entry {
	for f != nil {
		if j, ok := f.(*joined); ok && j.inner != nil {
			return entryOfNested(j.Framing.String(), j.inner.String())
		}
		if m, ok := f.(interface{ entry() *Entry }); ok {
			if e := m.entry(); e != nil {
				return e
			}
		}
		name, _, _ := strings.Cut(f.String(), ":")
		if e := rowOf(name); e != nil {
			return e
		}
		f = unwrap(f)
	}
	return nil
}

func rows(yield func(int, *Entry) bool) {
	n := 0
	for _, t := range tables {
		for i := range t {
			if !yield(n, &t[i]) {
				return
			}
			n++
		}
	}
}

func entryNames() (out []string) {
	for _, k := range rows {
		out = append(out, k.Name)
	}
	return out
}

const (
	netty  = "Netty LengthFieldBasedFrameDecoder; twisted IntNStringReceiver; Erlang {packet,N}"
	delims = "bufio.Scanner; twisted LineOnlyReceiver; Netty DelimiterBasedFrameDecoder"
)

// tables are the parts of the table of framings. A new framing is a row in one of them, and
// a file of its own unless it configures an existing rule. The compiler builds the tables, so
// they cost nothing when a process starts.
var tables = [...][]Entry{generic, protocols, coded, textProtocols, binaryProtocols, sizedProtocols, industryProtocols, networkProtocols, tunnelProtocols}

// generic are the rules that protocols build on: lengths, delimiters and encodings.
var generic = []Entry{
	{Name: "u8", group: "lengths", Usage: "u8[:KEY=…]", Summary: "one byte of length, then the payload",
		traits: traits{Usual: 5, Narrow: true}, Source: netty, parse: parseShort, rule: &length{size: 1},
		examples: []example{{"u8", "hello", "\x05|hello"}}},
	{Name: "u16be", group: "lengths", Usage: "u16be[:KEY=…]", Summary: "2-byte big-endian length, then the payload",
		traits: traits{Usual: 2}, Source: netty, parse: parseShort, rule: &length{size: 2},
		examples: []example{
			{"u16be", "hello", "\x00\x05|hello"},
			{"u16be:offset=2,counts=frame", "hello", "\x00\x00\x00\x09|hello"},
			{"u16be:offset=1,header=5,magic=0xaa,prefix=0xaa000001,trailer=\\r\\n", "hi", "\xaa\x00\x04\x01\x00|hi|\r\n"},
			{"u16be:offset=1,magic=:,counts=frame,crc=crc8,crc-from=0", "hello", ":\x00\x09|hello|\x13"},
			{"u16be:crc=crc16-ccitt", "123456789", "\x00\x0b|123456789|\x29\xb1"},
		}},
	{Name: "u16le", group: "lengths", Usage: "u16le[:KEY=…]", Summary: "2-byte little-endian length, then the payload",
		traits: traits{Usual: 4}, Source: netty, parse: parseShort, rule: &length{size: 2, little: true},
		examples: []example{
			{"u16le", "hello", "\x05\x00|hello"},
			{"u16le:unit=4,counts=frame,header=4", "four", "\x02\x00\x00\x00|four"},
			{"u16le:crc=crc16-modbus", "123456789", "\x0b\x00|123456789|\x37\x4b"},
		}},
	{Name: "u24be", group: "lengths", Usage: "u24be[:KEY=…]", Summary: "3-byte big-endian length, then the payload",
		traits: traits{Usual: 7}, Source: netty, parse: parseShort, rule: &length{size: 3},
		examples: []example{{"u24be", "hello", "\x00\x00\x05|hello"}}},
	{Name: "u24le", group: "lengths", Usage: "u24le[:KEY=…]", Summary: "3-byte little-endian length, then the payload",
		traits: traits{Usual: 9}, Source: netty, parse: parseShort, rule: &length{size: 3, little: true},
		examples: []example{{"u24le", "hello", "\x05\x00\x00|hello"}}},
	{Name: "u32be", group: "lengths", Usage: "u32be[:KEY=…]", Summary: "4-byte big-endian length, then the payload",
		traits: traits{Usual: 1}, Source: netty, parse: parseShort, rule: &length{size: 4},
		examples: []example{
			{"u32be", "hello", "\x00\x00\x00\x05|hello"},
			{"u32be:mask=0x7fffffff,prefix=0x80", "hello", "\x80\x00\x00\x05|hello"},
			{"u32be:signed", "", "\x00\x00\x00\x00|"},
			{"u32be:crc=crc32", "123456789", "\x00\x00\x00\x0d|123456789|\xcb\xf4\x39\x26"},
		}},
	{Name: "u32le", group: "lengths", Usage: "u32le[:KEY=…]", Summary: "4-byte little-endian length, then the payload",
		traits: traits{Usual: 3}, Source: netty, parse: parseShort, rule: &length{size: 4, little: true},
		examples: []example{
			{"u32le", "hello", "\x05\x00\x00\x00|hello"},
			{"u32le:magic=0xaa55,offset=2,counts=itself,crc=crc16-modbus,crc-counted=no", "123456789", "\xaa\x55\x0d\x00\x00\x00|123456789|\x37\x4b"},
			{"u32le:crc=crc32c-le", "123456789", "\x0d\x00\x00\x00|123456789|\x83\x92\x06\xe3"},
		}},
	{Name: "u64be", group: "lengths", Usage: "u64be[:KEY=…]", Summary: "8-byte big-endian length, then the payload",
		traits: traits{Usual: 6}, Source: netty, parse: parseShort, rule: &length{size: 8},
		examples: []example{{"u64be", "hello", "\x00\x00\x00\x00\x00\x00\x00\x05|hello"}}},
	{Name: "u64le", group: "lengths", Usage: "u64le[:KEY=…]", Summary: "8-byte little-endian length, then the payload",
		traits: traits{Usual: 8}, Source: netty, parse: parseShort, rule: &length{size: 8, little: true},
		examples: []example{{"u64le", "hello", "\x05\x00\x00\x00\x00\x00\x00\x00|hello"}}},
	{Name: "length", group: "lengths", Usage: "length[:size=N,KEY=…]", Summary: "the generic rule: a length field anywhere in a header", layout: "[before:offset] length:size [rest] | payload | [trailer]",
		keys: []key{sizeKey, endianKey}, Source: netty, parse: parseWide, rule: &length{size: 4},
		examples: []example{
			{"length:size=5", "hello", "\x00\x00\x00\x00\x05|hello"},
			{"length:size=6,endian=le,min=1,max=64KiB", "hello", "\x05\x00\x00\x00\x00\x00|hello"},
		}},
	{Name: "ascii", group: "lengths", Usage: "ascii[:size=N,KEY=…]", Summary: "decimal length of N digits, then the payload", layout: "digits:size | payload",
		keys: []key{sizeKey}, traits: traits{Text: true, Tries: []string{"ascii:size=4", "ascii:size=3", "ascii:size=2"}}, Source: "convention; banking hosts in front of ISO 8583", parse: parseWide, rule: &length{size: 4, digits: asciiDigits},
		examples: []example{{"ascii:size=4", "hello", "0005|hello"}, {"ascii:size=3,counts=frame", "hello", "008|hello"}}},
	{Name: "bcd", group: "lengths", Usage: "bcd[:size=N,KEY=…]", Summary: "length in BCD, two decimal digits per byte, then the payload", layout: "digits:size | payload",
		keys: []key{sizeKey}, Source: "convention; banking hosts in front of ISO 8583", parse: parseWide, rule: &length{size: 4, digits: bcdDigits},
		examples: []example{{"bcd:size=2", "hello world!", "\x00\x12|hello world!"}}},
	{Name: "varint", group: "lengths", Usage: "varint[:max=N,strict]", Summary: "base-128 length, as in protobuf, then the payload", layout: "length:1-10 | payload",
		keys:   []key{{"max=N", "longest varint, in bytes (10); Netty accepts 5"}, {"strict", "refuse lengths written in more bytes than needed"}},
		traits: traits{Aliases: []string{"leb128", "uleb128", "uvarint"}, Narrow: true, Tries: []string{"varint"}}, Source: "protobuf encoding document; protobuf delimited streams", parse: parseVarint,
		examples: []example{{"varint", "hello", "\x05|hello"}, {"varint:max=5,strict", "hello", "\x05|hello"}}},
	{Name: "lines", group: "delimiters", Summary: "payloads that end in LF", layout: "| payload | LF:1",
		traits: traits{Aliases: []string{"lf", "newline"}}, Source: delims, Spec: `delim:\n`, examples: []example{{"lines", "hello", "|hello|\n"}}},
	{Name: "crlf", group: "delimiters", Summary: "payloads that end in CR LF", layout: "| payload | CR:1 LF:1",
		Source: delims, Spec: `delim:\r\n`, examples: []example{{"crlf", "hello", "|hello|\r\n"}}},
	{Name: "nul", group: "delimiters", Summary: "payloads that end in a zero byte", layout: "| payload | 00:1",
		Source: delims, Spec: `delim:\0`, examples: []example{{"nul", "hello", "|hello|\x00"}}},
	{Name: "delim", group: "delimiters", Usage: "delim:BYTES[,KEY=…]", Summary: "payloads that end in a delimiter of your choice", layout: "| payload | delimiter",
		traits: traits{Delimited: true, Family: true}, keys: []key{
			{"esc=BYTE", "escape byte: a delimiter or an escape byte after it belongs to the payload"},
			{"magic=BYTES", "bytes that begin each frame; they are its header"}, crcKey, crcFromKey}, Source: delims, parse: parseDelim,
		examples: []example{
			{"delim:||", "hello", "|hello|||"},
			{`delim:\n,esc=\\`, "a\nb\\", "|a\\\nb\\\\|\n"},
			{"delim:END,esc=%", "THE END", "|THE %END|END"},
			{"delim:;,crc=xor8", "hello", "|hello|b;"},
			{"delim:;,magic=>", "hello", ">|hello|;"},
		}},
	{Name: "starts", group: "delimiters", Usage: "starts:BYTES", Summary: "frames that begin with a mark, and end where the next begins", layout: "mark | payload",
		traits: traits{Delimited: true, Family: true}, limits: "a live frame is held until the next one begins", Source: "convention; no standard", parse: parseStarts,
		examples: []example{{"starts:0xaa55", "hello", "\xaa\x55|hello"}, {"starts:>", "", ">|"}}},
	{Name: "any", group: "delimiters", Usage: "any:BYTE,BYTE…", Summary: "payloads that end in any one of several bytes", layout: "| payload | end:1",
		traits: traits{Delimited: true}, Source: delims, parse: parseAny, examples: []example{{"any:0x0a,0x0d", "hello", "|hello|\n"}}},
	{Name: "mix", group: "serial", Usage: "mix:SPEC,SPEC…", Summary: "several framings on one line, with other bytes between", layout: "bytes:fill frame_of_any_SPEC | payload | [trailer]",
		variable: []string{mixField}, limits: "the frames of each SPEC begin with a mark; at most 64 KiB a frame, or 2 KiB if its header has no length; what is left at the end of the stream is fill; write a comma in a SPEC as \\, and a backslash as \\\\",
		header: "that of the first SPEC that can carry the payload", traits: traits{Family: true},
		Source: "convention; receivers that send NMEA and UBX", parse: parseMix, examples: []example{
			{"mix:ubx,nmea", "GPGLL", "\xb5\x62\x0a\x04\x05\x00|GPGLL|\x89\xf9"},
			{`mix:u8:offset=1\,magic=0xaa,netstring`, "hello", "\xaa\x05|hello"},
		}},
	{Name: "gap", group: "serial", Usage: "gap:DURATION", Summary: "frames that a pause ends, as on serial lines", layout: "| payload",
		limits: "a file has no times: only a capture, a device, a pipe or a connection has frames; tap and inspect by time show a frame when something else happens on its connection; a frame over the limit ends the stream; encode and send wait twice as long after each message", traits: traits{Delimited: true, Family: true, Timed: true},
		Source: "Modbus over serial line 1.02, section 2.5.1.1: 3.5 characters", parse: parseGap, examples: []example{{"gap:5ms", "hello", "|hello"}}},
	{Name: "fixed", group: "lengths", Usage: "fixed:SIZE[,magic=BYTES]", Summary: "frames of a fixed size", layout: "[magic] | payload", traits: traits{Delimited: true, Family: true},
		keys: []key{{"magic=BYTES", "bytes that begin each frame; they are its header and count in the size"}}, Source: "Netty FixedLengthFrameDecoder", parse: parseFixed,
		examples: []example{{"fixed:5", "hello", "|hello"}, {"fixed:6,magic=G", "hello", "G|hello"}}},
	{Name: "netstring", group: "text", Summary: "decimal length, colon, payload, comma", layout: `digits ":" | payload | ","`,
		traits: traits{Text: true, Tries: []string{"netstring"}}, Source: "D. J. Bernstein, netstrings.txt (1997)", parse: parseCounted, examples: []example{{"netstring", "hello", "5:|hello|,"}}},
	{Name: "syslog", group: "logs", Summary: "decimal length, space, payload: syslog's octet counting", layout: "digits SP:1 | payload",
		traits: traits{Ports: []uint16{601}, Text: true, Tries: []string{"syslog"}, Strays: []opening{
			{Start: "\n", Means: "the sender mixes octet counting with lines", Spec: "lines"},
			{Start: "<", Means: "the sender mixes octet counting with lines", Spec: "lines"},
		}}, Source: "RFC 6587 section 3.4.1; RFC 5425 section 4.3", parse: parseCounted, examples: []example{{"syslog", "hello", "5 |hello"}}},
	{Name: "content-length", group: "text", Summary: "header lines with Content-Length, an empty line, payload", layout: "header_lines CR:1 LF:1 | payload",
		traits: traits{Text: true, Tries: []string{"content-length"}, Openings: []opening{
			{Start: "Cont", Next: "e", Means: "the stream begins with header lines"},
			{Start: "cont", Next: "e", Means: "the stream begins with header lines"},
		}}, Source: "Language Server Protocol 3.17, Base Protocol", parse: parseContentLength,
		examples: []example{{"content-length", "hello", "Content-Length: 5\r\n\r\n|hello"}}},
	{Name: "chunked", group: "web", Summary: "HTTP chunks: hex length, data; an empty chunk ends the body", layout: "hex_size [;extension] CR:1 LF:1 | payload | CR:1 LF:1",
		traits: traits{Text: true, Tries: []string{"chunked"}}, Source: "RFC 9112 section 7.1", parse: parseChunked,
		examples: []example{{"chunked", "hello", "5\r\n|hello|\r\n"}, {"chunked", "", "0\r\n||\r\n"}}},
	{Name: "json-seq", group: "text", Usage: "json-seq[:json=off]", Summary: "RS, a JSON text, LF", layout: "RS:1 | text | LF:1",
		keys: []key{{"json=off", "do not check that each text is valid JSON"}}, traits: traits{Delimited: true}, Source: "RFC 7464", parse: parseJSONSeq,
		examples: []example{{"json-seq", `{"a":1}`, "\x1e|{\"a\":1}|\n"}}},
	{Name: "json-stream", group: "text", Summary: "JSON values one after the other, with or without blanks", layout: "blanks:fill | value | [blank]",
		traits: traits{Delimited: true, Family: true, Aliases: []string{"json", "concatenated-json", "cjson"}}, Source: "RFC 8259; jq, Python's raw_decode, Go's json.Decoder", parse: parseJSONStream,
		limits:   "a number or a word ends at the byte after it, for which a live stream waits; -o json is another thing, the records of FORMAT json",
		examples: []example{{"json-stream", `{"a":[1,"}"]}`, `|{"a":[1,"}"]}`}, {"json-stream", "12", "|12|\n"}}},
	{Name: "slip", group: "serial", Usage: "slip[:crc=NAME]", Summary: "packets on a serial line; the byte C0 ends each", layout: "C0:fill | payload, escaped | C0:1",
		keys: []key{crcKey}, traits: traits{Delimited: true, Clear: true}, Source: "RFC 1055", parse: parseSlip,
		examples: []example{{"slip", "hel\xc0\xdb", "\xc0~|hel\xdb\xdc\xdb\xdd|\xc0"}, {"slip:crc=sum8", "\xc0\x1b", "\xc0~|\xdb\xdc\x1b\xdb\xdd|\xc0"}}},
	{Name: "kiss", group: "serial", Summary: "SLIP packets that begin with a byte for port and command", layout: "C0:fill type:1-2 | payload, escaped | C0:1",
		Source: "Chepponis and Karn, The KISS TNC (1987)", traits: traits{Delimited: true, Clear: true, Refines: "slip"}, parse: parseKiss,
		examples: []example{{"kiss", "hello", "\xc0~\x00|hello|\xc0"}, {"kiss", "", "\xc0~\x00||\xc0"}}},
	{Name: "cobs", group: "serial", Usage: "cobs[:crc=NAME]", Summary: "zero bytes replaced by distances; a zero byte ends a frame", layout: "| payload, stuffed | 00:1",
		keys: []key{crcKey}, traits: traits{Delimited: true}, Source: "Cheshire and Baker, Consistent Overhead Byte Stuffing, ToN 1999", parse: parseCobs,
		examples: []example{{"cobs", "\x11\x22\x00\x33", "|\x03\x11\x22\x02\x33|\x00"}, {"cobs", "", "|\x01|\x00"}, {"cobs:crc=sum8", "\x01\xff", "|\x03\x01\xff\x01|\x00"}}},
	{Name: "cobsr", group: "serial", Usage: "cobsr[:crc=NAME]", Summary: "COBS/R: COBS that is often one byte shorter", layout: "| payload, stuffed | 00:1",
		keys: []key{crcKey}, traits: traits{Delimited: true}, Source: "cobs-python, cobsr", parse: parseCobs,
		examples: []example{{"cobsr", "\x11\x22\x00\x33", "|\x03\x11\x22\x33|\x00"}}},
	{Name: "hdlc", group: "serial", Usage: "hdlc[:fcs=16|32|none,accm=HEX]", Summary: "PPP frames between 7E flags, with escapes and a checksum", layout: "7E:fill | payload, escaped | FCS:2|4 7E:1",
		keys:   []key{{"fcs=16|32|none", "width of the checksum (16)"}, {"accm=HEX", "8 hex digits: one bit for each control character to escape (00000000)"}},
		traits: traits{Aliases: []string{"ppp"}, Delimited: true}, Source: "RFC 1662 sections 3 and 4, appendix C", parse: parseHDLC,
		examples: []example{
			{"hdlc", "hello", "\x7e~|hello|\xbd\x34\x7e"},
			{"hdlc:fcs=32", "hello", "\x7e~|hello|\x86\xa6\x10\x36\x7e"},
			{"hdlc:fcs=none", "\x7e", "\x7e~|\x7d\x5e|\x7e"},
			{"hdlc:accm=ffffffff", "\x11", "\x7e~|\x7d\x31|\x70\xf1\x7e"},
		}},
	{Name: "dle", group: "serial", Summary: "DLE STX, payload with DLE doubled, DLE ETX", layout: "DLE:1 STX:1 | payload, escaped | DLE:1 ETX:1",
		traits: traits{Delimited: true}, Source: "ANSI X3.28, transparent mode", parse: parseDLE, examples: []example{{"dle", "a\x10b", "\x10\x02|a\x10\x10b|\x10\x03"}}},
	{Name: "stx-etx", group: "serial", Summary: "STX, payload with DLE escapes, ETX", layout: "STX:1 | payload, escaped | ETX:1",
		traits: traits{Delimited: true}, Source: "py-dle-encoder; no standard", parse: parseStxEtx, examples: []example{{"stx-etx", "a\x02b", "\x02|a\x10\x42b|\x03"}}},
	{Name: "tfrecord", group: "files", Summary: "TensorFlow records: u64le length and data, each with a CRC-32C", layout: "length:8 length_crc:4 | payload | payload_crc:4",
		traits: traits{Length: "u64le", Tries: []string{"tfrecord"}}, Source: "tensorflow/core/lib/io/record_writer.cc", parse: parseTFRecord,
		examples: []example{{"tfrecord", "hello", "\x05\x00\x00\x00\x00\x00\x00\x00\xea\xb2\x04\x3e|hello|\xbb\x1f\x1c\x19"}}},
}

func parseShort(k *Entry, s *settings) (Framing, error) { return parseLength(s, *k.rule, true) }

func parseWide(k *Entry, s *settings) (Framing, error) { return parseLength(s, *k.rule, false) }

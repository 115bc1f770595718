package framing

// binaryProtocols are protocols whose frames need code of their own: their length has
// more than one form, they have two lengths, or their streams open with other bytes.
// The rows are in alphabetical order.
var binaryProtocols = []Entry{
	{Name: "cassandra5", group: "databases", Summary: "Cassandra 5 frames with checksums, not compressed", layout: "length+flag:3 header_crc:3 | payload | payload_crc:4",
		Fields: []Field{{Name: "self-contained", At: 2, Size: 1, Mask: 2, Names: names{{0, "no"}, {1, "yes"}}}},
		counts: "the payload", limits: "131071 bytes; the first messages of a connection still use the framing cassandra",
		header: "self-contained", traits: traits{Ports: []uint16{9042}, Length: "u24le:mask=0x1ffff"}, Source: "native_protocol_v5.spec section 2.1; org.apache.cassandra.net.Crc", parse: parseCassandra5,
		examples: []example{{"cassandra5", "hello", "\x05\x00\x02\x19\x99\x9a|hello|\x74\x80\x0e\xb6"}}},
	{Name: "dbus", group: "rpc", variable: []string{"opening", "serial"}, numeric: []string{"serial"}, Summary: "D-Bus messages, and the SASL lines before them", layout: "order:1 type:1 flags:1 version:1 length:4 serial:4 fields_length:4 fields [padding] | body",
		Fields: []Field{
			{Name: "order", At: 0, Size: 1, Names: names{{'B', "big-endian"}, {'l', "little-endian"}}},
			{Name: "type", At: 1, Size: 1, Names: names{{1, "METHOD_CALL"}, {2, "METHOD_RETURN"}, {3, "ERROR"}, {4, "SIGNAL"}}},
			{Name: "flags", At: 2, Size: 1},
			{Name: "version", At: 3, Size: 1},
		},
		counts: "the body; a second length counts the header fields", limits: "128 MiB, of which 64 MiB may be header fields; the SASL lines of one side are one frame of up to 64 KiB",
		header: "METHOD_RETURN to serial 1, little-endian; SASL lines are written without a header", traits: traits{Openings: []opening{{Start: "\x00AUT", Next: "H", Means: "the peer speaks D-Bus"}}}, Source: "D-Bus Specification, Message Protocol", parse: parseDBus,
		examples: []example{
			{"dbus", "hi", "l\x02\x01\x01\x02\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00\x05\x01u\x00\x01\x00\x00\x00|hi"},
			{"dbus", "\x00AUTH ANONYMOUS\r\nBEGIN\r\n", "|\x00AUTH ANONYMOUS\r\nBEGIN\r\n"},
		}},
	{Name: "fastcgi", group: "web", Summary: "FastCGI records, with padding", layout: "version:1 type:1 request:2 length:2 padding_length:1 reserved:1 | payload | padding",
		Fields: []Field{
			{Name: "version", At: 0, Size: 1},
			{Name: "type", At: 1, Size: 1, Names: fcgiTypes},
			{Name: "request", At: 2, Size: 2},
			{Name: "padding", At: 6, Size: 1},
		},
		counts: "the payload; a second length counts the padding", limits: "65535 bytes of payload, 255 of padding",
		header: "STDOUT of request 1, no padding", traits: traits{Ports: []uint16{9000}, Length: "u16be"}, Source: "FastCGI Specification 1.0, section 3.3", parse: parseFastCGI,
		examples: []example{{"fastcgi", "hello", "\x01\x06\x00\x01\x00\x05\x00\x00|hello"}}},
	{Name: "ldap", group: "network", variable: []string{"message", "operation"}, numeric: []string{"message"}, Usage: "ldap[:strict]", Summary: "LDAP messages: BER with a definite length", layout: "30:1 length:1-9 | payload",
		keys:   []key{{"strict", "refuse lengths written in more bytes than needed"}},
		counts: "the payload", header: "the length in as few bytes as possible",
		traits: traits{Ports: []uint16{389, 3268}, Begin: "\x02"}, Source: "RFC 4511 section 5.1; X.690 section 8.1.3", parse: parseLDAP,
		examples: []example{
			{"ldap", "\x02\x01\x02\x42\x00", "\x30\x05|\x02\x01\x02\x42\x00"},
			{"ldap:strict", "\x02\x01\x02\x42\x00", "\x30\x05|\x02\x01\x02\x42\x00"},
		}},
	{Name: "netbios-ssn", group: "files", traits: traits{Ports: []uint16{139}}, Usage: "netbios-ssn[:strict]", Summary: "NetBIOS session packets, which carry SMB on port 139", layout: "type:1 flags+length:3 | payload",
		Spec: `u24be:offset=1,mask=0x1ffff`,
		Fields: []Field{
			{Name: "type", At: 0, Size: 1, Only: BadType, Names: names{{0, "session message"}, {0x81, "session request"}, {0x82, "positive response"}, {0x83, "negative response"}, {0x84, "retarget response"}, {0x85, "keepalive"}}},
			{Name: "reserved flags", At: 1, Size: 1, Mask: 0xfe, Only: reservedBits, Names: names{{0, "none"}}},
		},
		keys:   []key{{"strict", "refuse a response or a keepalive whose length is not the one its type must have"}},
		counts: "the payload, in 17 bits: the lowest bit of the flags is the top bit of the length", limits: "131071 bytes",
		header: "session message", Source: "RFC 1002 section 4.3", check: netbiosFixed,
		examples: []example{{"netbios-ssn", "\xfeSMB", "\x00\x00\x00\x04|\xfeSMB"}}},
	{Name: "rtsp", group: "web", variable: []string{"method", "uri", "status", "channel"}, numeric: []string{"channel"}, Summary: "RTSP messages, with media frames between them", layout: "$:1 channel:1 length:2 | payload",
		counts: "the payload; in a message Content-Length gives it, and without one there is no payload", limits: "65535 bytes of media; 64 KiB of header",
		header: "media on channel 0", traits: traits{Ports: []uint16{554, 8554}, Text: true, First: []string{"RTSP/1.0 ", "RTSP/2.0 ", "OPTIONS rtsp:", "OPTIONS * RTSP/", "DESCRIBE rtsp:", "SETUP rtsp:", "ANNOUNCE rtsp:", "PLAY rtsp:", "TEARDOWN rtsp:", "GET_PARAMETER rtsp:", "SET_PARAMETER rtsp:"}}, Source: "RFC 2326 sections 4 and 10.12; RFC 7826 section 14", parse: parseRTSP,
		examples: []example{{"rtsp", "hello", "$\x00\x00\x05|hello"}}},
	{Name: "ssh", group: "network", variable: []string{"line", "message"}, numeric: []string{"message"}, Usage: "ssh[:banner=off,strict]", Summary: "SSH until encryption starts: text lines, then padded packets", layout: "length:4 padding_length:1 | payload | padding",
		Fields: []Field{{Name: "padding", At: 4, Size: 1}},
		keys:   []key{{"banner=off", "the stream begins with packets; text lines before them are refused"}, {"strict", "refuse packets whose size is not a multiple of 8 bytes"}},
		counts: "the padding length byte, the payload and the padding", limits: "256 KiB, as in OpenSSH; every peer must accept 35000 bytes",
		header: "as little padding as allowed, all zeros", traits: traits{Ports: []uint16{22}, Text: true, First: []string{"SSH-2.0-", "SSH-1.99-"}, Last: "\x15", Openings: []opening{{Start: "SSH-", More: "2.0-", Means: "the peer speaks SSH"}}}, Source: "RFC 4253 sections 4.2 and 6", parse: parseSSH,
		examples: []example{
			{"ssh", "\x15", "\x00\x00\x00\x0c\x0a|\x15|\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
			{"ssh:banner=off", "\x15", "\x00\x00\x00\x0c\x0a|\x15|\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		}},
	{Name: "x11", group: "network", traits: traits{Ports: []uint16{6000}}, variable: []string{"setup", "opcode"}, numeric: []string{"opcode"}, Usage: "x11[:role=client,endian=be]", Summary: "X11 requests, and the setup that a client sends first", layout: "opcode:1 data:1 length:2|6 | payload",
		roles:  ends{client: "client"},
		keys:   []key{{"role=client", "the stream begins with the connection setup (of a connection, it may; otherwise: only requests)"}, {"endian=be|le", "byte order; the setup begins with B for be, with l for le (le)"}},
		counts: "the whole request, in words of 4 bytes", limits: "256 KiB; 16 GiB with a 4-byte length",
		header: "NoOperation", Source: "X Window System Protocol, sections 1 and 8; Big Requests Extension", parse: parseX11,
		examples: []example{
			{"x11", "four", "\x7f\x00\x02\x00|four"},
			{"x11:endian=be", "four", "\x7f\x00\x00\x02|four"},
		}},
	{Name: "zmtp", group: "messaging", variable: []string{"greeting", "mechanism", "more", "command"}, Summary: "ZeroMQ frames, after a greeting", layout: "flags:1 length:1|8 | payload",
		counts: "the payload, in 1 byte, or in 8 bytes with the flag LONG", limits: "only version 3 is read",
		header: "a message without MORE; LONG if it has 256 bytes or more", traits: traits{Handshake: "a greeting of ZMTP", Aliases: []string{"zeromq", "zmq"}}, Source: "ZMTP 3.0, ZeroMQ RFC 23", parse: parseZMTP,
		examples: []example{{"zmtp", "hello", "\x00\x05|hello"}}},
}

// netbiosFixed checks the packets of types that have only one length.
func netbiosFixed(l *length, header []byte, v uint64) error {
	if want, fixed := netbiosSize(header[0]); l.strict && fixed && v != want {
		return malformed(lengthInvalid, l.offset, "length %d in a packet of type 0x%02x, expected %d", v, header[0], want)
	}
	return nil
}

// netbiosSize is the only length of a type, by RFC 1002 sections 4.3.4 to 4.3.7.
func netbiosSize(kind byte) (size uint64, fixed bool) {
	switch kind {
	case 0x82, 0x85:
		return 0, true
	case 0x83:
		return 1, true
	case 0x84:
		return 6, true
	}
	return 0, false
}

var fcgiTypes = names{
	{1, "BEGIN_REQUEST"}, {2, "ABORT_REQUEST"}, {3, "END_REQUEST"}, {4, "PARAMS"}, {5, "STDIN"}, {6, "STDOUT"}, {7, "STDERR"}, {8, "DATA"},
	{9, "GET_VALUES"}, {10, "GET_VALUES_RESULT"}, {11, "UNKNOWN_TYPE"},
}

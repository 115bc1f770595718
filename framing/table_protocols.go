package framing

// protocols are the rows of protocols whose frames the generic rules describe. Such a
// protocol needs only a row: Spec is where its length is, and Fields name the rest of
// its header. The rows are in alphabetical order.
var protocols = []Entry{
	{Name: "9p", group: "files", Summary: "Plan 9 file protocol messages",
		Spec: `u32le:counts=frame,header=7,min=7,prefix=0x0000000064ffff`,
		Fields: []Field{
			{Name: "type", At: 4, Size: 1, Names: ninePTypes},
			{Name: "tag", At: 5, Size: 2, Little: true},
		},
		limits: "msize, on which the peers agree in Tversion", header: "Tversion with tag NOTAG",
		traits: traits{Ports: []uint16{564}, ID: idPlace{5, 5, 2}}, Source: "Plan 9 manual, intro(5)", examples: []example{{"9p", "\x00\x20\x00\x00\x06\x009P2000", "\x13\x00\x00\x00\x64\xff\xff|\x00\x20\x00\x00\x06\x009P2000"}}},
	{Name: "acp", group: "tools", Summary: "Agent Client Protocol: JSON-RPC messages, one per line", Spec: "mcp", layout: "| JSON | LF:1",
		limits: "as those of mcp", Source: "Agent Client Protocol, Transports, stdio", examples: []example{{"acp", `{"jsonrpc":"2.0","id":1}`, "|{\"jsonrpc\":\"2.0\",\"id\":1}|\n"}}},
	{Name: "bgp", group: "network", traits: traits{Ports: []uint16{179}}, Summary: "BGP messages: 16 bytes FF, then the whole message's length",
		Spec: `u16be:offset=16,counts=frame,header=19,magic=0xffffffffffffffffffffffffffffffff,min=19,max=4096,prefix=0xffffffffffffffffffffffffffffffff000004`,
		Fields: []Field{
			{Name: "marker", At: 0, Size: 16},
			{Name: "type", At: 18, Size: 1, Names: names{{1, "OPEN"}, {2, "UPDATE"}, {3, "NOTIFICATION"}, {4, "KEEPALIVE"}, {5, "ROUTE-REFRESH"}}},
		},
		limits: "use bgp:max=65535 for the extended messages of RFC 8654", header: "KEEPALIVE",
		Source: "RFC 4271 section 4.1", examples: []example{{"bgp", "", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x13\x04|"}}},
	{Name: "bsp", group: "tools", Summary: "Build Server Protocol messages", Spec: "content-length",
		Source: "Build Server Protocol, Base protocol, which is that of LSP", examples: []example{{"bsp", "{}", "Content-Length: 2\r\n\r\n|{}"}}},
	{Name: "cassandra", group: "databases", Summary: "Cassandra's native protocol, versions 3 and 4",
		Spec: `u32be:offset=5,signed,max=256MiB,prefix=0x0400000005`,
		Fields: []Field{
			{Name: "direction", At: 0, Size: 1, Mask: 0x80, Names: names{{0, "request"}, {1, "response"}}},
			{Name: "version", At: 0, Size: 1, Mask: 0x7f},
			{Name: "flags", At: 1, Size: 1},
			{Name: "stream", At: 2, Size: 2},
			{Name: "opcode", At: 4, Size: 1, Names: cassandraOpcodes},
		},
		limits: "use u32be:offset=4,signed for versions 1 and 2, whose stream id has one byte", header: "an OPTIONS request of version 4",
		traits: traits{Ports: []uint16{9042}, ID: idPlace{2, 2, 2}}, Source: "native_protocol_v4.spec section 2", examples: []example{{"cassandra", "", "\x04\x00\x00\x00\x05\x00\x00\x00\x00|"}}},
	{Name: "chrome", group: "tools", Summary: "Chrome native messaging: a length, then JSON",
		Spec: "u32le", limits: "1 MiB from the host to the browser, 64 MiB from the browser to the host; use u32be on a big-endian machine",
		Source: "Chrome for developers, Native messaging", examples: []example{{"chrome", `{"a":1}`, "\x07\x00\x00\x00|{\"a\":1}"}}},
	{Name: "dap", group: "tools", Summary: "Debug Adapter Protocol messages", Spec: "content-length",
		Source: "Debug Adapter Protocol, Base Protocol", examples: []example{{"dap", "{}", "Content-Length: 2\r\n\r\n|{}"}}},
	{Name: "diameter", group: "telecom", Summary: "Diameter messages",
		Spec: `u24be:offset=1,counts=frame,header=20,magic=0x01,min=20,prefix=0x0100000080000118`,
		Fields: []Field{
			{Name: "version", At: 0, Size: 1},
			{Name: "flags", At: 4, Size: 1},
			{Name: "command", At: 5, Size: 3, Names: names{{257, "Capabilities-Exchange"}, {258, "Re-Auth"}, {271, "Accounting"}, {272, "Credit-Control"}, {274, "Abort-Session"}, {275, "Session-Termination"}, {280, "Device-Watchdog"}, {282, "Disconnect-Peer"}}},
			{Name: "application", At: 8, Size: 4},
			{Name: "hop-by-hop", At: 12, Size: 4},
			{Name: "end-to-end", At: 16, Size: 4},
		},
		limits: "a multiple of 4", header: "a Device-Watchdog request",
		traits: traits{Ports: []uint16{3868}, ID: idPlace{12, 12, 4}}, Source: "RFC 6733 section 3", check: lengthInFours,
		examples: []example{{"diameter", "", "\x01\x00\x00\x14\x80\x00\x01\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|"}}},
	{Name: "dicom", group: "medicine", traits: traits{Ports: []uint16{104, 11112}}, Usage: "dicom[:strict]", Summary: "DICOM upper layer PDUs",
		Spec: `u32be:offset=2,prefix=0x04`,
		Fields: []Field{
			{Name: "type", At: 0, Size: 1, Only: BadType, Names: names{{1, "A-ASSOCIATE-RQ"}, {2, "A-ASSOCIATE-AC"}, {3, "A-ASSOCIATE-RJ"}, {4, "P-DATA-TF"}, {5, "A-RELEASE-RQ"}, {6, "A-RELEASE-RP"}, {7, "A-ABORT"}}},
			{Name: "reserved", At: 1, Size: 1},
		},
		keys:   []key{{"strict", "refuse a release or an abort whose length is not 4"}},
		Source: "DICOM PS3.8 section 9.3", header: "P-DATA-TF", check: dicomFixed,
		examples: []example{{"dicom", "\x00\x00\x00\x00", "\x04\x00\x00\x00\x00\x04|\x00\x00\x00\x00"}}},
	{Name: "dns", group: "network", Summary: "DNS messages over TCP", Spec: "u16be:min=12", limits: "a DNS message has at least 12 bytes",
		traits: traits{Ports: []uint16{53}, ID: idPlace{2, 2, 2}}, Source: "RFC 1035 section 4.2.2; RFC 7766 section 8",
		examples: []example{{"dns", "\x12\x34\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x00\x0c|\x12\x34\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"}}},
	{Name: "docker", group: "tools", Usage: "docker[:strict][/SPEC]", join: &joinDocker, Summary: "streams attached to a Docker container without a TTY",
		Spec: `u32be:offset=4,prefix=0x01`,
		Fields: []Field{
			{Name: "stream", At: 0, Size: 1, Only: BadType, Names: names{{0, "stdin"}, {1, "stdout"}, {2, "stderr"}, {3, "systemerr"}}},
			{Name: "reserved", At: 1, Size: 3, Zero: true},
		},
		keys: []key{{"strict", "refuse reserved bytes that are not 0"}}, header: "stdout",
		limits: "with a TTY the stream is raw and has no frames",
		Source: "Docker Engine API, ContainerAttach", examples: []example{{"docker", "hello\n", "\x01\x00\x00\x00\x00\x00\x00\x06|hello\n"}}},
	{Name: "gelf", group: "logs", traits: traits{Ports: []uint16{12201}}, Summary: "Graylog messages over TCP; a zero byte ends each", Spec: "nul",
		Source: "Graylog documentation, GELF via TCP", examples: []example{{"gelf", `{"version":"1.1"}`, "|{\"version\":\"1.1\"}|\x00"}}},
	{Name: "grpc", group: "rpc", Summary: "gRPC messages inside an HTTP/2 stream",
		Spec:   `u32be:offset=1`,
		Fields: []Field{{Name: "compressed", At: 0, Size: 1, Only: badFlag, Names: names{{0, "no"}, {1, "yes"}, {0x80, "trailers"}, {0x81, "compressed trailers"}}}},
		limits: "grpc-go accepts 4 MiB by default; the flag 0x80 marks trailers in gRPC-Web", header: "not compressed",
		Source: "gRPC over HTTP2, Length-Prefixed-Message", examples: []example{{"grpc", "hello", "\x00\x00\x00\x00\x05|hello"}}},
	{Name: "kafka", group: "messaging", Summary: "Kafka requests and responses", Spec: "u32be:signed",
		traits: traits{Ports: []uint16{9092}, ID: idPlace{8, 4, 4}}, Source: "Kafka protocol guide", examples: []example{{"kafka", "\x00\x12\x00\x03\x00\x00\x00\x01\xff\xff", "\x00\x00\x00\x0a|\x00\x12\x00\x03\x00\x00\x00\x01\xff\xff"}}},
	{Name: "lsp", group: "tools", Summary: "Language Server Protocol messages", Spec: "content-length",
		Source: "Language Server Protocol 3.17, Base Protocol", examples: []example{{"lsp", "{}", "Content-Length: 2\r\n\r\n|{}"}}},
	{Name: "mcp", group: "tools", Summary: "JSON-RPC messages, one per line, as of MCP", layout: "| JSON | LF:1", parse: parseJSONRPC,
		traits: traits{Delimited: true, Sign: rpcMember}, limits: "a line without \"jsonrpc\" is malformed; the next line is read again",
		Source: "Model Context Protocol, Transports, stdio; JSON-RPC 2.0", examples: []example{{"mcp", `{"jsonrpc":"2.0","id":1}`, "|{\"jsonrpc\":\"2.0\",\"id\":1}|\n"}}},
	{Name: "memcached", group: "databases", Summary: "memcached's binary protocol",
		Spec: `u32be:offset=8,header=24,counts=payload,prefix=0x800a`,
		Fields: []Field{
			{Name: "magic", At: 0, Size: 1, Only: BadMagic, Names: names{{0x80, "request"}, {0x81, "response"}}},
			{Name: "opcode", At: 1, Size: 1, Names: memcachedOpcodes},
			{Name: "key length", At: 2, Size: 2},
			{Name: "extras length", At: 4, Size: 1},
			{Name: "data type", At: 5, Size: 1},
			{Name: "status", At: 6, Size: 2},
			{Name: "opaque", At: 12, Size: 4},
			{Name: "cas", At: 16, Size: 8},
		},
		limits: "at least the key and the extras, whose lengths are in the header", header: "a no-op request without key and extras",
		traits: traits{Ports: []uint16{11211}, ID: idPlace{12, 12, 4}}, Source: "memcached, protocol_binary", check: memcachedParts,
		examples: []example{{"memcached", "", "\x80\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|"}}},
	{Name: "mllp", group: "medicine", Summary: "HL7 messages: VT, message, FS CR", Spec: `delim:0x1c0d,magic=0x0b`, layout: "VT:1 | message | FS:1 CR:1",
		traits: traits{Ports: []uint16{2575}, Aliases: []string{"hl7"}, Openings: []opening{{Start: "\x0bMSH", Next: "|", Means: "the peer writes HL7 messages"}}}, Source: "HL7 MLLP, transport specification, release 1", examples: []example{{"mllp", "MSH hello", "\x0b|MSH hello|\x1c\r"}}},
	{Name: "modbus", group: "industry", Usage: "modbus[:strict]", Summary: "Modbus over TCP",
		Spec: `u16be:offset=4,header=7,magic=0x0000,magic-at=2,min=2,max=255,prefix=0x000000000000ff`, usual: &usual{2, 254, "Schneider's UMAS"},
		Fields: []Field{
			{Name: "transaction", At: 0, Size: 2},
			{Name: "protocol", At: 2, Size: 2},
			{Name: "unit", At: 6, Size: 1},
		},
		keys: []key{{"strict", "refuse the length 255, which only UMAS has"}}, header: "transaction 0, unit 255 (the device itself)",
		traits: traits{Ports: []uint16{502}, ID: idPlace{0, 0, 2}}, Source: "Modbus Messaging on TCP/IP Implementation Guide 1.0b, section 3.1.3", examples: []example{{"modbus", "\x03\x00\x6b\x00\x03", "\x00\x00\x00\x00\x00\x06\xff|\x03\x00\x6b\x00\x03"}}},
	{Name: "mongodb", group: "databases", Summary: "MongoDB wire protocol messages",
		Spec: `u32le:counts=frame,header=16,min=16,max=48000000,prefix=0x000000000000000000000000dd070000`,
		Fields: []Field{
			{Name: "request", At: 4, Size: 4, Little: true},
			{Name: "response to", At: 8, Size: 4, Little: true},
			{Name: "opcode", At: 12, Size: 4, Little: true, Names: names{{1, "OP_REPLY"}, {2001, "OP_UPDATE"}, {2002, "OP_INSERT"}, {2004, "OP_QUERY"}, {2005, "OP_GET_MORE"}, {2006, "OP_DELETE"}, {2007, "OP_KILL_CURSORS"}, {2012, "OP_COMPRESSED"}, {2013, "OP_MSG"}}},
		},
		header: "OP_MSG", traits: traits{Ports: []uint16{27017}, ID: idPlace{4, 8, 4}}, Source: "MongoDB manual, MongoDB Wire Protocol",
		examples: []example{{"mongodb", "\x00\x00\x00\x00", "\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xdd\x07\x00\x00|\x00\x00\x00\x00"}}},
	{Name: "mpegts", group: "files", Summary: "MPEG transport stream packets", Spec: "fixed:188,magic=G", layout: "sync:1 | payload",
		limits: "each packet has 188 bytes, including the sync byte 47",
		Source: "ISO/IEC 13818-1 section 2.4.3.2", examples: []example{{"mpegts", zeros187, "G|" + zeros187}}},
	{Name: "mysql-compressed", group: "databases", traits: traits{Ports: []uint16{3306}}, Summary: "MySQL packets on a compressed connection",
		Spec: `u24le:adjust=4,header=7`,
		Fields: []Field{
			{Name: "sequence", At: 3, Size: 1},
			{Name: "uncompressed length", At: 4, Size: 3, Little: true},
		},
		header: "sequence 0, not compressed", limits: "if the uncompressed length is 0, the payload is not compressed",
		Source: "MySQL internals manual, Compressed Packet", examples: []example{{"mysql-compressed", "\x01\x00\x00\x00\x0e", "\x05\x00\x00\x00\x00\x00\x00|\x01\x00\x00\x00\x0e"}}},
	{Name: "ndjson", group: "text", Summary: "JSON texts, one per line", Spec: "lines",
		traits: traits{Aliases: []string{"jsonl", "jsonlines", "json-lines"}}, Source: "ndjson-spec 1.0", examples: []example{{"ndjson", `{"a":1}`, "|{\"a\":1}|\n"}}},
	{Name: "opcua", group: "industry", traits: traits{Ports: []uint16{4840}}, Summary: "OPC UA connection protocol chunks",
		Spec: `u32le:offset=4,counts=frame,min=8,prefix=MSGF`,
		Fields: []Field{
			{Name: "type", At: 0, Size: 3, Only: BadType, Names: names{{0x41434b, "ACK"}, {0x434c4f, "CLO"}, {0x455252, "ERR"}, {0x48454c, "HEL"}, {0x4d5347, "MSG"}, {0x4f504e, "OPN"}, {0x524845, "RHE"}}},
			{Name: "chunk", At: 3, Size: 1, Only: badFlag, Names: names{{'A', "aborted"}, {'C', "more follow"}, {'F', "final"}}},
		},
		header: "MSG, final", Source: "OPC 10000-6 section 7.1.2", examples: []example{{"opcua", "\x01\x00\x00\x00", "MSGF\x0c\x00\x00\x00|\x01\x00\x00\x00"}}},
	{Name: "protobuf", group: "rpc", Summary: "protobuf messages, each after its length (delimited)", Spec: "varint",
		Source: "protobuf, delimited streams (writeDelimitedTo, protodelim)", examples: []example{{"protobuf", "\x08\x96\x01", "\x03|\x08\x96\x01"}}},
	{Name: "smb", group: "files", Summary: "SMB messages over TCP port 445", Spec: `u24be:offset=1,magic=0x00`,
		traits: traits{Ports: []uint16{445}, Aliases: []string{"smb2"}, First: []string{"\xfeSMB", "\xffSMB"}}, Source: "MS-SMB2 section 2.1, direct TCP", examples: []example{{"smb", "\xfeSMB", "\x00\x00\x00\x04|\xfeSMB"}}},
	{Name: "smpp", group: "telecom", Summary: "SMPP PDUs: short messages",
		Spec: `u32be:counts=frame,header=16,min=16,prefix=0x00000000000000150000000000000001`,
		Fields: []Field{
			{Name: "command", At: 4, Size: 4, Names: smppCommands},
			{Name: "status", At: 8, Size: 4},
			{Name: "sequence", At: 12, Size: 4},
		},
		header: "enquire_link with sequence 1", traits: traits{Ports: []uint16{2775}, ID: idPlace{12, 12, 4}}, Source: "SMPP 3.4 section 3.2",
		examples: []example{{"smpp", "", "\x00\x00\x00\x10\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x01|"}}},
	{Name: "someip", group: "industry", Summary: "AUTOSAR SOME/IP messages",
		Spec: `u32be:offset=4,header=16,min=8,prefix=0x000000000000000000000000010100`,
		Fields: []Field{
			{Name: "service", At: 0, Size: 2},
			{Name: "method", At: 2, Size: 2},
			{Name: "client", At: 8, Size: 2},
			{Name: "session", At: 10, Size: 2},
			{Name: "protocol version", At: 12, Size: 1},
			{Name: "interface version", At: 13, Size: 1},
			{Name: "type", At: 14, Size: 1, Names: names{{0, "REQUEST"}, {1, "REQUEST_NO_RETURN"}, {2, "NOTIFICATION"}, {0x20, "TP_REQUEST"}, {0x21, "TP_REQUEST_NO_RETURN"}, {0x22, "TP_NOTIFICATION"}, {0x80, "RESPONSE"}, {0x81, "ERROR"}, {0xa0, "TP_RESPONSE"}, {0xa1, "TP_ERROR"}}},
			{Name: "return", At: 15, Size: 1},
		},
		limits: "the magic cookies of TCP (service FFFF, method 0000 or 8000) are read as ordinary messages", header: "REQUEST of service 0, versions 1",
		traits: traits{Ports: []uint16{30490}, ID: idPlace{8, 8, 4}}, Source: "AUTOSAR PRS SOME/IP Protocol, section 4.1.2", examples: []example{{"someip", "hi", "\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x00\x01\x01\x00\x00|hi"}}},
	{Name: "sunrpc", group: "rpc", traits: traits{Ports: []uint16{111, 2049}}, Usage: "sunrpc[:join][/SPEC]", keys: []key{joinKey}, join: &joinSunRPC, Summary: "ONC RPC fragments (NFS): last-fragment bit, 31-bit length",
		Spec:   `u32be:mask=0x7fffffff,prefix=0x80`,
		Fields: []Field{{Name: "last", At: 0, Size: 1, Mask: 0x80, Names: names{{0, "no"}, {1, "yes"}}}},
		header: "last fragment", Source: "RFC 5531 section 11", examples: []example{{"sunrpc", "hello", "\x80\x00\x00\x05|hello"}}},
	{Name: "syslog-lf", group: "logs", traits: traits{Ports: []uint16{514, 601}}, Summary: "syslog over TCP, one message per line", Spec: "lines",
		Source: "RFC 6587 section 3.4.2", examples: []example{{"syslog-lf", "<13>hello", "|<13>hello|\n"}}},
	{Name: "thrift", group: "rpc", traits: traits{Ports: []uint16{9090}}, Summary: "Thrift's framed transport", Spec: "u32be:signed,max=16384000",
		limits: "a peer that sends no frames begins with 80 01, which is read as a negative length",
		Source: "Apache Thrift, thrift-rpc.md, TFramedTransport", examples: []example{{"thrift", "\x80\x01\x00\x01", "\x00\x00\x00\x04|\x80\x01\x00\x01"}}},
	{Name: "tls", group: "network", Summary: "TLS records",
		Spec: `u16be:offset=3,max=18432,magic=0x03,magic-at=1,prefix=0x170303`,
		Fields: []Field{
			{Name: "type", At: 0, Size: 1, Only: BadType, Names: names{{20, "change_cipher_spec"}, {21, "alert"}, {22, "handshake"}, {23, "application_data"}, {24, "heartbeat"}}},
			{Name: "version", At: 1, Size: 2, Names: names{{0x300, "SSL 3.0"}, {0x301, "TLS 1.0"}, {0x302, "TLS 1.1"}, {0x303, "TLS 1.2"}, {0x304, "TLS 1.3"}}},
		},
		limits: "2^14 + 2048, as in TLS 1.2; TLS 1.3 allows only 2^14 + 256, but its records look like those of 1.2", header: "application_data with the version of TLS 1.2, as TLS 1.3 also writes it",
		traits: traits{Ports: []uint16{443, 465, 636, 853, 990, 993, 995, 5671, 8443, 8883}, Sealed: true, First: []string{"\x01\x00", "\x02\x00\x00"}, Openings: []opening{ // ClientHello, ServerHello
			{Start: "\x16\x03", Next: "\x00\x01\x02\x03\x04", Means: "this is a TLS record: the stream is encrypted"},
			{Start: "\x15\x03", Next: "\x00\x01\x02\x03\x04", Means: "this is a TLS alert: the peer expects a stream that is encrypted"},
		}}, Source: "RFC 8446 sections 5.1 and 5.2", examples: []example{{"tls", "\x01\x00", "\x17\x03\x03\x00\x02|\x01\x00"}}},
	{Name: "tpkt", group: "industry", traits: traits{Ports: []uint16{102, 1720, 3389}}, Usage: "tpkt[:strict]", Summary: "TPKT: ISO transport over TCP, as in RDP, S7 and H.323",
		Spec: `u16be:offset=2,counts=frame,magic=0x03,min=4`, usual: &usual{7, 65535, "H.323"},
		Fields: []Field{
			{Name: "version", At: 0, Size: 1},
			{Name: "reserved", At: 1, Size: 1},
		},
		keys: []key{{"strict", "refuse lengths under 7, as RFC 1006 does"}}, header: "version 3", Source: "RFC 1006 section 6", examples: []example{{"tpkt", "\x02\xf0\x80", "\x03\x00\x00\x07|\x02\xf0\x80"}}},
}

const (
	zeros17  = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	zeros187 = zeros17 + zeros17 + zeros17 + zeros17 + zeros17 + zeros17 + zeros17 + zeros17 + zeros17 + zeros17 + zeros17
)

// lengthInFours checks that a Diameter length is a multiple of 4.
func lengthInFours(l *length, _ []byte, v uint64) error {
	if v%4 != 0 {
		return malformed(lengthInvalid, l.offset, "length %d is not a multiple of 4", v)
	}
	return nil
}

// dicomFixed checks that a release and an abort have 4 bytes.
func dicomFixed(l *length, header []byte, v uint64) error {
	if l.strict && header[0] >= 5 && v != 4 {
		return malformed(lengthInvalid, l.offset, "length %d in a PDU of type %d, expected 4", v, header[0])
	}
	return nil
}

// memcachedParts checks that a body has room for the key and extras that the header announces.
func memcachedParts(l *length, header []byte, v uint64) error {
	if parts := uint64(header[2])<<8 + uint64(header[3]) + uint64(header[4]); v < parts {
		return malformed(LengthTooSmall, l.offset, "length %d is less than the %d bytes of key and extras", v, parts)
	}
	return nil
}

var ninePTypes = names{
	{100, "Tversion"}, {101, "Rversion"}, {102, "Tauth"}, {103, "Rauth"}, {104, "Tattach"}, {105, "Rattach"}, {107, "Rerror"},
	{108, "Tflush"}, {109, "Rflush"}, {110, "Twalk"}, {111, "Rwalk"}, {112, "Topen"}, {113, "Ropen"}, {114, "Tcreate"}, {115, "Rcreate"},
	{116, "Tread"}, {117, "Rread"}, {118, "Twrite"}, {119, "Rwrite"}, {120, "Tclunk"}, {121, "Rclunk"}, {122, "Tremove"}, {123, "Rremove"},
	{124, "Tstat"}, {125, "Rstat"}, {126, "Twstat"}, {127, "Rwstat"},
}

var cassandraOpcodes = names{
	{0, "ERROR"}, {1, "STARTUP"}, {2, "READY"}, {3, "AUTHENTICATE"}, {5, "OPTIONS"}, {6, "SUPPORTED"}, {7, "QUERY"}, {8, "RESULT"},
	{9, "PREPARE"}, {10, "EXECUTE"}, {11, "REGISTER"}, {12, "EVENT"}, {13, "BATCH"}, {14, "AUTH_CHALLENGE"}, {15, "AUTH_RESPONSE"}, {16, "AUTH_SUCCESS"},
}

var memcachedOpcodes = names{
	{0, "Get"}, {1, "Set"}, {2, "Add"}, {3, "Replace"}, {4, "Delete"}, {5, "Increment"}, {6, "Decrement"}, {7, "Quit"}, {8, "Flush"},
	{9, "GetQ"}, {10, "No-op"}, {11, "Version"}, {12, "GetK"}, {13, "GetKQ"}, {14, "Append"}, {15, "Prepend"}, {16, "Stat"}, {28, "Touch"}, {29, "GAT"},
	{32, "SASL list mechs"}, {33, "SASL Auth"}, {34, "SASL Step"},
}

var smppCommands = names{
	{1, "bind_receiver"}, {2, "bind_transmitter"}, {3, "query_sm"}, {4, "submit_sm"}, {5, "deliver_sm"}, {6, "unbind"}, {7, "replace_sm"},
	{8, "cancel_sm"}, {9, "bind_transceiver"}, {0x0b, "outbind"}, {0x15, "enquire_link"}, {0x21, "submit_multi"}, {0x102, "alert_notification"}, {0x103, "data_sm"},
	{0x80000000, "generic_nack"}, {0x80000001, "bind_receiver_resp"}, {0x80000002, "bind_transmitter_resp"}, {0x80000003, "query_sm_resp"},
	{0x80000004, "submit_sm_resp"}, {0x80000005, "deliver_sm_resp"}, {0x80000006, "unbind_resp"}, {0x80000007, "replace_sm_resp"},
	{0x80000008, "cancel_sm_resp"}, {0x80000009, "bind_transceiver_resp"}, {0x80000015, "enquire_link_resp"}, {0x80000021, "submit_multi_resp"}, {0x80000103, "data_sm_resp"},
}

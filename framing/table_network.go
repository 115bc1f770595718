package framing

// networkProtocols are the rows of servers and network devices whose frames the length rule
// describes. The rows are in alphabetical order.
var networkProtocols = []Entry{
	{Name: "adb", group: "tools", traits: traits{Ports: []uint16{5037, 5555}}, Summary: "Android Debug Bridge, between the host's server and a device",
		Spec: `u32le:offset=12,header=24,counts=payload,max=1MiB,prefix=0x5752544501000000010000000000000000000000a8adabba`,
		Fields: []Field{
			{Name: "command", At: 0, Size: 4, Only: badOpcode, Names: names{{0x41555448, "AUTH"}, {0x434c5345, "CLSE"}, {0x434e584e, "CNXN"}, {0x4f4b4159, "OKAY"}, {0x4f50454e, "OPEN"}, {0x53544c53, "STLS"}, {0x53594e43, "SYNC"}, {0x57525445, "WRTE"}}},
			{Name: "arg0", At: 4, Size: 4, Little: true},
			{Name: "arg1", At: 8, Size: 4, Little: true},
			{Name: "data check", At: 16, Size: 4, Little: true},
			{Name: "magic", At: 20, Size: 4},
		},
		limits: "the sum of the data is not checked, and encode writes 0 for it, as peers since 2017 do", header: "WRTE between streams 1 and 1",
		Source: "Android, packages/modules/adb/protocol.txt", check: adbMagic,
		examples: []example{{"adb", "shell:\x00", "WRTE\x01\x00\x00\x00\x01\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\xa8\xad\xab\xba|shell:\x00"}}},
	{Name: "ajp13", group: "web", Summary: "AJP 1.3, between a web server and Tomcat",
		Spec:   `u16be:offset=2,prefix=0x1234`,
		Fields: []Field{{Name: "magic", At: 0, Size: 2, Only: BadMagic, Names: names{{0x1234, "to the container"}, {0x4142, "from the container"}}}},
		traits: traits{Ports: []uint16{8009}, Aliases: []string{"ajp"}}, limits: "most peers accept packets of up to 8192 bytes", header: "to the container",
		Source: "Apache Tomcat Connectors, AJPv13 protocol reference", examples: []example{{"ajp13", "\x0a", "\x12\x34\x00\x01|\x0a"}}},
	{Name: "drda", group: "databases", Summary: "DRDA: Db2 and Derby, data stream structures of DDM",
		Spec: `u16be:mask=0x7fff,counts=frame,header=6,magic=0xd0,magic-at=2,min=6,prefix=0x0000d0010001`,
		Fields: []Field{
			{Name: "continued", At: 0, Size: 1, Mask: 0x80, Names: names{{0, "no"}, {1, "yes"}}},
			{Name: "type", At: 3, Size: 1, Mask: 0x0f, Names: names{{1, "request"}, {2, "reply"}, {3, "object"}, {4, "communication"}, {5, "request without reply"}}},
			{Name: "chained", At: 3, Size: 1, Mask: 0x40, Names: names{{0, "no"}, {1, "yes"}}},
			{Name: "correlation", At: 4, Size: 2},
		},
		limits: "a structure of more than 32767 bytes continues in segments without a header, which are not read", header: "a request with correlation 1",
		traits: traits{Ports: []uint16{446, 1527, 50000}, Aliases: []string{"db2", "derby"}},
		Source: "The Open Group, DRDA volume 3 (DDM), DSS", examples: []example{{"drda", "\x00\x04\x10\x41", "\x00\x0a\xd0\x01\x00\x01|\x00\x04\x10\x41"}}},
	{Name: "gearman", group: "messaging", traits: traits{Ports: []uint16{4730}}, Summary: "Gearman jobs: REQ and RES packets",
		Spec: `u32be:offset=8,magic=0x005245,prefix=0x0052455100000010`,
		Fields: []Field{
			{Name: "magic", At: 0, Size: 4, Only: BadMagic, Names: names{{0x00524551, "REQ"}, {0x00524553, "RES"}}},
			{Name: "type", At: 4, Size: 4, Names: gearmanTypes},
		},
		limits: "the lines of the text protocol on the same port are not read", header: "an ECHO_REQ request",
		Source: "Gearman documentation, protocol", examples: []example{{"gearman", "hello", "\x00REQ\x00\x00\x00\x10\x00\x00\x00\x05|hello"}}},
	{Name: "ldp", group: "network", traits: traits{Ports: []uint16{646}}, Summary: "LDP: labels of MPLS routers",
		Spec: `u16be:offset=2,header=10,magic=0x0001,min=6`,
		Fields: []Field{
			{Name: "version", At: 0, Size: 2},
			{Name: "router", At: 4, Size: 4},
			{Name: "label space", At: 8, Size: 2},
		},
		limits: "one PDU holds one or more messages; peers agree on its length, at most 4096 by default", header: "version 1, router 0.0.0.0",
		Source: "RFC 5036 section 3.1", examples: []example{{"ldp", "\x02\x01\x00\x04\x00\x00\x00\x01", "\x00\x01\x00\x0e\x00\x00\x00\x00\x00\x00|\x02\x01\x00\x04\x00\x00\x00\x01"}}},
	{Name: "openflow", group: "network", traits: traits{Ports: []uint16{6633, 6653}}, Summary: "OpenFlow messages, versions 1.0 to 1.5",
		Spec: `u16be:offset=2,counts=frame,header=8,min=8,prefix=0x0402`,
		Fields: []Field{
			{Name: "version", At: 0, Size: 1, Only: badVersion, Names: names{{1, "1.0"}, {2, "1.1"}, {3, "1.2"}, {4, "1.3"}, {5, "1.4"}, {6, "1.5"}}},
			{Name: "type", At: 1, Size: 1, Names: names{{0, "HELLO"}, {1, "ERROR"}, {2, "ECHO_REQUEST"}, {3, "ECHO_REPLY"}, {4, "EXPERIMENTER"}, {5, "FEATURES_REQUEST"}, {6, "FEATURES_REPLY"}, {7, "GET_CONFIG_REQUEST"}, {8, "GET_CONFIG_REPLY"}, {9, "SET_CONFIG"},
				{10, "PACKET_IN"}, {11, "FLOW_REMOVED"}, {12, "PORT_STATUS"}, {13, "PACKET_OUT"}, {14, "FLOW_MOD"}}},
			{Name: "transaction", At: 4, Size: 4},
		},
		limits: "types from 15 on depend on the version and have no name here", header: "ECHO_REQUEST of version 1.3",
		Source: "OpenFlow Switch Specification 1.3.5, section A.1", examples: []example{{"openflow", "hello", "\x04\x02\x00\x0d\x00\x00\x00\x00|hello"}}},
	{Name: "openvpn", group: "network", traits: traits{Ports: []uint16{1194}}, Summary: "OpenVPN packets over TCP",
		Spec: `u16be:header=3,min=1,prefix=0x000030`,
		Fields: []Field{
			{Name: "opcode", At: 2, Size: 1, Mask: 0xf8, Only: badOpcode, Names: names{{1, "CONTROL_HARD_RESET_CLIENT_V1"}, {2, "CONTROL_HARD_RESET_SERVER_V1"}, {3, "CONTROL_SOFT_RESET_V1"}, {4, "CONTROL_V1"}, {5, "ACK_V1"}, {6, "DATA_V1"},
				{7, "CONTROL_HARD_RESET_CLIENT_V2"}, {8, "CONTROL_HARD_RESET_SERVER_V2"}, {9, "DATA_V2"}, {10, "CONTROL_HARD_RESET_CLIENT_V3"}, {11, "CONTROL_WKC_V1"}}},
			{Name: "key", At: 2, Size: 1, Mask: 7},
		},
		limits: "not with a static key, where packets have no opcode", header: "DATA_V1 with key 0",
		Source: "OpenVPN, doxygen, network protocol; openvpn-rfc", examples: []example{{"openvpn", "hello", "\x00\x06\x30|hello"}}},
	{Name: "openwire", group: "messaging", Summary: "OpenWire: ActiveMQ commands",
		Spec:   `u32be:header=5,min=1,signed,prefix=0x000000000a`,
		Fields: []Field{{Name: "type", At: 4, Size: 1, Only: BadType, Names: openwireTypes}},
		traits: traits{Ports: []uint16{61616}, Aliases: []string{"activemq"}, First: []string{"ActiveMQ"}}, header: "KEEP_ALIVE_INFO",
		Source: "Apache ActiveMQ, OpenWire version 2 specification", examples: []example{{"openwire", "hello", "\x00\x00\x00\x06\x0a|hello"}}},
	{Name: "pptp", group: "network", traits: traits{Ports: []uint16{1723}}, Summary: "PPTP: control messages of tunnels",
		Spec: `u16be:counts=frame,header=12,magic=0x1a2b3c4d,magic-at=4,min=12,prefix=0x000000011a2b3c4d00050000`,
		Fields: []Field{
			{Name: "type", At: 2, Size: 2, Only: BadType, Names: names{{1, "control"}, {2, "management"}}},
			{Name: "cookie", At: 4, Size: 4},
			{Name: "message", At: 8, Size: 2, Names: names{{1, "Start-Control-Connection-Request"}, {2, "Start-Control-Connection-Reply"}, {3, "Stop-Control-Connection-Request"}, {4, "Stop-Control-Connection-Reply"}, {5, "Echo-Request"}, {6, "Echo-Reply"},
				{7, "Outgoing-Call-Request"}, {8, "Outgoing-Call-Reply"}, {9, "Incoming-Call-Request"}, {10, "Incoming-Call-Reply"}, {11, "Incoming-Call-Connected"}, {12, "Call-Clear-Request"}, {13, "Call-Disconnect-Notify"}, {14, "WAN-Error-Notify"}, {15, "Set-Link-Info"}}},
		},
		header: "Echo-Request",
		Source: "RFC 2637 section 2", examples: []example{{"pptp", "\x00\x00\x00\x01", "\x00\x10\x00\x01\x1a\x2b\x3c\x4d\x00\x05\x00\x00|\x00\x00\x00\x01"}}},
	{Name: "rpki-rtr", group: "network", Summary: "RPKI to Router: validated prefixes for BGP routers",
		Spec: `u32be:offset=4,counts=frame,min=8,prefix=0x010a`,
		Fields: []Field{
			{Name: "version", At: 0, Size: 1, Only: badVersion, Names: names{{0, "version 0"}, {1, "version 1"}, {2, "version 2"}}},
			{Name: "type", At: 1, Size: 1, Only: BadType, Names: names{{0, "Serial Notify"}, {1, "Serial Query"}, {2, "Reset Query"}, {3, "Cache Response"}, {4, "IPv4 Prefix"}, {6, "IPv6 Prefix"}, {7, "End of Data"}, {8, "Cache Reset"}, {9, "Router Key"}, {10, "Error Report"}, {11, "ASPA"}}},
			{Name: "session", At: 2, Size: 2},
		},
		limits: "types of a fixed size have that size", header: "Error Report of version 1, error 0",
		traits: traits{Ports: []uint16{323}, Aliases: []string{"rtr"}},
		Source: "RFC 8210 section 5; RFC 6810", check: rtrFixed, examples: []example{{"rpki-rtr", "\x00\x00\x00\x00\x00\x00\x00\x00", "\x01\x0a\x00\x00\x00\x00\x00\x10|\x00\x00\x00\x00\x00\x00\x00\x00"}}},
	{Name: "skinny", group: "telecom", Summary: "Skinny (SCCP): Cisco IP telephones",
		Spec: `u32le:adjust=4,header=12,min=4`,
		Fields: []Field{
			{Name: "version", At: 4, Size: 4, Little: true},
			{Name: "message", At: 8, Size: 4, Little: true},
		},
		traits: traits{Ports: []uint16{2000}, Aliases: []string{"sccp"}}, header: "KeepAlive (message 0), version 0",
		Source: "Wireshark, packet-skinny.c; Cisco publishes no specification", examples: []example{{"skinny", "hi", "\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|hi"}}},
	{Name: "tacacs", group: "network", Summary: "TACACS+ packets",
		Spec: `u32be:offset=8,prefix=0xc0010101`,
		Fields: []Field{
			{Name: "version", At: 0, Size: 1, Only: badVersion, Names: names{{0xc0, "12.0"}, {0xc1, "12.1"}}},
			{Name: "type", At: 1, Size: 1, Only: BadType, Names: names{{1, "authentication"}, {2, "authorization"}, {3, "accounting"}}},
			{Name: "sequence", At: 2, Size: 1},
			{Name: "encrypted", At: 3, Size: 1, Mask: 1, Names: names{{0, "yes"}, {1, "no"}}},
			{Name: "session", At: 4, Size: 4},
		},
		traits: traits{Ports: []uint16{49}, Aliases: []string{"tacacs+"}}, limits: "payloads are encrypted unless the flags say otherwise", header: "authentication, sequence 1, not encrypted",
		Source: "RFC 8907 section 4.1", examples: []example{{"tacacs", "hello", "\xc0\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x05|hello"}}},
	{Name: "tds", group: "databases", Summary: "TDS packets: Microsoft SQL Server and Sybase",
		Spec: `u16be:offset=2,counts=frame,header=8,min=8,prefix=0x0101000000000100`,
		Fields: []Field{
			{Name: "type", At: 0, Size: 1, Only: BadType, Names: names{{1, "SQL batch"}, {2, "old login"}, {3, "RPC"}, {4, "tabular result"}, {6, "attention"}, {7, "bulk load"}, {8, "authentication token"}, {14, "transaction manager"}, {15, "TDS 5 command"}, {16, "login"}, {17, "SSPI"}, {18, "prelogin"}}},
			{Name: "last", At: 1, Size: 1, Mask: 1, Names: names{{0, "no"}, {1, "yes"}}},
			{Name: "SPID", At: 4, Size: 2},
			{Name: "packet", At: 6, Size: 1},
		},
		traits: traits{Ports: []uint16{1433}, Aliases: []string{"mssql", "sqlserver"}}, limits: "peers agree on the size of packets, 4096 by default; a connection with TLS or MARS is not read after the login", header: "SQL batch, last packet",
		Source: "MS-TDS section 2.2.3.1", examples: []example{{"tds", "s\x00", "\x01\x01\x00\x0a\x00\x00\x01\x00|s\x00"}}},
}

// adbMagic checks that the last field of a header is the first one, inverted.
func adbMagic(_ *length, header []byte, _ uint64) error {
	for i := range 4 {
		if header[20+i] != ^header[i] {
			return malformed(BadMagic, 20, "magic % x, expected the inverted command, % x", header[20:24], []byte{^header[0], ^header[1], ^header[2], ^header[3]})
		}
	}
	return nil
}

// rtrFixed checks the size of the PDUs that have only one.
func rtrFixed(l *length, header []byte, v uint64) error {
	want := uint64(0)
	switch header[1] {
	case 2, 3, 8:
		want = 8
	case 0, 1:
		want = 12
	case 4:
		want = 20
	case 6:
		want = 32
	case 7:
		want = 24
		if header[0] == 0 { // without the timers of version 1
			want = 12
		}
	}
	if want > 0 && v != want {
		return malformed(lengthInvalid, l.offset, "length %d in a PDU of type %d, expected %d", v, header[1], want)
	}
	return nil
}

var gearmanTypes = names{
	{1, "CAN_DO"}, {2, "CANT_DO"}, {3, "RESET_ABILITIES"}, {4, "PRE_SLEEP"}, {6, "NOOP"}, {7, "SUBMIT_JOB"}, {8, "JOB_CREATED"}, {9, "GRAB_JOB"}, {10, "NO_JOB"},
	{11, "JOB_ASSIGN"}, {12, "WORK_STATUS"}, {13, "WORK_COMPLETE"}, {14, "WORK_FAIL"}, {15, "GET_STATUS"}, {16, "ECHO_REQ"}, {17, "ECHO_RES"}, {18, "SUBMIT_JOB_BG"}, {19, "ERROR"},
	{20, "STATUS_RES"}, {21, "SUBMIT_JOB_HIGH"}, {22, "SET_CLIENT_ID"}, {23, "CAN_DO_TIMEOUT"}, {24, "ALL_YOURS"}, {25, "WORK_EXCEPTION"}, {26, "OPTION_REQ"}, {27, "OPTION_RES"},
	{28, "WORK_DATA"}, {29, "WORK_WARNING"}, {30, "GRAB_JOB_UNIQ"}, {31, "JOB_ASSIGN_UNIQ"}, {32, "SUBMIT_JOB_HIGH_BG"}, {33, "SUBMIT_JOB_LOW"}, {34, "SUBMIT_JOB_LOW_BG"},
	{35, "SUBMIT_JOB_SCHED"}, {36, "SUBMIT_JOB_EPOCH"}, {37, "SUBMIT_REDUCE_JOB"}, {38, "SUBMIT_REDUCE_JOB_BACKGROUND"}, {39, "GRAB_JOB_ALL"}, {40, "JOB_ASSIGN_ALL"},
	{41, "GET_STATUS_UNIQUE"}, {42, "STATUS_RES_UNIQUE"},
}

var openwireTypes = names{
	{0, "NULL"}, {1, "WIREFORMAT_INFO"}, {2, "BROKER_INFO"}, {3, "CONNECTION_INFO"}, {4, "SESSION_INFO"}, {5, "CONSUMER_INFO"}, {6, "PRODUCER_INFO"}, {7, "TRANSACTION_INFO"},
	{8, "DESTINATION_INFO"}, {9, "REMOVE_SUBSCRIPTION_INFO"}, {10, "KEEP_ALIVE_INFO"}, {11, "SHUTDOWN_INFO"}, {12, "REMOVE_INFO"}, {14, "CONTROL_COMMAND"}, {15, "FLUSH_COMMAND"},
	{16, "CONNECTION_ERROR"}, {17, "CONSUMER_CONTROL"}, {18, "CONNECTION_CONTROL"}, {19, "PRODUCER_ACK"}, {20, "MESSAGE_PULL"}, {21, "MESSAGE_DISPATCH"}, {22, "MESSAGE_ACK"}, {23, "MESSAGE"}, {24, "BYTES_MESSAGE"},
	{25, "MAP_MESSAGE"}, {26, "OBJECT_MESSAGE"}, {27, "STREAM_MESSAGE"}, {28, "TEXT_MESSAGE"}, {29, "BLOB_MESSAGE"}, {30, "RESPONSE"}, {31, "EXCEPTION_RESPONSE"}, {32, "DATA_RESPONSE"},
	{33, "DATA_ARRAY_RESPONSE"}, {34, "INTEGER_RESPONSE"}, {40, "DISCOVERY_EVENT"}, {50, "JOURNAL_ACK"}, {52, "JOURNAL_REMOVE"}, {53, "JOURNAL_TRACE"}, {54, "JOURNAL_TRANSACTION"},
	{55, "DURABLE_SUBSCRIPTION_INFO"}, {60, "PARTIAL_COMMAND"}, {61, "PARTIAL_LAST_COMMAND"}, {65, "REPLAY"},
	{90, "MESSAGE_DISPATCH_NOTIFICATION"}, {91, "NETWORK_BRIDGE_FILTER"},
}

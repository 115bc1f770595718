package framing

import "encoding/binary"

// industryProtocols are the rows of machines, instruments, receivers and cars whose frames the
// generic rules describe. The rows are in alphabetical order.
var industryProtocols = []Entry{
	{Name: "ads", group: "industry", traits: traits{Ports: []uint16{48898}}, Summary: "Beckhoff ADS: AMS packets over TCP",
		Spec: `u32le:offset=2,header=38,magic=0x0000,min=32,prefix=0x0000000000000000000000000000000000000000000004000400`,
		Fields: []Field{
			{Name: "target", At: 6, Size: 6},
			{Name: "target port", At: 12, Size: 2, Little: true},
			{Name: "source", At: 14, Size: 6},
			{Name: "source port", At: 20, Size: 2, Little: true},
			{Name: "command", At: 22, Size: 2, Little: true, Names: names{{0, "Invalid"}, {1, "ReadDeviceInfo"}, {2, "Read"}, {3, "Write"}, {4, "ReadState"}, {5, "WriteControl"}, {6, "AddNotification"}, {7, "DeleteNotification"}, {8, "Notification"}, {9, "ReadWrite"}}},
			{Name: "state flags", At: 24, Size: 2, Little: true},
			{Name: "data length", At: 26, Size: 4, Little: true},
			{Name: "error", At: 30, Size: 4, Little: true},
			{Name: "invoke", At: 34, Size: 4, Little: true},
		},
		limits: "the packets with which a program registers at the router of its own machine are not read", header: "a ReadState request",
		Source: "Beckhoff Information System, AMS/ADS packet over TCP", check: adsTwice, fill: adsFill,
		examples: []example{{"ads", "hi", "\x00\x00\x22\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x04\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|hi"}}},
	{Name: "doip", group: "industry", traits: traits{Ports: []uint16{13400}}, Summary: "diagnostics of cars over IP (DoIP)",
		Spec: `u32be:offset=4,prefix=0x02fd8001`,
		Fields: []Field{
			{Name: "version", At: 0, Size: 2, Only: badVersion, Names: names{{0x01fe, "ISO DIS 13400-2:2010"}, {0x02fd, "ISO 13400-2:2012"}, {0x03fc, "ISO 13400-2:2019"}, {0x04fb, "ISO 13400-2:2019 Amd 1"}, {0xff00, "any"}}},
			{Name: "type", At: 2, Size: 2, Names: names{{0, "header NACK"}, {1, "vehicle identification request"}, {2, "vehicle identification request with EID"}, {3, "vehicle identification request with VIN"}, {4, "vehicle announcement"},
				{5, "routing activation request"}, {6, "routing activation response"}, {7, "alive check request"}, {8, "alive check response"}, {0x4001, "entity status request"}, {0x4002, "entity status response"},
				{0x4003, "power mode request"}, {0x4004, "power mode response"}, {0x8001, "diagnostic message"}, {0x8002, "diagnostic message ACK"}, {0x8003, "diagnostic message NACK"}}},
		},
		limits: "the version is followed by its inverse, so only known versions are read", header: "a diagnostic message of ISO 13400-2:2012",
		Source: "ISO 13400-2, generic DoIP header", examples: []example{{"doip", "\x0e\x80\x10\x00\x3e\x00", "\x02\xfd\x80\x01\x00\x00\x00\x06|\x0e\x80\x10\x00\x3e\x00"}}},
	{Name: "enip", group: "industry", Usage: "enip[:strict]", Summary: "EtherNet/IP encapsulation: CIP over TCP",
		Spec: `u16le:offset=2,header=24,counts=payload,max=65511,prefix=0x6f00`,
		Fields: []Field{
			{Name: "command", At: 0, Size: 2, Little: true, Only: badOpcode, Names: names{{1, "ListTargets"}, {4, "ListServices"}, {0x63, "ListIdentity"}, {0x64, "ListInterfaces"}, {0x65, "RegisterSession"}, {0x66, "UnRegisterSession"}, {0x6f, "SendRRData"}, {0x70, "SendUnitData"}, {0x72, "IndicateStatus"}, {0x73, "Cancel"}}},
			{Name: "session", At: 4, Size: 4, Little: true},
			{Name: "status", At: 8, Size: 4, Little: true, Names: names{{0, "success"}, {1, "unsupported command"}, {2, "no memory"}, {3, "incorrect data"}, {0x64, "invalid session"}, {0x65, "invalid length"}, {0x69, "unsupported version"}}},
			{Name: "context", At: 12, Size: 8},
			{Name: "options", At: 20, Size: 4, Little: true, Zero: true},
		},
		keys: []key{{"strict", "refuse options that are not 0"}}, limits: "command 0, which hardly any device sends, is malformed: any zeros would be frames", header: "SendRRData of session 0",
		traits: traits{Ports: []uint16{44818}, Aliases: []string{"ethernetip", "ethernet-ip", "cip"}},
		Source: "ODVA, The CIP Networks Library, volume 2, section 2-3", examples: []example{{"enip", "\x01\x00\x00\x00", "\x6f\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|\x01\x00\x00\x00"}}},
	{Name: "fins", group: "industry", traits: traits{Ports: []uint16{9600}}, Summary: "Omron FINS over TCP",
		Spec: `u32be:offset=4,header=16,magic=FINS,min=8,prefix=0x46494e530000000000000002`,
		Fields: []Field{
			{Name: "command", At: 8, Size: 4, Only: badOpcode, Names: names{{0, "client address"}, {1, "server address"}, {2, "FINS frame"}, {3, "error notification"}, {6, "connection confirmation"}}},
			{Name: "error", At: 12, Size: 4},
		},
		header: "a FINS frame",
		Source: "Omron manual W421, section 7-4, FINS/TCP", examples: []example{{"fins", "\x80\x00\x02", "FINS\x00\x00\x00\x0b\x00\x00\x00\x02\x00\x00\x00\x00|\x80\x00\x02"}}},
	{Name: "hislip", group: "industry", traits: traits{Ports: []uint16{4880}}, Summary: "HiSLIP: commands of test instruments",
		Spec: `u64be:offset=8,magic=HS,prefix=0x485307`,
		Fields: []Field{
			{Name: "type", At: 2, Size: 1, Names: hislipTypes},
			{Name: "control", At: 3, Size: 1},
			{Name: "parameter", At: 4, Size: 4},
		},
		header: "DataEnd",
		Source: "IVI-6.1, High-Speed LAN Instrument Protocol, section 2.5", examples: []example{{"hislip", "*IDN?\n", "HS\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06|*IDN?\n"}}},
	{Name: "iec104", group: "industry", Summary: "IEC 60870-5-104: telecontrol of power grids",
		Spec: `u8:offset=1,header=6,magic=0x68,min=4,max=253`,
		Fields: []Field{
			{Name: "format", At: 2, Size: 1, Mask: 3, Names: names{{0, "I"}, {1, "S"}, {2, "I"}, {3, "U"}}},
			{Name: "control", At: 2, Size: 4},
		},
		traits: traits{Ports: []uint16{2404}, Aliases: []string{"iec-104", "iec60870-5-104", "104apci"}}, limits: "frames of the formats S and U have the length 4", header: "format I, numbers 0",
		Source: "IEC 60870-5-104 section 5", check: iec104Fixed, examples: []example{{"iec104", "\x64\x01\x06\x00\x01\x00\x00\x00\x00\x14", "\x68\x0e\x00\x00\x00\x00|\x64\x01\x06\x00\x01\x00\x00\x00\x00\x14"}}},
	{Name: "rtcm3", group: "serial", Usage: "rtcm3[:strict]", Summary: "RTCM 3: corrections for satellite receivers, with a CRC-24Q",
		Spec:   `u16be:offset=1,mask=0x3ff,magic=0xd3,crc=crc24q,crc-from=0,crc-counted=no`,
		Fields: []Field{{Name: "reserved", At: 1, Size: 1, Mask: 0xfc, Zero: true}},
		keys:   []key{{"strict", "refuse reserved bits that are not 0"}}, traits: traits{Aliases: []string{"rtcm", "ntrip-rtcm"}},
		Source: "RTCM 10403.3 section 4", examples: []example{{"rtcm3", "\x3e\xd0\x00", "\xd3\x00\x03|\x3e\xd0\x00|\x7a\x79\xfe"}}},
	{Name: "synchrophasor", group: "industry", Summary: "IEEE C37.118: phasor measurements of power grids, with a CRC",
		Spec: `u16be:offset=2,counts=frame,header=14,magic=0xaa,min=16,prefix=0xaa01,crc=crc16-ccitt,crc-from=0`,
		Fields: []Field{
			{Name: "type", At: 1, Size: 1, Mask: 0xf0, Only: BadType, Names: names{{0, "data"}, {1, "header"}, {2, "configuration 1"}, {3, "configuration 2"}, {4, "command"}, {5, "configuration 3"}}},
			{Name: "version", At: 1, Size: 1, Mask: 0x0f},
			{Name: "source", At: 4, Size: 2},
			{Name: "second", At: 6, Size: 4},
			{Name: "quality", At: 10, Size: 1},
			{Name: "fraction", At: 11, Size: 3},
		},
		traits: traits{Ports: []uint16{4712}, Aliases: []string{"c37.118", "synphasor"}}, header: "data of version 1, source 0",
		Source: "IEEE C37.118.2-2011 section 6.2", examples: []example{{"synchrophasor", "\x00\x02", "\xaa\x01\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|\x00\x02|\x67\x4f"}}},
	{Name: "ubx", group: "serial", Summary: "u-blox satellite receivers, with a checksum",
		Spec: `u16le:offset=4,magic=0xb562,prefix=0xb5620a04,crc=fletcher8,crc-from=2,crc-counted=no`,
		Fields: []Field{
			{Name: "class", At: 2, Size: 1, Names: names{{1, "NAV"}, {2, "RXM"}, {4, "INF"}, {5, "ACK"}, {6, "CFG"}, {9, "UPD"}, {0x0a, "MON"}, {0x0b, "AID"}, {0x0d, "TIM"}, {0x10, "ESF"}, {0x13, "MGA"}, {0x21, "LOG"}, {0x27, "SEC"}, {0x28, "HNR"}}},
			{Name: "message", At: 3, Size: 1},
		},
		traits: traits{Aliases: []string{"ublox"}}, limits: "NMEA sentences between the frames are no frames: mix:ubx,nmea reads both", header: "MON-VER",
		Source: "u-blox M8 receiver description, section 32.3", examples: []example{{"ubx", "", "\xb5\x62\x0a\x04\x00\x00||\x0e\x34"}}},
}

// adsTwice checks that the second length of an AMS packet, that of its data, fits the first.
func adsTwice(l *length, header []byte, v uint64) error {
	if n := uint64(binary.LittleEndian.Uint32(header[26:])); n != v-32 {
		return malformed(lengthInvalid, 26, "data length %d, expected %d: the length %d less the 32 bytes of the AMS header", n, v-32, v)
	}
	return nil
}

func adsFill(header []byte, size int64) { binary.LittleEndian.PutUint32(header[26:], uint32(size)) }

// iec104Fixed checks that a frame without data has only the four bytes of control.
func iec104Fixed(l *length, header []byte, v uint64) error {
	if header[2]&1 != 0 && v != 4 {
		return malformed(lengthInvalid, l.offset, "length %d in a frame of format S or U, expected 4", v)
	}
	return nil
}

var hislipTypes = names{
	{0, "Initialize"}, {1, "InitializeResponse"}, {2, "FatalError"}, {3, "Error"}, {4, "AsyncLock"}, {5, "AsyncLockResponse"}, {6, "Data"}, {7, "DataEnd"},
	{8, "DeviceClearComplete"}, {9, "DeviceClearAcknowledge"}, {10, "AsyncRemoteLocalControl"}, {11, "AsyncRemoteLocalResponse"}, {12, "Trigger"}, {13, "Interrupted"},
	{14, "AsyncInterrupted"}, {15, "AsyncMaxMsgSize"}, {16, "AsyncMaxMsgSizeResponse"}, {17, "AsyncInitialize"}, {18, "AsyncInitializeResponse"}, {19, "AsyncDeviceClear"},
	{20, "AsyncServiceRequest"}, {21, "AsyncStatusQuery"}, {22, "AsyncStatusResponse"}, {23, "AsyncDeviceClearAcknowledge"}, {24, "AsyncLockInfo"}, {25, "AsyncLockInfoResponse"},
	{26, "GetDescriptors"}, {27, "GetDescriptorsResponse"}, {28, "StartTLS"}, {29, "AsyncStartTLS"}, {30, "AsyncStartTLSResponse"}, {31, "EndTLS"}, {32, "AsyncEndTLS"}, {33, "AsyncEndTLSResponse"},
	{34, "GetSaslMechanismList"}, {35, "GetSaslMechanismListResponse"}, {36, "AuthenticationStart"}, {37, "AuthenticationExchange"}, {38, "AuthenticationResult"},
}

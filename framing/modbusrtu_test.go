package framing

import "testing"

// Requests and responses of each function: the CRC shows which of the two a frame is.
func TestModbusRTU(t *testing.T) {
	var rows []scanRow
	for _, frame := range []string{
		"\x01\x03\x00\x00\x00\x02", "\x01\x03\x04\x00\x01\x00\x02", "\x01\x01\x01\x05", "\x01\x05\x00\x01\xff\x00", "\x01\x07", "\x01\x07\x01",
		"\x01\x08\x00\x00\xa5\x37", "\x01\x0b", "\x01\x0b\xff\xff\x01\x08", "\x01\x0c\x08\x00\x00\x01\x08\x01\x21\x20\x00", "\x01\x0f\x00\x13\x00\x0a\x02\xcd\x01", "\x01\x0f\x00\x13\x00\x0a",
		"\x01\x10\x00\x01\x00\x02\x04\x00\x0a\x01\x02", "\x01\x10\x00\x01\x00\x02", "\x01\x11", "\x01\x11\x02\x01\xff", "\x01\x14\x07\x06\x00\x04\x00\x01\x00\x02", "\x01\x16\x00\x04\x00\xf2\x00\x25",
		"\x01\x17\x00\x03\x00\x06\x00\x0e\x00\x03\x06\x00\xff\x00\xff\x00\xff", "\x01\x17\x04\x00\xfe\x0a\xcd", "\x01\x18\x04\xde", "\x01\x18\x00\x06\x00\x02\x01\xb8\x12\x84",
		"\x01\x2b\x0e\x01\x00", "\x01\x2b\x0e\x01\x01\x00\x00\x02\x00\x01a\x01\x02bc", "\x01\x83\x02",
	} {
		whole := string(modbusRTUSum.append([]byte(frame), []byte(frame)))
		rows = append(rows, scanRow{"modbus-rtu", whole[:1] + "|" + whole[1:len(frame)] + "|" + whole[len(frame):], ""})
	}
	checkScan(t, append(rows,
		scanRow{"modbus-rtu", "\x01\x41", "bad-opcode@1"},
		scanRow{"modbus-rtu", "\x01\x03\x00\x00\x00\x02\x00\x00", "checksum@6"},
		scanRow{"modbus-rtu", "\x01\x05\x00\x01\xff\x00\x00\x00", "checksum@6"},
		scanRow{"modbus-rtu", "\x01\x14\xff", "length-too-large@2"},
		scanRow{"modbus-rtu", "\x01\x03", "more"},
	))
	checkDescribe(t, "modbus-rtu", []describeRow{
		{"\x11", "\x03\x00", "unit=17 function=read holding registers"},
		{"\x11", "\x83\x02", "unit=17 function=exception of read holding registers"},
	})
	checkRefused(t, "modbus-rtu", []refusedRow{
		{Marks{}, 0, "1 to 253 bytes"}, {Marks{}, 254, "1 to 253 bytes"}, {Marks{}, 5, "its length, 5, is not that of function 0"},
		{Marks{[]byte("ab"), nil}, 5, ""}, {Marks{[]byte("a"), []byte("b")}, 5, ""},
	})
}

package framing

import (
	"strings"
	"testing"
)

func TestNetBIOSPackets(t *testing.T) {
	checkScan(t, []scanRow{
		{"netbios-ssn", "\x00\x00\x00\x03|abc", ""},
		{"netbios-ssn", "\x00\x01\x00\x00|" + strings.Repeat("x", 1<<16), ""},
		{"netbios-ssn", "\x85\x00\x00\x00|", ""},
		{"netbios-ssn", "\x85\x00\x00\x01|x", ""},
		{"netbios-ssn", "\x83\x00\x00\x01|\x82", ""},
		{"netbios-ssn", "\x00\x00\x00", "more"},
		{"netbios-ssn", "\x00\x02\x00\x40", "reserved-bits@1"},
		{"netbios-ssn", "\x00\x80", "reserved-bits@1"},
		{"netbios-ssn", "\x86\x00\x00\x00", "bad-type@0"},
		{"netbios-ssn", "\x01\x80", "bad-type@0"},
		{"netbios-ssn", "GET / HTTP/1.1\r\n", "bad-type@0"},
		{"netbios-ssn:strict", "\x85\x00\x00\x00|", ""},
		{"netbios-ssn:strict", "\x85\x00\x00\x01x", "length-invalid@1"},
		{"netbios-ssn:strict", "\x83\x00\x00\x00", "length-invalid@1"},
		{"netbios-ssn:strict", "\x84\x00\x00\x06|\x7f\x00\x00\x01\x00\x8b", ""},
	})
	checkRefused(t, "netbios-ssn", []refusedRow{
		{Marks{}, 1 << 17, "too long"},
		{Marks{Header: []byte("\x00\x02\x00\x00")}, 1, ""},
	})
}

package input

import (
	"strings"
	"testing"
)

// The command names what is needed to see the same bytes again.
func TestInspect(t *testing.T) {
	all := Choice{Stream: -1}
	for _, row := range []struct {
		file, spec   string
		seek, length int64
		choice       Choice
		offset       int64
		want         string
	}{
		{"a.bin", "u32be", 0, -1, all, 5943, "framecat inspect -s 5943 -f u32be a.bin"},
		{"a b.bin", `delim:\r\n`, 0, -1, all, 0, `framecat inspect -f 'delim:\r\n' 'a b.bin'`},
		{"a\n\x1b'b", "u8", 0, -1, all, 0, `framecat inspect -f u8 $'a\n\033\'b'`},
		{"-f", "u8", 0, -1, all, 1, "framecat inspect -s 1 -f u8 ./-f"},
		{"", "u8", 0, -1, all, 1, "framecat inspect -s 1 -f u8 --stream 0 --direction c2s"},
		{captures + "dns_tcp4.pcap", "u16be", 0, -1, all, 7, "framecat inspect -s 7 -f u16be --stream 0 --direction c2s " + captures + "dns_tcp4.pcap"},
		{captures + "hex_dns_xxd.txt", "u16be", 0, -1, all, 7, "framecat inspect -s 7 -f u16be " + captures + "hex_dns_xxd.txt"},
		{captures + "hex_dns_xxd.txt", "u16be", 7, 100, all, 7, "framecat inspect -s 7 -l 100 -f u16be " + captures + "hex_dns_xxd.txt"},
		{captures + "hex_dns_xxd.txt", "u16be", 7, 100, all, 27, "framecat inspect -s 27 -l 80 -f u16be " + captures + "hex_dns_xxd.txt"},
		{captures + "dns_tcp4.pcap", "u16be", 0, 9, Choice{Kind: "pcap", Stream: 0, Direction: "s2c", Count: 3, Decompress: "never"}, 0,
			"framecat inspect -l 9 -f u16be -n 3 --capture pcap --decompress never --stream 0 --direction s2c " + captures + "dns_tcp4.pcap"},
		{captures + "hex_dns_xxd.txt", "u16be", 0, -1, Choice{Kind: "raw", Stream: -1, Decompress: "auto"}, 0, "framecat inspect -f u16be --capture raw " + captures + "hex_dns_xxd.txt"},
	} {
		in := Files(nil, opened(t, twoWays), row.seek, row.length)[0]
		if row.file != "" {
			in = Files([]string{row.file}, nil, row.seek, row.length)[0]
		}
		if row.file == "" || strings.HasPrefix(row.file, captures) {
			streams, done, err := in.Streams(row.choice)
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			in = streams.At(0)
		}
		if got := in.Inspect(row.spec, row.offset); got != row.want {
			t.Errorf("%s: %s, want %s", row.file, got, row.want)
		}
	}
}

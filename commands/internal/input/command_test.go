package input

import "testing"

// The command names what is needed to see the same bytes again.
func TestInspect(t *testing.T) {
	for _, row := range []struct {
		file, spec string
		offset     int64
		want       string
	}{
		{"a.bin", "u32be", 5943, "framecat inspect -s 5943 -f u32be a.bin"},
		{"a b.bin", `delim:\r\n`, 0, `framecat inspect -f 'delim:\r\n' 'a b.bin'`},
		{"-f", "u8", 1, "framecat inspect -s 1 -f u8 ./-f"},
		{"", "u8", 1, "framecat inspect -s 1 -f u8"},
		{captures + "dns_tcp4.pcap", "u16be", 7, "framecat inspect -s 7 -f u16be --stream 0 --direction c2s " + captures + "dns_tcp4.pcap"},
		{captures + "hex_dns_xxd.txt", "u16be", 7, "framecat inspect -s 7 -f u16be " + captures + "hex_dns_xxd.txt"},
	} {
		in := Files(nil, opened(t, twoWays), 0, -1)[0]
		if row.file != "" {
			in = Files([]string{row.file}, nil, 0, -1)[0]
		}
		if len(row.file) > len(captures) && row.file[:len(captures)] == captures {
			streams, done, err := in.Streams(Choice{Stream: -1})
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

package report

import (
	"math"
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for _, row := range []struct {
		text string
		want int64
		err  string
	}{
		{"0", 0, ""},
		{"4096", 4096, ""},
		{"4096B", 4096, ""},
		{"0x1000", 4096, ""},
		{"0xB", 11, ""}, // the B is a digit
		{"64K", 64 << 10, ""},
		{"64KiB", 64 << 10, ""},
		{"16M", 16 << 20, ""},
		{"16MiB", 16 << 20, ""},
		{"2G", 2 << 30, ""},
		{"1T", 1 << 40, ""},
		{"9223372036854775807", math.MaxInt64, ""},

		{"9223372036854775808", 0, "too large"},
		{"99999999999999999999", 0, "too large"},
		{"8388608T", 0, "too large"},
		{"", 0, "write 4096, 0x1000, 64KiB or 16M"},
		{"x", 0, "write 4096, 0x1000, 64KiB or 16M"},
		{"-1", 0, "write 4096, 0x1000, 64KiB or 16M"},
		{"1.5M", 0, "write 4096, 0x1000, 64KiB or 16M"},
		{"KiB", 0, "write 4096, 0x1000, 64KiB or 16M"},
		{"1KKiB", 0, "write 4096, 0x1000, 64KiB or 16M"},
		{"64kib", 0, "write 64KiB"},
		{"64k", 0, "write 64K"},
		{"16MIB", 0, "write 16MiB"},
	} {
		n, err := ParseSize(row.text)
		switch {
		case row.err == "" && (err != nil || n != row.want):
			t.Errorf("%q: %d, %v; want %d", row.text, n, err, row.want)
		case row.err != "" && (err == nil || !strings.HasSuffix(err.Error(), row.err)):
			t.Errorf("%q: %d, %v; want %q", row.text, n, err, row.err)
		}
	}
}

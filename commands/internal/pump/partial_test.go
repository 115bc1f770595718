package pump

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/input"
)

// --partial saves the last, unfinished frame byte for byte, and nothing of a complete frame.
func TestPartial(t *testing.T) {
	big := "\x00\x02\x00\x00" + strings.Repeat("x", 0x20000)
	cut, small := big[:0x10000+4], "\x00\x00\x00\x09bc"
	for _, row := range []struct {
		name    string
		streams []string
		want    string
	}{
		{"whole frames", []string{"\x00\x00\x00\x01a"}, ""},
		{"a cut payload", []string{"\x00\x00\x00\x01a" + small}, small},
		{"a cut header", []string{"\x00\x00\x00\x01a\x00\x00"}, "\x00\x00"},
		{"a large frame that streams", []string{big}, ""},
		{"a large frame, cut", []string{cut}, cut},
		{"a large frame, and a cut one", []string{big + small}, small},
		{"whole frames after it", []string{small, "\x00\x00\x00\x01a", big + big}, small},
		{"a large frame after a small one, both cut", []string{small, cut}, cut},
		{"a small frame after a large one, both cut", []string{cut, small}, small},
		{"many", []string{small, cut, big, "\x00", cut + "y", big}, cut + "y"},
	} {
		part, err := os.Create(filepath.Join(t.TempDir(), "part"))
		if err != nil {
			t.Fatal(err)
		}
		defer part.Close()
		var inputs []input.Input
		for _, s := range row.streams {
			inputs = append(inputs, input.Text(s))
		}
		convertAll(t, "u32be", "raw", func(c *Conversion) { c.Partial = part }, inputs...)
		if got, err := os.ReadFile(part.Name()); err != nil || string(got) != row.want {
			t.Errorf("%s: %d bytes are kept (%.40q), %v; want %d", row.name, len(got), got, err, len(row.want))
		}
	}
}

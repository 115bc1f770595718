package hint

import (
	"strings"
	"testing"
)

// Where a line end follows each frame, the hint names a framing that reads such frames, if there
// is one.
func TestLineEndAfterEachFrame(t *testing.T) {
	for _, row := range []struct{ spec, frame, end, want string }{
		{"u32be", "\x00\x00\x00\x05hello", "\n", "use -f u32be:trailer=0x0a"},
		{"u32be", "\x00\x00\x00\x05hello", "\r\n", "use -f u32be:trailer=0x0d0a"},
		{"u16le:offset=2,magic=0xcafe", "\xca\xfe\x05\x00hello", "\n", `use -f u16le:offset=2,magic=0xcafe,trailer=0x0a`},
		{"netstring", "5:hello,", "\n", "the sender must write nothing between frames"},
	} {
		got := hintOf(t, row.spec, strings.Repeat(row.frame+row.end, 3))
		if !strings.HasSuffix(got, row.want) {
			t.Errorf("%s: got %q, want %q at its end", row.spec, got, row.want)
		}
	}
	got := hintOf(t, "u32be", strings.Repeat("\x00\x00\x00\x05hello", 3)+strings.Repeat("\n\x00\x00\x00\x05hello", 3)+"\n")
	if strings.Contains(got, "trailer=") {
		t.Errorf("got %q for a stream whose first frames have no line end", got)
	}
}

package pump

import (
	"strings"
	"testing"

	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
)

const (
	// lossyDump is a dump of crlf frames, with gaps: "ab\r\ncd" lost "efgh" lost "ij\r\nkl\r\n".
	lossyDump = "00000000  61 62 0d 0a 63 64  |ab..cd|\n00000010  65 66 67 68  |efgh|\n00000020  69 6a 0d 0a 6b 6c 0d 0a  |ij..kl..|\n"
	// twoWays is a dump of both directions of a stream, as Wireshark writes it.
	twoWays = "00000000  61 0d 0a                                          a..\n    00000000  62 0d 0a                                          b..\n"
	// emptyPcap is a capture without packets.
	emptyPcap = "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x01\x00\x00\x00"
)

// The streams of a capture are converted as files are. A frame with lost bytes is an error;
// frames after it are read only with --on-error skip.
func TestRecorded(t *testing.T) {
	for _, row := range []struct {
		name, spec, file string
		choice           input.Choice
		skip             bool
		out              string
		status           int
		errs             []string
	}{
		{"no capture", "crlf", "a\r\nb\r\n", input.Choice{Stream: -1}, false, "a b", 0, nil},
		{"a gap", "crlf", lossyDump, input.Choice{Stream: -1}, false, "ab", report.StatusMalformed, []string{"frame 1 at byte 4: byte 6: the capture lost 10 bytes here"}},
		{"a gap, skipped", "crlf", lossyDump, input.Choice{Stream: -1}, true, "ab kl", report.StatusMalformed,
			[]string{"frame 1 at byte 4: byte 6: the capture lost 10 bytes here", "skipped ", "byte 20: the capture lost 12 bytes here", "skipped "}},
		{"a gap where no frame can be found", "u8", "00000000  01 61 01\n00000010  62 01 63\n", input.Choice{Stream: -1, Kind: "hexdump"}, true, "a", report.StatusMalformed, []string{"lost 13 bytes", "u8 has no start-of-frame marker"}},
		{"as it is", "nul", "00 61\n", input.Choice{Stream: -1, Kind: "raw"}, false, "", report.StatusTruncated, []string{"frame 0 at byte 0"}},
		{"two directions", "crlf", twoWays, input.Choice{Stream: -1}, false, "", report.StatusUsage, []string{"stream 0 has two", "stream 0 c2s", "stream 0 s2c"}},
		{"one of two", "crlf", twoWays, input.Choice{Stream: -1, Direction: "s2c"}, false, "b", 0, nil},
		{"no such stream", "crlf", twoWays, input.Choice{Stream: 3}, false, "", report.StatusUsage, []string{"there is no stream 3: this capture has 1 stream"}},
		{"nothing to choose from", "crlf", "a\r\n", input.Choice{Stream: 3}, false, "", report.StatusUsage, []string{"is not a capture"}},
		{"no packets", "crlf", emptyPcap, input.Choice{Stream: -1}, false, "", report.StatusMalformed, []string{"holds no TCP packets"}},
	} {
		file := fileOf(t, "in", row.file)
		got := convertAll(t, row.spec, "lines", func(c *Conversion) { c.Choice, c.Skip = &row.choice, row.skip }, input.Files([]string{file}, nil, 0, -1)...)
		if words := strings.Join(strings.Fields(got.out), " "); words != row.out || got.status() != row.status {
			t.Errorf("%s: %q, status %d, %s; want %q, %d", row.name, words, got.status(), got.errs, row.out, row.status)
		}
		rest := got.errs
		for _, want := range row.errs {
			_, after, ok := strings.Cut(rest, want)
			if rest = after; !ok {
				t.Errorf("%s: printed %s, want %q in it", row.name, got.errs, want)
			}
		}
		if len(row.errs) == 0 && got.errs != "" {
			t.Errorf("%s: printed %s", row.name, got.errs)
		}
	}
}

// JSON names the stream of a capture that a message belongs to.
func TestRecordedTags(t *testing.T) {
	file := fileOf(t, "in", twoWays)
	got := convertAll(t, "crlf", "json", func(c *Conversion) { c.Choice = &input.Choice{Stream: 0, Direction: "s2c"} }, input.Files([]string{file}, nil, 0, -1)...)
	if want := `"stream":0,"direction":"s2c","offset":0,`; !strings.Contains(got.out, want) {
		t.Errorf("%s, want %s in it", got.out, want)
	}
}

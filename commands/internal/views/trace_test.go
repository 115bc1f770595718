package views

import (
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

// A tracer shows each read, which frames come out of it, and what the receiver waits for.
func TestTrace(t *testing.T) {
	for _, row := range []struct {
		name, spec, stream string
		chunks             []int
		change             func(o *Options)
		want               []string
		status             int
	}{
		{"a frame in two reads", "u8", "\x02hi", []int{2, 1}, nil, []string{"waits for frame 0", "read 1: 2 bytes", "02 68", "payload of frame 0", "1 more to come", "read 2: 1 byte", "frame 0 comes out: 3 bytes, payload 2 bytes", `"hi"`, "keeps 0 bytes", "end of the stream: nothing is left over"}, 0},
		{"two frames in a read", "u8", "\x01a\x01b", nil, nil, []string{"read 1: 4 bytes", `"a"`, `"b"`, "2 frames came out of one read"}, 0},
		{"the last size repeats", "u8", "\x03abc", []int{1}, nil, []string{"read 1: 1 byte", "read 2: 1 byte", "read 3: 1 byte", "read 4: 1 byte", `"abc"`}, 0},
		{"a header in pieces", "u16be", "\x00\x01a", []int{1}, nil, []string{"header of frame 0", "payload of frame 0", `"a"`}, 0},
		{"a trailer in pieces", "netstring", "1:a,", []int{3, 1}, nil, []string{"trailer of frame 0", `"a"`}, 0},
		{"no length", "crlf", "ab\r\n", []int{2}, nil, []string{"end of frame 0", `"ab"`}, 0},
		{"a leftover", "u8", "\x05a", nil, nil, []string{"end of the stream: leftover 2 of 6 bytes"}, report.StatusTruncated},
		{"a bad one", "netstring", "1:aX", nil, nil, []string{"frame 0 is malformed at byte 3"}, report.StatusMalformed},
		{"a bad one, skipped", "slip", "\xdbx\xc0b\xc0", nil, func(o *Options) { o.Skip = true }, []string{"frame 0 is malformed at byte 1", "skips 3 bytes", `"b"`}, report.StatusMalformed},
		{"a bad frame that cannot be skipped", "netstring", "1:aX1:b,", nil, func(o *Options) { o.Skip = true }, []string{"frame 0 is malformed at byte 3", "cannot resynchronise"}, report.StatusMalformed},
		{"a gap", "crlf", lossy, nil, nil, []string{`"ab"`, "lost 10 bytes here"}, report.StatusMalformed},
		{"as many as are wanted", "u8", "\x01a\x01b", []int{2}, func(o *Options) { o.Left = 1 }, []string{`"a"`}, 0},
		{"no message", "http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", nil, nil, []string{"… 8 more", "frame 0 comes out: 24 bytes, no message"}, 0},
		{"a long payload", "u8", "\x40" + strings.Repeat("y", 64), nil, nil, []string{`"` + strings.Repeat("y", 32) + `"…`}, 0},
	} {
		got := inspect(t, row.spec, func(o *Options) {
			o.Trace, o.Chunks = true, row.chunks
			if row.change != nil {
				row.change(o)
			}
		}, fileOf(t, row.stream))
		rest := got.out
		for _, want := range row.want {
			_, after, ok := strings.Cut(rest, want)
			if rest = after; !ok {
				t.Errorf("%s: no %q in\n%s", row.name, want, got.out)
				break
			}
		}
		if got.status != row.status || row.name == "as many as are wanted" && strings.Contains(got.out, `"b"`) {
			t.Errorf("%s: status %d, %s\n%s", row.name, got.status, got.errs, got.out)
		}
	}
	two := inspect(t, "u8", func(o *Options) { o.Trace = true }, fileOf(t, "\x01a"), filepath.Join(t.TempDir(), "missing"), fileOf(t, "\x01b"))
	if !strings.Contains(two.out, "frame 1 comes out") || two.status != report.StatusIO {
		t.Errorf("of several files: status %d\n%s", two.status, two.out)
	}
}

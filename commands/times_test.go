package commands

import (
	"strings"
	"testing"
)

// --times shows when each frame of a capture came, and how long after the frame before it in its
// direction. It reports once that inputs have no times.
func TestInspectTimes(t *testing.T) {
	const capture = "../testdata/captures/dns_tcp4.pcap"
	rows := []struct {
		name, stdin string
		args        []string
		out         []string // in this order
		stderr      string
		status      int
	}{
		{"a capture", "", []string{"-f", "u16be", capture}, []string{"c2s", "  00:22:13.988993 #0 payload 56\n", "  00:22:13.992329 +0.003336 s #1 payload 56\n", "s2c", "  00:22:13.9"}, "", 0},
		{"the time between", "", []string{"-f", "u8", "--direction", "c2s", "-n", "2", capture}, []string{"  00:22:13.988993 #0 payload 0\n", "  00:22:13.988993 +0.000000 s #1 payload 56\n"}, "", 0},
		{"no times", "\x01a\x01b", []string{"-f", "u8"}, []string{"  #0 payload 1\n", "  #1 payload 1\n"}, "framecat: standard input has no times for --times to show\n", 0},
		{"a summary", "", []string{"--summary", capture}, nil, "framecat: --times cannot be combined with --trace or --summary\n", 2},
	}
	for _, r := range rows {
		out, stderr, status := run(t, r.stdin, append([]string{"inspect", "--times"}, r.args...)...)
		if status != r.status || stderr != r.stderr {
			t.Errorf("%s: status %d, stderr %q", r.name, status, stderr)
		}
		rest := out
		for _, want := range r.out {
			_, after, ok := strings.Cut(rest, want)
			if rest = after; !ok {
				t.Errorf("%s: no %q in\n%s", r.name, want, out)
			}
		}
	}
}

package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// decode -f auto writes what decode writes with the framing that was found, from a file and
// from a pipe.
func TestDecodeAuto(t *testing.T) {
	t.Parallel()
	found := regexp.MustCompile(`found (\S+) with \d+ bits of evidence; go on with: framecat inspect( -s \d+)? -f`)
	files, _ := filepath.Glob("../testdata/captures/*.bin")
	decided, size := 0, int64(20<<10)
	if peers.Long() {
		size = 100 << 10
	}
	for _, file := range files {
		if i, err := os.Stat(file); err != nil || i.Size() > size {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, status := run(t, "", "decode", "-f", "auto", file)
		m := found.FindStringSubmatch(errs)
		if m == nil {
			if status != 3 || out != "" {
				t.Errorf("%s: undecided with status %d and %d bytes of output", file, status, len(out))
			}
			continue
		}
		decided++
		args := append([]string{"decode", "-f", m[1]}, strings.Fields(m[2])...)
		if want, _, wantStatus := run(t, "", append(args, file)...); out != want || status != wantStatus {
			t.Errorf("%s: -f auto differs from -f %s: status %d, want %d", file, m[1], status, wantStatus)
		}
		if piped, _, _ := run(t, string(b), "decode", "-f", "auto"); piped != out {
			t.Errorf("%s: -f auto writes something else for standard input", file)
		}
	}
	if decided < 10 {
		t.Errorf("only %d streams were decided", decided)
	}
}

// After the decision, the other flags hold.
func TestDecodeAutoFlags(t *testing.T) {
	in := ""
	for i := range 60 {
		s := fmt.Sprintf("message %d %s", i*7919, strings.Repeat("x", i%13))
		in += fmt.Sprintf("%d:%s,", len(s), s)
	}
	for _, row := range []struct {
		args   string
		out    string
		status int
	}{
		{"-n 1", "message 0 \n", 0},
		{"--frames 1 -o u8", "\x0emessage 7919 x", 0},
		{"-n 1 --where payload~7919", "message 7919 x\n", 0},
		{"--where type=x", "", 2},
	} {
		out, errs, status := run(t, in, append([]string{"decode", "-f", "auto"}, strings.Fields(row.args)...)...)
		if out != row.out || status != row.status {
			t.Errorf("%s: %q, status %d; want %q, %d\n%s", row.args, out, status, row.out, row.status, errs)
		}
	}
}

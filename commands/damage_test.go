//go:build linux || darwin

package commands

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A length that is wrong may show only later, where another frame cannot be read. The hints of a file
// name the frame that --on-error skip skips, and the place where it goes on.
func TestLateDamage(t *testing.T) {
	t.Parallel()
	var stream []byte
	var starts []int
	for i := range 1000 {
		message := strings.Repeat(fmt.Sprintf("message %d ", i), 3)
		starts = append(starts, len(stream))
		stream = append(binary.BigEndian.AppendUint16(stream, uint16(len(message))), message...)
	}
	stream[starts[500]] ^= 0x40
	file := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(file, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	bad, next := fmt.Sprintf("frame 500 at byte %d", starts[500]), fmt.Sprintf("at byte %d", starts[501])
	for _, row := range []struct {
		args, stdin string
		want        []string
		not         string
	}{
		{"decode -o hex " + file, "", []string{"the damage is in " + bad, "frames go on " + next + ": run", "add --on-error skip\n"}, "last good"},
		{"inspect --summary " + file, "", []string{"the damage is in " + bad, "frames go on " + next + ": run", "add --on-error skip\n"}, "last good"},
		{"decode -o hex", string(stream), []string{"the damage is in " + bad, "frames go on " + next + ": pass", "add --on-error skip\n"}, "last good"},
		{"decode -o hex --on-error skip " + file, "", []string{bad + ": the length is damaged", "this frame is damaged", "reading goes on " + next + "\n"}, "text is"},
		{"inspect --summary --on-error skip " + file, "", []string{bad + ": the length is damaged", "this frame is damaged"}, "--on-error skip"},
	} {
		_, errs, _ := run(t, row.stdin, append(strings.Fields(row.args), "-f", "u16be")...)
		for _, want := range row.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: not %q\n%s", row.args, want, errs)
			}
		}
		if strings.Contains(errs, row.not) {
			t.Errorf("%s: %q\n%s", row.args, row.not, errs)
		}
	}
}

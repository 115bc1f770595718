//go:build linux

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// A connection costs what it has sent, not what it announces, and next to nothing while
// it waits.
func TestManyConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand connections")
	}
	t.Parallel()
	const conns, mostKiB = 1000, 36 << 10
	for _, row := range []struct{ name, sends, answer string }{
		{"4 GiB are announced", "\xff\xff\xff\xff", ""},
		{"idle after an echo", "\x00\x00\x00\x05hello", "\x00\x00\x00\x05hello"},
	} {
		l := listens(t, "-k", "--echo", "-q", "--max-conns", "5000", "--max-frame", "0", "0")
		var all []net.Conn
		for range conns {
			c := must(net.Dial("tcp", l.address))
			all = append(all, c)
			io.WriteString(c, row.sends)
			if _, err := io.ReadFull(c, make([]byte, len(row.answer))); err != nil {
				t.Fatal(err)
			}
		}
		text := string(must(os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))))
		_, text, _ = strings.Cut(text, "VmHWM:")
		var kib int
		if fmt.Sscan(text, &kib); kib == 0 || kib > mostKiB && !raceEnabled { // the race detector needs memory of its own
			t.Errorf("%s: %d connections took %d KiB, want at most %d", row.name, conns, kib, mostKiB)
		}
		for _, c := range all {
			c.Close()
		}
		// On a busy machine this can take longer than the time that listen leaves for it after a signal.
		for start := time.Now(); len(must(os.ReadDir(fmt.Sprintf("/proc/%d/fd", l.cmd.Process.Pid)))) > 100; time.Sleep(20 * time.Millisecond) {
			if time.Since(start) > patience {
				t.Fatalf("%s: after %s the connections have not ended", row.name, patience)
			}
		}
		l.stop()
	}
}

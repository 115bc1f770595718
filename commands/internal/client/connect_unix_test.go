//go:build unix

package client

import (
	"io"
	"os"
	"testing"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// A process that is only starting when --timeout passes is ended too: then nothing holds its standard error.
func TestTimeoutWhileStarting(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	address, _, err := link.ParseAddress([]string{"exec:exec sleep 1000"})
	if err != nil {
		t.Fatal(err)
	}
	var o Options
	o.Address, o.Files, o.Report = address, link.Files{Stderr: write}, &report.Reporter{W: io.Discard}
	passed := make(chan time.Time)
	close(passed)
	for range 20 { // the process may start first
		if c := newClient(o); c.connect(nil, passed) == nil {
			c.hangUp(report.TimedOut(0))
		}
	}
	time.Sleep(100 * time.Millisecond) // for one that would start later
	write.Close()
	if _, err := io.ReadAll(read); err != nil {
		t.Error(err)
	}
}

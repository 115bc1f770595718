package probe

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"framecat/framing"
)

// A process that starts late is waited for in each case, so that it reads piece by piece. One that never reads
// is waited for once in each case, and the report says that pieces may have been read in one.
func TestAwaitRead(t *testing.T) {
	t.Parallel()
	f, err := framing.Parse("u8")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		starts time.Duration
		first  time.Duration // how long the first piece is waited for, and the second
		second time.Duration
		merged bool
	}{
		{0, 0, 0, false},
		{1500 * time.Millisecond, 1500 * time.Millisecond, 0, false},
		{time.Hour, startWait, 50 * time.Millisecond, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			for range 2 { // a late case changes nothing for the next one
				near, far := net.Pipe()
				begun := time.Now()
				r := &runner{readWait: readWait, Peer: Peer{Process: true, Unread: func(net.Conn) (bool, bool) { return time.Since(begun) < row.starts, true }}}
				p := &playing{runner: r, nc: near, in: receive(near, f, 0, nil)}
				for _, want := range []time.Duration{row.first, row.second} {
					at := time.Now()
					p.awaitRead(t.Context())
					if took := time.Since(at); took < want || took > want+5*time.Millisecond {
						t.Errorf("starts after %v: waited %v, want %v", row.starts, took, want)
					}
				}
				if r.merged != row.merged {
					t.Errorf("starts after %v: merged is %t", row.starts, r.merged)
				}
				near.Close()
				far.Close()
			}
		})
	}
}

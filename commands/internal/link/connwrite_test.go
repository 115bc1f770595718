package link

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/report"
)

// --idle-timeout ends a connection if the peer reads nothing, but not if it reads slowly. After
// Drain, no write lasts longer than Drain allows.
func TestWriteDeadlines(t *testing.T) {
	const piece = 16 << 10
	for _, row := range []struct {
		name  string
		limit Deadlines
		every time.Duration // how often the peer reads a piece; 0 is never
		drain time.Duration // when Drain is called; 0 is never
		end   string
		at    time.Duration
	}{
		{"it reads slowly, no limit", Deadlines{}, time.Hour, 0, "", 4 * time.Hour},
		{"it reads slowly enough", Deadlines{Idle: time.Second}, 900 * ms, 0, "", 3600 * ms},
		{"it reads too slowly", Deadlines{Idle: time.Second}, 1100 * ms, 0, "peer: the peer read nothing within --idle-timeout 1s", time.Second},
		{"it reads nothing", Deadlines{Idle: time.Second}, 0, 0, "peer: the peer read nothing within --idle-timeout 1s", time.Second},
		{"it reads nothing, and all ends", Deadlines{}, 0, time.Minute, "done", time.Minute + time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer ours.Close()
			defer theirs.Close()
			c := NewConn(ours, 1, "peer", &Options{Deadlines: row.limit})
			if row.drain > 0 {
				time.AfterFunc(row.drain, func() { c.Drain(time.Second) })
			}
			if row.every > 0 {
				over := make(chan struct{})
				defer func() {
					theirs.Close()
					<-over
				}()
				go func() {
					defer close(over)
					for {
						time.Sleep(row.every)
						if _, err := io.ReadFull(theirs, make([]byte, piece)); err != nil {
							return
						}
					}
				}()
			}
			began := time.Now()
			n, err := c.Write(make([]byte, 4*piece))
			got := ""
			if err != nil {
				got = kindOf(err)
			}
			if took := time.Since(began); got != row.end || took != row.at || (n == 4*piece) != (row.end == "") {
				t.Errorf("%s: %d bytes in %s, %q; want %q in %s", row.name, n, took, got, row.end, row.at)
			}
			ours.Close()
		})
	}
}

// A failed write is reported once. After we have closed the connection, it is not reported.
func TestWriteFails(t *testing.T) {
	ours, theirs := net.Pipe()
	theirs.Close()
	c := NewConn(ours, 1, "peer", new(Options))
	var p *PeerError
	if _, err := c.Write([]byte("a")); !errors.As(err, &p) {
		t.Errorf("to a peer that is gone: %v", err)
	}
	if _, err := c.Write([]byte("a")); err != report.ErrDone {
		t.Errorf("again: %v", err)
	}
	ours, theirs = net.Pipe()
	defer theirs.Close()
	ours.Close()
	if _, err := NewConn(tcpLike{ours}, 1, "peer", new(Options)).Write([]byte("a")); err != report.ErrDone {
		t.Errorf("after our own end: %v", err)
	}
}

// A tcpLike connection returns the system's errors after Close.
type tcpLike struct{ net.Conn }

func (c tcpLike) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	return n, closedPipe(err)
}

func (c tcpLike) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, closedPipe(err)
}

func closedPipe(err error) error {
	if errors.Is(err, io.ErrClosedPipe) {
		return &net.OpError{Op: "read", Err: net.ErrClosed}
	}
	return err
}

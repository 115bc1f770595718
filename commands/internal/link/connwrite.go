package link

import (
	"errors"
	"net"
	"os"
	"time"

	"framecat/commands/internal/report"
)

// Write writes whole frames to the peer. Its error is a *PeerError, or report.ErrDone if it
// needs no report.
func (c *Conn) Write(p []byte) (n int, err error) {
	c.w.Lock()
	defer c.w.Unlock()
	if c.sending != nil {
		c.sending(p)
	}
	size := len(p)
	if c.Pieces {
		size = renewSize
		defer c.writing.Store(0)
	}
	if c.deadlines.Idle > 0 {
		size = 16 << 10 // small writes, so that a peer that reads slowly does not count as idle
	}
	for first := true; first || n < len(p); first = false {
		if c.deadlines.Idle > 0 && c.until.Load() == 0 {
			c.SetWriteDeadline(time.Now().Add(c.deadlines.Idle))
		}
		if c.Pieces {
			c.writing.Store(time.Now().UnixNano())
		}
		m, err := c.Conn.Write(p[n:min(len(p), n+size)])
		n += m
		c.writes.Add(1)
		c.sent.Add(int64(m))
		if err != nil {
			return n, c.writeFailure(err)
		}
		if c.deadlines.Idle > 0 {
			c.active.Store(time.Now().UnixNano())
		}
	}
	return n, nil
}

// Stuck returns for how long the peer has taken nothing of the current Write. It notices what the
// peer has taken only when it is called, and, where the system does not report that, only
// whole pieces.
func (c *Conn) Stuck() time.Duration {
	began := c.writing.Load()
	if began == 0 {
		return 0
	}
	if n := untaken(c.socket()); c.untaken.Swap(int64(n)) != int64(n) {
		c.writing.CompareAndSwap(began, time.Now().UnixNano())
		return 0
	}
	return time.Since(time.Unix(0, began))
}

// writeFailure makes an error of writing a *PeerError, or report.ErrDone if it needs no
// report.
func (c *Conn) writeFailure(err error) error {
	if errors.Is(err, net.ErrClosed) || c.until.Load() != 0 || !c.ReportOnce() {
		return report.ErrDone
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = &TimeoutError{"--idle-timeout", c.deadlines.Idle, "the peer read nothing"}
	}
	return &PeerError{c.Name(), err, nil}
}

package commands

import (
	"errors"
	"net"
	"os"
	"time"

	"framecat/commands/internal/report"
)

// Write writes whole frames to the peer. Its error is a *peerError, or errDone if there
// is nothing to report.
func (c *conn) Write(p []byte) (n int, err error) {
	c.w.Lock()
	defer c.w.Unlock()
	size := len(p)
	if c.limits.idle > 0 {
		size = 16 << 10 // so that a peer that reads slowly is not taken for one that is idle
	}
	for first := true; first || n < len(p); first = false {
		if c.limits.idle > 0 && c.until.Load() == 0 {
			c.SetWriteDeadline(time.Now().Add(c.limits.idle))
		}
		m, err := c.Conn.Write(p[n:min(len(p), n+size)])
		n += m
		c.writes.Add(1)
		c.sent.Add(int64(m))
		if err != nil {
			return n, c.writeFault(err)
		}
		if c.limits.idle > 0 {
			c.active.Store(time.Now().UnixNano())
		}
	}
	return n, nil
}

func (c *conn) writeFault(err error) error {
	if errors.Is(err, net.ErrClosed) || c.until.Load() != 0 || !c.told.CompareAndSwap(false, true) {
		return report.ErrDone
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = &timeoutError{"--idle-timeout", c.limits.idle, "the peer read nothing"}
	}
	return &peerError{c.name(), err, nil}
}

// closeWrite tells the peer that nothing more will come.
func (c *conn) closeWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}

// close ends the connection. A peer that is still sending gets what was written to it
// before: closing at once would throw that away.
func (c *conn) close(unread bool) {
	c.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if unread && c.closeWrite() == nil {
		var waste [4096]byte
		for range 256 {
			if _, err := c.Conn.Read(waste[:]); err != nil {
				break
			}
		}
	}
	c.Conn.Close()
}

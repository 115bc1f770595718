package link

import (
	"io"
	"net"
	"syscall"
)

// PeerEnd reports whether the peer has ended its stream although nobody reads it now: io.EOF if
// it has closed its side, an error if the connection was reset, and nil otherwise. Not every
// system can report that before all that was sent has been read.
func (c *Conn) PeerEnd() error {
	ended, reset := pollEnd(c.socket())
	switch {
	case reset:
		return syscall.ECONNRESET
	case ended:
		return io.EOF
	}
	return nil
}

// socket returns the connection without TLS.
func (c *Conn) socket() net.Conn {
	if t, ok := c.Conn.(*tlsConn); ok {
		return t.wire.Conn
	}
	return c.Conn
}

// rawConn returns the socket of a connection, or nil.
func rawConn(nc net.Conn) syscall.RawConn {
	if s, ok := nc.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

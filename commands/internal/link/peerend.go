package link

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"
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

// Deliver ends our side of the connection, and waits until the peer's system has taken all that
// was written: once a socket is closed, the system may soon give up a peer that reads slowly.
// Deliver ends early if the peer takes nothing for the time within (0 is no limit), if the
// connection breaks, or if stop is closed. It does not wait where the system cannot report what
// was taken.
func (c *Conn) Deliver(within time.Duration, stop <-chan struct{}) {
	nc, ok := c.socket().(*net.TCPConn) // what a Unix socket has taken is not lost
	if !ok {
		return
	}
	left := untaken(nc)
	if left == 0 {
		return
	}
	c.CloseWrite()
	taken := time.Now() // when the peer last took something
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		select {
		case <-stop:
			return
		case <-time.After(pause):
		}
		n := untaken(nc)
		if n != left {
			left, taken = n, time.Now()
		}
		if n == 0 || isBroken(nc) || within > 0 && time.Since(taken) > within {
			return
		}
	}
}

// socket returns the connection without TLS.
func (c *Conn) socket() net.Conn { return socket(c.Conn) }

func socket(nc net.Conn) net.Conn {
	if t, ok := nc.(*tlsConn); ok {
		return t.wire.Conn
	}
	return nc
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

// Reset ends a connection as an abort does: the peer of a TCP connection gets a reset, so that it
// cannot take what it got for all there is; a process is ended. It may be called while others use the connection.
func Reset(nc net.Conn) {
	nc = socket(nc)
	switch t := nc.(type) {
	case *processConn:
		t.end(0)
		return
	case *net.TCPConn:
		t.SetLinger(0)
	}
	nc.Close()
}

// CloseWrite closes our side of a connection: the peer reads the end of our stream.
func CloseWrite(nc net.Conn) error {
	if h, ok := nc.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}

// IsReset reports whether an error is that of a connection that the peer has reset, or on which
// it reads no more.
func IsReset(err error) bool { return isReset(err) || errors.Is(err, syscall.EPIPE) }

// IsBroken reports whether a TCP connection was reset, or given up by the system, even if a read or
// write has returned that error before. Only Linux can report that.
func IsBroken(nc net.Conn) bool {
	t, ok := socket(nc).(*net.TCPConn)
	return ok && isBroken(t)
}

//go:build unix

package link

import (
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"

	"framecat/framing"
)

// A gate reads from a socket without waiting, and waits without a buffer to read into.
type gate struct {
	raw syscall.RawConn

	buf []byte // of the read that goes on
	n   int
	err error
	dry bool // the last read took all there was
	set bool // the wait has looked at the socket

	// The methods below, as values: made once, they cost nothing at each call.
	doRead, doWait func(fd uintptr) bool
}

// newGate returns the gate of a connection, or nil if only its own Read can be used.
func newGate(c net.Conn) *gate {
	s, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	g := &gate{raw: raw}
	g.doRead, g.doWait = g.readNow, g.look
	return g
}

// read reads what is there, or returns framing.ErrWait.
func (g *gate) read(p []byte) (int, error) {
	if g.dry {
		g.dry = false
		return 0, framing.ErrWait
	}
	g.buf = p
	err := g.raw.Read(g.doRead)
	g.buf = nil
	if err != nil {
		return 0, err
	}
	return g.n, g.err
}

func (g *gate) readNow(fd uintptr) bool {
	for {
		g.n, g.err = unix.Read(int(fd), g.buf)
		if g.err != unix.EINTR {
			break
		}
	}
	switch {
	case g.err == unix.EAGAIN:
		g.n, g.err = 0, framing.ErrWait
	case g.err != nil:
		g.n = 0
	case g.n == 0:
		g.err = io.EOF
	default:
		g.dry = g.n < len(g.buf)
	}
	return true
}

// wait returns when there is something to read, the end included.
func (g *gate) wait() error {
	g.set = false
	return g.raw.Read(g.doWait)
}

// look is called once before the runtime waits, and again when it says that there is
// something: then it need not look.
func (g *gate) look(fd uintptr) bool {
	if g.set {
		return true
	}
	g.set = true
	fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds[:], 0)
	return n > 0 || err != nil
}

// room is how much may have arrived and was not read.
func (g *gate) room() (n int) {
	g.raw.Control(func(fd uintptr) { n, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) })
	return n
}

//go:build unix

package link

import (
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"

	"framecat/framing"
)

// A gate reads from a socket without waiting, and waits for it without a buffer: a
// connection that waits needs no memory to read into.
type gate struct {
	raw syscall.RawConn

	buf    []byte // where the current read writes to
	n      int
	err    error
	empty  bool // the last read took all bytes that were there
	polled bool // the current wait has polled the socket

	// The methods readNow and poll as values, made once: making them at each call would
	// allocate.
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
	g.doRead, g.doWait = g.readNow, g.poll
	return g
}

// read reads what is there, or returns framing.ErrWait if there is nothing.
func (g *gate) read(p []byte) (int, error) {
	if g.empty {
		g.empty = false
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
		g.empty = g.n < len(g.buf)
	}
	return true
}

// wait returns when there is something to read, or the stream has ended.
func (g *gate) wait() error {
	g.polled = false
	return g.raw.Read(g.doWait)
}

// poll reports whether there is something to read. The runtime calls it before it waits, and
// again when the socket is ready: the second call needs no system call.
func (g *gate) poll(fd uintptr) bool {
	if g.polled {
		return true
	}
	g.polled = true
	fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds[:], 0)
	return n > 0 || err != nil
}

// bufferSize returns how many bytes the system can hold that have arrived and were not read.
func (g *gate) bufferSize() (n int) {
	g.raw.Control(func(fd uintptr) { n, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) })
	return n
}

//go:build unix && !linux

package link

import (
	"net"

	"golang.org/x/sys/unix"
)

// pollEnd reports whether the peer has reset the connection, or both sides are closed.
func pollEnd(nc net.Conn) (ended, reset bool) {
	raw := rawConn(nc)
	if raw == nil {
		return false, false
	}
	raw.Control(func(fd uintptr) {
		fds := [1]unix.PollFd{{Fd: int32(fd)}}
		unix.Poll(fds[:], 0)
		ended, reset = fds[0].Revents&unix.POLLHUP != 0, fds[0].Revents&unix.POLLERR != 0
	})
	return ended, reset
}

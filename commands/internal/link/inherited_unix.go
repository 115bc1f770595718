//go:build unix

package link

import (
	"errors"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// checkFD returns an error if a file descriptor is not a socket that was passed on to us. All that
// the program has opened itself is closed when it starts another.
func checkFD(n int) error {
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return errNotOpen
	}
	var info unix.Stat_t
	if err := unix.Fstat(n, &info); err != nil {
		return err
	}
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFSOCK:
	case unix.S_IFIFO:
		return errors.New("a pipe has one direction, and is no connection")
	default:
		return errors.New("the file is not a socket")
	}
	if kind, err := unix.GetsockoptInt(n, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_STREAM {
		return errNoStream
	}
	return nil
}

// acceptsAt reports whether a file descriptor is a socket that accepts connections.
func acceptsAt(n int) bool {
	on, err := unix.GetsockoptInt(n, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return err == nil && on != 0
}

// takeFD returns the file of a descriptor that was passed on. When it is closed, what we start does
// not get the descriptor either. Standard input and output stay open.
func takeFD(n int) *os.File {
	name := fdNetwork + ":" + strconv.Itoa(n)
	if n < 3 {
		if own, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 3); err == nil {
			n = own
		}
	}
	return os.NewFile(uintptr(n), name)
}

// listenFD returns the listener of a socket that was passed on.
func listenFD(n int) (net.Listener, error) {
	f := takeFD(n)
	defer f.Close()
	l, err := net.FileListener(f)
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // the file is that of the program that made the socket
	}
	return l, err
}

// loopbackAt reports whether only programs of this machine can connect to the socket of a file
// descriptor.
func loopbackAt(n int) bool {
	a, err := unix.Getsockname(n)
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return net.IP(a.Addr[:]).IsLoopback()
	case *unix.SockaddrInet6:
		return net.IP(a.Addr[:]).IsLoopback()
	}
	return err == nil
}

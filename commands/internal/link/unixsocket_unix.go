//go:build unix

package link

import (
	"net"
	"syscall"
)

// listenPrivate makes a socket of mode 0600. With a chmod afterwards, others could connect
// before it. Nothing else in the program makes files at this time.
func listenPrivate(path string) (net.Listener, error) {
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}

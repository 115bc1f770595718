//go:build unix

package link

import (
	"net"
	"syscall"
)

// listenPrivate makes a socket of mode 0600: a chmod afterwards would leave a moment for
// others. Nothing else makes files meanwhile.
func listenPrivate(path string) (net.Listener, error) {
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}

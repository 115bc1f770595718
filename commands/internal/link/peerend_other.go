//go:build !unix

package link

import "net"

// pollEnd does nothing on systems whose sockets cannot be polled.
func pollEnd(net.Conn) (ended, reset bool) { return false, false }

//go:build !linux

package link

import "net"

// untaken returns 0: only Linux reports how much the peer has not taken yet.
func untaken(net.Conn) int { return 0 }

// Waiting returns 0: only Linux reports how much waits to be read.
func Waiting(net.Conn) int { return 0 }

// isBroken is needed only where untaken reports something.
func isBroken(*net.TCPConn) bool { return false }

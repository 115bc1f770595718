//go:build !linux

package link

import "net"

// peerPID does nothing: only Linux can report which process is at the other end.
func peerPID(net.Conn) int { return 0 }

func memoryOf(int) Memory { return Memory{} }

func busy(int) bool { return false }

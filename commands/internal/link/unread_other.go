//go:build !linux

package link

import "net"

// HasUnread does nothing: only Linux can report what the program at the other end has read.
func HasUnread(net.Conn) (unread, known bool) { return false, false }

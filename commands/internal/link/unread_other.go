//go:build !linux

package link

import "net"

// Only Linux can report what the program at the other end has done.

func HasUnread(net.Conn) (unread, known bool) { return false, false }

func HasClosed(net.Conn) (closed, known bool) { return false, false }

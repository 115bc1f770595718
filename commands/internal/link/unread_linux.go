package link

import (
	"encoding/binary"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// HasUnread reports whether the program at the other end has not read all that was written on a
// connection. Known is false if the system cannot report that: the program is on another machine.
//
// For TCP, our side knows only what the system of the peer has taken, so the socket of the peer is
// asked about.
func HasUnread(nc net.Conn) (unread, known bool) {
	switch t := socket(nc).(type) {
	case *net.TCPConn:
		return tcpUnread(t)
	case *net.UnixConn:
		return ioctlAbove(rawConn(t), unix.SIOCOUTQ)
	case *processConn:
		if f, ok := t.out.(*os.File); ok {
			raw, err := f.SyscallConn()
			if err == nil {
				return ioctlAbove(raw, unix.TIOCINQ)
			}
		}
	}
	return false, false
}

// ioctlAbove reports whether a count that the system keeps of a file is above 0.
func ioctlAbove(raw interface{ Control(func(uintptr)) error }, request uint) (above, known bool) {
	if raw == nil {
		return false, false
	}
	err := raw.Control(func(fd uintptr) {
		n, err := unix.IoctlGetInt(int(fd), request)
		above, known = n > 0, err == nil
	})
	return above, known && err == nil
}

func tcpUnread(nc *net.TCPConn) (unread, known bool) {
	const (
		info       = 2   // INET_DIAG_INFO: the attribute that holds a struct tcp_info
		queueAt    = 56  // of idiag_rqueue in struct inet_diag_msg
		messageEnd = 72  // the size of that
		receivedAt = 128 // of tcpi_bytes_received in struct tcp_info
	)
	var ours *unix.TCPInfo
	rawConn(nc).Control(func(fd uintptr) { ours, _ = unix.GetsockoptTCPInfo(int(fd), unix.SOL_TCP, unix.TCP_INFO) })
	local, remote := nc.LocalAddr().(*net.TCPAddr), nc.RemoteAddr().(*net.TCPAddr)
	answer := diagnose(remote.AddrPort(), local.AddrPort(), 1<<(info-1))
	if ours == nil || len(answer) < messageEnd {
		return false, false
	}
	queued := binary.NativeEndian.Uint32(answer[queueAt:])
	for rest := answer[messageEnd:]; len(rest) >= unix.SizeofRtAttr; {
		size, kind := int(binary.NativeEndian.Uint16(rest)), binary.NativeEndian.Uint16(rest[2:])
		if size < unix.SizeofRtAttr || size > len(rest) {
			break
		}
		if value := rest[unix.SizeofRtAttr:size]; kind == info && len(value) >= receivedAt+8 {
			received := binary.NativeEndian.Uint64(value[receivedAt:])
			return queued > 0 || ours.Notsent_bytes > 0 || received < ours.Bytes_sent-ours.Bytes_retrans, true
		}
		rest = rest[min((size+3)&^3, len(rest)):]
	}
	return queued > 0, true
}

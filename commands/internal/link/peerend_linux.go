package link

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// pollEnd reports whether the peer has closed its side, or has reset the connection.
func pollEnd(nc net.Conn) (ended, reset bool) {
	raw := rawConn(nc)
	if raw == nil {
		return false, false
	}
	raw.Control(func(fd uintptr) {
		fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		unix.Poll(fds[:], 0)
		ended, reset = fds[0].Revents&unix.POLLRDHUP != 0, fds[0].Revents&unix.POLLERR != 0
	})
	return ended || !reset && endWaits(nc), reset
}

// isBroken reports whether the connection was reset, or given up by the system, even if a read
// or write has returned that error before.
func isBroken(nc *net.TCPConn) (broken bool) {
	const stateClose = 7
	if raw := rawConn(nc); raw != nil {
		raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.SOL_TCP, unix.TCP_INFO)
			broken = err != nil || info.State == stateClose
		})
	}
	return broken
}

// untaken returns how many bytes were written that the system of the peer has not taken.
func untaken(nc net.Conn) (n int) {
	if raw := rawConn(nc); raw != nil {
		raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	}
	return n
}

// Waiting returns how many bytes wait to be read. Only Linux reports that; elsewhere it is 0.
func Waiting(nc net.Conn) (n int) {
	if raw := rawConn(nc); raw != nil {
		raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCINQ) })
	}
	return max(0, n)
}

// endWaits reports whether the peer has closed its side, but its system still keeps that back.
// While our side of a connection reads nothing, the end of a stream waits in the system of the
// peer, after what the peer has sent. If that system is ours, it can be asked about the peer's
// socket.
func endWaits(nc net.Conn) bool {
	const finWait1 = 4
	local, ok1 := nc.LocalAddr().(*net.TCPAddr)
	remote, ok2 := nc.RemoteAddr().(*net.TCPAddr)
	return ok1 && ok2 && socketState(remote.AddrPort(), local.AddrPort()) == finWait1
}

// socketState returns the state of the TCP socket of this machine that has these two addresses,
// or 0 if there is none.
func socketState(local, remote netip.AddrPort) byte {
	if answer := diagnose(local, remote, 0); answer != nil {
		return answer[1]
	}
	return 0
}

// socketInode returns the inode of the TCP socket of this machine that has these two addresses. It is 0
// if there is none, or if no program has accepted it.
func socketInode(local, remote netip.AddrPort) uint32 {
	const inodeAt, messageEnd = 68, 72 // of idiag_inode in struct inet_diag_msg
	if answer := diagnose(local, remote, 0); len(answer) >= messageEnd {
		return binary.NativeEndian.Uint32(answer[inodeAt:])
	}
	return 0
}

// diagnose returns what the system knows of a TCP socket of this machine: a struct inet_diag_msg,
// with the attributes whose bits are set in extensions after it. It returns nil if there is none.
// It asks for this one socket: the table of all sockets may be long.
//
// See sock_diag(7) for the request, struct inet_diag_req_v2, and its answer.
func diagnose(local, remote netip.AddrPort, extensions byte) []byte {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	const size = unix.SizeofNlMsghdr + 56
	from, to := local.Addr().Unmap(), remote.Addr().Unmap()
	family := byte(unix.AF_INET)
	if from.Is6() {
		family = unix.AF_INET6
	}
	b := binary.NativeEndian.AppendUint32(nil, size)
	b = binary.NativeEndian.AppendUint16(b, unix.SOCK_DIAG_BY_FAMILY)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST)
	b = append(b, make([]byte, 8)...) // number and sender of the request
	b = append(b, family, unix.IPPROTO_TCP, extensions, 0)
	b = append(b, 0xff, 0xff, 0xff, 0xff) // any state
	b = binary.BigEndian.AppendUint16(b, local.Port())
	b = binary.BigEndian.AppendUint16(b, remote.Port())
	for _, a := range []netip.Addr{from, to} {
		var field [16]byte
		copy(field[:], a.AsSlice())
		b = append(b, field[:]...)
	}
	b = append(b, 0, 0, 0, 0)                                     // any interface
	b = append(b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) // no cookie
	if unix.Sendto(fd, b, unix.MSG_DONTWAIT, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
		return nil
	}
	answer := make([]byte, 1024)
	n, _, err := unix.Recvfrom(fd, answer[:], unix.MSG_DONTWAIT) // the system has answered already
	if err != nil || n < unix.SizeofNlMsghdr+2 || binary.NativeEndian.Uint16(answer[4:]) != unix.SOCK_DIAG_BY_FAMILY {
		return nil
	}
	return answer[unix.SizeofNlMsghdr:n]
}

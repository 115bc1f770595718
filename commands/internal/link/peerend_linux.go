package link

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

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
	return ended || !reset && endWaits.has(nc), reset
}

// untaken returns how many bytes were written that the system of the peer has not taken.
func untaken(nc net.Conn) (n int) {
	if raw := rawConn(nc); raw != nil {
		raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	}
	return n
}

// While our side of a connection reads nothing, the end of a stream waits in the system of the
// peer, after what the peer has sent. If that system is ours, its table of sockets shows it.
var endWaits waitingEnds

// waitingEnds are the sockets of this machine that have closed their side, and wait for the other
// side to take what they have sent.
type waitingEnds struct {
	mu  sync.Mutex
	at  time.Time // when all was read
	all map[connKey]bool
}

type connKey struct{ local, remote netip.AddrPort }

// has reports whether the peer of a connection is among them. The answer may be a moment old: to
// find all sockets takes long if there are many.
func (w *waitingEnds) has(nc net.Conn) bool {
	local, ok1 := nc.LocalAddr().(*net.TCPAddr)
	remote, ok2 := nc.RemoteAddr().(*net.TCPAddr)
	if !ok1 || !ok2 {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.at) > 250*time.Millisecond {
		w.at, w.all = time.Now(), map[connKey]bool{}
		for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
			w.read(name)
		}
	}
	return w.all[connKey{plain(remote.AddrPort()), plain(local.AddrPort())}]
}

// read adds those of a table of the system, such as this line: local and remote address, and the
// state FIN_WAIT1.
//
//	3: 0100007F:D431 0100007F:0FA0 04 00000000:00000000 01:00000014 …
func (w *waitingEnds) read(name string) {
	const finWait1 = "04"
	file, err := os.Open(name)
	if err != nil {
		return
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) > 3 && f[3] == finWait1 {
			w.all[connKey{tableAddr(f[1]), tableAddr(f[2])}] = true
		}
	}
}

// tableAddr reads an address of the table: words of 32 bits in the order of the machine, and a
// port.
func tableAddr(text string) netip.AddrPort {
	host, port, _ := strings.Cut(text, ":")
	b, _ := hex.DecodeString(host)
	for word := range slices.Chunk(b, 4) {
		if len(word) == 4 {
			binary.NativeEndian.PutUint32(word, binary.BigEndian.Uint32(word))
		}
	}
	addr, _ := netip.AddrFromSlice(b)
	n, _ := strconv.ParseUint(port, 16, 16)
	return plain(netip.AddrPortFrom(addr, uint16(n)))
}

// plain returns an address without its zone, and as one of IPv4 if it is.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

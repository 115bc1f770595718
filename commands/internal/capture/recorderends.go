package capture

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// The addresses of ends that have none, such as pipes. Each client has its own port, or its own
// address and port if there are many.
const (
	madeClient = 127<<24 | 1<<16 // 127.1.0.0, and above
	madeServer = 127<<24 | 2<<16 // 127.2.0.0
	madePort   = 49152           // of clients, and above: no protocol has these ports
	madePorts  = 1<<16 - madePort
	serverPort = madePort - 1
)

// name sets the ends of a connection, and the comment about those that have no address.
func (c *recordedConn) name(opened *Event) {
	n := uint32(opened.Stream)
	made := [2]netip.AddrPort{
		addrPort4(madeClient+n/madePorts%(1<<16), uint16(madePort+n%madePorts)),
		addrPort4(madeServer, serverPort),
	}
	names, known := [2]string{opened.Client, opened.Server}, 0
	for i, name := range names {
		a, err := netip.ParseAddrPort(strings.TrimPrefix(name, "tls://"))
		if err == nil {
			known++
			made[i] = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
		}
		c.six = c.six || made[i].Addr().Is6()
	}
	for i, a := range made {
		c.ends[i] = endOf(a)
	}
	if known == 2 {
		return
	}
	for i, role := range [2]string{"client ", "server "} {
		if names[i] == "" {
			continue
		}
		if c.names != "" {
			c.names += ", "
		}
		c.names += role + names[i]
	}
	c.names = comment(c.names)
}

func addrPort4(ip uint32, port uint16) netip.AddrPort {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], ip)
	return netip.AddrPortFrom(netip.AddrFrom4(a), port)
}

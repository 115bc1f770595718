// Package link makes the connections of send and listen: addresses, dialling, listening, TLS,
// deadlines, and writes that are cut on purpose.
//
// Start with ParseAddress. A Dialer or Listen then makes a net.Conn, and NewConn makes of it a
// Conn, which a framing.Reader reads frames from. The network is TCP or a Unix socket; a process and
// our own standard input and output are connections too.
package link

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
)

// An Address is where to connect or to listen.
type Address struct {
	Network string // "tcp", "unix", or one of those in local.go
	Host    string // "" is 127.0.0.1
	Port    string // "0" is any free port
	path    string // of a Unix socket; a command; the number of a file descriptor
	TLS     bool   // the address asks for TLS
}

// ParseAddress reads the address at the start of args, which is one word or two, and
// returns the arguments after it. Its error is a *report.Failure with a hint.
//
//	HOST:PORT   HOST PORT   PORT   :PORT   [::1]:PORT   unix:/path   unix:@NAME   tls://HOST:PORT
//	exec:COMMAND   fd:N   -
func ParseAddress(args []string) (a Address, rest []string, err error) {
	if len(args) == 0 || strings.TrimSpace(args[0]) == "" {
		f := report.Usage("no address given")
		f.Hints = []string{"an address is HOST:PORT, PORT, tls://HOST:PORT, unix:/path, exec:COMMAND, fd:N or -"}
		return a, nil, f
	}
	word, rest := args[0], args[1:]
	if local, err := parseLocal(word, len(rest)); err != nil {
		return a, nil, err
	} else if local != nil {
		return *local, rest, nil
	}
	a.Network = "tcp"
	a.Host, a.TLS = strings.CutPrefix(word, "tls://")
	switch {
	case strings.ContainsAny(word, " \t\n"):
		words := strings.Fields(word)
		to := strings.Join(words, " ")
		if _, rest, err := ParseAddress(words); err != nil || len(rest) > 0 {
			to = "HOST:PORT or PORT"
		}
		return a, nil, badAddress(strconv.Quote(word), "it contains a space", to)
	case foreign(a.Host) != nil:
		return a, nil, foreign(a.Host)
	case a.Host == "":
		return a, nil, badAddress(word, "the host and the port are missing", "tls://HOST:PORT")
	case isDigits(a.Host):
		a.Host, a.Port = "", a.Host
	case !strings.Contains(a.Host, ":"):
		if len(rest) == 0 {
			return a, nil, badAddress(word, "the port is missing", word+":PORT")
		}
		a.Port, rest = rest[0], rest[1:]
	case strings.HasPrefix(a.Host, "[") && strings.HasSuffix(a.Host, "]"):
		port := "PORT"
		if len(rest) > 0 && isDigits(rest[0]) {
			port = rest[0]
		}
		return a, nil, badAddress(word, "the port is missing", word+":"+port)
	default:
		host := a.Host
		if a.Host, a.Port, err = net.SplitHostPort(host); err != nil {
			return a, nil, unsplit(word, host, rest)
		}
	}
	if a.Host == "*" {
		return a, nil, badAddress(word, "* is not a host", "0.0.0.0:"+a.Port+" or [::]:"+a.Port+" for all interfaces")
	}
	if a.Port == "" {
		return a, nil, badAddress(word, "the port is missing", word+"PORT")
	}
	n, err := net.LookupPort("tcp", a.Port)
	if err != nil {
		return a, nil, badAddress(word, `"`+a.Port+`" is not a port`, "a number up to 65535")
	}
	a.Port = strconv.Itoa(n)
	return a, rest, nil
}

// unsplit returns the failure for a host and a port, in word, that cannot be told apart.
func unsplit(word, host string, rest []string) *report.Failure {
	host = strings.Trim(host, "[]")
	before, port := host[:strings.LastIndexByte(host, ':')], host[strings.LastIndexByte(host, ':')+1:]
	prefix := word[:strings.Index(word, host)]
	prefix = strings.TrimSuffix(prefix, "[")
	six := func(s string) bool {
		ip, err := netip.ParseAddr(s)
		return err == nil && ip.Is6()
	}
	switch {
	case isDigits(port) && six(before) && len(rest) == 0:
		return badAddress(word, "IPv6 addresses need brackets", prefix+"["+before+"]:"+port)
	case six(host) && len(rest) > 0 && isDigits(rest[0]):
		return badAddress(word, "IPv6 addresses need brackets", prefix+"["+host+"]:"+rest[0])
	case six(host):
		return badAddress(word, "IPv6 addresses need brackets", prefix+"["+host+"]:PORT")
	}
	return badAddress(word, "this is no HOST:PORT", "HOST:PORT, PORT, unix:/path or tls://HOST:PORT")
}

// badAddress returns the failure for an address: what is wrong, and what to write instead.
func badAddress(word, what, advice string) *report.Failure {
	f := report.Usage("%s: %s", word, what)
	f.Hints = []string{"write " + advice}
	return f
}

// target returns the address in the form that package net takes.
func (a Address) target() string {
	if a.Network == "unix" {
		return a.path
	}
	if a.Host == "" {
		return net.JoinHostPort("127.0.0.1", a.Port)
	}
	return net.JoinHostPort(a.Host, a.Port)
}

// String returns the address in a form that ParseAddress reads.
func (a Address) String() string {
	switch {
	case a.Network == stdioNetwork:
		return "-"
	case a.Network != "tcp":
		return a.Network + ":" + a.path
	case a.TLS:
		return "tls://" + a.target()
	}
	return a.target()
}

// Loopback reports whether only programs of this machine can connect to a listener on the address.
func (a Address) Loopback() bool {
	switch {
	case a.Network == fdNetwork:
		return a.Once(true) || loopbackAt(a.fd())
	case a.Network != "tcp" || a.Host == "":
		return true
	}
	ips, err := net.LookupIP(a.Host)
	return err == nil && !slices.ContainsFunc(ips, func(ip net.IP) bool { return !ip.IsLoopback() })
}

// Bound returns the address with the host and port that a listener on it got.
func (a Address) Bound(l net.Addr) Address {
	switch t := l.(type) {
	case *net.UnixAddr:
		if a.Network == fdNetwork {
			a.Network, a.path = "unix", t.Name
		}
	case *net.TCPAddr:
		a.Network, a.Host, a.Port = "tcp", t.IP.String(), strconv.Itoa(t.Port)
		if t.Zone != "" {
			a.Host += "%" + t.Zone
		}
	}
	return a
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

package link

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
)

// An Address is where to connect or to listen.
type Address struct {
	Network string // "tcp" or "unix"
	Host    string // "" is loopback
	Port    string // "0" takes a free one
	path    string // of a unix socket
	Tls     bool
}

// ParseAddress reads the address at the start of args, which is one word or two, and
// returns the arguments behind it.
//
//	HOST:PORT   HOST PORT   PORT   :PORT   [::1]:PORT   unix:/path   tls://HOST:PORT
func ParseAddress(args []string) (a Address, rest []string, err error) {
	if len(args) == 0 || strings.TrimSpace(args[0]) == "" {
		f := report.Usage("no address given")
		f.Hints = []string{"an address is HOST:PORT, PORT, unix:/path or tls://HOST:PORT"}
		return a, nil, f
	}
	word, rest := args[0], args[1:]
	if path, ok := strings.CutPrefix(word, "unix:"); ok {
		if path == "" {
			return a, nil, badAddress(word, "the path is missing", "unix:/path")
		}
		return Address{Network: "unix", path: path}, rest, nil
	}
	a.Network = "tcp"
	a.Host, a.Tls = strings.CutPrefix(word, "tls://")
	scheme, behind, _ := strings.Cut(a.Host, ":")
	switch {
	case strings.ContainsAny(word, " \t\n"):
		words := strings.Fields(word)
		to := strings.Join(words, " ")
		if _, rest, err := ParseAddress(words); err != nil || len(rest) > 0 {
			to = "HOST:PORT or PORT"
		}
		return a, nil, badAddress(strconv.Quote(word), "there is a blank in it", to)
	case a.Host == "":
		return a, nil, badAddress(word, "the host and the port are missing", "tls://HOST:PORT")
	case strings.HasPrefix(behind, "//"), strings.Contains(behind, ":") && isScheme(scheme):
		to := strings.TrimLeft(behind, "/")
		switch scheme {
		case "tcp", "tcp4", "tcp6":
		case "tls", "ssl":
			to = "tls://" + to
		default:
			to = "HOST:PORT for TCP, tls://HOST:PORT for TLS"
		}
		return a, nil, badAddress(word, "there is no "+strings.TrimSuffix(a.Host, strings.TrimLeft(behind, "/")), to)
	case IsDigits(a.Host):
		a.Host, a.Port = "", a.Host
	case !strings.Contains(a.Host, ":"):
		if len(rest) == 0 {
			return a, nil, badAddress(word, "the port is missing", word+":PORT")
		}
		a.Port, rest = rest[0], rest[1:]
	case strings.HasPrefix(a.Host, "[") && strings.HasSuffix(a.Host, "]"):
		port := "PORT"
		if len(rest) > 0 && IsDigits(rest[0]) {
			port = rest[0]
		}
		return a, nil, badAddress(word, "the port is missing", word+":"+port)
	default:
		a.Host, a.Port, err = net.SplitHostPort(a.Host)
		if err != nil {
			return a, nil, badAddress(word, "an address of IPv6 stands in brackets", "[::1]:PORT")
		}
	}
	if a.Host == "*" {
		return a, nil, badAddress(word, "* is no host", "0.0.0.0:"+a.Port+" or [::]:"+a.Port+" for all interfaces")
	}
	if a.Port == "" {
		return a, nil, badAddress(word, "the port is missing", word+"PORT")
	}
	n, err := net.LookupPort("tcp", a.Port)
	if err != nil {
		return a, nil, badAddress(word, `"`+a.Port+`" is no port`, "a number up to 65535")
	}
	a.Port = strconv.Itoa(n)
	return a, rest, nil
}

func badAddress(word, what, advice string) *report.Failure {
	f := report.Usage("%s: %s", word, what)
	f.Hints = []string{"write " + advice}
	return f
}

// isScheme says whether other programs write this before HOST:PORT. It is no part of an
// IPv6 address.
func isScheme(s string) bool {
	return slices.Contains([]string{"tcp", "tcp4", "tcp6", "tls", "ssl", "http", "https"}, s)
}

// target is what package net wants.
func (a Address) target() string {
	if a.Network == "unix" {
		return a.path
	}
	if a.Host == "" {
		return net.JoinHostPort("127.0.0.1", a.Port)
	}
	return net.JoinHostPort(a.Host, a.Port)
}

// String writes the address so that parseAddress reads it.
func (a Address) String() string {
	switch {
	case a.Network == "unix":
		return "unix:" + a.path
	case a.Tls:
		return "tls://" + a.target()
	}
	return a.target()
}

// Bound is the address with the port that was taken.
func (a Address) Bound(l net.Addr) Address {
	if t, ok := l.(*net.TCPAddr); ok {
		a.Host, a.Port = t.IP.String(), strconv.Itoa(t.Port)
		if t.Zone != "" {
			a.Host += "%" + t.Zone
		}
	}
	return a
}

func IsDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

package commands

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
)

// An address is where to connect or to listen.
type address struct {
	network string // "tcp" or "unix"
	host    string // "" is loopback
	port    string // "0" takes a free one
	path    string // of a unix socket
	tls     bool
}

// parseAddress reads the address at the start of args, which is one word or two, and
// returns the arguments behind it.
//
//	HOST:PORT   HOST PORT   PORT   :PORT   [::1]:PORT   unix:/path   tls://HOST:PORT
func parseAddress(args []string) (a address, rest []string, err error) {
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
		return address{network: "unix", path: path}, rest, nil
	}
	a.network = "tcp"
	a.host, a.tls = strings.CutPrefix(word, "tls://")
	scheme, behind, _ := strings.Cut(a.host, ":")
	switch {
	case strings.ContainsAny(word, " \t\n"):
		words := strings.Fields(word)
		to := strings.Join(words, " ")
		if _, rest, err := parseAddress(words); err != nil || len(rest) > 0 {
			to = "HOST:PORT or PORT"
		}
		return a, nil, badAddress(strconv.Quote(word), "there is a blank in it", to)
	case a.host == "":
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
		return a, nil, badAddress(word, "there is no "+strings.TrimSuffix(a.host, strings.TrimLeft(behind, "/")), to)
	case isDigits(a.host):
		a.host, a.port = "", a.host
	case !strings.Contains(a.host, ":"):
		if len(rest) == 0 {
			return a, nil, badAddress(word, "the port is missing", word+":PORT")
		}
		a.port, rest = rest[0], rest[1:]
	case strings.HasPrefix(a.host, "[") && strings.HasSuffix(a.host, "]"):
		port := "PORT"
		if len(rest) > 0 && isDigits(rest[0]) {
			port = rest[0]
		}
		return a, nil, badAddress(word, "the port is missing", word+":"+port)
	default:
		a.host, a.port, err = net.SplitHostPort(a.host)
		if err != nil {
			return a, nil, badAddress(word, "an address of IPv6 stands in brackets", "[::1]:PORT")
		}
	}
	if a.host == "*" {
		return a, nil, badAddress(word, "* is no host", "0.0.0.0:"+a.port+" or [::]:"+a.port+" for all interfaces")
	}
	if a.port == "" {
		return a, nil, badAddress(word, "the port is missing", word+"PORT")
	}
	n, err := net.LookupPort("tcp", a.port)
	if err != nil {
		return a, nil, badAddress(word, `"`+a.port+`" is no port`, "a number up to 65535")
	}
	a.port = strconv.Itoa(n)
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
func (a address) target() string {
	if a.network == "unix" {
		return a.path
	}
	if a.host == "" {
		return net.JoinHostPort("127.0.0.1", a.port)
	}
	return net.JoinHostPort(a.host, a.port)
}

// String writes the address so that parseAddress reads it.
func (a address) String() string {
	switch {
	case a.network == "unix":
		return "unix:" + a.path
	case a.tls:
		return "tls://" + a.target()
	}
	return a.target()
}

// bound is the address with the port that was taken.
func (a address) bound(l net.Addr) address {
	if t, ok := l.(*net.TCPAddr); ok {
		a.host, a.port = t.IP.String(), strconv.Itoa(t.Port)
		if t.Zone != "" {
			a.host += "%" + t.Zone
		}
	}
	return a
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

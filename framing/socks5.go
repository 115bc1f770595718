package framing

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// socks5 is what a client and a SOCKS5 proxy say before the proxy connects them to a third party. What
// follows is between the client and that party.
//
//	client  05 number methods                                 proxy  05 method
//	        01 length user length password                           01 status
//	        05 command 00 type address port                          05 reply 00 type address port
//
// The second line comes only if the proxy chose the method 2. After a refusal the proxy sends nothing.
//
// Source: RFC 1928 sections 3 to 6; RFC 1929 section 2.
type socks5 struct{ role role }

// States of an opening, in the Cursor's Stream: what comes next.
const (
	socksStart   = iota
	socksLogin   // of the client: a login, or a request
	socksRequest // of the client
	socksStatus  // of the proxy
	socksReply   // of the proxy
	socksRefused // the proxy refused: nothing
)

func (p *socks5) String() string {
	w := newSpec("socks5")
	p.role.arg(w)
	return w.b.String()
}

func (p *socks5) Scan(b []byte, c *Cursor) (Extent, error) {
	if c.Stream == socksStart && len(b) > 0 && b[0] != 5 && p.role.name == "" {
		return Extent{}, errOver
	}
	role := p.role.name
	if role == "" && c.Stream == socksStart && len(b) > 1 && b[1] == 2 {
		if role = socksSender(b); role == "" {
			if !c.EOF {
				return Extent{}, ErrMore
			}
			role = "server"
		}
	}
	n, next, err := p.frame(b, c.Stream, role)
	if err != nil {
		return Extent{}, err
	}
	c.Stream = next
	return Extent{Header: n, Silent: true}, nil
}

// socksSender returns the role of a stream that begins with 05 02: a proxy that chose the method password, or
// a client that offers two methods. It is "" if more bytes must show that.
//
//	05 02 | 01 00 | 05 00 00 …      proxy
//	05 02 | 01 01                   proxy: the login failed, and nothing follows
//	05 02 01 00 | 05 01 00 …        client, which offers GSSAPI and none
func socksSender(b []byte) string {
	const good = "\x05\x02\x01\x00\x05\x00"
	n := min(len(b), len(good))
	switch {
	case n == len(good) && string(b[:n]) == good:
		return "server"
	case n < 5 && string(b[:min(n, 3)]) == good[:min(n, 3)], string(b[:n]) == good[:n]:
		return ""
	}
	return "client"
}

// frame measures a frame, and returns the state after it.
func (p *socks5) frame(b []byte, state uint64, role string) (n int, next uint64, err error) {
	switch {
	case len(b) == 0:
		return 0, 0, ErrMore
	case state == socksRefused:
		return 0, 0, malformed(BadHeader, 0, "found more bytes, expected the end of the stream after the proxy refused")
	case b[0] == 1 && state == socksLogin:
		return socksUser(b)
	case b[0] == 1 && state == socksStatus:
		if len(b) < 2 {
			return 0, 0, ErrMore
		}
		return 2, socksUnless(b[1] == 0, socksReply), nil
	case state == socksStatus:
		return 0, 0, malformed(badVersion, 0, "version %d, expected 1: the result of a login", b[0])
	case b[0] != 5:
		return 0, 0, malformed(badVersion, 0, "version %d, expected 5", b[0])
	case len(b) < 2:
		return 0, 0, ErrMore
	}
	switch {
	case state == socksLogin, state == socksRequest:
		if b[1] < 1 || b[1] > 3 {
			return 0, 0, malformed(badOpcode, 1, "command %d, expected 1 (CONNECT), 2 (BIND) or 3 (UDP ASSOCIATE)", b[1])
		}
		n, err := socksAddress(b)
		return n, openingOver, err
	case state == socksReply:
		n, err := socksAddress(b)
		return n, socksUnless(b[1] == 0, openingOver), err
	case role == "client" || role == "" && b[1] != 0 && b[1] != 0xff:
		if b[1] == 0 {
			return 0, 0, malformed(LengthTooSmall, 1, "found no methods, expected one or more")
		}
		return 2 + int(b[1]), socksLogin, nil
	case b[1] == 2:
		return 2, socksStatus, nil
	case b[1] != 0 && b[1] != 0xff:
		return 0, 0, malformed(BadType, 1, "method %d, expected 0 (none), 2 (password) or 255 (refused); the messages of others are not known", b[1])
	}
	return 2, socksUnless(b[1] == 0, socksReply), nil
}

// socksUnless returns the state after an answer of the proxy.
func socksUnless(good bool, next uint64) uint64 {
	if good {
		return next
	}
	return socksRefused
}

// socksUser measures a login.
func socksUser(b []byte) (n int, next uint64, err error) {
	if len(b) < 2 || len(b) < 3+int(b[1]) {
		return 0, 0, ErrMore
	}
	return 3 + int(b[1]) + int(b[2+int(b[1])]), socksRequest, nil
}

// socksAddress measures a request or a reply, in which an address and a port follow 4 bytes.
func socksAddress(b []byte) (int, error) {
	switch {
	case len(b) < 3:
		return 0, ErrMore
	case b[2] != 0:
		return 0, malformed(reservedBits, 2, "the reserved byte is %d, expected 0", b[2])
	case len(b) < 5:
		if len(b) == 4 && b[3] != 1 && b[3] != 3 && b[3] != 4 {
			break
		}
		return 0, ErrMore
	}
	switch b[3] {
	case 1:
		return 4 + 4 + 2, nil
	case 3:
		return 5 + int(b[4]) + 2, nil
	case 4:
		return 4 + 16 + 2, nil
	}
	return 0, malformed(BadType, 3, "address type %d, expected 1 (IPv4), 3 (name) or 4 (IPv6)", b[3])
}

func (p *socks5) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(payload)+len(like.Trailer) > 0 || !p.owns(like.Header) {
		return dst, ErrMarks
	}
	return append(dst, like.Header...), nil
}

// opening returns "": what a client sends depends on the answers of the proxy.
func (p *socks5) opening() string { return "" }

func (p *socks5) owns(h []byte) bool { return p.message(h) != "" }

// message returns the kind of a whole frame, or "".
func (p *socks5) message(h []byte) string {
	switch {
	case len(h) < 2:
	case len(h) == 2 && h[0] == 5:
		return "method"
	case len(h) == 2 && h[0] == 1:
		return "status"
	case h[0] == 5 && len(h) == 2+int(h[1]):
		return "greeting"
	case h[0] == 1:
		if n, _, err := socksUser(h); err == nil && n == len(h) {
			return "login"
		}
	case h[0] == 5:
		if n, err := socksAddress(h); err != nil || n != len(h) {
			return ""
		}
		if p.role.name == "server" || p.role.name == "" && (h[1] == 0 || h[1] > 3) {
			return "reply"
		}
		return "request"
	}
	return ""
}

var (
	socksMethods  = names{{0, "none"}, {1, "GSSAPI"}, {2, "password"}, {0xff, "refused"}}
	socksCommands = names{{1, "CONNECT"}, {2, "BIND"}, {3, "UDP ASSOCIATE"}}
	socksReplies  = names{{0, "succeeded"}, {1, "general failure"}, {2, "not allowed"}, {3, "network unreachable"}, {4, "host unreachable"}, {5, "connection refused"}, {6, "TTL expired"}, {7, "command not supported"}, {8, "address type not supported"}}
	socksResults  = names{{0, "succeeded"}, {1, "failed"}}
)

// Describe returns all but the password.
func (p *socks5) Describe(dst []FieldText, h, _ []byte) []FieldText {
	named := func(n names, v byte) string { return otherThan(n, "%d", 255)(strconv.Itoa(int(v))) }
	kind := p.message(h)
	dst = append(dst, FieldText{"message", kind})
	switch kind {
	case "greeting":
		var all []string
		for _, m := range h[2:] {
			all = append(all, named(socksMethods, m))
		}
		return append(dst, FieldText{"methods", strings.Join(all, " ")})
	case "method":
		return append(dst, FieldText{"methods", named(socksMethods, h[1])})
	case "login":
		return append(dst, FieldText{"user", printable(h[2 : 2+int(h[1])])})
	case "status":
		return append(dst, FieldText{"reply", named(socksResults, min(h[1], 1))})
	case "request":
		dst = append(dst, FieldText{"command", named(socksCommands, h[1])})
	case "reply":
		dst = append(dst, FieldText{"reply", named(socksReplies, h[1])})
	}
	address := h[4 : len(h)-2]
	if h[3] == 3 {
		dst = append(dst, FieldText{"address", printable(address[1:])})
	} else if a, ok := netip.AddrFromSlice(address); ok {
		dst = append(dst, FieldText{"address", a.String()})
	}
	return append(dst, FieldText{"port", strconv.Itoa(int(binary.BigEndian.Uint16(h[len(h)-2:])))})
}

func (p *socks5) known(field string) ([]FieldText, func(string) string) {
	switch field {
	case "message":
		var all []FieldText
		for _, m := range []string{"greeting", "method", "login", "status", "request", "reply"} {
			all = append(all, FieldText{m, m})
		}
		return all, nothing
	case "command":
		return socksCommands.known(), otherThan(socksCommands, "%d", 255)
	case "reply":
		return append(socksReplies.known(), FieldText{"failed", "failed"}), otherThan(socksReplies, "%d", 255)
	case "port":
		return nil, otherThan(nil, "%d", 1<<16-1)
	}
	return nil, nil
}

func parseSOCKS5(k *Entry, s *settings) (Framing, error) {
	return tunnelOf(&socks5{s.role(k, "client", "server")}), nil
}

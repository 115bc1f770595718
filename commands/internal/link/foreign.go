package link

import (
	"net"
	"os"
	"strings"

	"framecat/commands/internal/report"
)

// schemes are the words before an address that other programs write, and what framecat calls
// the same.
var schemes = []struct {
	name string
	tls  bool
	port string // that the scheme implies; "" is none
	with string // how to frame the protocol
}{
	{name: "tcp"}, {name: "tcp4"}, {name: "tcp6"},
	{name: "tls", tls: true}, {name: "ssl", tls: true},
	{"http", false, "80", "-f crlf for the lines of HTTP/1 or -f http2 for HTTP/2"},
	{"https", true, "443", "-f crlf for the lines of HTTP/1 or -f http2 for HTTP/2"},
	{"ws", false, "80", "-f websocket after the HTTP request that opens the WebSocket"},
	{"wss", true, "443", "-f websocket after the HTTP request that opens the WebSocket"},
	{"redis", false, "6379", "-f resp"}, {"rediss", true, "6379", "-f resp"},
	{"postgres", false, "5432", "-f postgres"}, {"postgresql", false, "5432", "-f postgres"},
	{"mysql", false, "3306", "-f mysql"}, {"mongodb", false, "27017", "-f mongodb"},
	{"mqtt", false, "1883", "-f mqtt"}, {"mqtts", true, "8883", "-f mqtt"},
	{"amqp", false, "5672", "-f amqp"}, {"amqps", true, "5671", "-f amqp"},
	{"nats", false, "4222", "-f nats"}, {"stomp", false, "61613", "-f stomp"},
	{"ldap", false, "389", "-f ldap"}, {"ldaps", true, "636", "-f ldap"},
	{"rtsp", false, "554", "-f rtsp"}, {"grpc", false, "443", "-f http2"},
}

// unsupported are the words before addresses of kinds that framecat cannot use, and what to do
// instead.
var unsupported = []struct{ kind, advice string }{
	{"udp", "write HOST:PORT to use TCP; an address is HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
	{"serial", "redirect the output: framecat encode > /dev/ttyUSB0; framecat inspect /dev/ttyUSB0 reads"},
	{"unixpacket", "write unix:/path if the socket is a stream"},
}

// foreign returns the failure for a word that is no address of framecat, but one of another
// program, or a path. It is nil for all other words.
func foreign(word string) *report.Failure {
	scheme, after, found := strings.Cut(word, ":")
	for _, u := range unsupported {
		if found && strings.TrimRight(strings.ToLower(scheme), "46") == u.kind {
			f := report.Usage("%s: %s addresses are not supported yet", word, u.kind)
			f.Hints = []string{u.advice}
			return f
		}
	}
	switch {
	case isPath(word):
		return pathAddress(word)
	case !found || !strings.HasPrefix(after, "//") && (!strings.Contains(after, ":") || !isScheme(scheme)):
		return nil
	}
	advice := place(after, "") + " for TCP, tls://" + place(after, "") + " for TLS"
	for _, s := range schemes {
		if s.name != strings.ToLower(scheme) {
			continue
		}
		if advice = place(after, s.port); s.tls {
			advice = "tls://" + advice
		}
		if s.with != "" {
			advice += ", with " + s.with
		}
	}
	slashes := after[:len(after)-len(strings.TrimLeft(after, "/"))]
	return badAddress(word, "an address cannot start with "+scheme+":"+slashes, advice)
}

// place returns the host and the port in the rest of a URL; port is used if it has none.
func place(rest, port string) string {
	rest = strings.TrimLeft(rest, "/")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if rest == "" {
		rest = "HOST"
	}
	if _, _, err := net.SplitHostPort(rest); err == nil {
		return rest
	}
	if port == "" {
		port = "PORT"
	}
	return rest + ":" + port
}

// isScheme reports whether other programs write s before HOST:PORT without //. None of these
// words can be part of an IPv6 address.
func isScheme(s string) bool {
	for _, known := range schemes {
		if known.name == strings.ToLower(s) {
			return true
		}
	}
	return false
}

// isPath reports whether a word is the path of a file, most likely of a unix socket.
func isPath(word string) bool {
	for _, start := range []string{"/", "./", "../", "~/"} {
		if strings.HasPrefix(word, start) {
			return true
		}
	}
	if strings.Contains(word, ":") {
		return false
	}
	if strings.HasSuffix(word, ".sock") || strings.HasSuffix(word, ".socket") || strings.Contains(word, "/") {
		return true
	}
	info, err := os.Stat(word)
	return err == nil && info.Mode()&os.ModeSocket != 0
}

// pathAddress returns the failure for a path without unix: before it.
func pathAddress(word string) *report.Failure {
	if info, err := os.Stat(word); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		f := report.Usage("%s: a device is not an address", word)
		f.Hints = []string{"redirect the output: framecat encode > " + word + "; framecat inspect " + word + " reads"}
		return f
	}
	return badAddress(word, "a path needs unix: before it", "unix:"+word)
}

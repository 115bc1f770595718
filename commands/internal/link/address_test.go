package link

import (
	"errors"
	"net"
	"strings"
	"testing"

	"framecat/commands/internal/report"
	"framecat/framing"
)

func TestParseAddress(t *testing.T) {
	rows := []struct{ args, want, rest, err string }{
		{"localhost:4000", "localhost:4000", "", ""},
		{"localhost 4000", "localhost:4000", "", ""},
		{"localhost 4000 a b", "localhost:4000", "a b", ""},
		{"localhost:4000 4001", "localhost:4000", "4001", ""},
		{"4000", "127.0.0.1:4000", "", ""},
		{"4000 4001", "127.0.0.1:4000", "4001", ""},
		{":4000", "127.0.0.1:4000", "", ""},
		{"0", "127.0.0.1:0", "", ""},
		{"0.0.0.0:4000", "0.0.0.0:4000", "", ""},
		{"[::1]:4000", "[::1]:4000", "", ""},
		{"[::]:4000 x", "[::]:4000", "x", ""},
		{"[fe80::1%eth0]:4000", "[fe80::1%eth0]:4000", "", ""},
		{"localhost:http", "localhost:80", "", ""},
		{"unix:/tmp/s x", "unix:/tmp/s", "x", ""},
		{"unix:s", "unix:s", "", ""},
		{"exec:cat x", "exec:cat", "x", ""},
		{"exec 4000", "exec:4000", "", ""},
		{"fd:3", "fd:3", "", ""},
		{"fd:007", "fd:7", "", ""},
		{"fd:0", "fd:0", "", ""},
		{"- x", "-", "x", ""},
		{"tls://h:1", "tls://h:1", "", ""},
		{"tls://h 1", "tls://h:1", "", ""},
		{"tls://4000", "tls://127.0.0.1:4000", "", ""},

		{"", "", "", "no address given"},
		{"localhost", "", "", "localhost: the port is missing"},
		{"localhost:", "", "", "the port is missing"},
		{"::1 4000", "", "", "IPv6 addresses need brackets"},
		{"[::1] 4000", "", "", "[::1]: the port is missing"},
		{"[::1", "", "", "IPv6 addresses need brackets"},
		{"::1", "", "", "IPv6 addresses need brackets"},
		{"*:4000", "", "", "* is not a host"},
		{"65536", "", "", `"65536" is not a port`},
		{"localhost file.bin", "", "", `"file.bin" is not a port`},
		{"http://h:1", "", "", "an address cannot start with http://"},
		{"unix:", "", "", "the path is missing"},
	}
	for _, r := range rows {
		a, rest, err := ParseAddress(strings.Fields(r.args))
		if r.err != "" {
			var f *report.Failure
			if !errors.As(err, &f) || f.Status != report.StatusUsage || !strings.Contains(f.Text, r.err) || len(f.Hints) == 0 {
				t.Errorf("%s: error %v, want a hint and %q", r.args, err, r.err)
			}
			continue
		}
		if err != nil || a.String() != r.want || strings.Join(rest, " ") != r.rest {
			t.Errorf("%s: %s, rest %q, error %v; want %s, %q", r.args, a, rest, err, r.want, r.rest)
		}
	}
}

// Errors about addresses have a hint with what to write instead.
func TestAddressHints(t *testing.T) {
	for _, r := range []struct{ word, text, hint string }{
		{"tcp:localhost:4000", "tcp:localhost:4000: an address cannot start with tcp:", "write localhost:4000"},
		{"tcp://localhost:4000", "tcp://localhost:4000: an address cannot start with tcp://", "write localhost:4000"},
		{"tls:localhost:4000", "tls:localhost:4000: an address cannot start with tls:", "write tls://localhost:4000"},
		{"ssl://localhost:4000", "ssl://localhost:4000: an address cannot start with ssl://", "write tls://localhost:4000"},
		{"http://localhost:4000", "http://localhost:4000: an address cannot start with http://", "write localhost:4000, with -f crlf for the lines of HTTP/1 or -f http2 for HTTP/2"},
		{"tls://", "tls://: the host and the port are missing", "write tls://HOST:PORT"},
		{"unix:", "unix:: the path is missing", "write unix:/path"},
		{"unix", "unix: the path is missing", "write unix:/path"},
		{"unix:@", "unix:@: the name is missing", "write unix:@NAME"},
		{"UNIX:/s", "UNIX:/s: UNIX: is written in lower case", "write unix:/s"},
		{"exec:", "exec:: the command is missing", "write exec:COMMAND, such as exec:'sort -n'"},
		{"exec: ", "exec: : the command is missing", "write exec:COMMAND, such as exec:'sort -n'"},
		{"exec", "exec: the command is missing", "write exec:COMMAND, such as exec:'sort -n'"},
		{"EXEC:cat -n", "EXEC:cat -n: EXEC: is written in lower case", "write exec:cat -n"},
		{"fd", "fd: the number of the file descriptor is missing", "write fd:N, such as fd:3"},
		{"fd:", "fd:: the number of the file descriptor is missing", "write fd:N, such as fd:3"},
		{"fd:x", `fd:x: "x" is not the number of a file descriptor`, "write fd:N, such as fd:3"},
		{"fd:-1", `fd:-1: "-1" is not the number of a file descriptor`, "write fd:N, such as fd:3"},
		{"fd:99999999999", `fd:99999999999: "99999999999" is not the number of a file descriptor`, "write fd:N, such as fd:3"},
		{" 4000", `" 4000": it contains a space`, "write 4000"},
		{"127.0.0.1 4000", `"127.0.0.1 4000": it contains a space`, "write 127.0.0.1 4000"},
		{"22 33", `"22 33": it contains a space`, "write HOST:PORT or PORT"},
		{"localhost 4000 x", `"localhost 4000 x": it contains a space`, "write HOST:PORT or PORT"},
		{"localhost ", `"localhost ": it contains a space`, "write HOST:PORT or PORT"},
		{"99999", `99999: "99999" is not a port`, "write a number up to 65535"},
		{"[::1]", "[::1]: the port is missing", "write [::1]:PORT"},
		{"::1:4000", "::1:4000: IPv6 addresses need brackets", "write [::1]:4000"},
		{"::1", "::1: IPv6 addresses need brackets", "write [::1]:PORT"},
		{"tls://fe80::1%eth0:22", "tls://fe80::1%eth0:22: IPv6 addresses need brackets", "write tls://[fe80::1%eth0]:22"},
		{"2001:db8::22", "2001:db8::22: IPv6 addresses need brackets", "write [2001:db8::22]:PORT"},
		{"[::1", "[::1: IPv6 addresses need brackets", "write [::1]:PORT"},
		{"a:b:c", "a:b:c: this is no HOST:PORT", "write HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
		{"\x1b[31m..:22", "\x1b[31m..:22: this is no HOST:PORT", "write HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
		{"1.2.3.4:5:6", "1.2.3.4:5:6: this is no HOST:PORT", "write HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
	} {
		_, _, err := ParseAddress([]string{r.word})
		var f *report.Failure
		if !errors.As(err, &f) || f.Text != r.text || len(f.Hints) != 1 || f.Hints[0] != r.hint {
			t.Errorf("%q: %v, hints %q; want %q, %q", r.word, err, f.Hints, r.text, r.hint)
		}
	}
}

// Paths, and what other programs call an address, have a hint with what framecat calls it.
func TestForeignAddresses(t *testing.T) {
	t.Chdir(t.TempDir())
	l, err := net.Listen("unix", "here")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const lines = ", with -f crlf for the lines of HTTP/1 or -f http2 for HTTP/2"
	const upgraded = ", with -f websocket after the HTTP request that opens the WebSocket"
	for _, r := range []struct{ word, text, hint string }{
		{"./sock", "a path needs unix: before it", "write unix:./sock"},
		{"../run/sock", "a path needs unix: before it", "write unix:../run/sock"},
		{"/tmp/x.sock", "a path needs unix: before it", "write unix:/tmp/x.sock"},
		{"/tmp/a:b", "a path needs unix: before it", "write unix:/tmp/a:b"},
		{"~/sock", "a path needs unix: before it", "write unix:~/sock"},
		{"x.sock", "a path needs unix: before it", "write unix:x.sock"},
		{"run/x", "a path needs unix: before it", "write unix:run/x"},
		{"here", "a path needs unix: before it", "write unix:here"},
		{"unix://here", "a path after unix:// is absolute", "write unix:here"},
		{"unix://./here", "a path after unix:// is absolute", "write unix:./here"},
		{"udp:localhost:4000", "udp addresses are not supported yet", "write HOST:PORT to use TCP; an address is HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
		{"udp://localhost:4000", "udp addresses are not supported yet", "write HOST:PORT to use TCP; an address is HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
		{"udp6:4000", "udp addresses are not supported yet", "write HOST:PORT to use TCP; an address is HOST:PORT, PORT, unix:/path or tls://HOST:PORT"},
		{"serial:/dev/ttyUSB0", "serial addresses are not supported yet", "redirect the output: framecat encode > /dev/ttyUSB0; framecat inspect /dev/ttyUSB0 reads"},
		{"unixpacket:/tmp/s", "unixpacket addresses are not supported yet", "write unix:/path if the socket is a stream"},
		{"http://example.org", "an address cannot start with http://", "write example.org:80" + lines},
		{"http://localhost:4000/path?x=1", "an address cannot start with http://", "write localhost:4000" + lines},
		{"HTTP://localhost:4000/", "an address cannot start with HTTP://", "write localhost:4000" + lines},
		{"https://user:pw@example.org/", "an address cannot start with https://", "write tls://example.org:443" + lines},
		{"https://[::1]/", "an address cannot start with https://", "write tls://[::1]:443" + lines},
		{"http:localhost:4000", "an address cannot start with http:", "write localhost:4000" + lines},
		{"ws://localhost:4000/chat", "an address cannot start with ws://", "write localhost:4000" + upgraded},
		{"wss://localhost", "an address cannot start with wss://", "write tls://localhost:443" + upgraded},
		{"tcp://localhost", "an address cannot start with tcp://", "write localhost:PORT"},
		{"tcp://", "an address cannot start with tcp://", "write HOST:PORT"},
		{"tcp://[::1]:4000/", "an address cannot start with tcp://", "write [::1]:4000"},
		{"redis://:pw@localhost/0", "an address cannot start with redis://", "write localhost:6379, with -f resp"},
		{"postgresql://u@db:5433/x", "an address cannot start with postgresql://", "write db:5433, with -f postgres"},
		{"mqtts://broker", "an address cannot start with mqtts://", "write tls://broker:8883, with -f mqtt"},
		{"gopher://h:70", "an address cannot start with gopher://", "write h:70 for TCP, tls://h:70 for TLS"},
	} {
		_, _, err := ParseAddress([]string{r.word})
		var f *report.Failure
		if !errors.As(err, &f) || f.Text != r.word+": "+r.text || len(f.Hints) != 1 || f.Hints[0] != r.hint {
			t.Errorf("%q: %v, hints %q; want %q, %q", r.word, err, f.Hints, r.text, r.hint)
		}
	}
	// These are hosts, whatever their names.
	for _, word := range []string{"redis:6379", "http:80", "tcp:4000", "postgres:5432", "localhost:http"} {
		if _, _, err := ParseAddress([]string{word}); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
}

// The framings that the hints name exist.
func TestSchemeFramings(t *testing.T) {
	for _, s := range schemes {
		for words := strings.Fields(s.with); len(words) > 1; words = words[1:] {
			if words[0] == "-f" && framing.Lookup(words[1]) == nil {
				t.Errorf("%s: no framing %s", s.name, words[1])
			}
		}
	}
}

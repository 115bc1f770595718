package link

import (
	"errors"
	"strings"
	"testing"

	"framecat/commands/internal/report"
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
		{"http://localhost:4000", "http://localhost:4000: an address cannot start with http://", "write HOST:PORT for TCP, tls://HOST:PORT for TLS"},
		{"tls://", "tls://: the host and the port are missing", "write tls://HOST:PORT"},
		{" 4000", `" 4000": it contains a space`, "write 4000"},
		{"127.0.0.1 4000", `"127.0.0.1 4000": it contains a space`, "write 127.0.0.1 4000"},
		{"22 33", `"22 33": it contains a space`, "write HOST:PORT or PORT"},
		{"localhost 4000 x", `"localhost 4000 x": it contains a space`, "write HOST:PORT or PORT"},
		{"localhost ", `"localhost ": it contains a space`, "write HOST:PORT or PORT"},
		{"99999", `99999: "99999" is not a port`, "write a number up to 65535"},
		{"[::1]", "[::1]: the port is missing", "write [::1]:PORT"},
		{"::1:4000", "::1:4000: IPv6 addresses need brackets", "write [::1]:PORT"},
	} {
		_, _, err := ParseAddress([]string{r.word})
		var f *report.Failure
		if !errors.As(err, &f) || f.Text != r.text || len(f.Hints) != 1 || f.Hints[0] != r.hint {
			t.Errorf("%q: %v, hints %q; want %q, %q", r.word, err, f.Hints, r.text, r.hint)
		}
	}
}

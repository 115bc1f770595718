package commands

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TLS may end on either side of tap, or on both, each with certificates of its own.
func TestTapTLS(t *testing.T) {
	a, b := newAuthority(t), newAuthority(t)
	a.server("near")
	a.client("client")
	b.server("far")
	b.client("tap")
	plain := startNet(t, nil, "listen", "-k", "--echo", "0")
	secure := startNet(t, nil, "listen", "-k", "--echo", "--cert", b.file("far"), "--client-ca", b.file("ca"), "0")
	near := []string{"--cert", a.file("near"), "--client-ca", a.file("ca")}
	far := []string{"--target-ca", b.file("ca"), "--target-cert", b.file("tap")}
	client := []string{"--ca", a.file("ca"), "--cert", a.file("client")}
	for _, row := range []struct {
		name   string
		target string
		flags  []string
		send   []string
		want   string // on standard error of tap; "" if the message comes back
	}{
		{"neither side", plain.addr, nil, nil, ""},
		{"the near side", plain.addr, near, client, ""},
		{"the far side", secure.addr, far, nil, ""},
		{"both sides", secure.addr, append(near, far...), client, ""},
		{"an address is enough", secure.addr, far[:2:2], nil, "the peer reports: certificate required"},
		{"an unknown authority", secure.addr, far[2:], nil, "framecat: hint: to trust the authority that signed it, use --target-ca FILE"},
		{"insecure", secure.addr, append(far[2:], "--target-insecure"), nil, ""},
		{"another name", secure.addr, append(far[:4:4], "--target-server-name", "other"), nil, "use --target-server-name NAME"},
		{"a client without a certificate", plain.addr, near, client[:2:2], "the client: "},
	} {
		r := startNet(t, nil, append([]string{"tap", "0", row.target}, row.flags...)...)
		s := startNet(t, nil, append([]string{"send", r.addr, "-m", "hello"}, row.send...)...)
		status := s.status()
		r.stop()
		if row.want == "" && (status != 0 || s.output() != "hello\n") || row.want != "" && status != 1 {
			t.Errorf("%s: status %d, stdout %q, stderr %s", row.name, status, s.output(), s.errors())
		}
		if !strings.Contains(r.errors(), row.want) {
			t.Errorf("%s: stderr %q, want %q", row.name, r.errors(), row.want)
		}
	}
}

// A tap that ends leaves nothing open.
func TestTapLeaks(t *testing.T) {
	old := goleak.IgnoreCurrent()
	addr := serveTest(t, func(c *net.TCPConn) { io.Copy(c, c) })
	for _, args := range [][]string{{"0", addr}, {"-v", "--idle-timeout", "10s", "0", addr}, {"--timeout", "10s", "0", addr},
		{"--chunk", "2", "--gap", "0", "0", addr}, {"-f", "fixed:5", "--drop", "0%", "--delay", "1ms", "0", addr}} {
		r := startNet(t, nil, append([]string{"tap"}, args...)...)
		for range 20 {
			c := dialTest(t, r.addr)
			io.WriteString(c, "hello")
			io.ReadFull(c, make([]byte, 5))
			c.Close()
		}
		if status := r.stop(); status != 0 {
			t.Errorf("%v: status %d", args, status)
		}
	}
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	startNet(t, in, "tap", "--", "true").want(0, "") // its input has not ended
	w.Close()
	goleak.VerifyNone(t, old, goleak.IgnoreAnyFunction("framecat/commands.serveTest.func2"))
}

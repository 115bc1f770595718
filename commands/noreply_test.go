//go:build unix

package commands

import (
	"crypto/tls"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

// However a connection without a reply ends, send reports it on each transport.
func TestNoReply(t *testing.T) {
	a := newAuthority(t)
	a.server("server")
	pair, err := tls.LoadX509KeyPair(a.file("server"), a.file("server"))
	if err != nil {
		t.Fatal(err)
	}
	readMessage := func(c net.Conn) { io.ReadFull(c, make([]byte, 6)) }
	transports := []struct {
		name   string
		listen func(t *testing.T) (l net.Listener, addr string)
	}{
		{"TCP", func(t *testing.T) (net.Listener, string) {
			l := must(net.Listen("tcp", "127.0.0.1:0"))
			return l, l.Addr().String()
		}},
		{"unix", func(t *testing.T) (net.Listener, string) {
			path := filepath.Join(t.TempDir(), "s")
			return must(net.Listen("unix", path)), "unix:" + path
		}},
		{"TLS", func(t *testing.T) (net.Listener, string) {
			l := must(tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}}))
			return l, "tls://" + l.Addr().String()
		}},
	}
	for _, row := range []struct {
		name   string
		answer func(c net.Conn)
		args   []string
		status int
		want   []string // on stderr, without the name of the peer
	}{
		{"closed", readMessage, nil, 0, []string{
			"sent 1 message, received 0 replies (0 bytes): the peer closed the connection after TIME",
			"hint: the peer may expect another framing than u32be, or drop its replies when our side closes: try --expect 1",
			"hint: no framing was given, so u32be was assumed"}},
		{"closed, a reply is expected", readMessage, []string{"--expect", "1"}, report.StatusUnmet, []string{
			"sent 1 message, received 0 replies (0 bytes): the peer closed the connection after TIME",
			"hint: the peer may expect another framing than u32be; set it with -f\n",
			"0 of 1 reply arrived"}},
		{"closed after HTTP", func(c net.Conn) {
			readMessage(c)
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
		}, []string{"-f", "u32be"}, report.StatusMalformed, []string{
			"the peer speaks HTTP; try --reply-framing http\n",
			"sent 1 message, received 0 replies (47 bytes): what arrived is not a frame of u32be"}},
		{"closed after a line", func(c net.Conn) {
			readMessage(c)
			io.WriteString(c, "ok\n")
		}, []string{"-f", "u32be"}, report.StatusTruncated, []string{
			`the bytes that came are "ok\n", a line of text: try --reply-framing lines` + "\n",
			"sent 1 message, received 0 replies (3 bytes): the peer closed the connection inside a frame of u32be"}},
		{"--linger", func(c net.Conn) { readMessage(c); readMessage(c); <-t.Context().Done() }, []string{"--linger", "0.2"}, 0, []string{
			"sent 1 message, received 0 replies (0 bytes): --linger 200ms passed"}},
		{"--timeout", func(c net.Conn) { readMessage(c); readMessage(c); <-t.Context().Done() }, []string{"--timeout", "2"}, report.StatusTimeout, []string{
			"sent 1 message, received 0 replies (0 bytes): --timeout 2s passed"}},
	} {
		for _, tr := range transports {
			t.Run(row.name+", "+tr.name, func(t *testing.T) {
				t.Parallel()
				l, addr := tr.listen(t)
				t.Cleanup(func() { l.Close() })
				go func() {
					c, err := l.Accept()
					if err != nil {
						return
					}
					row.answer(c)
					c.Close()
				}()
				args := append([]string{"send", addr, "-v", "-m", "hi"}, row.args...)
				if tr.name == "TLS" {
					args = append(args, "--ca", a.file("ca"))
				}
				r := startNet(t, nil, args...)
				if got := r.status(); got != row.status {
					t.Errorf("status %d, want %d", got, row.status)
				}
				errs := regexp.MustCompile(`after [0-9.]+[µmn]?s`).ReplaceAllString(r.errors(), "after TIME")
				for _, want := range row.want {
					if !strings.Contains(errs, want) {
						t.Errorf("stderr\n%swant %q in it", errs, want)
					}
				}
				if n := strings.Count(errs, "u32be was assumed"); len(row.args) > 0 && row.args[0] == "-f" && n > 0 || n > 1 {
					t.Errorf("stderr\n%sit says %d times that u32be was assumed", errs, n)
				}
			})
		}
	}
}

// A connection that the peer resets is reported once as an error, and once with what was sent.
func TestNoReplyReset(t *testing.T) {
	addr := serveTest(t, func(c *net.TCPConn) {
		io.ReadFull(c, make([]byte, 6))
		c.SetLinger(0)
	})
	startNet(t, nil, "send", addr, "-v", "-m", "hi", "--no-half-close").want(report.StatusIO, "",
		"sent 1 message, received 0 replies (0 bytes): connection reset by peer\n", "hint: the peer may expect another framing than u32be; set it with -f\n")
}

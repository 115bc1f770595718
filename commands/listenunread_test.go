package commands

import (
	"io"
	"net"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

// A connection that brought bytes but no message is reported, however it ends.
func TestListenUnread(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		args   []string
		sends  string
		end    func(c *net.TCPConn) // nil if a signal ends listen
		status int
		want   []string
	}{
		{"a line, and the peer closes", nil, "hi\n", func(c *net.TCPConn) { c.CloseWrite() }, report.StatusTruncated, []string{
			"frame 0 at byte 0: the stream ends inside a frame, after 3 bytes\n", `the bytes that came are "hi\n", a line of text: try -f lines` + "\n", "no framing was given, so u32be was assumed\n"}},
		{"a line, and the peer resets", nil, "hi\n", func(c *net.TCPConn) { c.SetLinger(0); c.Close() }, report.StatusIO, []string{
			"connection reset by peer after 3 bytes of the frame\n", `the bytes that came are "hi\n", a line of text: try -f lines` + "\n"}},
		{"a line, and a signal", nil, "hi\n", nil, 0, []string{
			": ended inside the first frame, after 3 bytes\n", `the bytes that came are "hi\n", a line of text: try -f lines` + "\n", "no framing was given, so u32be was assumed\n"}},
		{"a line, and a signal, -k", []string{"-k"}, "hi\n", nil, 0, []string{": ended inside the first frame, after 3 bytes\n", "try -f lines\n"}},
		{"a part, and a signal", []string{"-f", "u16be"}, "\x00\x05ab", nil, 0, []string{": ended inside the first frame, after 4 of 7 bytes\n", "the bytes that came are 00 05 61 62\n"}},
		{"only fill, and the peer closes", []string{"-v", "-f", "stomp"}, "\n\n", func(c *net.TCPConn) { c.CloseWrite() }, 0, []string{": 2 bytes arrived, but no message\n"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := startNet(t, nil, append([]string{"listen", "0", "-v", "--timeout", "20s"}, row.args...)...)
			c := dialTest(t, r.addr).(*net.TCPConn)
			eventually(t, "the connection", func() bool { return strings.Contains(r.errors(), ": connected\n") })
			io.WriteString(c, row.sends)
			if row.end == nil {
				r.stop()
			} else {
				row.end(c)
			}
			r.want(row.status, "", row.want...)
		})
	}
	for _, sends := range []string{"", "\x00\x00\x00\x01a\x00"} { // nothing, or a message before the cut one
		r := startNet(t, nil, "listen", "0")
		c := dialTest(t, r.addr)
		io.WriteString(c, sends)
		if sends != "" {
			eventually(t, "the message", func() bool { return r.output() == "a\n" })
		}
		r.stop()
		if strings.Contains(r.errors(), "first frame") {
			t.Errorf("%q: stderr %q", sends, r.errors())
		}
	}
}

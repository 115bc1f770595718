package link

import (
	"io"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// The end of a stream is found before what was sent is read, however much that is.
func TestPeerEnd(t *testing.T) {
	const some, all = 1000, 1 << 40
	for _, row := range []struct {
		network string
		sends   int64 // bytes; all is as many as the system takes
		end     string
		want    error
	}{
		{"tcp4", some, "", nil}, {"tcp4", all, "", nil},
		{"tcp4", some, "close", io.EOF}, {"tcp4", all, "close", io.EOF}, {"tcp4", all, "half", io.EOF},
		{"tcp4", all, "reset", syscall.ECONNRESET},
		{"tcp6", all, "close", io.EOF}, {"tcp", all, "close", io.EOF},
		{"unix", some, "", nil}, {"unix", all, "close", io.EOF},
	} {
		address := map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0", "tcp": ":0", "unix": filepath.Join(t.TempDir(), "sock")}[row.network]
		l, err := net.Listen(row.network, address)
		if err != nil {
			if row.network == "tcp6" {
				continue // there is no IPv6
			}
			t.Fatal(err)
		}
		defer l.Close()
		address = l.Addr().String()
		if row.network == "tcp" {
			_, port, _ := net.SplitHostPort(address)
			address = "127.0.0.1:" + port // IPv4 on a socket of IPv6
		}
		peer, err := net.Dial(row.network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		nc, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		peer.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		io.CopyN(peer, zeros{}, row.sends)
		switch row.end {
		case "close":
			peer.Close()
		case "half":
			peer.(*net.TCPConn).CloseWrite()
		case "reset":
			peer.(*net.TCPConn).SetLinger(0)
			peer.Close()
		}
		c := NewConn(nc, 1, "peer", new(Options))
		got := c.PeerEnd()
		for end := time.Now().Add(10 * time.Second); got == nil && row.want != nil && time.Now().Before(end); got = c.PeerEnd() {
			time.Sleep(10 * time.Millisecond)
		}
		if got != row.want {
			t.Errorf("%s, %q after %d bytes: %v, want %v", row.network, row.end, row.sends, got, row.want)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

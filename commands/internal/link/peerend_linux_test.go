package link

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
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

// Deliver waits until the peer's system has taken all. It gives up if the peer takes nothing, or
// has reset the connection, or if stop is closed.
func TestDeliver(t *testing.T) {
	const size = 4 << 20
	for _, row := range []struct {
		name   string
		within time.Duration
		does   func(peer *net.TCPConn, stop chan struct{})
		all    bool // all is delivered
	}{
		{"the peer reads slowly", 0, func(peer *net.TCPConn, _ chan struct{}) {
			time.Sleep(100 * time.Millisecond)
			io.CopyN(io.Discard, peer, size/2)
			time.Sleep(100 * time.Millisecond)
			io.Copy(io.Discard, peer)
		}, true},
		{"the peer reads nothing", 100 * time.Millisecond, func(*net.TCPConn, chan struct{}) {}, false},
		{"the peer resets", 0, func(peer *net.TCPConn, _ chan struct{}) { peer.SetLinger(0); peer.Close() }, false},
		{"the peer resets, and a write has returned the error", 0, func(peer *net.TCPConn, _ chan struct{}) {}, false},
		{"stop", 0, func(_ *net.TCPConn, stop chan struct{}) { close(stop) }, false},
	} {
		peer, nc := tcpPair(t)
		peer.(*net.TCPConn).SetReadBuffer(16 << 10)
		nc.(*net.TCPConn).SetWriteBuffer(size)
		nc.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		io.CopyN(nc, zeros{}, size)
		if untaken(nc) == 0 {
			t.Errorf("%s: the system of the peer has taken all at once", row.name)
		}
		if strings.Contains(row.name, "a write") {
			peer.(*net.TCPConn).SetLinger(0)
			peer.Close()
			nc.SetWriteDeadline(time.Now().Add(10 * time.Second))
			for range 2 {
				if _, err := io.Copy(nc, zeros{}); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%s: %v", row.name, err)
				}
			}
		}
		stop := make(chan struct{})
		go row.does(peer.(*net.TCPConn), stop)
		NewConn(nc, 1, "peer", new(Options)).Deliver(row.within, stop)
		if all := untaken(nc) == 0; all != row.all {
			t.Errorf("%s: all delivered: %t, want %t", row.name, all, row.all)
		}
	}
}

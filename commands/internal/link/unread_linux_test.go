package link

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What was written counts as read once the program at the other end has read it.
func TestHasUnread(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp4", "tcp6", "tcp", "unix", "exec"} {
		near, far := unreadPair(t, network)
		if near == nil {
			continue // there is no IPv6
		}
		for i, step := range []struct {
			write, read int
			want        bool
		}{{0, 0, false}, {3, 0, true}, {0, 2, true}, {0, 1, false}, {100000, 0, true}, {0, 100000, false}} {
			go near.Write(make([]byte, step.write))
			if _, err := io.ReadFull(far, make([]byte, step.read)); err != nil {
				t.Fatal(network, err)
			}
			var unread, known bool
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
				if unread, known = HasUnread(near); unread == step.want {
					break
				}
			}
			if unread != step.want || !known {
				t.Errorf("%s, step %d: %t, %t, want %t", network, i, unread, known, step.want)
			}
		}
	}
}

// unreadPair returns two ends of a connection; nil if the network does not exist here.
func unreadPair(t *testing.T, network string) (near net.Conn, far io.Reader) {
	if network == "exec" {
		ours, theirs, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ours.Close(); theirs.Close() })
		return &processConn{pipeConn: newPipeConn(ours, theirs, "")}, ours
	}
	address := map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0", "tcp": ":0", "unix": filepath.Join(t.TempDir(), "sock")}[network]
	l, err := net.Listen(network, address)
	if err != nil {
		if network == "tcp6" {
			return nil, nil
		}
		t.Fatal(err)
	}
	defer l.Close()
	address = l.Addr().String()
	if network == "tcp" {
		_, port, _ := net.SplitHostPort(address)
		address = "127.0.0.1:" + port
	}
	if near, err = net.Dial(network, address); err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); peer.Close() })
	return near, peer
}

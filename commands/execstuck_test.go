//go:build linux

package commands

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A process that reads nothing holds neither its session nor its files once its peer has gone,
// whatever the peer has sent before. It ends within --linger, and others are served.
func TestExecStuck(t *testing.T) {
	ends := map[string]func(c *net.TCPConn){
		"closes": func(c *net.TCPConn) { c.Close() },
		"resets": func(c *net.TCPConn) { c.SetLinger(0); c.Close() },
		"ends its side": func(c *net.TCPConn) {
			c.CloseWrite()
			c.SetDeadline(time.Now().Add(patience))
			io.Copy(io.Discard, c)
			c.Close()
		},
	}
	for _, command := range []string{"exec sleep 1000", "trap '' TERM; sleep 1000; sleep 1000", "exec yes"} {
		r := startNet(t, nil, "listen", "-k", "-q", "--max-conns", "3", "--linger", "300ms", "--exec", command, "0")
		before := openFiles(t)
		for name, end := range ends {
			if strings.HasSuffix(command, "yes") && name == "ends its side" {
				continue // it goes on reading, and the process goes on writing
			}
			for range 3 { // as many as are served
				c := dialTest(t, r.addr).(*net.TCPConn)
				go func() {
					flood(c)
					end(c)
				}()
			}
			eventually(t, command+": the end of the processes after the peer "+name, func() bool { return len(children()) == 0 })
			eventually(t, command+": the end of the files after the peer "+name, func() bool { return openFiles(t) <= before })
		}
		if got := r.stop(); got != 0 {
			t.Errorf("%s: status %d, %s", command, got, r.errors())
		}
	}
}

// flood sends until nobody reads any more.
func flood(c net.Conn) {
	c.SetWriteDeadline(time.Now().Add(400 * time.Millisecond))
	for {
		if _, err := c.Write(frames(strings.Repeat("x", 60_000))); err != nil {
			return
		}
	}
}

// The peer does not read the replies of a process, and is gone.
func TestExecUnread(t *testing.T) {
	r := startNet(t, nil, "listen", "-q", "--frame-timeout", "300ms", "--exec", "cat; yes | head -c 50000000; sleep 1000", "0")
	c := dialTest(t, r.addr).(*net.TCPConn)
	c.Write(frames("hello"))
	c.CloseWrite()
	if got := r.status(); got == 0 {
		t.Errorf("status %d, %s", got, r.errors())
	}
	eventually(t, "the end of the processes", func() bool { return len(children()) == 0 })
}

// A peer that reads slowly gets all of the output, even if it reads nothing for longer than --linger.
func TestExecSlowReader(t *testing.T) {
	t.Parallel()
	r := startNet(t, nil, "listen", "-q", "--linger", "1s", "--exec", "cat", "-o", "u32be", "-i", "u32be", "0")
	c := dialTest(t, r.addr).(*net.TCPConn)
	c.SetReadBuffer(16 << 10)
	go func() {
		for range 300 {
			c.Write(frames(strings.Repeat("x", 30_000)))
		}
		c.CloseWrite()
	}()
	total := int64(0)
	for range 2 {
		time.Sleep(1500 * time.Millisecond)
		n, _ := io.CopyN(io.Discard, c, 100_000)
		total += n
	}
	n, err := io.Copy(io.Discard, c)
	if total += n; total != 300*30_004 || err != nil {
		t.Errorf("%d bytes came back, %v, %s", total, err, r.errors())
	}
	r.want(0, "")
}

// The last message that -n wants is answered, however long the process takes to start.
func TestExecAnswersTheLast(t *testing.T) {
	t.Parallel()
	for range 5 {
		r := startNet(t, nil, "listen", "-n", "1", "--exec", "sleep 0.4; echo hi", "0")
		s := startNet(t, nil, "send", r.addr, "-m", "x")
		s.want(0, "hi\n")
		r.want(0, "x\n")
	}
}

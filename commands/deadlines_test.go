package commands

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

// A frame must be complete within --frame-timeout, even if its bytes come one by one. Between
// two frames, a peer may be silent for longer.
func TestFrameTimeout(t *testing.T) {
	t.Parallel()
	r := startNet(t, nil, "listen", "-k", "--frame-timeout", "300ms", "0")
	idle := dialTest(t, r.addr)
	idle.Write(frames("hi"))
	slow := dialTest(t, r.addr)
	began := time.Now()
	go func() {
		for _, b := range frames(strings.Repeat("x", 1000)) { // this would take 20 s
			if _, err := slow.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	readAll(slow)
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("the slow peer was cut after %s", took)
	}
	time.Sleep(400 * time.Millisecond)
	idle.Write(frames("still here"))
	idle.(*net.TCPConn).CloseWrite()
	readAll(idle)
	r.stop()
	r.want(0, "hi\nstill here\n", "frame 0 at byte 0: not complete within --frame-timeout 300ms")
}

// For a body that streams, --frame-timeout starts again after each 64 KiB.
func TestFrameTimeoutStreamed(t *testing.T) {
	t.Parallel()
	r := startNet(t, nil, "listen", "--frame-timeout", "2s", "-o", "raw", "0")
	c := dialTest(t, r.addr)
	body := strings.Repeat("x", 960<<10)
	wire := frames(body)
	for len(wire) > 0 {
		n := min(len(wire), 40<<10)
		c.Write(wire[:n])
		wire = wire[n:]
		time.Sleep(100 * time.Millisecond) // 2.4 s in all, 0.2 s for each 64 KiB
	}
	c.Close()
	r.want(0, body)
}

func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	r := startNet(t, nil, "listen", "--idle-timeout", "2s", "0")
	c := dialTest(t, r.addr)
	for range 11 {
		c.Write(frames("hi"))
		time.Sleep(200 * time.Millisecond)
	}
	readAll(c)
	r.want(report.StatusIO, strings.Repeat("hi\n", 11), "nothing was received or sent within --idle-timeout 2s")
}

func TestListenTimeouts(t *testing.T) {
	t.Parallel()
	startNet(t, nil, "listen", "0", "--timeout", "0.1").want(report.StatusTimeout, "", "--timeout 100ms passed")
	startNet(t, nil, "listen", "0", "-w", "0.1").want(report.StatusIO, "", "no connection within --connect-timeout 100ms")
}

// Many slow peers are disconnected in time; meanwhile another peer is served.
func TestSlowLoris(t *testing.T) {
	t.Parallel()
	const slow = 300
	r := startNet(t, nil, "listen", "-k", "--echo", "-q", "--frame-timeout", "1s", "0")
	var wg sync.WaitGroup
	for range slow {
		c := dialTest(t, r.addr)
		wg.Add(1)
		go func() {
			defer wg.Done()
			go func() {
				for range 100 { // this would take 40 s
					c.Write([]byte{0})
					time.Sleep(400 * time.Millisecond)
					if _, err := c.Write([]byte{1}); err != nil { // the length is at least 65537
						return
					}
				}
			}()
			if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("a slow peer was not cut within %s", patience)
			}
		}()
	}
	good := dialTest(t, r.addr)
	buf := make([]byte, 6)
	for range 50 {
		good.Write(frames("hi"))
		if _, err := io.ReadFull(good, buf); err != nil || !bytes.Equal(buf, frames("hi")) {
			t.Fatal(err, buf)
		}
		time.Sleep(20 * time.Millisecond)
	}
	wg.Wait()
	r.stop()
}

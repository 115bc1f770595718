//go:build linux

package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// burstConns returns how many connections the test of a burst makes: few, or as many as
// FRAMECAT_BURST says.
func burstConns() int {
	if n, err := strconv.Atoi(os.Getenv("FRAMECAT_BURST")); err == nil {
		return n
	}
	return 40
}

// Many connections send a large frame each, and stop halfway at the same time: that takes not
// much more than --max-memory. Then all frames still arrive. After that the memory is returned.
func TestBurst(t *testing.T) {
	if testing.Short() {
		t.Skip("many connections")
	}
	t.Parallel()
	conns := burstConns()
	const idleKiB = 60 << 10
	slackKiB := 96<<10 + 16*conns // for the program, and for what each connection takes besides
	for _, row := range []struct {
		limit string
		kib   int
		size  int // of a frame
		args  []string
		echo  bool
	}{
		{"1GiB", 1 << 20, 1 << 20, nil, false},
		{"16MiB", 16 << 10, 1 << 18, nil, false},
		{"16MiB", 16 << 10, 1 << 18, []string{"--echo"}, true},
		{"32KiB", 32, 1 << 18, []string{"--echo"}, true}, // one at a time
	} {
		size := row.size

		t.Run(fmt.Sprint(row.limit, row.args), func(t *testing.T) {
			l := listens(t, append(row.args, "-k", "-q", "--max-conns", "5000", "--max-memory", row.limit, "--frame-timeout", "10m", "0")...)
			frame := binary.BigEndian.AppendUint32(nil, uint32(size))
			frame = append(frame, bytes.Repeat([]byte("x"), size)...)
			half, all := make(chan bool), sync.WaitGroup{}
			var ready sync.WaitGroup
			for range conns {
				c := must(net.Dial("tcp", l.address))
				ready.Add(1)
				all.Go(func() {
					defer c.Close()
					c.SetWriteDeadline(time.Now().Add(10 * time.Second)) // what the system does not take either
					n, _ := c.Write(frame[:size/2])
					ready.Done()
					<-half
					c.SetDeadline(time.Now().Add(10 * time.Minute))
					if _, err := c.Write(frame[n:]); err != nil {
						t.Error(err)
						return
					}
					if !row.echo {
						c.(*net.TCPConn).CloseWrite()
						io.Copy(io.Discard, c)
						return
					}
					b := make([]byte, len(frame))
					if _, err := io.ReadFull(c, b); err != nil || !bytes.Equal(b, frame) {
						t.Errorf("the echo is not the frame: %v", err)
					}
				})
			}
			ready.Wait()
			rss := 0
			for now := 1; now > rss; now = memoryOf(t, l, "VmRSS:") { // until it has read all that it wants
				rss = now
				time.Sleep(250 * time.Millisecond)
			}
			close(half)
			all.Wait()
			most := memoryOf(t, l, "VmHWM:")
			if most > row.kib*5/4+slackKiB {
				t.Errorf("it took %d KiB, with a limit of %d", most, row.kib)
			}
			began := time.Now()
			for memoryOf(t, l, "VmRSS:") > idleKiB && time.Since(began) < 30*time.Second {
				time.Sleep(100 * time.Millisecond)
			}
			took := time.Since(began)
			idle := memoryOf(t, l, "VmRSS:")
			if idle > idleKiB {
				t.Errorf("%d KiB are left after 30 s, want at most %d", idle, idleKiB)
			}
			t.Logf("%d connections: %d KiB halfway, %d KiB at most, %d KiB after %v", conns, rss, most, idle, took.Round(100*time.Millisecond))
			l.stop()
		})
	}
}

// memoryOf returns a size in /proc/PID/status, in KiB.
func memoryOf(t *testing.T, l *listener, name string) (kib int) {
	t.Helper()
	text := must(os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid)))
	_, rest, _ := bytes.Cut(text, []byte(name))
	if fmt.Sscan(string(rest), &kib); kib == 0 {
		t.Fatalf("no %s", name)
	}
	return kib
}

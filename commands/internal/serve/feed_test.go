package serve

import (
	"io"
	"math"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/link"
)

// A process that reads nothing is killed when the peer has gone: at once after a reset, and after
// --linger without output after the end of the stream. It is not killed while the peer stays.
func TestFeed(t *testing.T) {
	const linger = 5 * time.Second
	for _, row := range []struct {
		name    string
		end     error         // of the peer's stream
		at      time.Duration // when that is found
		drain   time.Duration // when the program is to end; 0 is never
		outputs time.Duration // how long the process writes something every second
		reads   time.Duration // when the process reads
		killed  time.Duration // about when it is killed; 0 is never
		overdue bool
	}{
		{"the stream ends", io.EOF, 0, 0, 0, time.Hour, linger, true},
		{"later", io.EOF, time.Minute, 0, 0, time.Hour, time.Minute + linger, true},
		{"reset", syscall.ECONNRESET, time.Minute, 0, 0, time.Hour, time.Minute, false},
		{"the process reads in time", io.EOF, 0, 0, 0, linger - time.Second, 0, false},
		{"the process writes", io.EOF, 0, 0, time.Minute, time.Hour, time.Minute + linger, true},
		{"the peer stays", nil, 0, 0, 0, 30 * time.Minute, 0, false},
		{"the program ends", nil, 0, time.Minute, 0, time.Hour, time.Minute, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				ours, peer := net.Pipe()
				in, process := net.Pipe()
				var killed time.Duration
				lastOutput := new(atomicTime)
				f := &feed{in: in, linger: linger, silent: lastOutput.since, kill: func() { killed = time.Since(began) }}
				f.peerEnd = func() error {
					if time.Since(began) < row.at {
						return nil
					}
					return row.end
				}
				f.c = link.NewConn(ours, 1, "peer", new(link.Options))
				if row.drain > 0 {
					time.AfterFunc(row.drain, func() { f.c.Drain(drainTime) })
				}
				for at := time.Second; at <= row.outputs; at += time.Second {
					time.AfterFunc(at, lastOutput.set)
				}
				time.AfterFunc(row.reads, func() { io.ReadFull(process, make([]byte, 5)) })
				if n, err := f.Write([]byte("hello")); n != 5 || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
				early := killed - row.killed
				if (killed != 0) != (row.killed != 0) || early < 0 || early > time.Second || f.overdue != row.overdue {
					t.Errorf("killed after %s, overdue %t; want %s, %t", killed, f.overdue, row.killed, row.overdue)
				}
				for _, c := range []net.Conn{ours, peer, in, process} {
					c.Close()
				}
			})
		})
	}
}

// A process is silent only while its output is not waiting for the peer, unless the peer takes
// nothing of it for too long.
func TestSilent(t *testing.T) {
	const hour = time.Hour
	for _, row := range []struct {
		name   string
		unread time.Duration
		sends  bool
		reads  time.Duration // the peer reads a byte so often; 0 is never
		want   time.Duration
	}{
		{"it writes nothing", 0, false, 0, hour},
		{"its output waits, without a limit", 0, true, 0, 0},
		{"its output waits too long", time.Minute, true, 0, math.MaxInt64},
		{"its output does not wait too long", 2 * hour, true, 0, 0},
		{"the peer reads slowly", time.Minute, true, 20 * time.Second, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, peer := net.Pipe()
				p := &process{c: link.NewConn(ours, 1, "peer", new(link.Options)), unread: row.unread}
				p.c.Pieces = true
				p.lastOutput.set()
				if row.sends {
					p.sending.Store(true)
					go func() {
						for range 1000 {
							p.c.Write([]byte("x"))
						}
					}()
				}
				if row.reads > 0 {
					go func() {
						for range hour / row.reads {
							time.Sleep(row.reads)
							peer.Read(make([]byte, 1))
						}
					}()
				}
				time.Sleep(hour)
				synctest.Wait()
				if got := p.silent(); got != row.want {
					t.Errorf("silent for %s, want %s", got, row.want)
				}
				ours.Close()
				peer.Close()
			})
		})
	}
}

// To ask about the peer costs time: it is done a few times a second at most.
func TestFeedAsksSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, peer := net.Pipe()
		in, process := net.Pipe()
		asked := 0
		f := &feed{in: in, linger: time.Second, silent: new(atomicTime).since}
		f.c = link.NewConn(ours, 1, "peer", new(link.Options))
		f.peerEnd = func() error { asked++; return nil }
		time.AfterFunc(100*time.Second, func() { io.ReadFull(process, make([]byte, 5)) })
		f.Write([]byte("hello"))
		if asked < 100 || asked > 400 {
			t.Errorf("asked %d times in 100 s", asked)
		}
		for _, c := range []net.Conn{ours, peer, in, process} {
			c.Close()
		}
	})
}

// A process that reads nothing keeps the memory of what it should read. So its connection ends
// after --frame-timeout if others wait for memory.
func TestFeedWhileMemoryIsShort(t *testing.T) {
	for _, row := range []struct {
		name        string
		idle, frame time.Duration
		shortFrom   time.Duration // when others begin to wait for memory
		want        time.Duration // when the write fails; 0 is never
	}{
		{"others wait", 0, 30 * time.Second, 0, 30 * time.Second},
		{"others wait later", 0, 30 * time.Second, time.Minute, time.Minute},
		{"nobody waits", 0, 30 * time.Second, time.Hour, 0},
		{"no limit", 0, 0, 0, 0},
		{"idle first", 10 * time.Second, 30 * time.Second, 0, 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			ours, peer := net.Pipe()
			in, process := net.Pipe()
			f := &feed{in: in, linger: time.Second, idle: row.idle, frame: row.frame, silent: new(atomicTime).since}
			f.c = link.NewConn(ours, 1, "peer", new(link.Options))
			f.peerEnd = func() error { return nil }
			f.short = func() bool { return time.Since(began) >= row.shortFrom }
			time.AfterFunc(10*time.Minute, func() { io.ReadFull(process, make([]byte, 5)) })
			_, err := f.Write([]byte("hello"))
			took := time.Since(began)
			if (err != nil) != (row.want > 0) || err != nil && (took < row.want || took > row.want+time.Second) {
				t.Errorf("%s: %v after %s, want an error after %s", row.name, err, took, row.want)
			}
			for _, c := range []net.Conn{ours, peer, in, process} {
				c.Close()
			}
		})
	}
}

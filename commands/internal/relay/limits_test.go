//go:build unix

package relay

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// A watcher that never returns delays nothing, and memory does not grow with what passes. Another
// watcher sees all.
func TestBlockedWatcher(t *testing.T) {
	const chunk, chunks = 64 << 10, 1000
	release := make(chan bool)
	var blocked record
	var others atomic.Int64
	r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) {
		o.Watch = []Watcher{
			{Take: func(e capture.Event) { <-release; blocked.watch(e) }},
			{Take: func(e capture.Event) { others.Add(int64(len(e.Data))) }},
		}
	})
	c, s := r.connect()
	data := randomBytes(rand.New(rand.NewPCG(1, 1)), chunk)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	pass := func(n int) {
		go func() {
			for range n {
				c.Write(data)
			}
		}()
		if _, err := io.CopyN(io.Discard, s, int64(n)*chunk); err != nil {
			t.Fatal(err)
		}
	}
	pass(chunks / 2)
	before := heap()
	pass(chunks / 2)
	if after := heap(); after > before+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, after)
	}
	link.CloseWrite(c)
	io.ReadAll(s)
	s.Close()
	io.ReadAll(c)
	close(release)
	r.signals <- syscall.SIGTERM
	r.wait()
	seen, lost := blocked.data[0].n, blocked.lost[0]
	if seen+lost != chunk*chunks || lost == 0 || seen > queueBytes+bufferSize || r.totals.Missed[0].Bytes[0] != lost {
		t.Errorf("saw %d bytes and lost %d of %d, missed %v", seen, lost, chunk*chunks, r.totals.Missed[0])
	}
	if got := others.Load() + r.totals.Missed[1].Bytes[0]; got != chunk*chunks {
		t.Errorf("the other watcher saw and missed %d bytes of %d", got, chunk*chunks)
	}
	if want := "[0open 0>closed 0<closed 0end]"; fmt.Sprint(blocked.events) != want {
		t.Errorf("events %v, want %s", blocked.events, want)
	}
}

// A watcher that is over takes nothing more. What is relayed then is counted as missed, and another
// watcher sees it.
func TestWatcherOver(t *testing.T) {
	const chunk, chunks = 64 << 10, 200
	for _, alone := range []bool{true, false} {
		var first, others atomic.Int64
		over := Watcher{
			Take: func(e capture.Event) { first.Add(int64(len(e.Data))) },
			Over: func() bool { return first.Load() > 0 },
		}
		r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) {
			if o.Watch = []Watcher{over}; !alone {
				o.Watch = append(o.Watch, Watcher{Take: func(e capture.Event) { others.Add(int64(len(e.Data))) }})
			}
		})
		c, s := r.connect()
		io.WriteString(c, "first")
		io.ReadFull(s, make([]byte, 5))
		for first.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		go func() {
			for range chunks {
				c.Write(make([]byte, chunk))
			}
			link.CloseWrite(c)
		}()
		go func() {
			io.Copy(s, s)
			s.Close()
		}()
		if n, err := io.Copy(io.Discard, c); n != chunk*chunks || err != nil {
			t.Errorf("%d bytes came back: %v", n, err)
		}
		c.Close()
		r.signals <- syscall.SIGTERM
		r.wait()
		all := r.totals.Bytes[0] + r.totals.Bytes[1]
		missed := func(i int) int64 { return r.totals.Missed[i].Bytes[0] + r.totals.Missed[i].Bytes[1] }
		if all != 5+2*chunk*chunks || first.Load()+missed(0) != all || r.totals.Missed[0].Events != [2]int64{} {
			t.Errorf("alone %t: %d bytes were relayed, %d seen, missed %v", alone, all, first.Load(), r.totals.Missed[0])
		}
		if !alone && others.Load()+missed(1) != all {
			t.Errorf("%d bytes were relayed, the other watcher saw %d, missed %v", all, others.Load(), r.totals.Missed[1])
		}
	}
}

// A side that reads nothing stops the other: nothing is buffered but what the system holds, and a
// fixed buffer.
func TestBackpressure(t *testing.T) {
	for _, watched := range []bool{false, true} {
		r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) {
			if watched {
				o.Watch = []Watcher{{Take: func(capture.Event) {}}}
			}
		})
		c, s := r.connect()
		c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		var sent int64
		for {
			n, err := c.Write(make([]byte, 64<<10))
			if sent += int64(n); err != nil {
				break
			}
			if sent > 1<<28 {
				t.Fatalf("watched %t: %d bytes were taken, and nobody reads", watched, sent)
			}
		}
		link.CloseWrite(c)
		if n, err := io.Copy(io.Discard, s); n != sent || err != nil {
			t.Errorf("watched %t: %d bytes arrived of %d: %v", watched, n, sent, err)
		}
		r.stop()
	}
}

// If the target cannot be reached, the client gets a reset. Other connections go on.
func TestNoTarget(t *testing.T) {
	var seen record
	r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) { o.Watch = []Watcher{{Take: seen.watch}} })
	c, s := r.connect()
	r.target.Close()
	late, err := net.Dial("tcp", r.to.String())
	if err == nil { // the reset may come before that
		defer late.Close()
		_, err = late.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset", err)
	}
	r.says(": cannot connect to " + r.target.Addr().String() + ": connection refused")
	io.WriteString(s, "x")
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Error(err)
	}
	c.Close()
	s.Close()
	r.signals <- syscall.SIGTERM
	r.wait()
	second := slices.DeleteFunc(seen.events, func(e string) bool { return e[0] != '1' })
	if got := strings.Join(second, " "); got != "1open 1<reset 1end" || r.totals.Connections != 2 || r.err != nil {
		t.Errorf("events %s, totals %v, error %v", got, r.totals, r.err)
	}
}

// A TLS client that does not end its handshake is let go; so is a target that is silent.
func TestNoHandshake(t *testing.T) {
	for _, row := range []struct {
		kinds [2]string
		want  string
	}{
		{[2]string{"tls", "tcp"}, "the client: no TLS handshake within --connect-timeout 50ms"},
		{[2]string{"tcp", "tls"}, "no TLS handshake within --connect-timeout 50ms"},
	} {
		r := start(t, row.kinds, func(o *Options) { o.Target.Timeout = 50 * time.Millisecond })
		c, err := net.Dial("tcp", r.to.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		if n, err := c.Read(make([]byte, 1)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v: %v, want an end", row.kinds, err)
		}
		r.says(row.want)
		r.stop()
	}
}

// The first signal lets connections go on, for a time; the second ends them. --timeout does too.
func TestEnds(t *testing.T) {
	t.Run("connections end", func(t *testing.T) {
		r := start(t, [2]string{"tcp", "tcp"}, nil)
		c, s := r.connect()
		r.signals <- syscall.SIGINT
		r.says("1 connection still open")
		if nc, err := net.Dial("tcp", r.to.String()); err == nil {
			nc.Close()
			t.Error("a connection was accepted after the signal")
		}
		go io.WriteString(c, "still")
		if _, err := io.ReadFull(s, make([]byte, 5)); err != nil {
			t.Error(err)
		}
		c.Close()
		s.Close()
		if r.wait(); r.err != nil {
			t.Error(r.err)
		}
	})
	for _, row := range []struct {
		name string
		end  func(r *relayed)
		want int
	}{
		{"the time passes", func(r *relayed) { r.signals <- syscall.SIGTERM }, 0},
		{"a second signal", func(r *relayed) { r.signals <- syscall.SIGTERM; r.signals <- syscall.SIGINT }, 130},
		{"a timeout", func(r *relayed) { r.timeout <- time.Now() }, 124},
		{"a timeout after a signal", func(r *relayed) { r.signals <- syscall.SIGTERM; r.timeout <- time.Now() }, 124},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) {
				if row.want == 0 {
					o.Drain = time.Millisecond
				}
			})
			c, s := r.connect()
			io.WriteString(c, "x")
			io.ReadFull(s, make([]byte, 1))
			row.end(r)
			r.wait()
			var f *report.Failure
			if errors.As(r.err, &f) != (row.want != 0) || f != nil && f.Status != row.want {
				t.Errorf("%v, want status %d", r.err, row.want)
			}
			for _, nc := range []net.Conn{c, s} { // a stream that was cut must not look finished
				if _, err := nc.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("%v, want a reset", err)
				}
			}
			if r.totals.Bytes[0] != 1 {
				t.Errorf("totals %v", r.totals)
			}
		})
	}
}

// A connection that is silent for --idle-timeout ends, and that is reported.
func TestIdle(t *testing.T) {
	r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) { o.Idle = 50 * time.Millisecond })
	c, s := r.connect()
	for _, nc := range []net.Conn{c, s} {
		if _, err := nc.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%v, want a reset", err)
		}
	}
	r.says("nothing was received or sent within --idle-timeout 50ms")
}

// With MaxConns 1, the second client waits until the first has ended.
func TestMaxConns(t *testing.T) {
	r := start(t, [2]string{"tcp", "tcp"}, func(o *Options) { o.MaxConns = 1 })
	c, s := r.connect()
	second := r.dial()
	io.WriteString(second, "2")
	r.target.(*net.TCPListener).SetDeadline(time.Now().Add(100 * time.Millisecond))
	if nc, err := r.target.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a second connection was made: %v, %v", nc, err)
	}
	r.target.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	c.Close()
	s.Close()
	nc, err := r.target.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if b := make([]byte, 1); true {
		if _, err := io.ReadFull(nc, b); string(b) != "2" {
			t.Errorf("%q, %v", b, err)
		}
	}
}

// Many connections that end at any moment, in any way, leave nothing open, and each has an end.
func TestManyConnections(t *testing.T) {
	for _, kinds := range allKinds {
		var seen record
		opened, ended := 0, 0
		known := map[int]bool{}
		r := start(t, kinds, func(o *Options) {
			o.MaxConns = 20
			o.Watch = []Watcher{{Take: func(e capture.Event) {
				switch seen.watch(e); e.Kind {
				case capture.Opened:
					if opened++; known[e.Stream] {
						t.Errorf("stream %d is opened twice", e.Stream)
					}
					known[e.Stream] = true
				case capture.Ended:
					ended++
				}
			}}}
		})
		serving := make(chan bool)
		go func() { // an echo server that breaks some connections
			defer close(serving)
			var wg sync.WaitGroup
			defer wg.Wait()
			for i := uint64(0); ; i++ {
				nc, err := r.target.Accept()
				if err != nil {
					return
				}
				wg.Go(func() {
					if kinds[1] == "tls" {
						if nc, err = serverTLS().Server(t.Context(), nc); err != nil {
							return
						}
					}
					defer nc.Close()
					rnd := rand.New(rand.NewPCG(i, 7))
					io.CopyN(nc, nc, int64(rnd.IntN(50_000)))
					if rnd.IntN(3) == 0 {
						link.Reset(nc)
						return
					}
					io.Copy(nc, nc)
				})
			}
		}()
		const conns = 100
		var wg sync.WaitGroup
		slots := make(chan bool, 30)
		for i := range uint64(conns) {
			slots <- true
			wg.Go(func() {
				defer func() { <-slots }()
				rnd := rand.New(rand.NewPCG(i, 6))
				c := r.dial()
				defer c.Close()
				wrote := make(chan bool)
				go func() {
					defer close(wrote)
					c.Write(make([]byte, rnd.IntN(60_000)))
					switch rnd.IntN(3) {
					case 0:
						link.Reset(c)
					case 1:
						c.Close()
					default:
						link.CloseWrite(c)
					}
				}()
				io.CopyN(io.Discard, c, int64(i*1000))
				<-wrote
			})
		}
		wg.Wait()
		last := r.dial() // when it is served, all others were accepted
		link.CloseWrite(last)
		io.Copy(io.Discard, last)
		last.Close()
		r.signals <- syscall.SIGTERM
		r.wait()
		r.target.Close()
		<-serving
		if opened != conns+1 || ended != conns+1 || r.totals.Connections != conns+1 || r.err != nil {
			t.Errorf("%v: %d were opened, %d ended, totals %v, error %v", kinds, opened, ended, r.totals, r.err)
		}
		for dir := range 2 {
			if got := seen.data[dir].n + r.totals.Missed[0].Bytes[dir]; got != r.totals.Bytes[dir] {
				t.Errorf("%v: direction %d: %d bytes were relayed, and %d seen", kinds, dir, r.totals.Bytes[dir], got)
			}
		}
	}
}

package serve

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// A peer is the other end of a connection in memory.
type peer struct {
	net.Conn
	s *session
}

// connect adds a connection to those that are served.
func connect(t *testing.T, srv *server) *peer {
	t.Helper()
	ours, theirs := net.Pipe()
	ours = systemLike{ours}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	s := &session{srv: srv, c: link.NewConn(ours, 1, "peer", new(link.Options))}
	s.outbox.c, s.outbox.changed = s.c, srv.changed
	if !srv.join(s) {
		t.Fatal("it is not served")
	}
	return &peer{theirs, s}
}

// A systemLike connection returns the system's errors after Close.
type systemLike struct{ net.Conn }

func (c systemLike) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.ErrClosedPipe {
		err = net.ErrClosed
	}
	return n, err
}

func (c systemLike) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err == io.ErrClosedPipe {
		err = net.ErrClosed
	}
	return n, err
}

// reads returns n bytes, or all bytes until the connection ends.
func (p *peer) reads(n int) string {
	b := make([]byte, n)
	n, _ = io.ReadFull(p, b)
	return string(b[:n])
}

func testServer() *server {
	return &server{conns: map[*session]bool{}, changed: make(chan struct{}, 1), stopping: make(chan struct{})}
}

// Messages of standard input go to all connections, in order. The caller may change the bytes
// after the write. A later connection gets only later messages.
func TestBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := testServer()
		out := broadcaster{srv: srv}
		a, b := connect(t, srv), connect(t, srv)
		buf := make([]byte, 4)
		for i := range 3 {
			copy(buf, fmt.Sprintf("<%02d>", i))
			if n, err := out.Write(buf); n != 4 || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		}
		late := connect(t, srv)
		out.Write([]byte("<03>"))
		for name, row := range map[string]struct {
			p    *peer
			want string
		}{"the first": {a, "<00><01><02><03>"}, "the second": {b, "<00><01><02><03>"}, "the late one": {late, "<03>"}} {
			if got := row.p.reads(len(row.want)); got != row.want {
				t.Errorf("%s gets %q, want %q", name, got, row.want)
			}
		}
		a.s.outbox.drain(nil)
		if srv.leave(a.s); len(srv.conns) != 2 || srv.open.Load() != 2 {
			t.Errorf("%d connections are left, %d are open", len(srv.conns), srv.open.Load())
		}
		out.Write([]byte("<04>"))
		if got := b.reads(4); got != "<04>" {
			t.Errorf("the second gets %q", got)
		}
		late.reads(4)
	})
}

// Without a connection, standard input waits for one, or for the end of the run.
func TestBroadcastWaitsForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := testServer()
		wrote := make(chan error, 1)
		go func() {
			_, err := broadcaster{srv: srv}.Write([]byte("hello"))
			wrote <- err
		}()
		time.Sleep(time.Hour)
		select {
		case err := <-wrote:
			t.Fatalf("it went to nobody, %v", err)
		default:
		}
		p := connect(t, srv)
		if got := p.reads(5); got != "hello" {
			t.Errorf("it gets %q", got)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
		srv.leave(p.s)
		go func() {
			_, err := broadcaster{srv: srv}.Write([]byte("hello"))
			wrote <- err
		}()
		time.Sleep(time.Hour)
		close(srv.stopping)
		if err := <-wrote; err != report.ErrDone {
			t.Errorf("at the end: %v", err)
		}
	})
}

// A connection that reads slowly delays the others. A connection that reads nothing is closed,
// but only if others wait.
func TestBroadcastStuck(t *testing.T) {
	const part = 256 << 10
	for _, row := range []struct {
		name  string
		peers []time.Duration // how long each peer needs to read a part; -1 is for ever
		parts int
		ended string // which connections are closed: yes or no for each
		took  time.Duration
	}{
		{"all read", []time.Duration{0, 0}, 12, "no no", 0},
		{"one reads slowly", []time.Duration{0, 100 * time.Millisecond}, 8, "no no", 500 * time.Millisecond},
		{"one reads nothing", []time.Duration{0, -1}, 8, "no yes", stuckTime + stuckTime/4},
		{"two read nothing", []time.Duration{-1, 0, -1}, 8, "yes no yes", stuckTime + stuckTime/4},
		{"alone, it reads late", []time.Duration{time.Minute}, 8, "no", 5 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := testServer()
			var ended []string
			var all []*peer
			var readers sync.WaitGroup
			for _, each := range row.peers {
				p := connect(t, srv)
				all = append(all, p)
				if each < 0 {
					continue
				}
				readers.Add(1)
				go func() {
					defer readers.Done()
					for {
						time.Sleep(each)
						if n, err := io.ReadFull(p, make([]byte, part)); n == 0 || err != nil {
							return
						}
					}
				}()
			}
			began := time.Now()
			for range row.parts {
				if _, err := (broadcaster{srv: srv}).Write(make([]byte, part)); err != nil {
					t.Fatal(err)
				}
			}
			took := time.Since(began)
			for _, p := range all {
				word := "no"
				if p.s.outbox.abandoned {
					word = "yes"
					if _, err := p.s.c.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "it read nothing for 1s") {
						t.Errorf("%s: its reader learns %v", row.name, err)
					}
				}
				ended = append(ended, word)
				p.s.c.Conn.Close()
			}
			readers.Wait()
			if got := strings.Join(ended, " "); got != row.ended || took < row.took || took > row.took+stuckTime {
				t.Errorf("%s: ended %s after %s, want %s after %s", row.name, got, took, row.ended, row.took)
			}
		})
	}
}

// The queue of a connection is bounded. An abandoned connection takes nothing more, and is not
// waited for.
func TestOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, testServer())
		box := &p.s.outbox
		box.drain(nil) // the queue is empty
		if box.full() {
			t.Error("an empty one is full")
		}
		box.put(outgoing{p: make([]byte, outboxSize-1)})
		if box.full() {
			t.Error("it is full too early")
		}
		box.put(outgoing{p: []byte{0}})
		if !box.full() {
			t.Error("it is not full")
		}
		time.Sleep(time.Minute)
		if still := box.idleTime(); still != time.Minute {
			t.Errorf("it takes nothing for %s", still)
		}
		box.abandon("it reads nothing")
		if box.full() {
			t.Error("it is full after its end")
		}
		box.drain(nil)
		box.put(outgoing{p: []byte("more")})
		if box.full() || box.writing != nil {
			t.Error("it takes more after its end")
		}
		_, err := p.s.c.Read(make([]byte, 1))
		if err == nil {
			t.Error("its connection goes on")
		}
	})
}

// If a peer is gone, the goroutine that reads reports it, and the queue is dropped.
func TestOutboxGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, testServer())
		p.Close()
		p.s.outbox.put(outgoing{p: []byte("a")})
		p.s.outbox.put(outgoing{p: []byte("b")})
		p.s.outbox.drain(nil)
		p.s.outbox.mu.Lock()
		defer p.s.outbox.mu.Unlock()
		if !p.s.outbox.abandoned || len(p.s.outbox.queue) > 0 {
			t.Errorf("dead %t, %d are left", p.s.outbox.abandoned, len(p.s.outbox.queue))
		}
	})
}

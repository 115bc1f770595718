package relay

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// Options are the options of Run.
type Options struct {
	Listener net.Listener // accepts the clients; Run closes it
	Secure   *link.TLS    // of the clients; nil is none
	Target   link.Dialer
	Once     bool             // relay one connection, and end with it
	MaxConns int              // how many to relay at once; others wait
	Idle     time.Duration    // how long a connection may be silent; 0 is no limit
	Timeout  time.Duration    // for everything; 0 is no limit
	Drain    time.Duration    // how long connections and watchers may still go on after a signal
	Watch    []Watcher        // without any, the kernel copies where it can
	Copier   func(Way) Copier // returns what copies in place of the relay; nil is nothing. Copier may be nil
	Report   *report.Reporter
}

// A server is one run.
type server struct {
	Options
	hub    *hub
	ctx    context.Context // ends when connections must end
	cancel context.CancelFunc
	slots  chan struct{} // has one element for each connection
	wg     sync.WaitGroup

	mu       sync.Mutex
	conns    map[*conn]bool
	stopping bool // no more connections are accepted
	stopped  chan struct{}
	served   chan struct{} // closed when the only connection has ended
	only     error         // its failure; set before served is closed
	totals   Totals
}

// Run relays connections until a signal or --timeout ends it, or with Once until the only one has
// ended. The caller has started the timeout.
func Run(o Options, signals <-chan os.Signal, timeout <-chan time.Time) (Totals, error) {
	srv := &server{
		Options: o, hub: newHub(o.Watch, o.MaxConns), slots: make(chan struct{}, o.MaxConns),
		conns: map[*conn]bool{}, stopped: make(chan struct{}), served: make(chan struct{}),
	}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	defer srv.cancel()
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		srv.accept()
	}()
	end, err := srv.run(signals, timeout)
	<-accepting
	srv.wg.Wait()
	srv.totals.Missed = srv.hub.finish(end)
	return srv.totals, err
}

// accept accepts connections. While MaxConns are relayed, others wait in the system's queue.
func (srv *server) accept() {
	for {
		nc := link.Accept(srv.Listener, srv.slots, srv.stopped, srv.Report)
		if nc == nil {
			return
		}
		srv.begin(nc)
		if srv.Once {
			srv.Listener.Close()
			return
		}
	}
}

// begin begins to relay a connection.
func (srv *server) begin(nc net.Conn) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.stopping {
		link.Reset(nc)
		return
	}
	c := &conn{srv: srv, ends: [2]net.Conn{client: nc}, stream: srv.hub.stream(int(srv.totals.Connections)), done: make(chan struct{})}
	srv.totals.Connections++
	c.number = int(srv.totals.Connections)
	c.name = fmt.Sprintf("conn %d %s", srv.totals.Connections, link.PeerName(nc))
	srv.conns[c] = true
	srv.wg.Go(func() {
		c.serve()
		srv.mu.Lock()
		defer srv.mu.Unlock()
		delete(srv.conns, c)
		<-srv.slots
		if !srv.Once {
			return
		}
		if c.broken.Load() {
			srv.only = &report.Failure{Status: report.StatusIO, Reported: true}
		}
		close(srv.served)
	})
}

// dialing returns a context that ends with the run, or after the time that connecting may take.
func (srv *server) dialing() (context.Context, context.CancelFunc) {
	if srv.Target.Timeout == 0 {
		return context.WithCancel(srv.ctx)
	}
	return context.WithTimeout(srv.ctx, srv.Target.Timeout)
}

// count adds what a connection has relayed.
func (srv *server) count(there, back int64) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.totals.Bytes[client] += there
	srv.totals.Bytes[target] += back
}

// run waits for the end of the run, and ends all connections. It returns the failure of the run,
// and until when the watchers may go on.
func (srv *server) run(signals <-chan os.Signal, timeout <-chan time.Time) (end time.Time, err error) {
	defer srv.abort()
	select {
	case <-srv.served:
		srv.stop()
		return time.Now().Add(max(srv.Drain, lastTime)), srv.only
	case <-timeout:
		srv.stop()
		return time.Now().Add(lastTime), report.TimedOut(srv.Timeout)
	case s := <-signals:
		if open := srv.stop(); open > 0 {
			srv.Report.Note("%s: %s still open; they end within %s, or at a second signal", s, report.Count(int64(open), "connection"), srv.Drain)
		}
	}
	end = time.Now().Add(max(srv.Drain, lastTime))
	over := make(chan struct{})
	go func() {
		srv.wg.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(srv.Drain):
	case <-timeout:
		return time.Now().Add(lastTime), report.TimedOut(srv.Timeout)
	case s := <-signals:
		return time.Now(), report.Interrupted(s)
	}
	return end, nil
}

// stop stops accepting connections, and returns how many are open.
func (srv *server) stop() (open int) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.stopping = true
	close(srv.stopped)
	srv.Listener.Close()
	return len(srv.conns)
}

// abort ends all connections.
func (srv *server) abort() {
	srv.cancel()
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for c := range srv.conns {
		c.abort()
	}
}

// Package serve accepts connections, prints the messages that arrive and answers them, as
// framecat listen does. Run does all of it.
//
// Each connection has a session. Sessions that wait for their peer need little memory; those
// that have something to read take a worker from a pool. Each session has an outbox with the
// messages of standard input that are to be sent to its peer. With Exec, a process answers
// each connection.
package serve

import (
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

const (
	// drainTime is how long connections may still take to end after a signal.
	drainTime = 5 * time.Second

	// manyConns is the number of connections from which garbage is collected more often: they
	// hold much memory, but make little garbage.
	manyConns = 1000
)

// Options are the options of one run.
type Options struct {
	link.Options
	pump.Codec
	Listener net.Listener // accepts the connections; Run closes it

	KeepOpen bool           // serve many connections, not only the first
	MaxConns int            // how many to serve at once; others wait
	Echo     bool           // answer each message with itself
	Exec     string         // a command that answers each connection; "" is none
	ExecIn   formats.Format // how messages are written to its standard input
	Linger   time.Duration  // how long the command may be silent after its input has ended
	Replay   *Replay        // answers as a recorded server did; nil if nothing does

	MaxMemory int64 // bounds the buffers of all connections together; 0 is no limit

	To     formats.Sink    // where messages go
	Where  *pump.FrameTest // selects the messages to print; nil is all
	Count  int64           // how many messages are wanted
	Stop   func()          // called when a signal or --timeout ends the run: To writes no more; may be nil
	Stdin  *os.File        // its messages are sent to all connections
	Stderr *os.File        // the standard error of the commands

	Report *report.Reporter // if it is quiet, messages are not printed

	// If Finder is not nil, the framing of each connection is found from its first bytes, and
	// Adapt returns what depends on it. Theirs, Where and ExecIn are then not used; Ours is nil
	// unless it is the same for all connections. Keep is a command that saves what comes.
	Finder *pump.Finder
	Adapt  func(spec string) (Dialect, error)
	Keep   string
}

// A server is one run.
type server struct {
	Options
	out    *pump.Output
	memory *pump.Memory
	open   atomic.Int64 // how many connections are served

	known    *dialect      // of all connections; nil if their framings must be found
	dialects dialects      // that were found
	unsent   atomic.Bool   // messages of standard input wait for a framing
	held     chan struct{} // closed when they wait for the first time

	advised atomic.Bool  // there was advice about an unknown framing
	refused atomic.Bool  // a connection was refused because its framing is unknown
	waits   atomic.Int64 // how many connections were silent while their framing was unknown

	slots   chan struct{} // has one element for each connection
	mu      sync.Mutex
	conns   map[*session]bool
	changed chan struct{} // signalled when a connection came or went, or an outbox was written
	stdin   *pump.Stdin
	procs   processes
	hints   *hint.Budget
	wg      sync.WaitGroup // counts connections

	done     chan struct{} // closed when there is nothing more to serve
	stopping chan struct{} // closed when no more connections are accepted
	stopped  sync.Once
	last     int           // number of the last connection
	only     error         // the failure of the only connection; set before done is closed
	first    chan struct{} // closed at the first connection
}

// Run serves connections until the only one has ended, until Count messages are written, or
// until a signal or --timeout ends it. The caller has started the timeout.
func Run(o Options, signals <-chan os.Signal, timeout <-chan time.Time) error {
	srv := newServer(o)
	go srv.accept()
	go srv.sendStdin(o.Stdin)
	if o.KeepOpen {
		go srv.tidy()
	}
	status := srv.run(signals, timeout)
	srv.stop()
	srv.procs.await()
	srv.procs.killAll()
	if status == nil {
		status = o.Replay.result()
	}
	return srv.out.Failure(o.Report, status, nil, signals, timeout, o.Timeout)
}

func newServer(o Options) *server {
	srv := &server{
		Options: o, out: pump.NewOutput(o.To, o.Count, o.Report.Quiet), stdin: pump.NewStdin(),
		conns: map[*session]bool{}, changed: make(chan struct{}, 1), held: make(chan struct{}),
		done: make(chan struct{}), stopping: make(chan struct{}), first: make(chan struct{}),
		slots: make(chan struct{}, o.MaxConns), hints: hint.NewBudget(), memory: pump.NewMemory(o.MaxMemory),
	}
	srv.Report = o.Report.Fork() // sessions fork it at any time, while Run may change its own
	srv.Direction = "c2s"
	srv.Explain = func(f framing.Framing, head []byte) (hints []string) {
		srv.hints.Spend(func() { hints = hint.OfSilence(f, head, srv.Advice) })
		return hints
	}
	srv.Sent = func(to formats.Sender) func([]byte) {
		if srv.Ours == nil {
			return nil // see adopt
		}
		return srv.out.Sent(to, srv.Ours)
	}
	if o.Count == 0 {
		srv.out.End()
	}
	setPart(o.To, o.Where)
	srv.known = srv.fixed()
	return srv
}

// accept accepts one connection or, with KeepOpen, as many as come. While MaxConns are served,
// others wait in the system's queue.
func (srv *server) accept() {
	for {
		nc := link.Accept(srv.Listener, srv.slots, srv.stopping, srv.Report)
		if nc == nil {
			return
		}
		if srv.last++; srv.last == 1 {
			close(srv.first)
		}
		if srv.last == manyConns {
			debug.SetGCPercent(30)
		}
		if !srv.KeepOpen {
			srv.Listener.Close()
		}
		go srv.serve(nc, srv.last)
		if !srv.KeepOpen {
			return
		}
	}
}

// join adds a session to those that are served. It returns false if the server is stopping.
func (srv *server) join(s *session) bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	select {
	case <-srv.stopping:
		return false
	default:
	}
	srv.conns[s] = true
	srv.open.Add(1)
	srv.wg.Add(1)
	signal(srv.changed)
	return true
}

// leave removes a session from those that are served.
func (srv *server) leave(s *session) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	delete(srv.conns, s)
	srv.open.Add(-1)
	srv.wg.Done()
	signal(srv.changed)
}

// run waits for the end of the run, and returns its failure.
func (srv *server) run(signals <-chan os.Signal, timeout <-chan time.Time) error {
	arrived, late := srv.first, link.Alarm(srv.Connect)
	for {
		select {
		case <-arrived:
			arrived, late = nil, nil
		case <-late:
			srv.stop()
			passed := &link.TimeoutError{Flag: "--connect-timeout", After: srv.Connect, What: "no connection"}
			return &report.Failure{Status: report.StatusIO, Text: srv.Address.String() + ": " + passed.Error()}
		case <-srv.done:
			if srv.only != nil {
				return srv.only
			}
			return srv.stdin.Result()
		case <-srv.out.Ended:
			srv.stop()
			within := lastTime
			if srv.Exec != "" && srv.out.Complete() { // the last message is still to be answered
				within = drainTime
			}
			srv.end(within, signals, timeout)
			return srv.stdin.Result()
		case <-timeout:
			srv.stop()
			srv.stopSink()
			srv.end(lastTime, signals, nil)
			return report.TimedOut(srv.Timeout)
		case s := <-signals:
			srv.Report.Detail("ending: %s", s)
			srv.stop()
			srv.stopSink()
			return srv.end(drainTime, signals, timeout)
		}
	}
}

// stop stops accepting connections.
func (srv *server) stop() {
	srv.stopped.Do(func() {
		srv.mu.Lock()
		defer srv.mu.Unlock()
		close(srv.stopping)
		srv.Listener.Close()
	})
}

func (srv *server) stopSink() {
	if srv.Stop != nil {
		srv.Stop()
	}
}

// end lets the connections read what has arrived, and waits until they have ended.
func (srv *server) end(within time.Duration, signals <-chan os.Signal, timeout <-chan time.Time) error {
	srv.mu.Lock()
	for s := range srv.conns {
		s.c.Drain(within)
	}
	srv.mu.Unlock()
	defer time.AfterFunc(within, srv.memory.End).Stop()
	over := make(chan struct{})
	go func() {
		srv.wg.Wait()
		close(over)
	}()
	late := time.After(within + time.Second) // a process that is killed may take half a second
	select {
	case <-over:
		return srv.stdin.Result()
	case <-timeout:
		return report.TimedOut(srv.Timeout)
	case <-late:
		return &report.Failure{Status: report.StatusIO, Text: "some connections did not end within " + within.String()}
	case s := <-signals:
		return report.Interrupted(s)
	}
}

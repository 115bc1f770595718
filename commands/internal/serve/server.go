// Package serve accepts connections, prints the messages that arrive and answers them: the
// engine of framecat listen. Run does all of it.
//
// Each connection has a session. Sessions that wait hold next to nothing; those that have
// something to read share a pool of workers. An outbox for each connection holds what
// standard input sends to all. With Exec, a process answers each connection.
package serve

import (
	"errors"
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
	// drainTime is how long connections may take to end after a signal.
	drainTime = 5 * time.Second

	// manyConns connections leave so little garbage each that it can be collected often.
	manyConns = 1000
)

// Options are those of one run.
type Options struct {
	link.Options
	pump.Codec
	Listener net.Listener // accepts the connections; Run closes it

	KeepOpen bool           // serve many connections, not only the first
	MaxConns int            // at once
	Echo     bool           // answer each message with itself
	Exec     string         // a command that answers each connection; "" is none
	ExecIn   formats.Format // how messages are written to its standard input
	Linger   time.Duration  // how long it may be silent after its peer has finished

	To     formats.Sink // where messages go
	Count  int64        // how many are wanted
	Stdin  *os.File     // whose messages go to all connections
	Stderr *os.File     // of the commands

	Report *report.Reporter // if it is quiet, messages are not printed
}

// A server is one run.
type server struct {
	Options
	out     *pump.Output
	workers sync.Pool
	open    atomic.Int64 // connections

	slots chan struct{} // one for each connection
	mu    sync.Mutex
	conns map[*session]bool
	moved chan struct{} // a connection came, or an outbox has room
	stdin *pump.Stdin
	procs processes
	hints hint.Budget
	wg    sync.WaitGroup // connections

	done     chan struct{} // closed when there is nothing more to serve
	stopping chan struct{} // closed when no more is accepted
	stopped  sync.Once
	last     int           // number of the last connection
	only     error         // how the only connection ended
	first    chan struct{} // closed at the first connection
}

// Run serves connections until the only one has ended, until the messages that were asked
// for are written, or until a signal or --timeout ends it. What passes on timeout was
// started by the caller.
func Run(o Options, signals <-chan os.Signal, timeout <-chan time.Time) error {
	v := newServer(o)
	go v.accept()
	go v.sendStdin(o.Stdin)
	status := v.run(signals, timeout)
	v.stop()
	v.procs.killAll()
	return v.out.Failure(o.Report, status, nil, signals, timeout, o.Timeout)
}

func newServer(o Options) *server {
	v := &server{
		Options: o, out: pump.NewOutput(o.To, o.Count, o.Report.Quiet), stdin: pump.NewStdin(),
		conns: map[*session]bool{}, moved: make(chan struct{}, 1),
		done: make(chan struct{}), stopping: make(chan struct{}), first: make(chan struct{}),
		slots: make(chan struct{}, o.MaxConns),
	}
	v.Explain = func(f framing.Framing, head []byte) []string {
		if !v.hints.Take() {
			return nil
		}
		return hint.OfSilence(f, head)
	}
	if o.Count == 0 {
		v.out.End()
	}
	return v
}

// accept serves one connection, or as many as come, while there is room for them: the
// rest waits in the system's queue.
func (v *server) accept() {
	pause := time.Millisecond
	for {
		select {
		case v.slots <- struct{}{}:
		case <-v.stopping:
			return
		}
		nc, err := v.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, most likely: it may pass
			<-v.slots
			if pause = min(4*pause, time.Second); pause == time.Second {
				v.Report.Warn("accept: " + report.Reason(err))
			}
			time.Sleep(pause)
			continue
		}
		pause = time.Millisecond
		if v.last++; v.last == 1 {
			close(v.first)
		}
		if v.last == manyConns {
			debug.SetGCPercent(30)
		}
		if !v.KeepOpen {
			v.Listener.Close()
		}
		go v.serve(nc, v.last)
		if !v.KeepOpen {
			return
		}
	}
}

// join makes a session one of those that are served, if any more are.
func (v *server) join(s *session) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.stopping:
		return false
	default:
	}
	v.conns[s] = true
	v.open.Add(1)
	v.wg.Add(1)
	signal(v.moved)
	return true
}

func (v *server) leave(s *session) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.conns, s)
	v.open.Add(-1)
	v.wg.Done()
	signal(v.moved)
}

// signal wakes the one who waits on c, now or later.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run waits for the end, and returns it.
func (v *server) run(signals <-chan os.Signal, timeout <-chan time.Time) error {
	arrived, late := v.first, link.Alarm(v.Connect)
	for {
		select {
		case <-arrived:
			arrived, late = nil, nil
		case <-late:
			v.stop()
			passed := &link.TimeoutError{Flag: "--connect-timeout", After: v.Connect, What: "no connection"}
			return &report.Failure{Status: report.StatusIO, Text: v.Address.String() + ": " + passed.Error()}
		case <-v.done:
			if v.only != nil {
				return v.only
			}
			return v.stdin.Result()
		case <-v.out.Ended:
			v.stop()
			v.end(200*time.Millisecond, signals, timeout)
			return v.stdin.Result()
		case <-timeout:
			v.stop()
			v.end(200*time.Millisecond, signals, nil)
			return report.TimedOut(v.Timeout)
		case s := <-signals:
			v.Report.Detail("%s: ending", s)
			v.stop()
			return v.end(drainTime, signals, timeout)
		}
	}
}

// stop accepts no more connections.
func (v *server) stop() {
	v.stopped.Do(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		close(v.stopping)
		v.Listener.Close()
	})
}

// end lets the connections read what has arrived, and no longer than that.
func (v *server) end(within time.Duration, signals <-chan os.Signal, timeout <-chan time.Time) error {
	v.mu.Lock()
	for s := range v.conns {
		s.c.Drain(within)
	}
	v.mu.Unlock()
	over := make(chan struct{})
	go func() {
		v.wg.Wait()
		close(over)
	}()
	late := time.After(within + 500*time.Millisecond)
	select {
	case <-over:
		return v.stdin.Result()
	case <-timeout:
		return report.TimedOut(v.Timeout)
	case <-late:
		return &report.Failure{Status: report.StatusIO, Text: "some connections did not end within " + within.String()}
	case s := <-signals:
		return report.Interrupted(s)
	}
}

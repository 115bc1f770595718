package commands

import (
	"errors"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// drainTime is how long connections may take to end after a signal.
const drainTime = 5 * time.Second

// many connections leave so little garbage each that it can be collected often.
const many = 1000

// A server is one run of listen.
type server struct {
	o      listenOptions
	l      net.Listener
	out    *output
	report *report.Reporter
	desks  sync.Pool
	open   atomic.Int64 // connections

	slots chan struct{} // one for each connection
	mu    sync.Mutex
	conns map[*session]bool
	came  chan struct{} // a connection came, or an outbox has room
	input speech
	procs procs
	hints hint.Budget
	wg    sync.WaitGroup // connections

	done     chan struct{} // closed when there is nothing more to serve
	stopping chan struct{} // closed when no more is accepted
	stopped  sync.Once
	last     int           // number of the last connection
	only     error         // how the only connection ended
	first    chan struct{} // closed at the first connection
}

func newServer(s streams, o listenOptions, l net.Listener) *server {
	v := &server{
		o: o, l: l, report: o.report,
		out:   newOutput(o.sink(s.out), o.count, o.report.Quiet),
		conns: map[*session]bool{}, came: make(chan struct{}, 1),
		done: make(chan struct{}), stopping: make(chan struct{}), first: make(chan struct{}),
		slots: make(chan struct{}, o.maxConns),
	}
	v.o.limits.Explain = func(f framing.Framing, head []byte) []string {
		if !v.hints.Take() {
			return nil
		}
		return hint.OfSilence(f, head)
	}
	v.input.init()
	if o.count == 0 {
		v.out.end()
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
		nc, err := v.l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, most likely: it may pass
			<-v.slots
			if pause = min(4*pause, time.Second); pause == time.Second {
				v.report.Warn("accept: " + report.Reason(err))
			}
			time.Sleep(pause)
			continue
		}
		pause = time.Millisecond
		if v.last++; v.last == 1 {
			close(v.first)
		}
		if v.last == many {
			debug.SetGCPercent(30)
		}
		if !v.o.keepOpen {
			v.l.Close()
		}
		go v.serve(nc, v.last)
		if !v.o.keepOpen {
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
	signalOn(v.came)
	return true
}

func (v *server) leave(s *session) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.conns, s)
	v.open.Add(-1)
	v.wg.Done()
	signalOn(v.came)
}

// signalOn wakes the one who waits on c, now or later.
func signalOn(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// run waits for the end, and returns it.
func (v *server) run(signals <-chan os.Signal, timeout <-chan time.Time) error {
	came, first := v.first, alarm(v.o.connect)
	for {
		select {
		case <-came:
			came, first = nil, nil
		case <-first:
			v.stop()
			late := &link.TimeoutError{Flag: "--connect-timeout", After: v.o.connect, What: "no connection"}
			return &report.Failure{Status: report.StatusIO, Text: v.o.address.String() + ": " + late.Error()}
		case <-v.done:
			if v.only != nil {
				return v.only
			}
			return v.input.result()
		case <-v.out.ended:
			v.stop()
			v.end(200*time.Millisecond, signals, timeout)
			return v.input.result()
		case <-timeout:
			v.stop()
			v.end(200*time.Millisecond, signals, nil)
			return timeoutFailure(v.o.timeout)
		case s := <-signals:
			v.report.Detail("%s: ending", s)
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
		v.l.Close()
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
		return v.input.result()
	case <-timeout:
		return timeoutFailure(v.o.timeout)
	case <-late:
		return &report.Failure{Status: report.StatusIO, Text: "some connections did not end within " + within.String()}
	case s := <-signals:
		return interrupted(s)
	}
}

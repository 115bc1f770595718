package commands

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"framecat/framing"
)

// drainTime is how long connections may take to end after a signal.
const drainTime = 5 * time.Second

// A server is one run of listen.
type server struct {
	o      listenOptions
	l      net.Listener
	out    *output
	report *reporter
	lent   *framing.Buffers // nil if one connection is served

	slots chan struct{} // one for each connection
	mu    sync.Mutex
	conns map[*conn]*outbox
	came  chan struct{} // a connection came, or an outbox has room
	input speech
	procs procs
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
		out:   newOutput(newSink(o.out, s.out, o.report), o.count, o.report.quiet),
		conns: map[*conn]*outbox{}, came: make(chan struct{}, 1),
		done: make(chan struct{}), stopping: make(chan struct{}), first: make(chan struct{}),
		slots: make(chan struct{}, o.maxConns),
	}
	v.input.init()
	if o.keepOpen {
		v.lent = new(framing.Buffers)
	}
	return v
}

func (o *listenOptions) open() (net.Listener, error) {
	if o.address.network == "unix" {
		return listenUnix(o.address.path)
	}
	return net.Listen("tcp", o.address.target())
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
				v.report.warn("accept: " + reason(err))
			}
			time.Sleep(pause)
			continue
		}
		pause = time.Millisecond
		if v.last++; v.last == 1 {
			close(v.first)
		}
		if !v.o.keepOpen {
			v.l.Close()
			v.only = v.serve(nc, v.last)
			close(v.done)
			return
		}
		go v.serve(nc, v.last)
	}
}

// serve serves one connection to its end.
func (v *server) serve(nc net.Conn, id int) error {
	defer func() { <-v.slots }()
	r := *v.report // the status of one connection is not that of all
	r.status = 0
	if v.o.secure != nil {
		secured, err := v.handshake(nc)
		if err != nil {
			f := &failure{status: statusIO, text: reason(err), hints: tlsHints(err), reported: true}
			r.fail(newConn(nc, id, "", limits{}).name, f)
			return f
		}
		nc = secured
	}
	c := newConn(nc, id, "", v.o.limits)
	box := &outbox{c: c, moved: v.came}
	if !v.join(c, box) {
		nc.Close()
		return nil
	}
	defer v.leave(c)
	r.detail("%s: connected", c.name)
	err := v.converse(c, box, &r)
	c.close(err != nil)
	r.detail("%s: closed", c.name)
	var f *failure
	if errors.As(err, &f) { // it was told
		return &failure{status: f.status, reported: true}
	}
	return r.done()
}

func (v *server) handshake(nc net.Conn) (net.Conn, error) {
	ctx, within := context.Background(), v.o.connect
	if within == 0 {
		within = v.o.limits.frame
	}
	if within > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	return v.o.secure.server(ctx, nc)
}

// converse receives the messages of a connection and answers them.
func (v *server) converse(c *conn, box *outbox, r *reporter) error {
	conversion := &conversion{
		in:     format{name: "frames", framing: v.o.theirs, spec: true},
		report: r, maxHeld: v.o.maxHeld, maxStreamed: v.o.maxStreamed, last: all, left: all,
	}
	sink := connSink{from: c, out: v.out}
	conversion.sink = &sink
	var p *process
	switch _, streams := v.out.sink.(streamer); {
	case v.o.echo:
		w := encodeSink(v.o.ours, conversion.in, answer{v.out, c}, r)
		w.w.Buffers = v.lent
		sink.back = w
	case v.o.exec != "":
		var err error
		if p, err = v.start(c, r); err != nil {
			f := &failure{status: statusIO, text: "--exec: " + reason(err), reported: true}
			r.fail(c.name, f)
			return f
		}
		sink.back = p
	case streams && !v.o.keepOpen && !v.out.quiet:
		conversion.sink = &passSink{sink}
	}
	err := c.receive(conversion, v.lent)
	ended := err == nil || c.until.Load() != 0 // there was no trouble
	if p != nil {
		p.finish(ended)
	}
	if ended {
		if !v.o.keepOpen {
			v.input.wait(v.stopping)
		}
		box.empty()
	}
	return err
}

// join makes a connection one of those that are served, if any more are.
func (v *server) join(c *conn, b *outbox) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.stopping:
		return false
	default:
	}
	v.conns[c] = b
	v.wg.Add(1)
	signalOn(v.came)
	return true
}

func (v *server) leave(c *conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.conns, c)
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

// run waits for the end, and returns it.
func (v *server) run(signals <-chan os.Signal) error {
	var timeout, first <-chan time.Time
	if v.o.timeout > 0 {
		timeout = time.After(v.o.timeout)
	}
	if v.o.connect > 0 {
		first = time.After(v.o.connect)
	}
	came := v.first
	for {
		select {
		case <-came:
			came, first = nil, nil
		case <-first:
			v.stop()
			late := &timeoutError{"--connect-timeout", v.o.connect, "no connection"}
			return &failure{status: statusIO, text: v.o.address.String() + ": " + late.Error()}
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
			return timeoutFailure(v.o.timeout)
		case s := <-signals:
			v.report.detail("%s: ending", s)
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
	for c := range v.conns {
		c.drain(within)
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
		return &failure{status: statusIO, text: "some connections did not end within " + within.String()}
	case s := <-signals:
		return interrupted(s)
	}
}

package serve

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/framing"
)

// A process answers one connection: it gets the messages on its standard input, and
// what it writes is sent back.
type process struct {
	c      *link.Conn
	cmd    *exec.Cmd
	in     *os.File     // its standard input
	sink   formats.Sink // writes to in
	out    *os.File     // its standard output
	linger time.Duration
	idle   time.Duration // how long it may read nothing; 0 is no limit

	heard  beat          // when it wrote last
	ended  chan struct{} // closed when it has ended and all it wrote was sent
	status int           // of what it wrote, once it has ended: 0 if all of it was sent
	closed sync.Once

	life   sync.Mutex
	reaped bool
	asked  time.Time // when it was asked to end
}

// start starts the process of a connection.
func (v *server) start(c *link.Conn) (*process, error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		in.Close()
		return nil, err
	}
	p := &process{c: c, cmd: commandOf(v.Exec), in: in, out: out, linger: v.Linger, idle: v.Deadlines.Idle, ended: make(chan struct{})}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirIn, theirOut, v.Stderr
	ownGroup(p.cmd)
	err = p.cmd.Start()
	theirIn.Close()
	theirOut.Close()
	if err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	v.procs.add(p)
	p.sink = formats.NewSink(v.ExecIn, formats.Frames(v.Theirs), childInput{p}, v.Report.Fork())
	go p.listen(v)
	go p.reap(v)
	return p, nil
}

// reap waits for the end of the process, and ends what it left behind.
func (p *process) reap(v *server) {
	err := p.cmd.Wait()
	p.life.Lock()
	p.reaped = true
	killGroup(p.cmd.Process)
	unasked := err != nil && p.asked.IsZero()
	p.life.Unlock()
	v.procs.remove(p)
	print := v.Report.Detail
	if unasked { // it failed by itself
		print = v.Report.Note
	}
	print("%s: --exec: %s", p.c.Name(), ending(err))
	p.out.SetReadDeadline(time.Now().Add(time.Second)) // another may hold the pipe open
}

func ending(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// listen sends what the process writes. When it has ended, so does the connection.
func (p *process) listen(v *server) {
	defer close(p.ended)
	defer p.out.Close()
	r := v.Report.Fork()
	r.Source = func() string { return p.c.Name() + ": --exec" }
	sink := v.Frames(v.In, p.c, r)
	out := v.Outgoing(sink, r)
	err := out.Frames(out.NewReader(childOutput{p}))
	sink.Flush()
	if p.status = r.Status; err != nil {
		p.kill()
	}
	p.c.Drain(drainTime)
}

// finish is called when the peer has finished: so has its process, soon. It is ended if
// the peer is gone, or if it stays silent for too long, which makes it overdue.
func (p *process) finish(ended bool) (overdue bool) {
	p.closeIn()
	p.heard.now()
	for {
		until, ending := p.c.Ending()
		overdue = overdue || ended && !ending && p.heard.since() > p.linger
		if !ended || overdue || ending && time.Now().After(until) {
			p.kill()
		}
		select {
		case <-p.ended:
			return overdue
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// kill asks the process and those it started to end, and makes them if they do not. It
// is to be called again until they have.
func (p *process) kill() {
	p.life.Lock()
	defer p.life.Unlock()
	switch {
	case p.reaped: // its number may be that of another
	case p.asked.IsZero():
		p.asked = time.Now()
		endGroup(p.cmd.Process)
	case time.Since(p.asked) > 500*time.Millisecond:
		killGroup(p.cmd.Process)
	}
}

func (p *process) closeIn() { p.closed.Do(func() { p.in.Close() }) }

// killNow ends the process and those it started, without asking.
func (p *process) killNow() {
	p.life.Lock()
	defer p.life.Unlock()
	if !p.reaped {
		killGroup(p.cmd.Process)
	}
}

// processes are those that run.
type processes struct {
	mu   sync.Mutex
	all  map[*process]bool
	over bool // none is to run any more
}

// killAll kills all processes, and those that are still to be started.
func (ps *processes) killAll() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.over = true
	for p := range ps.all {
		p.killNow()
	}
}

func (ps *processes) add(p *process) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.over {
		p.killNow()
	}
	if ps.all == nil {
		ps.all = map[*process]bool{}
	}
	ps.all[p] = true
}

func (ps *processes) remove(p *process) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.all, p)
}

// A beat is when something happened last.
type beat struct{ at atomic.Int64 }

func (b *beat) now() { b.at.Store(time.Now().UnixNano()) }

func (b *beat) since() time.Duration { return time.Duration(time.Now().UnixNano() - b.at.Load()) }

// process is a sink: it writes messages to its standard input.

func (p *process) TakesSilent() bool { return p.sink.TakesSilent() }

func (p *process) Write(b *framing.Batch, o formats.Origin) (int, error) { return p.sink.Write(b, o) }

func (p *process) Flush() error { return p.sink.Flush() }

func (p *process) Inner() formats.Sink { return formats.Innermost(p.sink) }

// childInput writes to a process that may read as much of it as it likes.
type childInput struct{ p *process }

func (w childInput) Write(b []byte) (int, error) {
	idle := w.p.idle
	if idle > 0 {
		w.p.in.SetWriteDeadline(time.Now().Add(idle))
	}
	_, err := w.p.in.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		late := &link.TimeoutError{Flag: "--idle-timeout", After: idle, What: "its process read nothing"}
		return 0, &link.PeerError{Name: w.p.c.Name(), Err: late}
	}
	return len(b), nil
}

// childOutput reads what a process writes, until it has ended.
type childOutput struct{ p *process }

func (r childOutput) Read(b []byte) (int, error) {
	n, err := r.p.out.Read(b)
	if n > 0 {
		r.p.heard.now()
		err = nil
	} else if err != nil {
		err = io.EOF
	}
	return n, err
}

package serve

import (
	"math"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
)

// reapTime is how long a process may take to end after it has closed its output. On a busy
// machine even exit takes a while.
const reapTime = time.Second

// lastTime is how long a peer may take to read the last replies of a process that is killed.
const lastTime = 200 * time.Millisecond

// pipeSize is the most that a pipe can hold, unless root has made it larger.
const pipeSize = 1 << 20

// A process answers one connection, for --exec: it reads the messages on its standard input,
// and the messages on its standard output are sent back.
type process struct {
	c      *link.Conn
	memory *pump.Share
	cmd    *exec.Cmd
	in     *os.File     // its standard input
	feed   *feed        // writes to in
	sink   formats.Sink // writes to feed
	large  bool         // the buffer of sink has grown
	out    *os.File     // its standard output
	linger time.Duration
	unread time.Duration // how long the peer may take nothing of the output; 0 is no limit

	newSink    func() formats.Sink
	lastOutput atomicTime
	sending    atomic.Bool   // its output is being sent
	late       int           // bytes that were read after its end
	ended      chan struct{} // closed when it has ended and all its output was sent
	status     int           // set before ended is closed; 0 if all its output was sent
	closed     sync.Once

	life   sync.Mutex
	reaped bool      // it has ended: its process number may be that of another process
	asked  time.Time // when it was asked to end
}

// start starts the process of a connection.
func (d *dialect) start(c *link.Conn, memory *pump.Share) (*process, error) {
	srv := d.srv
	cmd := link.Shell(srv.Exec)
	cmd.Stderr = srv.Stderr
	in, out, err := link.Start(cmd)
	if err != nil {
		return nil, err
	}
	p := &process{c: c, memory: memory, cmd: cmd, in: in, out: out, linger: srv.Linger,
		unread: srv.Deadlines.Frame, ended: make(chan struct{})}
	p.feed = &feed{
		c: c, in: in, linger: srv.Linger, idle: srv.Deadlines.Idle, frame: srv.Deadlines.Frame, short: srv.memory.Short,
		silent: p.silent, peerEnd: c.PeerEnd, kill: p.kill,
	}
	srv.procs.add(p)
	answers := srv.In
	framing, sending := pump.Replies(answers.Framing)
	answers.Framing = framing
	p.newSink = func() formats.Sink {
		return formats.NewSink(d.ExecIn, formats.Frames(d.Theirs), pump.Sending(childInput{p}, sending), srv.Report.Fork())
	}
	p.sink = p.newSink()
	go p.listen(d, answers)
	go p.reap(srv)
	return p, nil
}

// reap waits for the end of the process, and kills the processes that it started and that
// still run.
func (p *process) reap(srv *server) {
	err := p.cmd.Wait()
	p.life.Lock()
	p.reaped = true
	link.KillGroup(p.cmd.Process)
	unasked := err != nil && p.asked.IsZero()
	p.life.Unlock()
	print := srv.Report.Detail
	if unasked { // it failed, and not because we ended it
		print = srv.Report.Note
	}
	print("%s: --exec: %s", p.c.Name(), ending(err))
	srv.procs.remove(p)
	p.out.SetReadDeadline(time.Now().Add(time.Second)) // another process may keep the pipe open
}

// ending returns the text for the end of a process.
func ending(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// listen sends the output of the process, which has messages in the format in. The connection
// ends when the process has ended.
func (p *process) listen(d *dialect, in formats.Format) {
	defer close(p.ended)
	defer p.out.Close()
	r := d.srv.Report.Fork()
	r.Source = func() string { return p.c.Name() + ": --exec" }
	out := d.Outgoing(in, nil, r)
	err := out.Frames(p.newReader(d, in, out, r))
	out.To.Flush()
	if p.status = r.Status; err != nil {
		p.kill()
	}
	p.c.Drain(drainTime)
}

// finish is called when nothing more comes from the peer; ended reports whether its stream
// ended without an error. It waits until the process has ended. It kills the process if there
// was an error, or if the process is silent for longer than --linger: then it is overdue. What a
// process that is killed has written is sent only if the peer reads it soon.
func (p *process) finish(ended bool) (overdue bool) {
	p.closeIn()
	p.lastOutput.set()
	overdue = p.feed.overdue
	for {
		until, ending := p.c.Ending()
		overdue = overdue || ended && !ending && p.silent() > p.linger
		if !ended || overdue || ending && time.Now().After(until) {
			p.kill()
			p.c.Drain(lastTime)
		}
		select {
		case <-p.ended:
			return overdue
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// silent returns for how long the process has written nothing, although the peer took what it
// wrote before. A peer may read slowly; but if it takes nothing for --frame-timeout, it counts as
// one that will not read any more.
func (p *process) silent() time.Duration {
	switch {
	case !p.sending.Load():
		return p.lastOutput.since()
	case p.unread > 0 && p.c.Stuck() > p.unread:
		return math.MaxInt64
	}
	return 0
}

// kill asks the process and those that it started to end; half a second later it kills them.
// It must be called again until they have ended.
func (p *process) kill() {
	p.life.Lock()
	defer p.life.Unlock()
	switch {
	case p.reaped:
	case p.asked.IsZero():
		p.asked = time.Now()
		link.EndGroup(p.cmd.Process)
	case time.Since(p.asked) > 500*time.Millisecond:
		link.KillGroup(p.cmd.Process)
	}
}

// closeIn closes the standard input of the process.
func (p *process) closeIn() { p.closed.Do(func() { p.in.Close() }) }

// killNow kills the process and those that it started.
func (p *process) killNow() {
	p.life.Lock()
	defer p.life.Unlock()
	if !p.reaped {
		p.asked = time.Now()
		link.KillGroup(p.cmd.Process)
	}
}

// processes are all processes that run.
type processes struct {
	mu   sync.Mutex
	all  map[*process]bool
	over bool // the server ends: kill new processes too
}

// killAll kills all processes, also those that start later.
func (ps *processes) killAll() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.over = true
	for p := range ps.all {
		p.killNow()
	}
}

// await waits a moment for processes whose connections have ended, so that their status is
// reported before the program ends.
func (ps *processes) await() {
	for end := time.Now().Add(reapTime); ps.ending() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// ending reports whether a process has closed its output and may have ended.
func (ps *processes) ending() bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for p := range ps.all {
		select {
		case <-p.ended:
			return true
		default:
		}
	}
	return false
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

// An atomicTime is the time of the last event of a kind.
type atomicTime struct{ at atomic.Int64 }

func (t *atomicTime) set() { t.at.Store(time.Now().UnixNano()) }

func (t *atomicTime) since() time.Duration {
	return time.Duration(time.Now().UnixNano() - t.at.Load())
}

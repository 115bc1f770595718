package probe

import (
	"context"
	"net"
	"time"

	"framecat/commands/internal/link"
	"framecat/framing"
)

// A Peer is the receiver that is probed, and how it is reached.
type Peer struct {
	Dial    func(context.Context) (net.Conn, error)
	Theirs  framing.Framing // of the replies
	Max     int64           // limits the payloads of replies: see framing.Reader
	Gap     time.Duration   // between two writes, where it cannot be seen what the peer has read
	First   time.Duration   // how long the first reply of all is waited for; 0 is 5 s
	Process bool            // each connection starts a process
	Client  bool            // the peer connects to us, and what we send are replies

	// Unread reports whether the peer has not read all that was written, if that can be known.
	Unread func(net.Conn) (unread, known bool)
	// CloseWrite ends our side of a connection, and Reset aborts it.
	CloseWrite func(net.Conn) error
	Reset      func(net.Conn)
	// Stderr returns the end of what the last process has written to its standard error; may be nil.
	Stderr func() string
	// Exit is link.Exit, Memory link.PeerMemory, and Busy link.PeerBusy; these two may be nil.
	Exit   func(net.Conn) (ended <-chan struct{}, status func() error)
	Memory func(net.Conn) func() link.Memory
	Busy   func(net.Conn) func() bool
	// SpeaksTLS reports whether the peer answers a TLS handshake; nil if that need not be known.
	SpeaksTLS func(context.Context) bool
	// Stored returns what the peer has stored so far; nil if that is unknown. See Storage.
	Stored func(context.Context) (string, error)
}

// A runner plays cases, and knows what the reference has taught.
type runner struct {
	Peer
	want      []int         // how many replies there are before the first message, and after each; nil if unknown
	slowest   time.Duration // the longest wait for a reply
	gap       time.Duration // the same without the first reply of a connection, whose server or process may have to start
	pulse     *Case         // is played on a connection of its own to see whether the peer answers; nil if it answers nothing
	pulseWant []int         // as want, for pulse

	unasked  *unasked      // what the peer sends on its own; nil if that is nothing, or not known
	listened bool          // for that
	endless  bool          // the peer does not stop sending
	single   bool          // the peer serves one connection at a time
	crowded  bool          // several cases are played at once, so that replies come later than the reference has taught
	brief    bool          // missing replies are not waited for as long: what fails is played again
	merged   bool          // cuts may have been merged
	readWait time.Duration // until the peer reads; short if nothing can be judged
}

// An outcome is what happened when a case was played.
type outcome struct {
	replies []Reply
	after   []int  // how many there were each time they were waited for: after a greeting, and so on
	stray   []byte // between frames
	tail    []byte // after the last whole frame
	fault   error  // of a frame that cannot be read
	ended   bool   // the peer ended the connection
	err     error  // that came with it; nil if the peer has closed it
	missing bool   // replies were waited for and did not come
	stalled bool   // the second connection was not served
	exit    error  // of a process that ended by itself
	status  string // of a process; "" if it did not end
	ran     bool   // the client was a process, and this is what it has printed
	output  string
	stored  stored
	stuck   bool        // a process did not end
	spins   bool        // the peer is busy without end after the connection
	before  link.Memory // of the peer, before the case; 0 if it is not known
	memory  link.Memory // the same at its end
	took    time.Duration
}

// An unreachable is the error of a peer that cannot be connected to.
type unreachable struct{ err error }

func (u *unreachable) Error() string { return u.err.Error() }
func (u *unreachable) Unwrap() error { return u.err }

// A playing is a case that is being played.
type playing struct {
	*runner
	nc    net.Conn
	in    *incoming
	out   outcome
	since time.Time // when something was last written
	reads bool      // the peer has read what was written
	idle  bool      // it was seen not to read
	seen  bool      // it was known what the peer has read
	sent  int       // how many messages the replies were waited for
	late  chan bool // receives when a connection ends that was not served in time; nil if there is none
	ended <-chan struct{}
	exit  func() error
	usage func() link.Memory // of the peer; nil if it is not known
	busy  func() bool        // the same; nil too if it was busy before the case
}

// play plays a case on a new connection. Its error is an *unreachable, or that of ctx.
func (r *runner) play(ctx context.Context, c *Case) (out outcome, err error) {
	start := time.Now()
	nc, err := r.Dial(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		return out, &unreachable{err}
	}
	p := &playing{runner: r, nc: nc, in: receive(nc, r.Theirs, r.Max, r.unasked), since: start}
	p.ended, p.exit = r.Exit(nc)
	defer func() {
		nc.Close()
		<-p.in.ended
		if p.late != nil {
			<-p.late
		}
	}()
	stop := context.AfterFunc(ctx, func() { r.Reset(nc) })
	defer stop()
	p.writeAll(ctx, c)
	if c.End == Finish && !p.out.missing {
		p.await(ctx, c.Count)
		p.beQuiet(ctx, c.Malformed)
	}
	p.finish(c)
	p.watchBusy(ctx)
	p.out.took = time.Since(start)
	return p.out, ctx.Err()
}

// writeAll writes the pieces of a case, with its pauses.
func (p *playing) writeAll(ctx context.Context, c *Case) {
	p.await(ctx, 0)
	p.watchMemory(ctx, c)
	p.beforeBusy(ctx, c)
	if c.Answer != nil {
		p.answerAll(ctx, c)
		return
	}
	for i, b := range c.Writes {
		if p.in.over() || p.out.missing || ctx.Err() != nil {
			return
		}
		last := i == len(c.Writes)-1
		if last && c.Pulse && !p.single && p.pulse != nil {
			p.out.stalled = !p.served(ctx)
		}
		p.nc.SetWriteDeadline(time.Now().Add(p.hard() + readWait))
		_, err := p.nc.Write(b)
		p.since = time.Now()
		if err != nil { // the peer has closed the connection, or does not read: the replies show what that means
			return
		}
		pause := c.Pauses[i]
		if !last || c.End != Finish || c.Malformed {
			p.awaitRead(ctx)
		}
		if pause.Time > 0 && !last {
			p.sleep(ctx, pause.Time)
		}
		if pause.Sent > 0 {
			p.await(ctx, pause.Sent)
		}
	}
}

// watchMemory notes how much memory the peer has used, if that is to be known.
func (p *playing) watchMemory(ctx context.Context, c *Case) {
	if p.Memory == nil || !c.Malformed && !p.Process {
		return
	}
	const attempts = 20 // the peer may not have accepted the connection yet
	for range attempts {
		if p.usage = p.Memory(p.nc); p.usage != nil || p.in.over() {
			break
		}
		p.sleep(ctx, time.Millisecond)
	}
	if p.usage != nil && !p.Process {
		p.out.before = p.usage()
	}
}

// noteMemory notes how much memory the peer has used at most.
func (p *playing) noteMemory() {
	if p.usage == nil {
		return
	}
	m := p.usage()
	was := &p.out.memory
	*was = link.Memory{Now: max(was.Now, m.Now), Peak: max(was.Peak, m.Peak), Reserved: max(was.Reserved, m.Reserved)}
}

// answerAll answers each message of a client, and adds what was written to the case.
func (p *playing) answerAll(ctx context.Context, c *Case) {
	for i := 0; i < mostAnswers; i++ {
		p.in.mu.Lock()
		replies := p.in.replies
		p.in.mu.Unlock()
		if i >= len(replies) || p.in.over() || ctx.Err() != nil {
			return
		}
		b := c.Answer(i, replies[i].Payload)
		if _, err := p.nc.Write(b); err != nil {
			return
		}
		p.since = time.Now()
		c.add(b, Pause{Sent: i + 1})
		c.Count = i + 1
		p.await(ctx, i+1)
	}
}

// mostAnswers is how many messages of a client are answered.
const mostAnswers = 50

// sleep waits, unless the connection ends.
func (p *playing) sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.in.ended:
	case <-ctx.Done():
	}
}

// finish ends the connection as the case wants it, and notes what came.
func (p *playing) finish(c *Case) {
	over := p.in.over()
	p.noteMemory()
	p.in.mu.Lock()
	p.out.replies, p.out.stray, p.out.tail = p.in.replies, p.in.stray, p.in.tail
	p.out.fault, p.out.err, p.out.ended = p.in.fault, p.in.err, over && p.in.fault == nil
	p.in.mu.Unlock()
	if k, ok := p.nc.(*client); ok {
		p.leave(k, c.End)
		return
	}
	switch {
	case p.ended != nil:
		p.end(c)
	case c.End == Reset:
		p.Reset(p.nc)
		time.Sleep(noticeWait)
	default:
		p.hangUp(p.nc, p.in)
	}
}

// hangUp closes a connection so that no byte is lost on the way to us, as that would reset it. If the
// peer ends its side as well, it has noticed: what breaks it then has happened.
func (r *runner) hangUp(nc net.Conn, in *incoming) {
	r.CloseWrite(nc)
	select {
	case <-in.ended:
	case <-time.After(noticeWait):
	}
	nc.Close()
	<-in.ended
}

// end ends a process: its input ends, and then it has time to end.
func (p *playing) end(c *Case) {
	wait := exitWait
	served := c.End == Finish && !c.Malformed
	if served {
		wait = exitWait / 10
	}
	died := p.out.ended
	p.CloseWrite(p.nc)
	select {
	case <-p.ended:
		p.noteMemory()
		if p.out.status = "exit status 0"; p.exit() != nil {
			p.out.status = p.exit().Error()
		}
		if died || !served {
			p.out.exit = p.exit()
		}
	case <-time.After(wait):
		p.out.stuck = true
	}
	p.Reset(p.nc)
}

// served reports whether the peer answers on a new connection while this one is open. If it does not,
// that connection stays until it is served: a peer may break on one that is gone.
func (p *playing) served(ctx context.Context) bool {
	done := make(chan bool, 1)
	go func() { done <- p.answered(ctx, 3*p.hard()) }()
	select {
	case ok := <-done:
		return ok
	case <-time.After(p.hard()):
		p.late = done
		return false
	}
}

// answered reports whether the peer answers on a new connection.
func (r *runner) answered(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	nc, err := r.Dial(ctx)
	if err != nil {
		return false
	}
	in := receive(nc, r.Theirs, r.Max, r.unasked)
	defer r.hangUp(nc, in)
	if r.pulse == nil {
		return true
	}
	p := &playing{runner: r, nc: nc, in: in}
	wants := func(n int) bool {
		for {
			switch got, _ := in.count(); {
			case got >= n:
				return true
			case in.over() || ctx.Err() != nil:
				return false
			}
			p.wait(ctx, limit)
		}
	}
	if !wants(r.pulseWant[0]) {
		return false
	}
	for i, b := range r.pulse.Writes {
		nc.SetWriteDeadline(time.Now().Add(limit))
		if _, err := nc.Write(b); err != nil || !wants(r.pulseWant[i+1]) {
			return false
		}
	}
	return true
}

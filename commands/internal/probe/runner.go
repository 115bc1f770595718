package probe

import (
	"context"
	"net"
	"time"

	"framecat/framing"
)

// A Peer is the receiver that is probed, and how it is reached.
type Peer struct {
	Dial    func(context.Context) (net.Conn, error)
	Theirs  framing.Framing // of the replies
	Max     int64           // limits the payloads of replies: see framing.Reader
	Gap     time.Duration   // between two writes, where it cannot be seen what the peer has read
	Process bool            // each connection starts a process

	// Unread reports whether the peer has not read all that was written, if that can be known.
	Unread func(net.Conn) (unread, known bool)
	// CloseWrite ends our side of a connection, and Reset aborts it.
	CloseWrite func(net.Conn) error
	Reset      func(net.Conn)
	// Exit is link.Exit.
	Exit func(net.Conn) (ended <-chan struct{}, status func() error)
}

// The limits of waiting. A peer that is only slow must not seem to be broken, so a reply is missing
// only after one of the hard limits has passed, or if new connections were answered meanwhile.
const (
	firstWait = 2 * time.Second        // for the first reply of all
	learnWait = time.Second            // for a reply to one of the other messages, while nothing is known
	settle    = 250 * time.Millisecond // without a byte, while nothing is known
	softWait  = 300 * time.Millisecond // for a reply, before other connections are asked
	hardWait  = 3 * time.Second        // for a reply
	readWait  = 2 * time.Second        // until the peer reads
	exitWait  = 5 * time.Second        // until a process ends

	// noticeWait is how long a peer may take to notice the end of a connection.
	noticeWait = 200 * time.Millisecond
	pulses     = 3 // how many other connections must be answered
)

// A runner plays cases, and knows what the reference has taught.
type runner struct {
	Peer
	want    []int         // how many replies there are before the first message, and after each; nil if unknown
	slowest time.Duration // the longest wait for a reply
	gap     time.Duration // the same without the first reply of a process, which has to start
	pulse   *Case         // is played on a connection of its own to see whether the peer answers; nil if it answers nothing

	single   bool          // the peer serves one connection at a time
	merged   bool          // cuts may have been merged
	readWait time.Duration // shorter once the peer was seen not to read
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
	exit    error  // of a process
	stuck   bool   // a process did not end
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
	sent  int       // how many messages the replies were waited for
	late  chan bool // receives when a connection ends that was not served in time; nil if there is none
	ended <-chan struct{}
	exit  func() error
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
	p := &playing{runner: r, nc: nc, in: receive(nc, r.Theirs, r.Max), since: start}
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
		p.beQuiet(ctx)
	}
	p.finish(c)
	p.out.took = time.Since(start)
	return p.out, ctx.Err()
}

// writeAll writes the pieces of a case, with its pauses.
func (p *playing) writeAll(ctx context.Context, c *Case) {
	p.await(ctx, 0)
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
		if !last || c.End != Finish {
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

// awaitRead waits until the peer has read what was written.
func (p *playing) awaitRead(ctx context.Context) {
	limit := time.Now().Add(p.readWait)
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 2*time.Millisecond) {
		unread, known := p.Unread(p.nc)
		switch {
		case p.in.over() || ctx.Err() != nil || known && !unread:
			return
		case !known:
			p.merged = true
			p.sleep(ctx, p.Gap)
			return
		case time.Now().After(limit):
			p.readWait = max(p.Gap, 50*time.Millisecond)
			return
		}
		p.sleep(ctx, pause)
	}
}

// hard returns how long a reply is waited for in any case.
func (r *runner) hard() time.Duration {
	if r.Process { // no other connection can be asked
		return max(hardWait/2, 10*r.slowest)
	}
	return max(hardWait, 20*r.slowest)
}

// quiet returns how long nothing comes before no more is expected.
func (r *runner) quiet() time.Duration {
	if r.want == nil {
		return settle
	}
	return min(max(4*r.gap, 50*time.Millisecond), time.Second)
}

// await waits for the replies to the first messages; 0 is for a greeting.
func (p *playing) await(ctx context.Context, sent int) {
	if sent > 0 && sent <= p.sent {
		return
	}
	p.sent = sent
	if sent < len(p.want) {
		p.awaitCount(ctx, p.want[sent])
	} else {
		p.learn(ctx, sent)
	}
	n, _ := p.in.count()
	p.out.after = append(p.out.after, n)
}

// learn waits until no more comes, and notes how long replies take.
func (p *playing) learn(ctx context.Context, sent int) {
	before := 0 // replies that have been waited for: more may have come since
	if n := len(p.out.after); n > 0 {
		before = p.out.after[n-1]
	}
	first := learnWait
	switch sent {
	case 0:
		first = settle
	case 1:
		first = firstWait
	}
	begun := p.since
	for {
		n, last := p.in.count()
		limit := first
		if n > before {
			limit = settle
			p.slowest = max(p.slowest, last.Sub(begun))
			if !p.Process || before > 0 {
				p.gap = max(p.gap, last.Sub(begun))
			}
			begun, before = last, n
			first = settle
		}
		if last.Before(begun) {
			last = begun
		}
		left := limit - time.Since(last)
		if left <= 0 || p.in.over() || ctx.Err() != nil {
			return
		}
		p.wait(ctx, left)
	}
}

// wait waits for a change, for a time at most.
func (p *playing) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.in.changed:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// awaitCount waits for n replies. If they do not come while other connections are answered again and
// again, they are missing.
func (p *playing) awaitCount(ctx context.Context, n int) {
	begun := time.Now()
	soft, hard := max(softWait, 8*p.slowest), p.hard()
	asked := p.pulse == nil || p.single
	for {
		if got, _ := p.in.count(); got >= n || p.in.over() || ctx.Err() != nil {
			return
		}
		waited := time.Since(begun)
		switch {
		case waited >= hard:
			p.out.missing = true
			return
		case waited >= soft && !asked:
			asked = true
			ok := true
			for i := 0; i < pulses && ok; i++ {
				ok = p.served(ctx)
			}
			if got, _ := p.in.count(); ok && got < n && !p.in.over() {
				p.out.missing = true
				return
			}
			continue
		}
		next := hard
		if !asked {
			next = soft
		}
		p.wait(ctx, next-waited)
	}
}

// beQuiet waits until nothing has come for the quiet time: there may be more than was expected.
func (p *playing) beQuiet(ctx context.Context) {
	limit := time.Now().Add(p.hard())
	for {
		_, last := p.in.count()
		if last.Before(p.since) {
			last = p.since
		}
		left := p.quiet() - time.Since(last)
		if left <= 0 || p.in.over() || ctx.Err() != nil || time.Now().After(limit) {
			return
		}
		p.wait(ctx, left)
	}
}

// finish ends the connection as the case wants it, and notes what came.
func (p *playing) finish(c *Case) {
	over := p.in.over()
	p.in.mu.Lock()
	p.out.replies, p.out.stray, p.out.tail = p.in.replies, p.in.stray, p.in.tail
	p.out.fault, p.out.err, p.out.ended = p.in.fault, p.in.err, over
	p.in.mu.Unlock()
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
	if c.End == Finish {
		wait = exitWait / 10
	}
	died := p.out.ended
	p.CloseWrite(p.nc)
	select {
	case <-p.ended:
		if died || c.End != Finish {
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
	in := receive(nc, r.Theirs, r.Max)
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
	if !wants(r.want[0]) {
		return false
	}
	for i, b := range r.pulse.Writes {
		nc.SetWriteDeadline(time.Now().Add(limit))
		if _, err := nc.Write(b); err != nil || !wants(r.want[i+1]) {
			return false
		}
	}
	return true
}

package client

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

const (
	// quiet is how long nothing is sent or received before a run reports what it waits for.
	quiet = 2 * time.Second
	// quietTick is how often a run looks whether something was.
	quietTick = 100 * time.Millisecond
)

// A silence notices, once, that nothing was sent or received for the time quiet.
type silence struct {
	*time.Ticker
	traffic func() (writes, sent, got int64)
	before  int64 // bytes in both directions
	ticks   int   // since there were more bytes
}

func newSilence(traffic func() (writes, sent, got int64)) *silence {
	_, sent, got := traffic()
	return &silence{Ticker: time.NewTicker(quietTick), traffic: traffic, before: sent + got}
}

// passed is called at each tick. It returns true once: when there was silence for long enough. As
// long as the run is not waiting, silence does not count.
func (s *silence) passed(waiting bool) bool {
	_, sent, got := s.traffic()
	if now := sent + got; now != s.before || !waiting {
		s.before, s.ticks = now, 0
		return false
	}
	if s.ticks++; s.ticks < int(quiet/quietTick) {
		return false
	}
	s.Stop()
	return true
}

// A pending is the reply that has not arrived as a whole. One goroutine notes it, others look.
type pending struct {
	mu    sync.Mutex
	index int64
	held  int64  // bytes of it that have arrived
	need  int64  // its length, or 0 if that is not known
	head  []byte // the start of the stream, as long as no reply is complete
}

// note is called before each read from the peer; got is how many bytes have arrived in all.
func (p *pending) note(r *framing.Reader, got int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.index, p.held = r.Index(), max(0, got-r.Offset())
	_, p.need = pump.Awaited(r)
	switch {
	case p.index > 0:
		p.head = nil
	case len(p.head) < len(r.Head()):
		p.head = bytes.Clone(r.Head())
	}
}

// unframed notes the start of a stream whose framing is not known.
func (p *pending) unframed(start []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held, p.head = int64(len(start)), bytes.Clone(start)
}

// String describes what has arrived of the reply.
func (p *pending) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.held == 0:
		return "no byte of it has arrived"
	case p.need > p.held:
		return fmt.Sprintf("%d of %s of it have arrived", p.held, report.Count(p.need, "byte"))
	case p.held == 1:
		return "1 byte of it has arrived"
	}
	return report.Count(p.held, "byte") + " of it have arrived"
}

// start returns the start of a stream in which no reply is complete, or nil.
func (p *pending) start() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.head
}

// complete reports whether all replies of --expect have arrived. The run is then about to end, and
// in lockstep another message would be one too many.
func (c *client) complete() bool { return c.Expect > 0 && c.replies.Load() >= c.Expect }

// awaitReply waits until there are as many replies as messages that were sent. If that lasts, it
// reports to r what it waits for.
func (c *client) awaitReply(sent int64, r *report.Reporter) error {
	var late <-chan time.Time
	if c.Linger >= 0 {
		late = time.After(c.Linger)
	}
	still := newSilence(c.conn.Traffic)
	defer still.Stop()
	for c.replies.Load() < sent {
		select {
		case <-c.gotReply:
		case <-still.C:
			if still.passed(true) {
				c.reportWaiting(r, fmt.Sprintf("the reply to message %d", sent-1))
			}
		case <-late:
			c.unanswered = true
			err := fmt.Errorf("no reply to message %d within --linger %s", sent-1, c.Linger)
			return &link.PeerError{Name: c.conn.Name(), Err: err}
		case <-c.out.Ended:
			return report.ErrDone
		case <-c.stopping:
			return report.ErrDone
		case <-c.repliesDone:
			if c.replies.Load() >= sent {
				return nil
			}
			if !c.conn.ReportOnce() || c.Expect >= 0 {
				return report.ErrDone
			}
			err := fmt.Errorf("no reply to message %d: the peer closed the connection", sent-1)
			return &link.PeerError{Name: c.conn.Name(), Err: err}
		}
	}
	if c.complete() {
		return report.ErrDone
	}
	return nil
}

// reportNext reports that the run waits for the next reply. If open is set, it does so until the peer
// closes the connection.
func (c *client) reportNext(open bool) {
	reply, hints := fmt.Sprintf("reply %d", c.replies.Load()+1), []string(nil)
	if open {
		hints = []string{"the peer keeps the connection open: to end, press Ctrl-C; with --linger 1s, send ends by itself"}
	} else {
		reply += fmt.Sprintf(" of %d", c.Expect)
	}
	c.reportWaiting(c.Report, reply, hints...)
}

// reportWaiting reports which reply the run waits for, and what has arrived of it, with more hints.
func (c *client) reportWaiting(r *report.Reporter, reply string, hints ...string) {
	r.NoteWith(append(c.startHints(), hints...), "waiting for %s from %s; %s", reply, c.conn.Name(), &c.pending)
}

// startHints returns hints about a stream in which no reply is complete.
func (c *client) startHints() []string {
	start := c.pending.start()
	f := c.theirs()
	switch {
	case len(start) == 0:
		return nil
	case f == nil:
		return pump.NotFound(start, replyFlag)
	}
	return c.Explain(f, start)
}

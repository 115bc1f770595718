package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// The sides of a connection. The flow with the number of a side reads from it.
const (
	client = 0
	target = 1
)

// sides are the names of the sides in messages.
var sides = [2]string{client: "the client", target: "the target"}

// A conn is a connection of a client that is relayed to the target.
type conn struct {
	srv    *server
	number int // from 1
	name   string
	stream *stream

	mu    sync.Mutex
	ends  [2]net.Conn   // nil before they are made
	ended bool          // abort was called
	done  chan struct{} // closed by abort

	flows    [2]flow
	finished [2]atomic.Bool // the flow has reached the end of its stream
	failed   atomic.Bool    // a side was reset, or failed in another way
	broken   atomic.Bool    // a failure was reported
	active   atomic.Int64   // when bytes last went, in Unix nanoseconds; with --idle-timeout
}

// serve relays one connection.
func (c *conn) serve() {
	defer c.stream.add(client, capture.Ended)
	defer c.await()
	defer c.abort()
	if !c.secure() || !c.dial() {
		return
	}
	c.detail("connected to %s", c.srv.Target.To)
	c.relay()
	there, back := c.flows[client].bytes.Load(), c.flows[target].bytes.Load()
	c.srv.count(there, back)
	c.detail("closed; %s", Totals{Bytes: [2]int64{there, back}}.Text(c.srv.Report.ASCII()))
}

// secure makes the connection of the client secure, with TLS.
func (c *conn) secure() bool {
	if c.srv.Secure == nil {
		return true
	}
	ctx, cancel := c.srv.dialing()
	defer cancel()
	nc, err := c.srv.Secure.Server(ctx, c.ends[client])
	if err == nil {
		return c.set(client, nc)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = &link.TimeoutError{Flag: "--connect-timeout", After: c.srv.Target.Timeout, What: link.NoHandshake}
	}
	c.open("")
	c.fail(client, err, link.TLSHints(err, true, ""))
	return false
}

// dial connects to the target.
func (c *conn) dial() bool {
	d, waits := c.srv.Target, false
	d.Failed = func(err error) {
		if !waits {
			c.detail("cannot connect to %s: %s; tries again for %s", d.To, report.Reason(err), d.Retry)
		}
		waits = true
	}
	nc, err := d.Dial(c.srv.ctx)
	if err == nil {
		c.open(nc.RemoteAddr().String())
		return c.set(target, nc)
	}
	c.open("")
	c.fail(target, err, link.TLSHints(err, false, "target-"))
	return false
}

// open begins the stream that watchers see. The name of the target is empty if it has no address.
func (c *conn) open(server string) {
	if server == "" || server == "@" {
		server = c.srv.Target.To.String()
	}
	c.stream.open(link.PeerName(c.ends[client]), server)
}

// set sets one side. It returns false if the connection was aborted meanwhile.
func (c *conn) set(side int, nc net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		link.Reset(nc)
		return false
	}
	c.ends[side] = nc
	return true
}

// abort resets both sides. It does nothing to sides that are closed.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.ended = true
		close(c.done)
	}
	for _, nc := range c.ends {
		if nc != nil {
			link.Reset(nc)
		}
	}
}

// await waits until the processes of the connection have ended.
func (c *conn) await() {
	for _, nc := range c.ends {
		link.Await(nc)
	}
}

// relay passes bytes on both ways, until both have ended.
func (c *conn) relay() {
	for side := range c.flows {
		f := &c.flows[side]
		f.dir, f.src, f.dst, f.stream = side, c.ends[side], c.ends[1-side], c.stream
		if c.srv.Copier != nil {
			f.copier = c.srv.Copier(Way{Conn: c.number, Name: c.name, Dir: side, Done: c.done})
		}
	}
	if c.srv.Idle > 0 {
		c.active.Store(time.Now().UnixNano())
		c.flows[client].active, c.flows[target].active = &c.active, &c.active
		stop := c.endIdle()
		defer stop()
	}
	back := make(chan struct{})
	go func() {
		defer close(back)
		c.forward(target)
	}()
	c.forward(client)
	<-back
	if !c.failed.Load() {
		c.ends[client].Close()
		c.ends[target].Close()
		c.await()
	}
}

// forward passes on what one side sends, and how that ends.
func (c *conn) forward(side int) {
	src, dst := c.ends[side], c.ends[1-side]
	err := c.flows[side].copy()
	if err == nil && (c.failed.Load() || link.IsBroken(src) && !c.finished[1-side].Load()) {
		// The connection was reset, but the error has gone to the flow that writes to it. A
		// connection that has ended on both sides looks like one that was reset, so finished is
		// loaded last.
		err = &copyError{syscall.ECONNRESET, false}
	}
	var status *exec.ExitError
	if err != nil && !err.writing && errors.As(err.error, &status) { // of a process, which has written all
		c.report(nil, "%s: %s", sides[side], report.Reason(status))
		err = nil
	}
	switch {
	case err == nil:
		c.finished[side].Store(true)
		c.stream.add(side, capture.Closed)
		link.CloseWrite(dst)
	case err.writing:
		// What dst has sent before it failed is still passed on, if src takes it soon.
		c.fail(1-side, err.error, nil)
		src.SetWriteDeadline(time.Now().Add(lastTime))
	default:
		c.fail(side, err.error, nil)
		c.abort()
	}
}

// fail reports the first failure of the connection, unless we have closed it.
func (c *conn) fail(side int, err error, hints []string) {
	if !c.failed.CompareAndSwap(false, true) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.Canceled) {
		return
	}
	var failure *report.Failure
	var cut *Cut
	switch {
	case errors.As(err, &failure):
		c.stream.cut(side, failure.Text)
		c.srv.Report.Fork().Fail(c.name, failure)
		return
	case errors.As(err, &cut):
		c.stream.cut(side, cut.Why)
		c.detail("%s", cut.Why)
		return
	}
	c.stream.add(side, capture.Reset)
	switch who := sides[side]; {
	case c.ends[target] == nil && side == target:
		within := ""
		if d := c.srv.Target.Retry; d > 0 {
			within = " within --retry " + d.String()
		}
		c.report(hints, "cannot connect to %s%s: %s", c.srv.Target.To, within, report.Reason(err))
	case link.IsReset(err):
		c.detail("%s reset the connection", who)
	default:
		c.report(hints, "%s: %s", who, report.Reason(err))
	}
}

// endIdle ends the connection when it has been silent for --idle-timeout. The function that it
// returns is called at the end of the connection.
func (c *conn) endIdle() (stop func()) {
	var timer *time.Timer
	ready := make(chan struct{})
	timer = time.AfterFunc(c.srv.Idle, func() {
		<-ready
		if left := time.Until(time.Unix(0, c.active.Load()).Add(c.srv.Idle)); left > 0 {
			timer.Reset(left)
			return
		}
		if c.failed.CompareAndSwap(false, true) {
			late := &link.TimeoutError{Flag: "--idle-timeout", After: c.srv.Idle, What: "nothing was received or sent"}
			c.report(nil, "%s", late.Error())
		}
		c.abort()
	})
	close(ready)
	return func() { timer.Stop() }
}

// report reports a failure of the connection. The exit status does not change, unless there is no
// other connection.
func (c *conn) report(hints []string, format string, args ...any) {
	c.broken.Store(true)
	c.srv.Report.Fork().Fail(c.name, &report.Failure{Status: report.StatusIO, Text: fmt.Sprintf(format, args...), Hints: hints})
}

func (c *conn) detail(format string, args ...any) {
	c.srv.Report.Detail("%s: %s", c.name, fmt.Sprintf(format, args...))
}

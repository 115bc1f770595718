// Package client sends messages to a server and prints its replies, as framecat send does.
//
// Run does all of it: it connects, sends, receives, and returns when the exchange has ended.
// One run makes one connection.
package client

import (
	"cmp"
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Options are the options of one run.
type Options struct {
	link.Options
	pump.Codec
	Retry time.Duration // how long to keep trying to connect

	// Source returns the inputs with our messages, and their format. It is called after the
	// connection is made.
	Source  func() ([]input.Input, formats.Format, error)
	Joined  bool // the inputs are parts of one: a message that cannot be sent ends them all
	Streams bool // the messages come from standard input, which may never end
	Typing  bool // standard input is a terminal, and Streams is set

	Expect      int64         // replies to wait for; -1 is as many as come
	Lockstep    bool          // wait for a reply to each message
	NoHalfClose bool          // keep our side open after the last message
	Linger      time.Duration // for replies, after the last message; -1 is no limit
	Repeat      int64         // how often to send all messages; 0 is for ever
	Rate        float64       // messages per second; 0 is no limit
	Chunk       link.Chunking
	Gap         time.Duration // between the writes of Chunk
	Stats       bool          // measure round trips, and print statistics at the end

	To     formats.Sink                     // where replies go
	Adapt  func(spec string) (Reply, error) // if it is not nil, the framing of the replies is found, and this returns what depends on it
	ToEnd  func()                           // called when all replies were written, unless there was a failure; may be nil
	Report *report.Reporter
}

// A client is one run: one goroutine writes messages, and another reads replies.
type client struct {
	Options
	conn       *link.Conn
	out        *pump.Output
	roundTrips *roundTrips // nil if they are not measured
	stdin      *pump.Stdin
	sending    func([]byte) // called with each message before it is sent; may be nil

	replies     atomic.Int64
	gotReply    chan struct{}                  // signalled when a reply came
	repliesDone chan struct{}                  // closed when no more replies can come
	found       atomic.Pointer[Reply]          // with Adapt, when the framing was found
	recvFailure atomic.Pointer[report.Failure] // the failure that ended the replies, already reported
	stopping    chan struct{}                  // closed when nothing more is to be sent
	sent        atomic.Pointer[pump.Stats]

	unanswered bool // --linger passed in --lockstep without a reply; set before stdin is over

	pending      pending
	connected    time.Time // when the connection was made
	ended        time.Time // when the replies ended; set before repliesDone is closed
	lingerPassed bool      // --linger ended the run
}

// Run sends the messages and prints the replies. Signals end it.
func Run(o Options, signals <-chan os.Signal) error {
	timeout := link.Alarm(o.Timeout)
	c := newClient(o)
	if err := c.connect(signals, timeout); err != nil {
		return err
	}
	return c.exchange(signals, timeout)
}

func newClient(o Options) *client {
	c := &client{
		Options: o, out: pump.NewOutput(o.To, o.Expect, false), stdin: pump.NewStdin(),
		gotReply: make(chan struct{}, 1), repliesDone: make(chan struct{}), stopping: make(chan struct{}),
	}
	if o.Expect < 0 {
		c.out.Left = pump.NoLimit
	}
	if o.Stats {
		c.roundTrips = new(roundTrips)
	}
	c.Explain = func(f framing.Framing, head []byte) []string { return hint.OfSilence(f, head, c.Advice) }
	c.Direction = "s2c"
	c.out.OnTaken = c.replied
	c.Sent = func(to formats.Sender) func([]byte) { return c.out.Sent(to, c.Ours) }
	return c
}

// exchange sends and receives on the connection until the run ends.
func (c *client) exchange(signals <-chan os.Signal, timeout <-chan time.Time) error {
	c.Theirs, c.sending = pump.Replies(c.Theirs)
	c.connected = time.Now()
	go c.receive(c.Report.Fork()) // forked here: below, exchange may change its own
	go c.send(c.Report.Fork())
	status := c.run(signals, timeout)
	close(c.stopping)
	c.hangUp(status)
	c.printStats(time.Since(c.connected))
	c.reportNoReply(status)
	return c.out.Failure(c.Report, status, c.repliesDone, signals, timeout, c.Timeout)
}

// hangUp closes the connection after the run. If --timeout or a signal ended it, a process at the other end is ended.
func (c *client) hangUp(status error) {
	var f *report.Failure
	if errors.As(status, &f) && (f.Status == report.StatusTimeout || f.Status > report.StatusSignal) {
		c.conn.EndProcess()
	}
	c.conn.Close(false)
}

// connect makes the connection, unless a signal or --timeout comes first.
func (c *client) connect(signals <-chan os.Signal, timeout <-chan time.Time) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	made := make(chan error, 1)
	go func() {
		failed := func(err error) { c.Report.Detail("%s: %s, trying again", c.Address, report.Reason(err)) }
		d := link.Dialer{To: c.Address, Files: c.Files, Timeout: c.Connect, Retry: c.Retry, Secure: c.Secure, Failed: failed}
		nc, err := d.Dial(ctx)
		if err == nil {
			c.conn = link.NewConn(nc, 1, c.Address.String(), &c.Options.Options)
		}
		made <- err
	}()
	select {
	case err := <-made:
		if err != nil {
			return &report.Failure{Status: report.StatusIO, Text: c.Address.String() + ": " + report.Reason(err), Hints: link.TLSHints(err, false, "")}
		}
		c.Report.Detail("%s: connected", c.conn.Name())
		return nil
	case <-timeout:
		return c.abandon(made, report.TimedOut(c.Timeout))
	case s := <-signals:
		return c.abandon(made, report.Interrupted(s))
	}
}

// abandon ends a process that is only starting, and returns why. It is there soon, and would stay.
func (c *client) abandon(made <-chan error, why error) error {
	if c.Address.Process() && <-made == nil {
		c.hangUp(why)
	}
	return why
}

// receive prints the replies.
func (c *client) receive(r *report.Reporter) {
	defer func() {
		c.ended = time.Now()
		close(c.repliesDone)
	}()
	r.Source = c.conn.Name
	answers := c.sending != nil // a frame without a message may be the reply to a request
	c.conn.Blocks = true
	codec, out := c.Codec, c.out
	if c.Adapt != nil {
		reply, err := c.find(r)
		if reply == nil {
			c.received(err)
			return
		}
		codec.Theirs, out = reply.Framing, out.With(reply.To)
	}
	in := codec.Incoming(pump.OnlyConn(&pump.ConnSink{From: c.conn, Out: out, Silent: answers}), r)
	frames := in.NewReader(c.conn)
	flush := frames.BeforeRead
	frames.BeforeRead = func() error {
		_, _, got := c.conn.Traffic()
		c.pending.note(frames, got)
		return flush()
	}
	c.received(in.Receive(c.conn, frames))
}

// received is called with the error that ended the replies.
func (c *client) received(err error) {
	var f *report.Failure
	if errors.As(err, &f) { // it has been reported
		c.recvFailure.Store(&report.Failure{Status: f.Status, Text: f.Text, Hints: f.Hints, Reported: true})
	} else if c.ToEnd != nil {
		c.ToEnd()
	}
}

// send sends the messages.
func (c *client) send(r *report.Reporter) {
	defer close(c.stdin.Over)
	inputs, format, err := c.Source()
	if err != nil {
		r.Fail("standard input", &report.Failure{Status: report.StatusIO, Text: report.Reason(err)})
		c.stdin.Err = r.Done()
		return
	}
	out := pump.New(format, nil, r, c.Max)
	out.Joined = c.Joined
	c.sent.Store(&out.Stats)
	var cut *link.Cutter
	frames := c.Frames(c.In, pump.Sending(c.conn, c.sending), r)
	out.To = frames
	switch {
	case c.Chunk.Kind != "":
		cut = link.NewCutter(c.Chunk, c.conn, c.Ours, c.Gap)
		frames = c.Frames(c.In, pump.Sending(cut, c.sending), r)
		fallthrough
	case c.Lockstep || c.Rate > 0 || c.Stats:
		out.To = &pacedSink{FrameSink: frames, client: c, cut: cut, report: r}
	case c.Streams:
		out.To = c.stdin.Sink(frames)
	}
	for n := int64(0); (c.Repeat == 0 || n < c.Repeat) && err == nil; n++ {
		before := out.Index()
		err = out.Run(inputs)
		if out.Index() == before || c.complete() || isClosed(c.out.Ended) { // there is nothing to repeat, or no more replies are wanted
			break
		}
	}
	if cut != nil && !pump.IsFatal(err) { // messages before the error are still sent
		if end := cut.Flush(); end != nil {
			err = cmp.Or(err, pump.OutputFailure(r, "", end))
		}
	}
	if !errors.Is(err, report.ErrDone) {
		c.stdin.Err = err
	}
}

// replied is called after n replies were printed.
func (c *client) replied(n int) {
	c.replies.Add(int64(n))
	if c.roundTrips != nil {
		c.roundTrips.replied(n)
	}
	select {
	case c.gotReply <- struct{}{}:
	default:
	}
}

// isClosed reports whether a channel is closed.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

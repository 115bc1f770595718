// Package client sends messages to a server and prints its replies: the engine of framecat
// send. Run does all of it.
package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
)

// Options are those of one run.
type Options struct {
	link.Options
	pump.Codec
	Retry time.Duration // how long to go on trying to connect

	// Source returns the inputs that hold our messages, and their format. It is called once
	// the connection is made.
	Source  func() ([]input.Input, formats.Format, error)
	Streams bool // the messages come from standard input, which may go on for ever
	Typing  bool // and that is a terminal

	Expect      int64         // replies to wait for; -1 is as many as come
	Lockstep    bool          // wait for a reply to each message
	NoHalfClose bool          // keep our side open after the last message
	Linger      time.Duration // for replies, after the last message; -1 is no limit
	Repeat      int64         // times to send all messages; 0 is no end
	Rate        float64       // messages a second; 0 is no limit
	Chunk       link.Chunking
	Gap         time.Duration // between the writes of Chunk
	Stats       bool          // measure round trips, and print what was done

	To     formats.Sink // where replies go
	Report *report.Reporter
}

// A client is one run: a goroutine writes messages, another reads replies.
type client struct {
	Options
	c     *link.Conn
	out   *pump.Output
	trips *roundTrips // nil if they are not measured
	stdin *pump.Stdin

	replies  atomic.Int64
	heard    chan struct{}                  // a reply came
	over     chan struct{}                  // closed when no more replies can come
	lost     atomic.Pointer[report.Failure] // why that is, if it was reported
	stopping chan struct{}                  // closed when no more is to be sent
	sent     atomic.Pointer[pump.Stats]

	unanswered bool // --linger passed before the reply of --lockstep; set before stdin is over
}

// Run sends the messages and prints the replies. Signals end it.
func Run(o Options, signals <-chan os.Signal) error {
	timeout := link.Alarm(o.Timeout)
	x := &client{
		Options: o, out: pump.NewOutput(o.To, o.Expect, false), stdin: pump.NewStdin(),
		heard: make(chan struct{}, 1), over: make(chan struct{}), stopping: make(chan struct{}),
	}
	if o.Expect < 0 {
		x.out.Left = pump.NoLimit
	}
	if o.Stats {
		x.trips = new(roundTrips)
	}
	x.Explain = hint.OfSilence
	x.out.Took = x.replied
	if err := x.connect(signals, timeout); err != nil {
		return err
	}
	began := time.Now()
	go x.receive()
	go x.send()
	status := x.run(signals, timeout)
	close(x.stopping)
	x.c.Close(false)
	x.sum(time.Since(began))
	return x.out.Failure(o.Report, status, x.over, signals, timeout, o.Timeout)
}

// connect makes the connection, unless a signal or --timeout comes first.
func (x *client) connect(signals <-chan os.Signal, timeout <-chan time.Time) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	made := make(chan error, 1)
	go func() {
		failed := func(err error) { x.Report.Detail("%s: %s, trying again", x.Address, report.Reason(err)) }
		d := link.Dialer{To: x.Address, Timeout: x.Connect, Retry: x.Retry, Secure: x.Secure, Failed: failed}
		nc, err := d.Dial(ctx)
		if err == nil {
			x.c = link.NewConn(nc, 1, x.Address.String(), &x.Options.Options)
		}
		made <- err
	}()
	select {
	case err := <-made:
		if err != nil {
			return &report.Failure{Status: report.StatusIO, Text: x.Address.String() + ": " + report.Reason(err), Hints: link.TLSHints(err, false)}
		}
		x.Report.Detail("%s: connected", x.c.Name())
		return nil
	case <-timeout:
		return report.TimedOut(x.Timeout)
	case s := <-signals:
		return report.Interrupted(s)
	}
}

// receive prints the replies.
func (x *client) receive() {
	defer close(x.over)
	r := x.Report.Fork()
	r.Source = x.c.Name
	in := x.Incoming(pump.Alone(&pump.ConnSink{From: x.c, Out: x.out}), r)
	x.c.Blocks = true
	var f *report.Failure
	if errors.As(in.Receive(x.c, in.NewReader(x.c)), &f) { // it was reported
		x.lost.Store(&report.Failure{Status: f.Status, Reported: true})
	}
}

// send sends the messages.
func (x *client) send() {
	defer close(x.stdin.Over)
	r := x.Report.Fork()
	inputs, format, err := x.Source()
	if err != nil {
		r.Fail("standard input", &report.Failure{Status: report.StatusIO, Text: report.Reason(err)})
		x.stdin.Err = r.Done()
		return
	}
	out := pump.New(format, nil, r, x.Limits)
	x.sent.Store(&out.Stats)
	var cut *link.Cutter
	frames := x.Frames(x.In, x.c, r)
	out.To = frames
	switch {
	case x.Chunk.Kind != "":
		cut = link.NewCutter(x.Chunk, x.c, x.Ours, x.Gap)
		frames = x.Frames(x.In, cut, r)
		fallthrough
	case x.Lockstep || x.Rate > 0 || x.Stats:
		out.To = &pacedSink{FrameSink: frames, x: x, cut: cut}
	case x.Streams:
		out.To = x.stdin.Sink(frames)
	}
	for n := int64(0); (x.Repeat == 0 || n < x.Repeat) && err == nil; n++ {
		before := out.Index()
		err = out.Run(inputs)
		if out.Index() == before || isClosed(x.out.Ended) { // nothing to repeat, or no reply is wanted any more
			break
		}
	}
	if cut != nil && !pump.IsFatal(err) { // what was taken goes out, whatever came after it
		if end := cut.Flush(); end != nil {
			err = cmp.Or(err, pump.OutputFailure(r, "", end))
		}
	}
	if !errors.Is(err, report.ErrDone) {
		x.stdin.Err = err
	}
}

// replied is called for each run of replies that were printed.
func (x *client) replied(n int) {
	x.replies.Add(int64(n))
	if x.trips != nil {
		x.trips.ended(n)
	}
	select {
	case x.heard <- struct{}{}:
	default:
	}
}

// awaitReply waits for as many replies as there were messages.
func (x *client) awaitReply(sent int64) error {
	var late <-chan time.Time
	if x.Linger >= 0 {
		late = time.After(x.Linger)
	}
	for x.replies.Load() < sent {
		select {
		case <-x.heard:
		case <-late:
			x.unanswered = true
			err := fmt.Errorf("message %d got no reply within --linger %s", sent-1, x.Linger)
			return &link.PeerError{Name: x.c.Name(), Err: err}
		case <-x.out.Ended:
			return report.ErrDone
		case <-x.stopping:
			return report.ErrDone
		case <-x.over:
			if x.replies.Load() >= sent {
				return nil
			}
			if !x.c.ReportOnce() || x.Expect >= 0 {
				return report.ErrDone
			}
			err := fmt.Errorf("message %d got no reply: the peer closed the connection", sent-1)
			return &link.PeerError{Name: x.c.Name(), Err: err}
		}
	}
	return nil
}

// run waits for the end, and returns it.
func (x *client) run(signals <-chan os.Signal, timeout <-chan time.Time) error {
	var linger <-chan time.Time
	said, over := x.stdin.Over, x.over
	for {
		select {
		case <-said:
			said = nil
			switch {
			case x.Expect == 0:
				return x.status()
			case x.unanswered:
				return x.lingered()
			}
			if (x.Expect < 0 || x.stdin.Result() != nil) && !x.NoHalfClose {
				x.c.CloseWrite()
			}
			if x.Linger >= 0 {
				linger = time.After(x.Linger)
			}
		case <-over:
			over = nil
			if x.lost.Load() == nil && said != nil && x.Typing {
				x.Report.Note("%s: the peer closed the connection", x.c.Name())
			}
			if x.lost.Load() != nil || x.Typing || x.Expect >= 0 {
				return x.status()
			}
		case <-x.out.Ended:
			x.stdin.Settle(x.stopping)
			return x.status()
		case <-linger:
			return x.lingered()
		case <-timeout:
			return report.TimedOut(x.Timeout)
		case s := <-signals:
			return report.Interrupted(s)
		}
		if said == nil && over == nil {
			return x.status()
		}
	}
}

// lingered is the end by --linger: what has arrived is still printed.
func (x *client) lingered() error {
	x.c.Drain(500 * time.Millisecond)
	select {
	case <-x.over:
	case <-time.After(time.Second): // the output takes nothing
		return x.status()
	}
	err := x.status()
	if at := x.c.At(); err == nil && len(at.Tail) > 0 {
		err = &report.Failure{Status: report.StatusTruncated, Text: fmt.Sprintf("%s: frame %d at byte %d: --linger %s passed after %s of it",
			x.c.Name(), at.Index, at.Offset, x.Linger, report.Count(int64(len(at.Tail)), "byte"))}
	}
	return err
}

// status is that of a run which came to its end by itself.
func (x *client) status() error {
	if lost := x.lost.Load(); lost != nil {
		return lost
	}
	if err := x.stdin.Result(); err != nil {
		return err
	}
	if n := x.replies.Load(); n < x.Expect {
		return &report.Failure{Status: report.StatusUnmet, Text: fmt.Sprintf("%s: %d of %s came", x.c.Name(), n, report.Count(x.Expect, "reply"))}
	}
	return nil
}

// sum prints at the end what was done.
func (x *client) sum(took time.Duration) {
	writes, sent, got := x.c.Traffic()
	if !x.Stats {
		if x.Chunk.Kind != "" {
			x.Report.Note("%s in %s", report.Count(sent, "byte"), report.Count(writes, "write"))
		}
		return
	}
	x.Report.Clear()
	w, messages := x.Report.W, int64(0)
	if s := x.sent.Load(); s != nil {
		messages = s.Messages.Load()
	}
	fmt.Fprintf(w, "messages    %d\nreplies     %d\n", messages, x.replies.Load())
	fmt.Fprintf(w, "sent        %s in %s\n", report.Count(sent, "byte"), report.Count(writes, "write"))
	fmt.Fprintf(w, "received    %s\n", report.Count(got, "byte"))
	fmt.Fprintf(w, "round trip  %s\n", x.trips)
	fmt.Fprintf(w, "time        %s\n", took.Round(time.Microsecond))
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

package commands

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
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// An exchange is one run of send: a goroutine writes messages, another reads replies.
type exchange struct {
	o      sendOptions
	c      *link.Conn
	out    *output
	report *report.Reporter
	trips  *trips // nil if they are not measured
	input  speech

	replies  atomic.Int64
	heard    chan struct{}                  // a reply came
	over     chan struct{}                  // closed when no more replies can come
	lost     atomic.Pointer[report.Failure] // why that is, if it was reported
	stopping chan struct{}                  // closed when no more is to be sent
	spoken   atomic.Pointer[stats]

	unanswered bool // --linger passed before the reply of --lockstep; set before input is over
}

// send sends the messages and prints the replies.
func send(s streams, o sendOptions, signals <-chan os.Signal) error {
	if err := o.ready(); err != nil {
		return err
	}
	timeout := alarm(o.timeout)
	x := &exchange{
		o: o, report: o.report, out: newOutput(o.sink(s.out), o.expect, false),
		heard: make(chan struct{}, 1), over: make(chan struct{}), stopping: make(chan struct{}),
	}
	if o.expect < 0 {
		x.out.left = all
	}
	if o.stats {
		x.trips = new(trips)
	}
	x.o.limits.Explain = hint.OfSilence
	x.input.init()
	x.out.took = x.replied
	if err := x.connect(signals, timeout); err != nil {
		return err
	}
	began := time.Now()
	go x.receive()
	go x.speak(s)
	status := x.run(signals, timeout, report.IsTerminal(s.in) && o.streams(s.in))
	close(x.stopping)
	x.c.Close(false)
	x.sum(time.Since(began))
	return x.out.failure(o.report, status, x.over, signals, timeout, o.timeout)
}

// connect makes the connection, unless a signal or --timeout comes first.
func (x *exchange) connect(signals <-chan os.Signal, timeout <-chan time.Time) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	made := make(chan error, 1)
	go func() {
		failed := func(err error) { x.report.Detail("%s: %s, trying again", x.o.address, report.Reason(err)) }
		d := link.Dialer{To: x.o.address, Timeout: x.o.connect, Retry: x.o.retry, Secure: x.o.secure, Failed: failed}
		nc, err := d.Dial(ctx)
		if err == nil {
			x.c = link.NewConn(nc, 1, x.o.address.String(), x.o.limits)
		}
		made <- err
	}()
	select {
	case err := <-made:
		if err != nil {
			return &report.Failure{Status: report.StatusIO, Text: x.o.address.String() + ": " + report.Reason(err), Hints: link.TLSHints(err, false)}
		}
		x.report.Detail("%s: connected", x.c.Name())
		return nil
	case <-timeout:
		return timeoutFailure(x.o.timeout)
	case s := <-signals:
		return interrupted(s)
	}
}

// receive prints the replies.
func (x *exchange) receive() {
	defer close(x.over)
	r := x.report.Fork()
	r.Source = x.c.Name
	v := &conversion{
		in:     formats.Frames(x.o.theirs),
		report: r, maxHeld: x.o.maxHeld, maxStreamed: x.o.maxStreamed, last: all, left: all,
	}
	sink := connSink{from: x.c, out: x.out}
	v.sink = &sink
	if _, streams := x.out.sink.(formats.Streamer); streams {
		v.sink = &passSink{&sink}
	}
	x.c.Blocks = true
	frames := newFrames(x.c, v)
	frames.Head = make([]byte, 0, hint.HeadSize)
	var f *report.Failure
	if errors.As(receive(x.c, v, frames), &f) { // it was told
		x.lost.Store(&report.Failure{Status: f.Status, Reported: true})
	}
}

// speak sends the messages.
func (x *exchange) speak(s streams) {
	defer close(x.input.over)
	r := x.report.Fork()
	in, from, err := x.o.source(s.in)
	if err != nil {
		r.Fail("standard input", &report.Failure{Status: report.StatusIO, Text: report.Reason(err)})
		x.input.err = r.Done()
		return
	}
	c := &conversion{in: from, report: r, maxHeld: x.o.maxHeld, maxStreamed: x.o.maxStreamed, last: all, left: all}
	x.spoken.Store(&c.stats)
	var cut *link.Cutter
	frames := x.o.frames(x.o.in, x.c, r)
	c.sink = frames
	switch {
	case x.o.chunk.Kind != "":
		cut = link.NewCutter(x.o.chunk, x.c, x.o.ours, x.o.gap)
		frames = x.o.frames(x.o.in, cut, r)
		fallthrough
	case x.o.lockstep || x.o.rate > 0 || x.o.stats:
		c.sink = &pacedSink{FrameSink: frames, x: x, cut: cut}
	case x.o.streams(s.in):
		c.sink = &speechSink{frames, &x.input}
	}
	for n := int64(0); (x.o.repeat == 0 || n < x.o.repeat) && err == nil; n++ {
		before := c.index
		err = c.run(in)
		if c.index == before || isClosed(x.out.ended) { // nothing to repeat, or no reply is wanted any more
			break
		}
	}
	if cut != nil && !isFatal(err) { // what was taken goes out, whatever came after it
		if end := cut.Flush(); end != nil {
			err = cmp.Or(err, c.ioFailure("", end))
		}
	}
	if !errors.Is(err, report.ErrDone) {
		x.input.err = err
	}
}

// replied is called for each run of replies that were printed.
func (x *exchange) replied(n int) {
	x.replies.Add(int64(n))
	if x.trips != nil {
		x.trips.ended(n)
	}
	signalOn(x.heard)
}

// awaitReply waits for as many replies as there were messages.
func (x *exchange) awaitReply(sent int64) error {
	var late <-chan time.Time
	if x.o.linger >= 0 {
		late = time.After(x.o.linger)
	}
	for x.replies.Load() < sent {
		select {
		case <-x.heard:
		case <-late:
			x.unanswered = true
			err := fmt.Errorf("message %d got no reply within --linger %s", sent-1, x.o.linger)
			return &link.PeerError{Name: x.c.Name(), Err: err}
		case <-x.out.ended:
			return report.ErrDone
		case <-x.stopping:
			return report.ErrDone
		case <-x.over:
			if x.replies.Load() >= sent {
				return nil
			}
			if !x.c.ReportOnce() || x.o.expect >= 0 {
				return report.ErrDone
			}
			err := fmt.Errorf("message %d got no reply: the peer closed the connection", sent-1)
			return &link.PeerError{Name: x.c.Name(), Err: err}
		}
	}
	return nil
}

// run waits for the end, and returns it.
func (x *exchange) run(signals <-chan os.Signal, timeout <-chan time.Time, typing bool) error {
	var linger <-chan time.Time
	said, over := x.input.over, x.over
	for {
		select {
		case <-said:
			said = nil
			switch {
			case x.o.expect == 0:
				return x.status()
			case x.unanswered:
				return x.lingered()
			}
			if (x.o.expect < 0 || x.input.result() != nil) && !x.o.noHalfClose {
				x.c.CloseWrite()
			}
			if x.o.linger >= 0 {
				linger = time.After(x.o.linger)
			}
		case <-over:
			over = nil
			if x.lost.Load() == nil && said != nil && typing {
				x.report.Note("%s: the peer closed the connection", x.c.Name())
			}
			if x.lost.Load() != nil || typing || x.o.expect >= 0 {
				return x.status()
			}
		case <-x.out.ended:
			x.input.settle(x.stopping)
			return x.status()
		case <-linger:
			return x.lingered()
		case <-timeout:
			return timeoutFailure(x.o.timeout)
		case s := <-signals:
			return interrupted(s)
		}
		if said == nil && over == nil {
			return x.status()
		}
	}
}

// lingered is the end by --linger: what has arrived is still printed.
func (x *exchange) lingered() error {
	x.c.Drain(500 * time.Millisecond)
	select {
	case <-x.over:
	case <-time.After(time.Second): // the output takes nothing
		return x.status()
	}
	err := x.status()
	if at := x.c.At(); err == nil && len(at.Tail) > 0 {
		err = &report.Failure{Status: report.StatusTruncated, Text: fmt.Sprintf("%s: frame %d at byte %d: --linger %s passed after %s of it",
			x.c.Name(), at.Index, at.Offset, x.o.linger, report.Count(int64(len(at.Tail)), "byte"))}
	}
	return err
}

// status is that of a run which came to its end by itself.
func (x *exchange) status() error {
	if lost := x.lost.Load(); lost != nil {
		return lost
	}
	if err := x.input.result(); err != nil {
		return err
	}
	if n := x.replies.Load(); n < x.o.expect {
		return &report.Failure{Status: report.StatusUnmet, Text: fmt.Sprintf("%s: %d of %s came", x.c.Name(), n, report.Count(x.o.expect, "reply"))}
	}
	return nil
}

// sum tells at the end what was done.
func (x *exchange) sum(took time.Duration) {
	n, sent, got := x.c.Traffic()
	if !x.o.stats {
		if x.o.chunk.Kind != "" {
			x.report.Note("%s in %s", report.Count(sent, "byte"), report.Count(n, "write"))
		}
		return
	}
	x.report.Clear()
	w, messages := x.report.W, int64(0)
	if s := x.spoken.Load(); s != nil {
		messages = s.messages.Load()
	}
	fmt.Fprintf(w, "messages    %d\nreplies     %d\n", messages, x.replies.Load())
	fmt.Fprintf(w, "sent        %s in %s\n", report.Count(sent, "byte"), report.Count(n, "write"))
	fmt.Fprintf(w, "received    %s\n", report.Count(got, "byte"))
	fmt.Fprintf(w, "round trip  %s\n", x.trips)
	fmt.Fprintf(w, "time        %s\n", took.Round(time.Microsecond))
}

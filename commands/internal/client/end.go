package client

import (
	"fmt"
	"os"
	"time"

	"framecat/commands/internal/report"
)

// run waits for the end of the run, and returns its failure.
func (c *client) run(signals <-chan os.Signal, timeout <-chan time.Time) error {
	var linger <-chan time.Time
	allSent, over := c.stdin.Over, c.repliesDone
	still := newSilence(c.conn.Traffic)
	defer still.Stop()
	for {
		select {
		case <-allSent:
			allSent = nil
			switch {
			case c.Expect == 0:
				return c.status()
			case c.unanswered:
				return c.lingered()
			}
			if (c.Expect < 0 || c.stdin.Result() != nil) && !c.NoHalfClose {
				c.conn.CloseWrite()
			}
			if c.Linger >= 0 {
				linger = time.After(c.Linger)
			}
		case <-over:
			over = nil
			if c.recvFailure.Load() == nil && allSent != nil && c.Typing {
				c.Report.Note("%s: the peer closed the connection", c.conn.Name())
			}
			if c.recvFailure.Load() != nil || c.Typing || c.Expect >= 0 {
				return c.status()
			}
		case <-still.C:
			open := allSent == nil && c.waitsForEnd()
			if still.passed(open || c.waits(allSent == nil)) {
				c.reportNext(open)
			}
		case <-c.out.Ended:
			c.stdin.WaitBriefly(c.stopping)
			return c.status()
		case <-linger:
			return c.lingered()
		case <-timeout:
			return report.TimedOut(c.Timeout)
		case s := <-signals:
			return report.Interrupted(s)
		}
		if allSent == nil && over == nil {
			return c.status()
		}
	}
}

// waits reports whether the run waits for a reply of --expect. In --lockstep, awaitReply waits
// until all messages are sent.
func (c *client) waits(allSent bool) bool {
	_, sent, _ := c.conn.Traffic()
	return c.replies.Load() < c.Expect && (allSent || sent > 0 && !c.Lockstep)
}

// waitsForEnd reports whether a run that has sent all messages waits, without a limit, until the
// peer closes the connection, and a person at a terminal can read that.
func (c *client) waitsForEnd() bool {
	return c.Expect < 0 && c.Linger < 0 && c.Timeout == 0 && c.Deadlines.Idle == 0 && c.Report.Watched()
}

// lingered ends a run whose --linger has passed. Replies that have arrived are still printed.
func (c *client) lingered() error {
	c.lingerPassed = true
	c.conn.Drain(500 * time.Millisecond)
	select {
	case <-c.repliesDone:
	case <-time.After(time.Second): // the output is blocked
		return c.status()
	}
	err := c.status()
	if at := c.conn.At(); err == nil && at.Held > 0 {
		err = &report.Failure{Status: report.StatusTruncated, Text: fmt.Sprintf("%s: frame %d at byte %d: only %s arrived before --linger %s passed",
			c.conn.Name(), at.Index, at.Offset, report.Count(int64(at.Held), "byte"), c.Linger), Hints: c.conn.Unframed()}
	}
	return err
}

// status returns the failure of a run that no signal and no time limit ended.
func (c *client) status() error {
	if lost := c.recvFailure.Load(); lost != nil {
		return lost
	}
	if err := c.stdin.Result(); err != nil {
		return err
	}
	if n := c.replies.Load(); n < c.Expect {
		return &report.Failure{Status: report.StatusUnmet, Text: fmt.Sprintf("%s: %d of %s arrived", c.conn.Name(), n, report.Count(c.Expect, "reply"))}
	}
	return nil
}

// printStats prints at the end how much was sent and received.
func (c *client) printStats(took time.Duration) {
	writes, sent, got := c.conn.Traffic()
	if !c.Stats {
		if c.Chunk.Kind != "" {
			c.Report.Note("sent %s in %s", report.Count(sent, "byte"), report.Count(writes, "write"))
		}
		return
	}
	c.Report.Clear()
	w, messages := c.Report.W, int64(0)
	if s := c.sent.Load(); s != nil {
		messages = s.Messages.Load()
	}
	fmt.Fprintf(w, "messages    %d\nreplies     %d\n", messages, c.replies.Load())
	fmt.Fprintf(w, "sent        %s in %s\n", report.Count(sent, "byte"), report.Count(writes, "write"))
	fmt.Fprintf(w, "received    %s\n", report.Count(got, "byte"))
	fmt.Fprintf(w, "round trip  %s\n", c.roundTrips)
	fmt.Fprintf(w, "time        %s\n", took.Round(time.Microsecond))
}

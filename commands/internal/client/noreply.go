package client

import (
	"errors"
	"time"

	"framecat/commands/internal/report"
)

// reportNoReply reports, where a person reads it, that a run which may get replies got none, and
// how the connection ended. Err is how the run ended.
func (c *client) reportNoReply(err error) {
	messages := int64(0)
	if s := c.sent.Load(); s != nil {
		messages = s.Messages.Load()
	}
	lost := c.recvFailure.Load()
	if c.replies.Load() > 0 || messages == 0 || c.Expect == 0 || !c.Report.Watched() || lost != nil && lost.Status == report.StatusPayload {
		return
	}
	_, _, got := c.conn.Traffic()
	how, hints := c.howEnded(err), []string(nil)
	var f *report.Failure
	switch explained := lost != nil && len(lost.Hints) > 0 || errors.As(err, &f) && len(f.Hints) > 0; {
	case explained:
	case got == 0:
		hints = c.noByteHints()
	default:
		hints = c.startHints()
	}
	c.Report.NoteWith(hints, "%s: sent %s, received 0 replies (%s): %s",
		c.conn.Name(), report.Count(messages, "message"), report.Count(got, "byte"), how)
}

// howEnded describes how the connection ended, or why the run did not wait any longer.
func (c *client) howEnded(err error) string {
	var f *report.Failure
	errors.As(err, &f)
	after := " after " + roundTime(time.Since(c.connected)).String()
	lost := c.recvFailure.Load()
	switch {
	case c.lingerPassed:
		return "--linger " + c.Linger.String() + " passed"
	case f != nil && f.Status == report.StatusTimeout:
		return "--timeout " + c.Timeout.String() + " passed"
	case f != nil && f.Status > report.StatusSignal:
		return "interrupted" + after
	case lost != nil && lost.Status == report.StatusTruncated:
		return "the peer closed the connection inside a frame of " + c.theirs().String()
	case lost != nil && lost.Status != report.StatusIO && c.theirs() == nil:
		return "the framing of what arrived is unknown"
	case lost != nil && lost.Status != report.StatusIO:
		return "what arrived is not a frame of " + c.theirs().String()
	case lost != nil:
		return lost.Text
	case isClosed(c.repliesDone) && !c.conn.Failed():
		return "the peer closed the connection after " + roundTime(c.ended.Sub(c.connected)).String()
	case f != nil && f.Text != "" && c.conn.Failed():
		return f.Text
	}
	return "we closed the connection" + after
}

// noByteHints returns what a user can try if the peer sent nothing at all.
func (c *client) noByteHints() []string {
	hint := "the peer may expect another framing than " + c.Ours.String() + "; set it with " + c.OursFlag
	if !c.lingerPassed && !c.NoHalfClose && c.Expect < 0 && isClosed(c.repliesDone) && !c.conn.Failed() {
		hint = "the peer may expect another framing than " + c.Ours.String() +
			", or drop its replies when our side closes: try --expect 1"
	}
	hints := []string{hint}
	if a := c.Advice.Assumed; a != "" {
		hints = append(hints, "no framing was given, so "+a+" was assumed")
	}
	return hints
}

// roundTime rounds a time so that a person can read it.
func roundTime(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Millisecond)
}

package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

const (
	// quietTime is the silence after which all sent bytes are assumed to have arrived.
	quietTime = 50 * time.Millisecond
	// renewSize is how many bytes of a streamed body must arrive within --frame-timeout.
	renewSize = 64 << 10
)

// Attach makes r the Reader of the connection; f is the framing of the peer. For the reader.
func (c *Conn) Attach(r *framing.Reader, f framing.Framing) {
	c.frames, c.framing, c.pause = r, f, framing.PauseOf(f)
}

// Resume lets r go on at the place where the stream was suspended. For the reader.
func (c *Conn) Resume(r *framing.Reader) {
	r.Resume(c, c.rest)
	c.rest = framing.State{}
}

// Suspend takes the stream from its Reader, so that the Reader can serve another connection.
// It does nothing and returns false if much of a frame is in the buffer. For the reader.
func (c *Conn) Suspend() bool {
	at := c.At()
	rest, ok := c.frames.Suspend()
	if ok {
		c.rest, c.at, c.frames = rest, at, nil
	}
	return ok
}

// Detach takes the stream from its Reader for ever, and drops what is buffered. For the
// reader.
func (c *Conn) Detach() {
	c.frames, c.rest, c.at, c.kept, c.last = nil, framing.State{}, Position{}, nil, time.Time{}
}

// SetStreaming begins or ends a frame whose body is passed on as it arrives; --frame-timeout
// then holds for every 64 KiB of it. For the reader.
func (c *Conn) SetStreaming(on bool) { c.streaming, c.streamed = on, 0 }

// Wait waits until there is something to read or WakeAt has come, and returns true. If that fails
// it returns false, and the next Read returns the error. For the reader.
func (c *Conn) Wait() bool {
	if c.waitErr = c.await(); c.waitErr == framing.ErrWait {
		c.waitErr = nil
	}
	return c.waitErr == nil
}

// Renew is called after a time in which we read nothing from the peer, whatever it sent: that
// time does not count for --idle-timeout. For --frame-timeout only the time of Wait and Read
// counts. For the reader.
func (c *Conn) Renew() { c.active.Store(time.Now().UnixNano()) }

// Read reads from the peer. It returns framing.ErrWait instead of waiting, unless Blocks is
// set, and report.ErrDone if the connection is to end. Other errors are a *PeerError. For the
// reader.
func (c *Conn) Read(p []byte) (n int, err error) {
	if c.holds() {
		return c.readKept(p)
	}
	for {
		if c.waitErr != nil {
			return 0, c.readFailure(c.waitErr)
		}
		if c.paused() {
			c.last = time.Time{}
			return 0, framing.ErrPause
		}
		if c.until.Load() != 0 && c.got.Load() >= c.upTo.Load() {
			return 0, report.ErrDone // the peer sends more than what had arrived when Drain was called
		}
		if c.AtMost > 0 && c.AtMost < len(p) {
			p = p[:c.AtMost]
		}
		if c.gate != nil {
			n, err = c.gate.read(p)
			if errors.Is(err, os.ErrDeadlineExceeded) { // await finds out which deadline it was
				err = framing.ErrWait
			}
		} else {
			err = c.withDeadlines(func() (err error) {
				n, err = c.Conn.Read(p)
				return err
			})
		}
		if err == framing.ErrWait && c.Blocks && c.gate != nil {
			if err = c.await(); err == nil {
				continue
			}
		}
		if err == framing.ErrWait && c.paused() {
			continue
		}
		if n > 0 {
			c.arrived(n)
		}
		return n, c.readFailure(err)
	}
}

// readFailure makes an error of reading a *PeerError, or report.ErrDone if it needs no report.
func (c *Conn) readFailure(err error) error {
	switch {
	case err == nil || err == io.EOF || err == framing.ErrWait:
		return err
	case errors.Is(err, net.ErrClosed):
		why := c.failed.Load()
		if why == nil {
			return report.ErrDone
		}
		err = *why
	case errors.Is(err, report.ErrDone):
		return report.ErrDone
	}
	if !c.ReportOnce() {
		return report.ErrDone
	}
	p := &PeerError{c.Name(), err, nil}
	at := c.At()
	var late *TimeoutError
	switch {
	case errors.As(err, &late) && late.Flag == "--frame-timeout": // its text names the frame
		p.Hints = c.Unframed()
	case c.inFrame() && c.failed.Load() == nil && !c.peeking:
		p.Hints = c.Unframed()
		p.Err = fmt.Errorf("frame %d at byte %d: %s after %s of the frame", at.Index, at.Offset, report.Reason(err), report.Count(c.got.Load()-at.Offset, "byte"))
	}
	return p
}

// Unframed returns hints about what has arrived, if that is a part of the first frame and nothing
// else. For the reader, and for others after the reader has ended.
func (c *Conn) Unframed() []string {
	if at := c.At(); at.Index > 0 || at.Held == 0 || c.explain == nil || c.frames == nil {
		return nil
	}
	return c.explain(c.framing, c.frames.Buffered())
}

// arrived counts n bytes that arrived, and renews the deadlines that they renew.
func (c *Conn) arrived(n int) {
	c.got.Add(int64(n))
	if c.pause > 0 {
		c.last = time.Now()
	}
	if c.deadlines.Idle > 0 {
		c.active.Store(time.Now().UnixNano())
	}
	if c.streaming {
		if c.streamed += n; c.streamed >= renewSize {
			c.streamed, c.timeLeft = 0, c.deadlines.Frame
		}
	}
}

// paused reports whether nothing has come for so long that a frame ends.
func (c *Conn) paused() bool { return !c.last.IsZero() && time.Since(c.last) >= c.pause }

// await waits until there is something to read or a deadline passes. Most
// connections have no deadline: for them it makes no system calls to set one.
func (c *Conn) await() error {
	if c.holds() {
		return nil
	}
	if c.timed || !c.WakeAt.IsZero() || !c.last.IsZero() || c.deadlines.Idle > 0 || c.deadlines.Frame > 0 && c.inFrame() || c.until.Load() != 0 {
		return c.withDeadlines(c.gate.wait)
	}
	c.timeLeft = c.deadlines.Frame
	err := c.gate.wait()
	if errors.Is(err, os.ErrDeadlineExceeded) { // Drain set one
		return c.withDeadlines(c.gate.wait)
	}
	return err
}

// withDeadlines calls wait under the deadlines of the connection. It calls it again if a
// deadline passed that has been moved meanwhile.
func (c *Conn) withDeadlines(wait func() error) error {
	for {
		began := time.Now()
		until := c.until.Load()
		end := c.due(began, until)
		if !end.IsZero() || c.timed {
			c.SetReadDeadline(end)
			c.timed = !end.IsZero()
			if c.until.Load() != until {
				continue // Drain was called meanwhile
			}
		}
		err := wait()
		if c.timed {
			c.timeLeft -= time.Since(began)
		}
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := c.expired(time.Now()); err != nil {
			return err
		}
	}
}

// due returns when waiting must end: the earliest deadline. The zero time is never.
func (c *Conn) due(now time.Time, until int64) (end time.Time) {
	earlier := func(t time.Time) {
		if end.IsZero() || t.Before(end) {
			end = t
		}
	}
	if c.deadlines.Frame > 0 {
		if !c.inFrame() {
			c.timeLeft = c.deadlines.Frame
		} else {
			if at := c.At(); c.index != at.Index {
				c.index, c.timeLeft = at.Index, c.deadlines.Frame
			}
			earlier(now.Add(c.timeLeft))
		}
	}
	if c.deadlines.Idle > 0 {
		earlier(time.Unix(0, c.active.Load()).Add(c.deadlines.Idle))
	}
	if !c.WakeAt.IsZero() {
		earlier(c.WakeAt)
	}
	if !c.last.IsZero() {
		earlier(c.last.Add(c.pause))
	}
	if until != 0 {
		earlier(time.Unix(0, until))
		earlier(now.Add(quietTime))
	}
	return end
}

// A Position is a place in a stream of frames.
type Position struct {
	Index, Offset int64 // of the next frame
	Held          int   // bytes of it that have arrived
}

// At returns the place in the stream. For the reader, and for others after the reader has
// ended.
func (c *Conn) At() Position {
	if r := c.frames; r != nil {
		return Position{r.Index(), r.Offset(), len(r.Buffered())}
	}
	return c.at
}

// inFrame reports whether a part of the next frame has arrived.
func (c *Conn) inFrame() bool { return c.streaming || c.At().Held > 0 }

// expired returns the error of the deadline that passed. It is nil if none did: then the
// caller goes on waiting.
func (c *Conn) expired(now time.Time) error {
	if c.until.Load() != 0 {
		return report.ErrDone
	}
	if c.deadlines.Frame > 0 && c.timeLeft <= 0 && c.inFrame() {
		what := fmt.Sprintf("frame %d at byte %d: not complete", c.At().Index, c.At().Offset)
		if c.peeking {
			what = "nothing more arrived, and no framing was found"
		}
		return &TimeoutError{"--frame-timeout", c.deadlines.Frame, what}
	}
	if c.deadlines.Idle > 0 && now.UnixNano() >= c.active.Load()+int64(c.deadlines.Idle) {
		return &TimeoutError{"--idle-timeout", c.deadlines.Idle, "nothing was received or sent"}
	}
	if !c.WakeAt.IsZero() && !now.Before(c.WakeAt) || c.paused() {
		return framing.ErrWait
	}
	return nil
}

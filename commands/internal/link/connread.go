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
	// quiet is how long nothing must come before all that was on its way is taken
	// to have arrived.
	quiet = 50 * time.Millisecond
	// renewal is how many bytes of a streamed body have the time of a frame.
	renewal = 64 << 10
)

// Attach says that r reads the frames of the connection, whose framing is f. For the
// reader.
func (c *Conn) Attach(r *framing.Reader, f framing.Framing) { c.frames, c.framing = r, f }

// Resume lets r go on where the stream was suspended. For the reader.
func (c *Conn) Resume(r *framing.Reader) {
	r.Attach(c, c.rest)
	c.rest.Tail = nil
}

// Suspend takes the stream from its Reader, so that the Reader can serve another, and
// reports whether it did: not if much of a frame is in the buffer. For the reader.
func (c *Conn) Suspend() bool {
	rest, ok := c.frames.Suspend()
	if ok {
		c.rest, c.frames = rest, nil
	}
	return ok
}

// Detach takes the stream from its Reader for good. For the reader.
func (c *Conn) Detach() { c.frames, c.rest = nil, framing.Suspended{} }

// Passing says that the body of a frame is passed on as it arrives, from now on or no
// longer. For the reader.
func (c *Conn) Passing(on bool) { c.passes, c.passed = on, 0 }

// Wait waits until there is something to read; the next Read returns its error. For the
// reader.
func (c *Conn) Wait() { c.trouble = c.await() }

// Read reads from the peer. Where it would have to wait it returns framing.ErrWait, unless
// blocks is set; once the connection is to end it returns errDone. For the reader.
func (c *Conn) Read(p []byte) (n int, err error) {
	for {
		if c.trouble != nil {
			return 0, c.readFault(c.trouble)
		}
		if c.until.Load() != 0 && c.got.Load() >= c.upTo.Load() {
			return 0, report.ErrDone // what was there is read, and the peer does not stop
		}
		if c.gate != nil {
			n, err = c.gate.read(p)
			if errors.Is(err, os.ErrDeadlineExceeded) { // waiting tells which one, and looks first
				err = framing.ErrWait
			}
		} else {
			err = c.patiently(func() (err error) {
				n, err = c.Conn.Read(p)
				return err
			})
		}
		if err == framing.ErrWait && c.Blocks {
			if err = c.await(); err == nil {
				continue
			}
		}
		if n > 0 {
			c.arrived(n)
		}
		return n, c.readFault(err)
	}
}

// readFault words an error of reading, or makes it errDone if it needs no report.
func (c *Conn) readFault(err error) error {
	switch {
	case err == nil || err == io.EOF || err == framing.ErrWait:
		return err
	case errors.Is(err, net.ErrClosed):
		why := c.killed.Load()
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
	case errors.As(err, &late) && late.Flag == "--frame-timeout": // it names the frame
		if at.Index == 0 && c.explain != nil {
			p.Hints = c.explain(c.framing, at.Tail)
		}
	case c.inFrame() && c.killed.Load() == nil:
		p.Err = fmt.Errorf("frame %d at byte %d: %s after %s of it", at.Index, at.Offset, report.Reason(err), report.Count(c.got.Load()-at.Offset, "byte"))
	}
	return p
}

func (c *Conn) arrived(n int) {
	c.got.Add(int64(n))
	if c.deadlines.Idle > 0 {
		c.active.Store(time.Now().UnixNano())
	}
	if c.passes {
		if c.passed += n; c.passed >= renewal {
			c.passed, c.left = 0, c.deadlines.Frame
		}
	}
}

// await waits until there is something to read, as long as the deadlines allow. Most
// connections wait without one.
func (c *Conn) await() error {
	if c.timed || c.deadlines.Idle > 0 || c.deadlines.Frame > 0 && c.inFrame() || c.until.Load() != 0 {
		return c.patiently(c.gate.wait)
	}
	c.left = c.deadlines.Frame
	err := c.gate.wait()
	if errors.Is(err, os.ErrDeadlineExceeded) { // drain set one
		return c.patiently(c.gate.wait)
	}
	return err
}

// patiently calls wait with the deadlines that hold now, as often as they turn out to
// be others.
func (c *Conn) patiently(wait func() error) error {
	for {
		began := time.Now()
		until := c.until.Load()
		end := c.due(began, until)
		if !end.IsZero() || c.timed {
			c.SetReadDeadline(end)
			c.timed = !end.IsZero()
			if c.until.Load() != until {
				continue // drain was called meanwhile
			}
		}
		err := wait()
		if c.timed {
			c.left -= time.Since(began)
		}
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := c.expired(time.Now()); err != nil {
			return err
		}
	}
}

// due is when waiting must end; zero is never.
func (c *Conn) due(now time.Time, until int64) (end time.Time) {
	earlier := func(t time.Time) {
		if end.IsZero() || t.Before(end) {
			end = t
		}
	}
	if c.deadlines.Frame > 0 {
		if !c.inFrame() {
			c.left = c.deadlines.Frame
		} else {
			if at := c.At(); c.index != at.Index {
				c.index, c.left = at.Index, c.deadlines.Frame
			}
			earlier(now.Add(c.left))
		}
	}
	if c.deadlines.Idle > 0 {
		earlier(time.Unix(0, c.active.Load()).Add(c.deadlines.Idle))
	}
	if until != 0 {
		earlier(time.Unix(0, until))
		earlier(now.Add(quiet))
	}
	return end
}

// At is where the stream is: the next frame, and what has arrived of it. For the reader,
// and for others once it has ended.
func (c *Conn) At() framing.Suspended {
	if r := c.frames; r != nil {
		return framing.Suspended{Index: r.Index, Offset: r.Offset, Tail: r.Buffered()}
	}
	return c.rest
}

func (c *Conn) inFrame() bool { return c.passes || len(c.At().Tail) > 0 }

// expired is the error of the deadline that passed; nil if none did, and waiting goes on.
func (c *Conn) expired(now time.Time) error {
	if c.until.Load() != 0 {
		return report.ErrDone
	}
	if c.deadlines.Frame > 0 && c.left <= 0 && c.inFrame() {
		return &TimeoutError{"--frame-timeout", c.deadlines.Frame,
			fmt.Sprintf("frame %d at byte %d: it is not whole", c.At().Index, c.At().Offset)}
	}
	if c.deadlines.Idle > 0 && now.UnixNano() >= c.active.Load()+int64(c.deadlines.Idle) {
		return &TimeoutError{"--idle-timeout", c.deadlines.Idle, "nothing came or went"}
	}
	return nil
}

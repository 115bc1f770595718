package commands

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"framecat/framing"

	"framecat/commands/internal/report"
)

// limits are the deadlines of a connection; 0 is none.
type limits struct {
	frame time.Duration // for a whole frame, while we read
	idle  time.Duration // without a byte either way
	hints *hintBudget   // nil is no limit
}

const (
	// quiet is how long nothing must come before all that was on its way is taken
	// to have arrived.
	quiet = 50 * time.Millisecond
	// renewal is how much of a streamed body has the time of a frame.
	renewal = 64 << 10
)

// A conn is one connection. Its reading side is a source of a framing.Reader.
type conn struct {
	net.Conn
	id     int
	given  string // its name for messages, if it is not its number and its peer
	limits limits

	framing framing.Framing // of the peer's frames
	frames  *framing.Reader // nil while the stream is suspended
	rest    framing.Suspended

	gate   *gate // nil if only Conn.Read can be used
	blocks bool  // Read waits, where it would return ErrWait
	passes bool  // the body of a frame is passed on as it arrives
	passed int   // bytes of it since its time was renewed
	index  int64 // of the frame that left is for
	left   time.Duration
	timed  bool // a read deadline is set

	trouble error // of a wait: Read returns it

	active atomic.Int64 // when bytes last went either way, in Unix nanoseconds
	until  atomic.Int64 // when all must be over, if not 0
	upTo   atomic.Int64 // and how many bytes are read until then
	writes atomic.Int64
	sent   atomic.Int64 // bytes
	got    atomic.Int64 // bytes
	told   atomic.Bool  // its trouble was reported, and what follows from it need not be
	killed atomic.Pointer[error]
	w      sync.Mutex // one writer at a time
}

// A peerError is trouble with a connection.
type peerError struct {
	name  string // of the connection
	err   error
	hints []string
}

func (p *peerError) Error() string { return p.name + ": " + p.err.Error() }
func (p *peerError) Unwrap() error { return p.err }

// appendTags appends the members of a JSON object that say when a message came, and from
// where.
func (c *conn) appendTags(dst []byte) []byte {
	dst = append(dst, `,"time":"`...)
	dst = time.Now().UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000000Z07:00")
	dst = strconv.AppendInt(append(dst, `","conn":`...), int64(c.id), 10)
	return appendJSONString(append(dst, `,"peer":`...), []byte(c.peer()))
}

// appendFrameTags appends nothing: the frames of a batch came together.
func (c *conn) appendFrameTags(dst []byte, _, _ int64) []byte { return dst }

// Read reads from the peer. It returns framing.ErrWait where it would have to wait,
// if it may, and errDone once the connection is to end.
func (c *conn) Read(p []byte) (n int, err error) {
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
		if err == framing.ErrWait && c.blocks {
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

// readFault tells whose trouble it is.
func (c *conn) readFault(err error) error {
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
	if !c.told.CompareAndSwap(false, true) {
		return report.ErrDone
	}
	p := &peerError{c.name(), err, nil}
	at := c.at()
	var late *timeoutError
	switch {
	case errors.As(err, &late) && late.flag == "--frame-timeout": // it names the frame
		if at.Index == 0 && c.limits.hints.take() {
			cut := &framing.Error{Kind: framing.Truncated, Err: io.ErrUnexpectedEOF}
			p.hints = (&scene{f: c.framing, e: cut, head: at.Tail, b: at.Tail}).hints()
		}
	case c.inFrame() && c.killed.Load() == nil:
		p.err = fmt.Errorf("frame %d at byte %d: %s after %s of it", at.Index, at.Offset, report.Reason(err), report.Count(c.got.Load()-at.Offset, "byte"))
	}
	return p
}

func (c *conn) arrived(n int) {
	c.got.Add(int64(n))
	if c.limits.idle > 0 {
		c.active.Store(time.Now().UnixNano())
	}
	if c.passes {
		if c.passed += n; c.passed >= renewal {
			c.passed, c.left = 0, c.limits.frame
		}
	}
}

// await waits until there is something to read, as long as the deadlines allow. Most
// connections wait without one.
func (c *conn) await() error {
	if c.timed || c.limits.idle > 0 || c.limits.frame > 0 && c.inFrame() || c.until.Load() != 0 {
		return c.patiently(c.gate.wait)
	}
	c.left = c.limits.frame
	err := c.gate.wait()
	if errors.Is(err, os.ErrDeadlineExceeded) { // drain set one
		return c.patiently(c.gate.wait)
	}
	return err
}

// patiently calls wait with the deadlines that hold now, as often as they turn out to
// be others.
func (c *conn) patiently(wait func() error) error {
	for {
		began := time.Now()
		until := c.until.Load()
		end := c.due(began, until)
		if !end.IsZero() || c.timed {
			c.SetReadDeadline(end)
			c.timed = !end.IsZero()
			if c.until.Load() != until {
				continue // drain came between
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

// due is when waiting has to end; zero is never.
func (c *conn) due(now time.Time, until int64) (end time.Time) {
	earlier := func(t time.Time) {
		if end.IsZero() || t.Before(end) {
			end = t
		}
	}
	if c.limits.frame > 0 {
		if !c.inFrame() {
			c.left = c.limits.frame
		} else {
			if at := c.at(); c.index != at.Index {
				c.index, c.left = at.Index, c.limits.frame
			}
			earlier(now.Add(c.left))
		}
	}
	if c.limits.idle > 0 {
		earlier(time.Unix(0, c.active.Load()).Add(c.limits.idle))
	}
	if until != 0 {
		earlier(time.Unix(0, until))
		earlier(now.Add(quiet))
	}
	return end
}

// at is where the stream is: the next frame, and what has arrived of it.
func (c *conn) at() framing.Suspended {
	if r := c.frames; r != nil {
		return framing.Suspended{Index: r.Index, Offset: r.Offset, Tail: r.Buffered()}
	}
	return c.rest
}

func (c *conn) inFrame() bool { return c.passes || len(c.at().Tail) > 0 }

// expired tells which deadline passed; nil if none, and waiting goes on.
func (c *conn) expired(now time.Time) error {
	if c.until.Load() != 0 {
		return report.ErrDone
	}
	if c.limits.frame > 0 && c.left <= 0 && c.inFrame() {
		return &timeoutError{"--frame-timeout", c.limits.frame,
			fmt.Sprintf("frame %d at byte %d: it is not whole", c.at().Index, c.at().Offset)}
	}
	if c.limits.idle > 0 && now.UnixNano() >= c.active.Load()+int64(c.limits.idle) {
		return &timeoutError{"--idle-timeout", c.limits.idle, "nothing came or went"}
	}
	return nil
}

// drain lets the connection read what has arrived, and ends it then or when the time
// is over. For a peer that goes on sending, that is what the system may have kept.
func (c *conn) drain(within time.Duration) {
	end := time.Now().Add(within)
	room := 1 << 20
	if c.gate != nil {
		room = c.gate.room()
	}
	c.upTo.Store(c.got.Load() + int64(room))
	if !c.until.CompareAndSwap(0, end.UnixNano()) {
		return
	}
	c.SetReadDeadline(time.Now().Add(quiet))
	c.SetWriteDeadline(end)
}

// fail ends the connection, from outside its own goroutine: its Read returns err.
func (c *conn) fail(err error) {
	c.killed.CompareAndSwap(nil, &err)
	c.Conn.Close()
}

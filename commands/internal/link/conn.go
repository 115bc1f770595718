package link

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// A Conn is one connection: the source of a framing.Reader, and a writer of whole frames.
//
// Its state has three owners. One goroutine at a time reads: it alone may call the methods
// that are marked "for the reader". One goroutine at a time writes, which a mutex ensures.
// The counters and the deadline of the end are atomic: all other methods may be called by
// any goroutine.
type Conn struct {
	net.Conn
	Blocks bool // Read waits, where it would return ErrWait; set before the first Read

	id    int
	given string // its name for messages, if it is not its number and its peer
	gate  *gate  // nil if only Conn.Read can be used

	deadlines Deadlines
	explain   func(f framing.Framing, head []byte) []string

	// Of the reader.
	framing framing.Framing // of the peer's frames
	frames  *framing.Reader // nil while the stream is suspended
	rest    framing.Suspended
	passes  bool          // the body of a frame is passed on as it arrives
	passed  int           // bytes of it since its time was renewed
	index   int64         // of the frame that left is for
	left    time.Duration // of the frame's time
	timed   bool          // a read deadline is set
	trouble error         // of a wait: Read returns it

	// Of all.
	active   atomic.Int64 // when bytes last went either way, in Unix nanoseconds
	until    atomic.Int64 // when all must be over, if not 0
	upTo     atomic.Int64 // and how many bytes are read until then
	writes   atomic.Int64
	sent     atomic.Int64 // bytes
	got      atomic.Int64 // bytes
	reported atomic.Bool  // its trouble was reported, and what follows from it need not be
	killed   atomic.Pointer[error]

	w sync.Mutex // of the writer
}

// NewConn makes a Conn of a connection just made. Reports call it by its name or, if that is
// "", by its number and its peer.
func NewConn(nc net.Conn, id int, name string, o *Options) *Conn {
	c := &Conn{Conn: nc, id: id, given: name, gate: newGate(nc), deadlines: o.Deadlines, explain: o.Explain}
	c.left = o.Deadlines.Frame
	c.active.Store(time.Now().UnixNano())
	return c
}

// Name is what reports call the connection.
func (c *Conn) Name() string {
	if c.given != "" {
		return c.given
	}
	return fmt.Sprintf("conn %d %s", c.id, c.peer())
}

// peer is the address at the other end.
func (c *Conn) peer() string {
	if p := c.RemoteAddr().String(); p != "@" && p != "" {
		return p
	}
	return "unix" // clients of a unix socket have no name
}

// AppendTags appends the members of a JSON object that say when a message came, and from
// where.
func (c *Conn) AppendTags(dst []byte) []byte {
	dst = append(dst, `,"time":"`...)
	dst = time.Now().UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000000Z07:00")
	dst = strconv.AppendInt(append(dst, `","conn":`...), int64(c.id), 10)
	return formats.AppendJSONString(append(dst, `,"peer":`...), []byte(c.peer()))
}

// AppendFrameTags appends nothing: the frames of a batch came together.
func (c *Conn) AppendFrameTags(dst []byte, _, _ int64) []byte { return dst }

// CanWait reports whether Read can return framing.ErrWait, and wait can be called.
func (c *Conn) CanWait() bool { return c.gate != nil }

// Traffic is what went over the connection: writes, bytes sent, bytes received.
func (c *Conn) Traffic() (writes, sent, got int64) {
	return c.writes.Load(), c.sent.Load(), c.got.Load()
}

// ReportOnce reports whether the caller is the first to report trouble with the
// connection.
func (c *Conn) ReportOnce() bool { return c.reported.CompareAndSwap(false, true) }

// Ending is the time at which the connection is closed, once drain was called.
func (c *Conn) Ending() (until time.Time, ok bool) {
	at := c.until.Load()
	return time.Unix(0, at), at != 0
}

// Drain lets the connection read what has arrived, and ends it then or when the time
// is over. Of a peer that goes on sending, it reads what the system may have kept.
func (c *Conn) Drain(within time.Duration) {
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

// Fail ends the connection: the Read that the reader waits in returns err.
func (c *Conn) Fail(err error) {
	c.killed.CompareAndSwap(nil, &err)
	c.Conn.Close()
}

// CloseWrite tells the peer that nothing more will come.
func (c *Conn) CloseWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}

// Close ends the connection. If unread, the peer is still sending: it gets what was written
// to it before, which closing at once would throw away.
func (c *Conn) Close(unread bool) {
	c.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if unread && c.CloseWrite() == nil {
		var waste [4096]byte
		for range 256 {
			if _, err := c.Conn.Read(waste[:]); err != nil {
				break
			}
		}
	}
	c.Conn.Close()
}

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
// that are marked "for the reader". A mutex lets one goroutine at a time write. All other
// methods use only atomic values, and any goroutine may call them.
type Conn struct {
	net.Conn
	Blocks bool // Read waits instead of returning ErrWait; set before the first Read
	Pieces bool // Write writes pieces, so that Stuck notices each; set before the first Write
	AtMost int  // how many bytes a Read returns at most; 0 is no limit. For the reader

	// WakeAt ends waiting: Read returns ErrWait then, even if Blocks is set. The zero time is
	// never. For the reader.
	WakeAt time.Time

	id   int
	name string // in messages; "" is its number and its peer
	gate *gate  // nil if only Conn.Read can be used

	deadlines Deadlines
	direction string
	explain   func(f framing.Framing, head []byte) []string
	sending   func(p []byte) // called with what is written, before it is; may be nil

	// For the reader.
	framing   framing.Framing // of the peer's frames
	frames    *framing.Reader // nil while the stream is suspended
	rest      framing.State   // of the stream while it is suspended
	at        Position        // of the stream while it is suspended
	streaming bool            // the body of a frame is passed on as it arrives
	streamed  int             // bytes of that body since timeLeft was renewed
	index     int64           // the frame that timeLeft is for
	timeLeft  time.Duration   // until --frame-timeout
	timed     bool            // a read deadline is set
	waitErr   error           // the error of Wait, which the next Read returns
	peeking   bool            // the framing is not known yet: see Peek
	kept      []byte          // what Peek has read
	keptErr   error           // how the stream ends after kept; nil if that is not known
	pause     time.Duration   // the silence that ends a frame; 0 if frames end by their bytes
	last      time.Time       // when the bytes came after which there was no pause yet; with pause only

	// For all.
	active   atomic.Int64 // when bytes last went either way, in Unix nanoseconds
	until    atomic.Int64 // when the connection must end, in Unix nanoseconds; 0 is never
	upTo     atomic.Int64 // how many bytes in all are read before that end
	writing  atomic.Int64 // when the peer last took a part of the current Write, in Unix nanoseconds; 0 is no write
	untaken  atomic.Int64 // how many bytes the peer had not taken when Stuck was called
	writes   atomic.Int64
	sent     atomic.Int64 // bytes
	got      atomic.Int64 // bytes
	reported atomic.Bool  // a failure was reported; later ones follow from it
	failed   atomic.Pointer[error]

	w sync.Mutex // held while writing
}

// NewConn returns the Conn of a new connection. Messages call it by name or, if name is "", by
// its number id and the address of its peer.
func NewConn(nc net.Conn, id int, name string, o *Options) *Conn {
	c := &Conn{Conn: nc, id: id, name: name, gate: newGate(nc), deadlines: o.Deadlines, direction: o.Direction, explain: o.Explain}
	c.timeLeft = o.Deadlines.Frame
	if o.Sent != nil {
		c.sending = o.Sent(c)
	}
	c.active.Store(time.Now().UnixNano())
	return c
}

// Name returns what messages call the connection.
func (c *Conn) Name() string {
	if c.name != "" {
		return c.name
	}
	return fmt.Sprintf("conn %d %s", c.id, PeerName(c.Conn))
}

// PeerName returns the address at the other end of a connection.
func PeerName(nc net.Conn) string {
	if p := nc.RemoteAddr().String(); p != "@" && p != "" {
		return p
	}
	return "unix" // clients of a Unix socket have no address
}

// AppendTags appends members of a JSON object: from which connection and peer a message came,
// and when.
func (c *Conn) AppendTags(dst []byte) []byte {
	if c.direction != "" {
		dst = append(append(append(dst, `,"direction":"`...), c.direction...), '"')
	}
	dst = strconv.AppendInt(append(dst, `,"conn":`...), int64(c.id), 10)
	dst = formats.AppendJSONString(append(dst, `,"peer":`...), []byte(PeerName(c.Conn)))
	return formats.AppendTime(dst, time.Now())
}

// AppendFrameTags appends nothing: all frames of a batch came at the same time.
func (c *Conn) AppendFrameTags(dst []byte, _, _ int64) []byte { return dst }

// CanWait reports whether Wait can be called, and Read can return framing.ErrWait.
func (c *Conn) CanWait() bool { return c.gate != nil }

// Traffic returns the number of writes, of bytes sent and of bytes received.
func (c *Conn) Traffic() (writes, sent, got int64) {
	return c.writes.Load(), c.sent.Load(), c.got.Load()
}

// ReportOnce returns true to its first caller only: a failure of the connection is reported
// once.
func (c *Conn) ReportOnce() bool { return c.reported.CompareAndSwap(false, true) }

// Failed reports whether a failure of the connection was reported.
func (c *Conn) Failed() bool { return c.reported.Load() }

// Ending returns the time at which the connection must end; ok is false before Drain is
// called.
func (c *Conn) Ending() (until time.Time, ok bool) {
	at := c.until.Load()
	return time.Unix(0, at), at != 0
}

// Drain lets the connection read what has arrived, for at most the given time, and then ends
// it. If the peer goes on sending, only as much is read as the system's buffer can hold.
func (c *Conn) Drain(within time.Duration) {
	end := time.Now().Add(within)
	room := 1 << 20
	if c.gate != nil {
		room = c.gate.bufferSize()
	}
	c.upTo.Store(c.got.Load() + int64(room))
	if !c.until.CompareAndSwap(0, end.UnixNano()) {
		return
	}
	c.SetReadDeadline(time.Now().Add(quietTime))
	c.SetWriteDeadline(end)
}

// Fail closes the connection; the reader's Read returns err.
func (c *Conn) Fail(err error) {
	c.failed.CompareAndSwap(nil, &err)
	c.Conn.Close()
}

// CloseWrite closes our side of the connection: the peer reads the end of our stream.
func (c *Conn) CloseWrite() error { return CloseWrite(c.Conn) }

// Close closes the connection. Unread means that the peer may still be sending; some of that
// is then read first, because the system drops our last bytes if it closes a socket with
// unread data. A process may go on for a while, but not after Drain.
func (c *Conn) Close(unread bool) {
	c.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if unread && c.CloseWrite() == nil {
		var ignored [4096]byte
		for range 256 {
			if _, err := c.Conn.Read(ignored[:]); err != nil {
				break
			}
		}
	}
	if _, ending := c.Ending(); ending {
		c.EndProcess()
	}
	c.Conn.Close()
	Await(c.Conn)
}

// EndProcess ends the process at the other end, and the connection to it. It does nothing to other
// connections.
func (c *Conn) EndProcess() {
	if p, ok := c.Conn.(*processConn); ok {
		p.end(0)
	}
}

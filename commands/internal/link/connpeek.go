package link

import (
	"time"

	"framecat/framing"
)

// The start of a stream whose framing is not known is kept until the framing is found. Memory
// follows what has arrived.

// peekSize is how much Peek reads at once.
const peekSize = 4 << 10

// Peek reads more of the stream, once, until there are so many bytes. It returns all bytes since
// the start of the stream, and keeps them: after Unpeek, Read returns them again. Its errors are
// those of Read, which Read returns again too, after the bytes. As long as bytes arrive,
// --frame-timeout begins again. For the reader.
func (c *Conn) Peek(most int) (start []byte, err error) {
	c.peeking = true
	if c.keptErr != nil || len(c.kept) >= most {
		return c.kept, c.keptErr
	}
	n := 0
	p := make([]byte, min(peekSize, most-len(c.kept)))
	if n, err = c.Read(p); n > 0 {
		c.kept = append(c.kept, p[:n]...)
		c.at.Held, c.timeLeft = len(c.kept), c.deadlines.Frame
	}
	if err != framing.ErrWait {
		c.keptErr = err
	}
	return c.kept, err
}

// Unpeek ends peeking: the framing is known. Read returns what was kept, without the first skip
// bytes. For the reader.
func (c *Conn) Unpeek(skip int) {
	c.peeking, c.kept, c.at.Held, c.WakeAt = false, c.kept[skip:], 0, time.Time{}
}

// holds reports whether Read has something to return without the peer.
func (c *Conn) holds() bool { return !c.peeking && (len(c.kept) > 0 || c.keptErr != nil) }

// readKept reads what was kept.
func (c *Conn) readKept(p []byte) (n int, err error) {
	if len(c.kept) == 0 {
		return 0, c.keptErr
	}
	if c.AtMost > 0 && c.AtMost < len(p) {
		p = p[:c.AtMost]
	}
	n = copy(p, c.kept)
	if c.kept = c.kept[n:]; len(c.kept) == 0 {
		c.kept = nil
	}
	return n, nil
}

// SetSent sets the function that is called with the bytes of each Write, before they are written.
func (c *Conn) SetSent(sending func(p []byte)) {
	c.w.Lock()
	defer c.w.Unlock()
	c.sending = sending
}

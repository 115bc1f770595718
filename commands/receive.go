package commands

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"framecat/framing"
)

const headSize = 4096 // bytes of a stream that hints look at

// newConn is a connection just made. Its reports begin with name, or with its number
// and its peer.
func newConn(nc net.Conn, id int, name string, l limits) *conn {
	c := &conn{Conn: nc, id: id, name: name, limits: l, gate: newGate(nc)}
	if c.peer = nc.RemoteAddr().String(); c.peer == "@" || c.peer == "" {
		c.peer = "unix" // clients of a unix socket have no name
	}
	if name == "" {
		c.name = fmt.Sprintf("conn %d %s", id, c.peer)
	}
	c.active.Store(time.Now().UnixNano())
	return c
}

// receive converts the peer's frames until its stream ends. What it returns was
// reported; errDone and nil are no trouble.
//
// With lent buffers, a connection that waits holds next to nothing.
func (c *conn) receive(v *conversion, lent *framing.Buffers) error {
	r := framing.NewReader(c, v.in.framing)
	r.Max, r.MaxName, r.MaxStream = v.maxHeld, "--max-frame", v.maxStreamed
	r.Idle, r.Buffers = v.sink.flush, lent
	_, r.StreamLarge = v.sink.(streamer)
	c.framing, c.frames, c.left = v.in.framing, r, c.limits.frame
	if lent == nil || c.gate == nil {
		c.blocks = true
		r.Head = make([]byte, 0, headSize)
	} else {
		v.wait = c.rest
		c.lendHead()
	}
	err := v.frames(r, input{name: c.name})
	c.returnHead()
	r.Release()
	if flush := v.sink.flush(); flush != nil && err == nil {
		err = v.ioFailure("standard output", flush)
	}
	return err
}

// rest waits for the peer, without buffers.
func (c *conn) rest() error {
	c.returnHead()
	c.frames.Release()
	err := c.await()
	c.lendHead()
	return c.readFault(err)
}

var heads = sync.Pool{New: func() any { return new([headSize]byte) }}

// lendHead keeps the first bytes of the stream for hints, as long as there is no frame.
func (c *conn) lendHead() {
	if r := c.frames; r.Index == 0 && r.Offset == 0 {
		head := heads.Get().(*[headSize]byte)
		b := r.Buffered()
		r.Head = append(head[:0], b[:min(len(b), headSize)]...)
	}
}

func (c *conn) returnHead() {
	if r := c.frames; r.Buffers != nil && cap(r.Head) == headSize {
		heads.Put((*[headSize]byte)(r.Head[:headSize]))
		r.Head = nil
	}
}

// A passSink is the sink of the only connection: large bodies go through it as they
// arrive.
type passSink struct{ connSink }

func (s *passSink) stream(int64) (io.Writer, error) {
	w, err := s.out.sink.(streamer).stream(s.out.index)
	if err != nil {
		return nil, s.out.fail(err)
	}
	s.from.passes, s.from.passed = true, 0
	return outWriter{s.out, w}, nil
}

func (s *passSink) streamed(err error) error {
	s.from.passes = false
	end := s.out.sink.(streamer).streamed(err)
	if end != nil {
		return s.out.fail(end)
	}
	if s.out.index++; err == nil {
		if s.out.count(1); s.out.left == 0 {
			return s.out.finish()
		}
	}
	return nil
}

func (s *passSink) where() string { return s.out.sink.(streamer).where() }

// An outWriter writes a streamed body; its trouble is that of the output.
type outWriter struct {
	out *output
	w   io.Writer
}

func (w outWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		err = w.out.fail(err)
	}
	return n, err
}

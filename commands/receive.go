package commands

import (
	"fmt"
	"io"
	"net"
	"time"

	"framecat/framing"
)

// newConn is a connection just made. Reports call it by its name, or by its number and
// its peer.
func newConn(nc net.Conn, id int, name string, l limits) *conn {
	c := &conn{Conn: nc, id: id, given: name, limits: l, gate: newGate(nc)}
	c.left = l.frame
	c.active.Store(time.Now().UnixNano())
	return c
}

// peer is the address at the other end.
func (c *conn) peer() string {
	if p := c.RemoteAddr().String(); p != "@" && p != "" {
		return p
	}
	return "unix" // clients of a unix socket have no name
}

func (c *conn) name() string {
	if c.given != "" {
		return c.given
	}
	return fmt.Sprintf("conn %d %s", c.id, c.peer())
}

// newFrames returns a reader of frames of a conversion, with its limits.
func newFrames(src io.Reader, v *conversion) *framing.Reader {
	r := framing.NewReader(src, v.in.framing)
	r.Max, r.MaxName, r.MaxStream = v.maxHeld, "--max-frame", v.maxStreamed
	r.Idle = v.idle
	_, r.StreamLarge = v.sink.(streamer)
	v.hinter = newHinter(r)
	return r
}

// receive converts the peer's frames until its stream ends, or returns framing.ErrWait
// where it would have to wait. What it returns otherwise was reported; errDone and nil
// are no trouble.
func (c *conn) receive(v *conversion, r *framing.Reader) error {
	c.frames, c.framing = r, v.in.framing
	v.origin = origin{from: c}
	err := v.frames(r, input{}) // the reporter knows the name
	if err == framing.ErrWait {
		return err
	}
	if flush := v.sink.flush(); flush != nil && err == nil {
		err = v.ioFailure("standard output", flush)
	}
	return err
}

// A passSink is the sink of the only connection: large bodies go through it as they
// arrive.
type passSink struct{ *connSink }

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

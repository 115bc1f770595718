package conversation

import (
	"bytes"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/pump"
	"framecat/framing"
)

// TLS is what a Stream is upgraded to when its client begins to encrypt.
const TLS = "TLS"

// An Upgrade is the error of a Handler's Next after the last message before another protocol, in
// both directions. The Engine then ends the frames of both, and calls Handler.Upgraded.
type Upgrade struct{ To string }

func (u *Upgrade) Error() string { return "the connection is upgraded to " + u.To }

// Saw looks at a frame that asks for an upgrade, or begins one. Its error is an *Upgrade if the
// frame is the last before it: the end of the answer 101 of HTTP, which names the protocol. It is for
// Handler.Next.
func (d *Direction) Saw(f *framing.Frame) error {
	if d.Dir == 0 {
		if asks, ok := d.Framing.(interface {
			BareReply(header, body []byte) bool
		}); ok {
			d.Stream.Dirs[1].bare = asks.BareReply(f.Header, f.Body)
		}
		return nil
	}
	if protocol, over := d.answer.SawFrame(f); over {
		if e := hint.Upgrade(protocol); e != nil && d.Entry != nil && e.Name == d.Entry.Name {
			return nil // its frames include the head
		}
		return &Upgrade{To: protocol}
	}
	return nil
}

// Spec returns the framing that follows an upgrade; "" if it is to be found.
func (s *Stream) Spec() string {
	if s.Upgraded == TLS {
		return "tls"
	}
	if e := hint.Upgrade(s.Upgraded); e != nil {
		return e.Name
	}
	return ""
}

// HTTPHead returns how many bytes at the start of a direction are the head of an upgrade of HTTP:
// of the request, or of the answer 101. It is 0 if there is no such head, and ok is false if more
// bytes must come.
func HTTPHead(start []byte, dir int) (size int, ok bool) {
	first, _, whole := bytes.Cut(start, []byte("\r\n"))
	switch {
	case dir == 1 && !agree(start, pump.Switching), len(start) > mostHead:
		return 0, true
	case dir == 0 && (len(start) > 0 && (start[0] < 'A' || start[0] > 'Z') || whole && !bytes.HasSuffix(first, []byte(" HTTP/1.1"))):
		return 0, true
	}
	head, _, ok := bytes.Cut(start, []byte("\r\n\r\n"))
	if ok && !bytes.Contains(bytes.ToLower(head), []byte("\r\nupgrade:")) {
		return 0, true
	}
	return len(head) + 4, ok
}

// mostHead is how many bytes of a head are looked at.
const mostHead = 16 << 10

// agree reports whether b and text are equal as far as both go.
func agree(b []byte, text string) bool {
	n := min(len(b), len(text))
	return string(b[:n]) == text[:n]
}

// Next returns an *Upgrade if the client begins TLS in the place of a frame. All protocols that
// change to TLS on the way do so: the answer to STARTTLS and the like need not be known.
func (w *worker) Next(r *framing.Reader) error {
	if w.d.Dir == 0 {
		if hello, wait := pump.BeginsTLS(r.Buffered(), w.feed.data); hello || wait {
			switch d := w.d; {
			case d.secure:
			case wait && w.feed.gap == nil && !w.feed.ended:
				return framing.ErrWait
			case hello && r.Index() == d.index:
				d.secure = true
			case hello:
				return &Upgrade{To: TLS}
			}
		}
	}
	return w.Handler.Next(r)
}

// reply handles a reply of one byte that is due. Otherwise it would wait for the next one, since it
// could be the start of a longer message. It returns how many bytes it has handled.
func (e *Engine) reply(d *Direction, b []byte) (n int, err error) {
	d.bare = false
	if x, err := d.Framing.Scan(b[:1], &framing.Cursor{EOF: true}); err != nil || x.Header != 1 || !x.Silent {
		return 0, nil
	}
	if err := e.run(d, feed{data: b[:1], ended: true}); err != nil {
		return 1, err
	}
	e.free(d)
	d.over, d.base, d.skip = false, d.from+1, d.from+1
	return 1, nil
}

// anew returns the direction as it was before its first bytes, where it is now.
func (d *Direction) anew() Direction {
	return Direction{Stream: d.Stream, Dir: d.Dir, index: d.index, base: d.offset, skip: d.offset, offset: d.offset, at: d.at, done: d.done, closed: d.closed}
}

// upgrade ends the frames of both directions. Rest is what came in one of them after its last frame.
func (e *Engine) upgrade(d *Direction, to string, rest []byte) error {
	s, h := d.Stream, d.handler
	d.offset -= int64(len(rest))
	e.free(d)
	if other := &s.Dirs[1-d.Dir]; other.handler != nil && !other.over {
		if err := e.run(other, feed{ended: true}); err != nil {
			return err
		}
		e.free(other)
	}
	h.Upgraded(to)
	s.Upgraded = to
	for i := range s.Dirs {
		d := &s.Dirs[i]
		if d.handler != nil && !d.closed {
			d.handler.Ended()
		}
		*d = d.anew()
	}
	if len(rest) == 0 {
		return nil
	}
	return e.deliver(s, capture.Event{Kind: capture.Bytes, Stream: s.Index, Dir: d.Dir, At: d.at, Data: rest})
}

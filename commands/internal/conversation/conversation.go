// Package conversation finds the messages in what happens on connections, in the order in which
// they are complete.
//
// A source calls Engine.Take with events: a capture that is followed, or a relay. The Engine
// keeps a suspended framing.Reader for each direction that is open, and calls the Handler of the
// direction for each frame. Memory follows what is open and unfinished, never what has passed; a
// direction whose framing is lost costs nothing more.
//
// An Engine is for one goroutine.
package conversation

import (
	"slices"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Handler handles what an Engine finds in one direction of a stream. An error of Next, Fault,
// Gap or Skipped ends the Engine; but report.ErrDone only ends the search for frames in this
// direction, after the Handler has handled what the Reader has in its buffer.
type Handler interface {
	pump.Handler
	// Fill takes bytes that are in no frame, before the frame after them. Offset is where they
	// start in the direction.
	Fill(offset int64, b []byte)
	// Undecoded takes bytes in which no frames are searched any more. Offset is where they start
	// in the direction.
	Undecoded(offset int64, b []byte)
	// Upgraded is called when another protocol follows, in both directions, after what this one
	// has sent. Watcher.Open is then called again for both.
	Upgraded(to string)
	// Ended is called when nothing more comes in this direction, or another protocol follows.
	Ended()
}

// A Watcher handles what an Engine finds.
type Watcher interface {
	// Open returns the Handler of a direction, before its first bytes. It may set the Framing
	// of the direction; if it is nil, the bytes are not decoded.
	Open(d *Direction) (Handler, error)
	// Happened takes each event but Bytes: before the Handlers take an Opened, and after they
	// take any other.
	Happened(s *Stream, e capture.Event) error
}

// An Engine finds the frames in events. Set its fields before the first call of Take.
type Engine struct {
	Watcher Watcher
	Max     int64 // limits payloads: see framing.Reader
	Resync  bool  // search for the next frame after a malformed one, as framing.Reader.Resync does

	// Unusual is called with the first frame of a direction that its protocol forbids: see
	// framing.Reader. It may be nil.
	Unusual func(h Handler, f framing.Frame, what string)

	streams map[int]*Stream
	idle    map[framing.Framing][]*worker // workers that hold no direction
	latest  *worker                       // the worker that was used last; nil if there is none
	now     time.Time                     // the latest time of an event
}

// A Stream is a connection that is open.
type Stream struct {
	Index          int    // counts from 0
	Client, Server string // the ends; empty if they are unknown
	Dirs           [2]Direction
	Upgraded       string // the protocol since the last Upgrade; "" before one

	start start
}

// A Direction is what one end of a stream sends. It is for the Handler.
type Direction struct {
	Stream  *Stream
	Dir     int // 0 is from the client to the server, 1 is back
	Framing framing.Framing
	Entry   *framing.Entry // the row of Framing; nil if it has none
	Finding bool           // the Framing is being found; see Finder

	unsettled bool // the framing was not found before a pause
	tries     int  // how often it was looked for again

	start   []byte  // the first bytes, while the framing is being found
	looked  int     // how many of them were looked at
	base    int64   // where the protocol begins
	skip    int64   // where its first frame begins
	index   int64   // of that frame
	handler Handler // nil before the first bytes
	state   framing.State
	worker  *worker // nil while no bytes of a frame are held that are too many for state
	offset  int64   // of the next bytes
	over    bool    // no frames are searched any more
	closed  bool    // nothing more comes
	quiet   bool    // there was a pause after the last bytes
	waits   bool    // Recover waits for more bytes
	skipped int64   // bytes that it has passed over so far
	pending []byte  // bytes that may begin TLS, if more come
	secure  bool    // all frames are TLS
	bare    bool    // a reply of one byte is due

	answer pump.SwitchHead // the head of an answer 101 of HTTP that is being read

	first    time.Time // when the first byte of the unfinished frame came
	pieces   int       // in how many events its bytes came
	at, done time.Time // when the event that is being taken came, and the latest time by then
	from     int64     // offset of the bytes of that event
}

// Came returns when the first byte of a frame came, when its last byte came, and in how many
// reads or segments. It is for Handler.Next. Of a capture with segments in the wrong order, the
// last byte counts as come when all before it have. Times are zero if they are unknown.
func (d *Direction) Came(f *framing.Frame) (first, last time.Time, pieces int) {
	if f.Offset < d.from {
		return d.first, d.done, d.pieces + 1
	}
	return d.at, d.done, 1
}

// Skip returns where the first frame of the protocol begins.
func (d *Direction) Skip() int64 { return d.skip }

// At returns the latest time of the events so far, or the zero time if no event has one.
func (d *Direction) At() time.Time { return d.done }

// Take takes the next event. Its error is that of the Watcher or a Handler.
func (e *Engine) Take(v capture.Event) error {
	if v.At.After(e.now) {
		e.now = v.At
	}
	if v.Kind == capture.Opened {
		return e.open(v)
	}
	s := e.streams[v.Stream]
	if s == nil { // it was ended
		return nil
	}
	return e.deliver(s, v)
}

// deliver takes an event of a stream that is open, or holds it.
func (e *Engine) deliver(s *Stream, v capture.Event) error {
	if held, err := e.hold(s, &s.Dirs[v.Dir], v); held || err != nil {
		return err
	}
	return e.take(s, v)
}

// take takes an event of a stream that is open.
func (e *Engine) take(s *Stream, v capture.Event) error {
	if err := e.pauses(s, v.At); err != nil {
		return err
	}
	d := &s.Dirs[v.Dir]
	switch v.Kind {
	case capture.Bytes:
		return e.bytes(d, v)
	case capture.Lost:
		if err := e.lost(d, v); err != nil {
			return err
		}
	case capture.Closed:
		if err := e.close(d, v); err != nil {
			return err
		}
	case capture.Ended:
		delete(e.streams, v.Stream)
		for i := range s.Dirs {
			if err := e.close(&s.Dirs[i], v); err != nil {
				return err
			}
		}
	}
	return e.Watcher.Happened(s, v)
}

// pauses ends the frames that a pause ends, in both directions of a stream of which an event comes at a
// time.
func (e *Engine) pauses(s *Stream, now time.Time) error {
	for i := range s.Dirs {
		d := &s.Dirs[i]
		p := framing.PauseOf(d.Framing)
		if p == 0 || d.over || d.handler == nil || d.at.IsZero() || d.quiet || now.Sub(d.at) < p {
			continue
		}
		d.quiet = true
		d.pieces-- // the pause brings no bytes
		if err := e.run(d, feed{pause: true}); err != nil {
			return err
		}
	}
	return nil
}

// Quiet ends the frames that a pause ends in all streams, if nothing has come there until now. A source
// that is live calls it now and then.
func (e *Engine) Quiet(now time.Time) error {
	for _, s := range e.streams {
		if err := e.pauses(s, now); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) open(v capture.Event) error {
	if e.streams == nil {
		e.streams, e.idle = map[int]*Stream{}, map[framing.Framing][]*worker{}
	}
	s := &Stream{Index: v.Stream, Client: v.Client, Server: v.Server}
	for i := range s.Dirs {
		s.Dirs[i].Stream, s.Dirs[i].Dir = s, i
	}
	e.streams[v.Stream] = s
	return e.Watcher.Happened(s, v)
}

// begin gets the Handler of a direction, before its first bytes.
func (e *Engine) begin(d *Direction) (err error) {
	if d.handler == nil {
		d.done = e.now
		d.handler, err = e.Watcher.Open(d)
		d.over = d.Framing == nil && !d.Finding
	}
	return err
}

// came sets when the bytes came that are taken now.
func (e *Engine) came(d *Direction, v capture.Event) {
	d.at, d.done, d.from, d.quiet = v.At, e.now, d.offset, false
	d.offset += int64(len(v.Data)) + max(0, v.Lost)
}

func (e *Engine) bytes(d *Direction, v capture.Event) error {
	e.came(d, v)
	if d.over {
		if hello, _ := pump.BeginsTLS(v.Data, nil); hello && d.Dir == 0 && d.Framing == nil && d.from > d.base && d.Stream.Upgraded != TLS {
			return e.upgrade(d, TLS, slices.Clone(v.Data))
		}
		d.handler.Undecoded(d.from, v.Data)
		return nil
	}
	data := d.passOver(v.Data)
	if d.bare && len(data) > 0 {
		n, err := e.reply(d, data)
		if data = data[n:]; err != nil || len(data) == 0 {
			return err
		}
	}
	return e.run(d, feed{data: data})
}

func (e *Engine) lost(d *Direction, v capture.Event) error {
	if e.came(d, v); d.over {
		return nil
	}
	return e.run(d, feed{gap: &capture.Gap{Offset: d.from, Bytes: v.Lost}})
}

func (e *Engine) close(d *Direction, v capture.Event) (err error) {
	if d.closed {
		return nil
	}
	if d.closed = true; d.handler == nil {
		return nil
	}
	if e.came(d, v); !d.over {
		if err = e.run(d, feed{ended: true}); err == nil {
			e.free(d)
		}
	}
	d.over = true
	d.handler.Ended()
	return err
}

// run reads the frames of a direction that are complete now.
func (e *Engine) run(d *Direction, f feed) error {
	w := e.attach(d)
	if len(d.pending) > 0 {
		f.data, d.pending = slices.Concat(d.pending, f.data), nil
	}
	w.feed = f
	r := w.reader
	err := w.goOn(r)
	if err == nil {
		err = pump.Loop(r, w)
	}
	if up, ok := err.(*Upgrade); ok {
		return e.upgrade(d, up.To, slices.Concat(r.Buffered(), w.feed.data))
	}
	switch err {
	case nil: // the end of the stream
		return nil
	case ErrFind:
		return e.findAgain(d, slices.Concat(r.Buffered(), w.feed.data), w.feed.ended)
	case framing.ErrWait:
		d.pending = slices.Clone(w.feed.data)
	case report.ErrDone:
		if len(w.feed.data) > 0 {
			d.handler.Undecoded(d.offset-int64(len(w.feed.data)), w.feed.data)
		}
		e.free(d)
		return nil
	default:
		return err
	}
	switch start := r.Offset(); {
	case start < d.from:
		d.pieces++
	default:
		d.first, d.pieces = d.at, 1
	}
	return nil
}

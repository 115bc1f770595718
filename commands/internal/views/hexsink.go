package views

import (
	"errors"
	"io"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/hexview"
)

// HexOptions are the options of a HexSink.
type HexOptions struct {
	View  hexview.Options
	Max   int64 // limits the payloads that we send: see framing.Reader
	Times bool  // show when each frame came or went
	ASCII bool  // show directions in ASCII
}

// A HexSink shows the frames of live connections as inspect shows those of a file, in the order
// in which they came and went. Before frames of another connection or direction, it shows a
// heading.
type HexSink struct {
	HexOptions
	view   *hexView
	from   heading // of the last frame
	fields []framing.FieldText
	now    func() time.Time
	stamps stamps
}

// A heading names the connection of the frames below it, and their direction.
type heading struct {
	peer formats.Sender
	sent bool
}

// NewHexSink returns a sink that shows frames on out.
func NewHexSink(out io.Writer, o HexOptions) *HexSink {
	return &HexSink{HexOptions: o, view: newHexView(out, o.View), now: time.Now}
}

// begin shows a heading if the next frames have another connection or direction.
func (s *HexSink) begin(h heading) {
	if s.from == h {
		return
	}
	s.from = h
	arrow := "←"
	switch {
	case s.ASCII && h.sent:
		arrow = ">"
	case s.ASCII:
		arrow = "<"
	case h.sent:
		arrow = "→"
	}
	s.view.begin(input.Input{}, arrow+" "+h.peer.Name())
}

// Write shows the frames of a batch.
func (s *HexSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	s.show(heading{o.From, false}, o.Entry, o.Framing, b)
	return len(b.Frames), nil
}

func (s *HexSink) show(h heading, kind *framing.Entry, f framing.Framing, b *framing.Batch) {
	s.begin(h)
	for i := range b.Frames {
		frame := b.Frame(i)
		s.fields = formats.Describe(s.fields[:0], kind, f, frame)
		s.view.stamp = s.stamp()
		s.view.frame(frame, s.fields, nil)
	}
}

// stamp returns the time of a frame that comes or goes now, and the time since the one before it.
// It is "" without Times.
func (s *HexSink) stamp() string {
	if !s.Times {
		return ""
	}
	return s.stamps.of(s.now())
}

// Sent returns a function that shows the frames of f that we send to a peer. It is to be called with
// all bytes, before they are written: so that an answer is shown after what it answers.
func (s *HexSink) Sent(to formats.Sender, f framing.Framing) func(p []byte) {
	src, kind, pauses := new(sentBytes), framing.EntryOf(f), framing.PauseOf(f) > 0
	r := framing.NewReader(src, f)
	r.Max, r.BufferSize = s.Max, 4<<10 // there may be many connections
	over := false                      // what follows cannot be shown
	return func(p []byte) {
		if over {
			return
		}
		src.left, src.pause = p, pauses // a write is a message
		for {
			b, err := r.NextBatch()
			if err == nil {
				s.show(heading{to, true}, kind, f, &b)
				continue
			}
			if err == framing.ErrWait {
				return
			}
			over = true
			var e *framing.Error
			if errors.As(err, &e) { // a frame that is too long to be held
				pump.NameLimit(e)
				s.fault(heading{to, true}, r, e)
			}
			return
		}
	}
}

// sentBytes is a source of the bytes that are being sent.
type sentBytes struct {
	left  []byte
	pause bool // there is a pause after them
}

func (s *sentBytes) Read(p []byte) (n int, err error) {
	n = copy(p, s.left)
	switch {
	case n == 0 && s.pause:
		s.pause = false
		return 0, framing.ErrPause
	case n == 0:
		return 0, framing.ErrWait
	}
	s.left = s.left[n:]
	return n, nil
}

// Fault shows the bytes of a frame that could not be read.
func (s *HexSink) Fault(o formats.Origin, r *framing.Reader, e *framing.Error) {
	s.fault(heading{o.From, false}, r, e)
}

func (s *HexSink) fault(h heading, r *framing.Reader, e *framing.Error) {
	s.begin(h)
	header, _ := pump.Awaited(r)
	s.view.fault(e, header)
	s.view.unread(r.Offset(), r.Buffered())
	s.view.unknown(0)
}

// Flush writes what is buffered.
func (s *HexSink) Flush() error { return s.view.flush() }

// TakesSilent returns true: frames without a message are shown too.
func (s *HexSink) TakesSilent() bool { return true }

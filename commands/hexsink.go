package commands

import (
	"io"

	"framecat/framing"
)

// A hexSink shows the messages of all connections as inspect shows those of a file,
// while they come: whole frames, under a heading where another connection goes on.
type hexSink struct {
	watch   *viewWatch
	kind    *framing.Kind
	framing framing.Framing
	from    sender // whose frame was shown last
	fields  []framing.FieldText
}

func newHexSink(out io.Writer, o *netOptions) *hexSink {
	return &hexSink{watch: newViewWatch(out, o.view), kind: o.theirKind, framing: o.theirs}
}

func (s *hexSink) takesSilent() bool { return true }

// goOn shows a heading if the frames that follow are those of another sender.
func (s *hexSink) goOn(from sender) {
	if s.from != from {
		s.from = from
		s.watch.begin(input{}, from.name())
	}
}

func (s *hexSink) write(b *framing.Batch, o origin) (int, error) {
	s.goOn(o.from)
	for i := range b.Frames {
		f := b.Frame(i)
		s.fields = describe(s.fields[:0], s.kind, s.framing, f)
		s.watch.frame(f, s.fields, nil)
	}
	return len(b.Frames), nil
}

// fault shows what came of a frame that could not be read.
func (s *hexSink) fault(o origin, r *framing.Reader, e *framing.Error) {
	s.goOn(o.from)
	header, _ := awaited(r)
	s.watch.fault(e, header)
	s.watch.unread(r.Offset, r.Buffered())
	s.watch.unknown(0)
}

func (s *hexSink) flush() error { return s.watch.flush() }

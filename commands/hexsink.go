package commands

import (
	"io"

	"framecat/framing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
)

// A hexSink shows the messages of all connections as inspect shows those of a file,
// while they come: whole frames, under a heading where another connection goes on.
type hexSink struct {
	watch   *viewWatch
	kind    *framing.Kind
	framing framing.Framing
	from    formats.Sender // whose frame was shown last
	fields  []framing.FieldText
}

func newHexSink(out io.Writer, o *netOptions) *hexSink {
	return &hexSink{watch: newViewWatch(out, o.view), kind: o.theirKind, framing: o.theirs}
}

func (s *hexSink) TakesSilent() bool { return true }

// goOn shows a heading if the frames that follow are those of another sender.
func (s *hexSink) goOn(from formats.Sender) {
	if s.from != from {
		s.from = from
		s.watch.begin(input.Input{}, from.Name())
	}
}

func (s *hexSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	s.goOn(o.From)
	for i := range b.Frames {
		f := b.Frame(i)
		s.fields = describe(s.fields[:0], s.kind, s.framing, f)
		s.watch.frame(f, s.fields, nil)
	}
	return len(b.Frames), nil
}

// Fault shows what came of a frame that could not be read.
func (s *hexSink) Fault(o formats.Origin, r *framing.Reader, e *framing.Error) {
	s.goOn(o.From)
	header, _ := awaited(r)
	s.watch.Fault(e, header)
	s.watch.unread(r.Offset, r.Buffered())
	s.watch.unknown(0)
}

func (s *hexSink) Flush() error { return s.watch.Flush() }

package views

import (
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/hexview"
)

// A HexSink shows the frames of live connections as inspect shows those of a file. Before
// frames of another connection, it shows a heading.
type HexSink struct {
	view    *hexView
	kind    *framing.Entry
	framing framing.Framing
	from    formats.Sender // the sender of the last frame
	fields  []framing.FieldText
}

// NewHexSink returns a sink that shows frames of f, whose row is k, on out.
func NewHexSink(out io.Writer, o hexview.Options, k *framing.Entry, f framing.Framing) *HexSink {
	return &HexSink{view: newHexView(out, o), kind: k, framing: f}
}

// setSender shows a heading if the next frames have another sender.
func (s *HexSink) setSender(from formats.Sender) {
	if s.from != from {
		s.from = from
		s.view.begin(input.Input{}, from.Name())
	}
}

// Write shows the frames of a batch.
func (s *HexSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	s.setSender(o.From)
	for i := range b.Frames {
		f := b.Frame(i)
		s.fields = pump.Describe(s.fields[:0], s.kind, s.framing, f)
		s.view.frame(f, s.fields, nil)
	}
	return len(b.Frames), nil
}

// Fault shows the bytes of a frame that could not be read.
func (s *HexSink) Fault(o formats.Origin, r *framing.Reader, e *framing.Error) {
	s.setSender(o.From)
	header, _ := pump.Awaited(r)
	s.view.fault(e, header)
	s.view.unread(r.Offset(), r.Buffered())
	s.view.unknown(0)
}

// Flush writes what is buffered.
func (s *HexSink) Flush() error { return s.view.flush() }

// TakesSilent returns true: frames without a message are shown too.
func (s *HexSink) TakesSilent() bool { return true }

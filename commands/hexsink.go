package commands

import (
	"io"

	"github.com/urfave/cli/v2"

	"framecat/framing"
	"framecat/hexview"

	"framecat/commands/internal/report"
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

// readHex reads --hex.
func (o *netOptions) readHex(c *cli.Context, s streams) error {
	if o.hex = c.Bool("hex"); !o.hex {
		return nil
	}
	if c.IsSet("out") && c.String("exec") == "" { // it is for the process then
		return report.Usage("--hex shows messages its own way: -o does not go with it")
	}
	o.view = hexview.Options{Cols: int(fittingCols(s.out)), Width: terminalWidth(s.out), Color: report.Colored(s.out, c.String("color"))}
	return nil
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

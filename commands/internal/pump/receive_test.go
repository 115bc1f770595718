package pump

import (
	"bytes"
	"io"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// trickle is a peer that sends the same bytes again and again, and pauses in between.
type trickle struct {
	b      []byte
	paused bool
}

func (t *trickle) Read(p []byte) (int, error) {
	if t.paused = !t.paused; t.paused {
		return copy(p, t.b), nil
	}
	return 0, framing.ErrWait
}

// Ten thousand connections make no garbage: a message that is printed and
// echoed allocates nothing.
func TestReceiveAllocatesNothing(t *testing.T) {
	f, err := framing.Parse("u32be")
	if err != nil {
		t.Fatal(err)
	}
	for _, messages := range []int{1, 2000} {
		for _, name := range []string{"raw", "lines"} {
			out, err := formats.Out(name)
			if err != nil {
				t.Fatal(err)
			}
			r := &report.Reporter{W: io.Discard}
			sink := &ConnSink{From: new(link.Conn), Out: NewOutput(formats.NewSink(out, formats.Frames(f), io.Discard, r), NoLimit, false)}
			c := New(formats.Frames(f), sink, r, -1)
			sink.Back = formats.NewFrameSink(f, c.From, "-f", io.Discard, r)
			frames := c.NewReader(&trickle{b: bytes.Repeat([]byte("\x00\x00\x00\x05hello"), messages)})
			n := testing.AllocsPerRun(100, func() {
				if err := c.Frames(frames); err != framing.ErrWait {
					t.Fatal(err)
				}
			})
			if n > 0 {
				t.Errorf("%d messages, -o %s: %v allocations, want 0", messages, name, n)
			}
			if want := int64(101 * messages); frames.Index() != want {
				t.Errorf("%d messages, -o %s: %d came, want %d", messages, name, frames.Index(), want)
			}
		}
	}
}

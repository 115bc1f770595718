package pump

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A slowSink sends a signal when it takes its second message.
type slowSink struct {
	formats.DirSink
	taken   int
	signals chan os.Signal
}

func (s *slowSink) Write(b *framing.Batch, _ formats.Origin) (int, error) {
	if s.taken += len(b.Frames); s.taken == 2 {
		s.signals <- os.Interrupt
	} else if s.taken > 2 {
		time.Sleep(time.Millisecond) // until the signal has asked for the gate
	}
	return len(b.Frames), nil
}

// A signal ends a run whose messages take long after one message, however many were read with it.
func TestSignalBetweenMessages(t *testing.T) {
	const all = 20000
	r := &report.Reporter{W: io.Discard, Clear: func() {}}
	sink := &slowSink{signals: make(chan os.Signal)}
	f, _ := framing.Parse("u8")
	c := New(formats.Frames(f), sink, r, 0)
	c.Gate = interrupt.NewGate()
	err := c.Gate.Run(sink.signals, nil, func() error {
		return c.Run([]input.Input{input.Text(strings.Repeat("\x01a", all))})
	}, func() { c.Interrupt() })
	if err == nil || sink.taken >= all || c.Stats.Messages.Load() != int64(sink.taken) {
		t.Errorf("%d of %d messages were taken, %d counted: %v", sink.taken, all, c.Stats.Messages.Load(), err)
	}
}

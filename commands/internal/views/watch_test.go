package views

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Watch whose output fails is over at once, also if it has no time to be idle.
func TestWatchFails(t *testing.T) {
	fixed, err := framing.Parse("fixed:16")
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{"hex": {}, "json": {JSON: true}, "list": {Lines: &LineOptions{}}} {
		out, err := os.Open(os.DevNull) // cannot be written
		if err != nil {
			t.Fatal(err)
		}
		o.Report, o.Max, o.Left, o.Last = &report.Reporter{W: io.Discard}, 1<<20, pump.NoLimit, pump.NoLimit
		side := Side{Reading: pump.Reading{Framing: fixed}}
		w := NewWatch(out, o, [2]Side{side, side})
		w.Take(capture.Event{Kind: capture.Opened, Client: "a", Server: "b"})
		for range 100 {
			if w.Take(capture.Event{Kind: capture.Bytes, Data: make([]byte, 16<<10)}); w.Over() {
				break
			}
		}
		if !w.Over() || w.Failed() == nil {
			t.Errorf("%s: over %t, error %v", name, w.Over(), w.Failed())
		}
		w.End()
		out.Close()
	}
}

// A frame that a pause ends is shown while nothing more happens.
func TestWatchPause(t *testing.T) {
	t.Parallel()
	gap, err := framing.Parse("gap:1ms")
	if err != nil {
		t.Fatal(err)
	}
	shown, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer shown.Close()
	o := Options{JSON: true, Report: &report.Reporter{W: io.Discard}, Max: 1 << 20, Left: pump.NoLimit, Last: pump.NoLimit}
	side := Side{Reading: pump.Reading{Framing: gap}}
	w := NewWatch(out, o, [2]Side{side, side})
	now := time.Now()
	w.Take(capture.Event{Kind: capture.Opened, At: now, Client: "a", Server: "b"})
	w.Take(capture.Event{Kind: capture.Bytes, At: now, Data: []byte("abc")})
	for lines := bufio.NewScanner(shown); ; {
		if !lines.Scan() {
			t.Fatal("the frame is not shown")
		}
		if strings.Contains(lines.Text(), `"text":"abc"`) {
			break
		}
	}
	if messages, malformed, leftover := w.End(); messages != 1 || malformed+leftover > 0 {
		t.Errorf("%d messages, %d malformed, %d bytes left over", messages, malformed, leftover)
	}
	out.Close()
}

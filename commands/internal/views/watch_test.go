package views

import (
	"io"
	"os"
	"testing"

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

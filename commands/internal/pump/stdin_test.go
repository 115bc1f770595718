package pump

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
)

// Wait returns when standard input has ended, when it has been silent for a while, or when
// nothing more is wanted. It checks every 20 ms.
func TestStdinWait(t *testing.T) {
	const never = time.Hour
	for _, row := range []struct {
		name              string
		ends, waits, stop time.Duration
		wait, settle      time.Duration
	}{
		{"it has ended", 0, never, never, 0, 0},
		{"it ends", 300 * time.Millisecond, never, never, 300 * time.Millisecond, 300 * time.Millisecond},
		{"it is silent", never, 0, never, 260 * time.Millisecond, 260 * time.Millisecond},
		{"it becomes silent", never, 100 * time.Millisecond, never, 360 * time.Millisecond, 360 * time.Millisecond},
		{"it always has more", never, never, 10 * time.Second, 10 * time.Second, time.Second},
		{"nothing more is wanted", never, never, 0, 0, 0},
	} {
		for way, want := range map[string]time.Duration{"Wait": row.wait, "WaitBriefly": row.settle} {
			synctest.Test(t, func(t *testing.T) {
				s, stop := NewStdin(), make(chan struct{})
				for _, event := range []struct {
					after time.Duration
					what  func()
				}{{row.ends, func() { close(s.Over) }}, {row.waits, s.MarkSilent}, {row.stop, func() { close(stop) }}} {
					switch event.after {
					case never:
					case 0:
						event.what()
					default:
						defer time.AfterFunc(event.after, event.what).Stop()
					}
				}
				began := time.Now()
				if way == "Wait" {
					s.Wait(stop)
				} else {
					s.WaitBriefly(stop)
				}
				if took := time.Since(began); took != want {
					t.Errorf("%s: %s took %s, want %s", row.name, way, took, want)
				}
			})
		}
	}
}

// The failure of an input is known after the input has ended.
func TestStdinResult(t *testing.T) {
	s := NewStdin()
	s.Err = io.ErrNoProgress
	if err := s.Result(); err != nil {
		t.Errorf("before the end: %v", err)
	}
	close(s.Over)
	if err := s.Result(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("at the end: %v", err)
	}
}

// An input is silent after each flush, until it has another message.
func TestStdinSink(t *testing.T) {
	f, _ := parse(t, "u8")
	s := NewStdin()
	sink := s.Sink(formats.NewFrameSink(f, formats.Raw(), "-f", io.Discard, &report.Reporter{W: io.Discard}))
	if _, ok := formats.Innermost(sink).(*formats.FrameSink); !ok {
		t.Error("the sink inside is not that of the frames")
	}
	waits := func() bool { return s.silentSince.Load() != 0 }
	if waits() {
		t.Error("an input waits before it was read")
	}
	for range 2 {
		if _, err := sink.Write(batchOf(t, "a"), formats.Origin{}); err != nil || waits() {
			t.Errorf("a message came: waits %t, %v", waits(), err)
		}
		if err := sink.Flush(); err != nil || !waits() {
			t.Errorf("nothing came: waits %t, %v", waits(), err)
		}
	}
}

package views

import (
	"io"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// An output that failed once is not written to again, and the end tells of it.
func TestRecordsErrorSticks(t *testing.T) {
	out := &onceFailing{}
	w := &jsonView{out: out}
	payload := make([]byte, formats.FlushAt)
	for range 3 {
		w.frame(framing.Frame{Payload: payload}, nil, nil)
	}
	if err := w.flush(); err != io.ErrClosedPipe || out.calls != 1 {
		t.Errorf("%d writes, %v", out.calls, err)
	}
}

type onceFailing struct{ calls int }

func (w *onceFailing) Write(p []byte) (int, error) {
	if w.calls++; w.calls == 1 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

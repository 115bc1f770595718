package views

import (
	"io"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// After an output has failed once, nothing more is written to it, and the last flush returns
// the error.
func TestRecordsErrorSticks(t *testing.T) {
	out := &onceFailing{}
	v := &jsonView{out: out, framing: func() (*framing.Entry, framing.Framing) { return nil, nil }}
	payload := make([]byte, formats.FlushAt)
	for range 3 {
		v.frame(framing.Frame{Payload: payload}, nil, nil)
	}
	if err := v.flush(); err != io.ErrClosedPipe || out.calls != 1 {
		t.Errorf("%d writes, error %v, want 1 write and %v", out.calls, err, io.ErrClosedPipe)
	}
}

type onceFailing struct{ calls int }

func (v *onceFailing) Write(p []byte) (int, error) {
	if v.calls++; v.calls == 1 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

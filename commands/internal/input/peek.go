package input

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/interrupt"
)

// Peek returns the start of a source, at most DetectSize bytes; reading src returns these
// bytes again. Ended reports whether start is all of the source. If the source is live, start
// is what has come so far, as soon as enough returns true for it.
func Peek(src *Source, enough func(start []byte) bool) (start []byte, ended bool, err error) {
	if src.Live() {
		live := newLiveSource(interrupt.Inner(src.Reader))
		src.live = live
		src.gate.Leave()
		start, err = live.until(enough)
		src.gate.Enter()
		src.Reader = src.gate.Reader(io.MultiReader(bytes.NewReader(start), live))
		ended = err == io.EOF
		if len(start) > 0 {
			err = nil // the reader returns it after these bytes
		}
		return start, ended, noEOF(err)
	}
	return src.Ahead(DetectSize)
}

// WhenSlow calls f once, if the rest of a live source that was peeked at does not come soon. Reading
// the source calls it.
func (s *Source) WhenSlow(f func()) {
	if s.live == nil {
		return
	}
	s.live.late = time.Now().Add(time.Second)
	s.live.slow = func() {
		s.gate.Enter() // a signal cannot come between: Read has left the gate
		f()
		s.gate.Leave()
	}
}

// Ahead returns the next bytes of a file or a capture, at most n. Reading the source returns
// these bytes again. Ended reports whether they are all that is left.
func (s *Source) Ahead(n int64) (b []byte, ended bool, err error) {
	b, err = io.ReadAll(io.LimitReader(s.Reader, n))
	var gap *capture.Gap
	switch {
	case errors.As(err, &gap), err != nil && len(b) > 0: // the bytes end at a gap, or where the rest is unreadable
		s.Reader = io.MultiReader(bytes.NewReader(b), &errorOnce{err}, s.Reader)
		return b, false, nil
	case err != nil:
		return b, false, err
	}
	s.Reader = io.MultiReader(bytes.NewReader(b), s.Reader)
	return b, int64(len(b)) < n, nil
}

// Live reports whether the source may be silent for a while, as a pipe may.
func (s *Source) Live() bool { return s.Recorded == nil && !isRegular(s.file) }

// Device reports whether the source is a device, such as a serial port.
func (s *Source) Device() bool {
	if s.Recorded != nil || s.file == nil {
		return false
	}
	info, err := s.file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// errorOnce is a reader that returns an error once, and then io.EOF.
type errorOnce struct{ err error }

func (o *errorOnce) Read([]byte) (int, error) {
	err := o.err
	o.err = io.EOF
	return 0, err
}

// DetectSize is how many bytes at the start of a stream are used to find its framing.
const DetectSize = 64 << 10

package input

import (
	"bytes"
	"errors"
	"io"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/interrupt"
)

// Peek returns the start of a source, at most DetectSize bytes; reading src returns these
// bytes again. Ended reports whether start is all of the source. If the source is live, start
// is what has come so far, as soon as enough returns true for it.
func Peek(src *Source, enough func(start []byte) bool) (start []byte, ended bool, err error) {
	if src.Recorded == nil && !isRegular(src.file) {
		live := newLiveSource(interrupt.Inner(src.Reader))
		src.gate.Leave()
		start, err = live.until(enough)
		src.gate.Enter()
		src.Reader = src.gate.Reader(io.MultiReader(bytes.NewReader(start), live))
		return start, err == io.EOF, noEOF(err)
	}
	start, err = io.ReadAll(io.LimitReader(src.Reader, DetectSize))
	var gap *capture.Gap
	switch {
	case errors.As(err, &gap): // the start ends at the gap
		src.Reader = io.MultiReader(bytes.NewReader(start), &errorOnce{err}, src.Reader)
		return start, false, nil
	case err != nil:
		return start, false, err
	}
	src.Reader = io.MultiReader(bytes.NewReader(start), src.Reader)
	return start, len(start) < DetectSize, nil
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

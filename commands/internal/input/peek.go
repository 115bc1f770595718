package input

import (
	"bytes"
	"errors"
	"framecat/commands/internal/capture"
	"io"
)

// Peek reads the start of a source, which then gives it again. It says whether that is
// all. Of what is live, it takes what has come so far, once that is enough.
func Peek(src *Source, enough func(start []byte) bool) (start []byte, ended bool, err error) {
	if src.Recorded == nil && !isRegular(src.file) {
		live := newLiveSource(src.Reader)
		start, err = live.until(enough)
		src.Reader = io.MultiReader(bytes.NewReader(start), live)
		return start, err == io.EOF, noEOF(err)
	}
	start, err = io.ReadAll(io.LimitReader(src.Reader, DetectSize))
	var gap *capture.Gap
	switch {
	case errors.As(err, &gap): // what stands before it is the start
		src.Reader = io.MultiReader(bytes.NewReader(start), &once{err}, src.Reader)
		return start, false, nil
	case err != nil:
		return start, false, err
	}
	src.Reader = io.MultiReader(bytes.NewReader(start), src.Reader)
	return start, len(start) < DetectSize, nil
}

// once is a reader that brings an error, and then nothing more.
type once struct{ err error }

func (o *once) Read([]byte) (int, error) {
	err := o.err
	o.err = io.EOF
	return 0, err
}

// DetectSize is how much of a stream is looked at to find its framing.
const DetectSize = 64 << 10

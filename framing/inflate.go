package framing

import (
	"bytes"
	"compress/flate"
	"io"
)

// windowSize is how far back a compressed message may refer.
const windowSize = 32 << 10

// An inflater inflates messages. All streams of a Reader share one, since it is large.
type inflater struct{ from io.ReadCloser }

// inflate returns what was compressed as permessage-deflate does it (RFC 7692): without the end of
// the last block. A message may refer to the ones before, the end of which is in window. If
// both ends agreed that none does, that does no harm. The error is ErrTooLong if there are more than
// most bytes.
func (i *inflater) inflate(data, window []byte, most int64) ([]byte, error) {
	src := io.MultiReader(bytes.NewReader(data), bytes.NewReader([]byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff}))
	if i.from == nil {
		i.from = flate.NewReaderDict(src, window)
	} else if err := i.from.(flate.Resetter).Reset(src, window); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(i.from, most))
	switch {
	case err != nil:
		return nil, err
	case int64(len(out)) < most:
		return out, nil
	}
	if n, _ := i.from.Read(make([]byte, 1)); n > 0 {
		return nil, ErrTooLong
	}
	return out, nil
}

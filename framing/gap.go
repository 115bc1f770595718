package framing

import (
	"errors"
	"strconv"
	"time"
)

// ErrPause: nothing has come for a while. A source returns it, with no bytes, between the bytes before a
// pause and those after it, if the framing is one whose frames a pause ends. The Reader does not return it.
var ErrPause = errors.New("nothing has come for a while")

// gap is frames that a pause ends: where nothing came for so long, as on the serial lines of Modbus RTU. All
// bytes are payload. The source knows the time, and reports the pause by ErrPause.
type gap struct{ pause time.Duration }

// PauseOf returns the silence that ends a frame of f; 0 if its frames end by their bytes.
func PauseOf(f Framing) time.Duration {
	for ; f != nil; f = unwrap(f) {
		if g, ok := f.(gap); ok {
			return g.pause
		}
	}
	return 0
}

func (g gap) String() string {
	w := newSpec("gap")
	w.arg("%s", g.pause)
	return w.b.String()
}

func (gap) Scan(b []byte, c *Cursor) (Extent, error) {
	e := Extent{Body: int64(len(b))}
	if len(b) == 0 || !c.paused && !c.EOF {
		return e, ErrMore
	}
	return e, nil
}

func (g gap) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() {
		return dst, ErrMarks
	}
	if len(payload) == 0 {
		return dst, payloadError("an empty payload has no bytes, and without them there is no frame of %s", g)
	}
	return append(dst, payload...), nil
}

func parseGap(_ *Entry, s *settings) (Framing, error) {
	first := s.first()
	if first == nil {
		s.fail(len(s.spec), "gap needs the pause that ends a frame, as in gap:5ms")
		return nil, nil
	}
	d, err := time.ParseDuration(first.value)
	if n, bad := strconv.ParseFloat(first.value, 64); bad == nil && n < 1e6 {
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil || d <= 0 {
		s.fail(first.at, "%q is not a pause: write 5ms, 1.75ms or 2s", first.value)
	}
	return gap{d}, nil
}

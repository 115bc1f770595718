package framing

import (
	"bytes"
	"testing"
)

// A Reader moves each byte in its buffer a few times at most, however slowly a long frame or
// many short ones arrive.
func TestLinearBuffer(t *testing.T) {
	const size = 5_000
	for _, k := range Entries() {
		if k.traits.Timed { // the streams of this test have no pauses
			continue
		}
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			short, err := f.Append(nil, Marks{}, []byte(x.Payload))
			if err != nil {
				t.Fatal(err)
			}
			wire := bytes.Repeat(short, size/len(short))
			if long, err := f.Append(nil, Marks{}, bytes.Repeat([]byte("x"), size)); err == nil {
				wire = append(wire, long...)
			}
			for _, w := range ways {
				src := &movedReader{cutReader: cutReader{wire, func() int { return 1 }}}
				src.r = NewReader(src, f)
				src.r.BufferSize = 1
				if o := w.read(src.r, false); o.frames < size/len(short) {
					t.Errorf("%s, %s: %d frames, %s", x.Spec, w.name, o.frames, o.errs)
				}
				if src.moved > 3*len(wire) {
					t.Errorf("%s, %s: of %d bytes, %d were moved", x.Spec, w.name, len(wire), src.moved)
				}
			}
		}
	}
}

// movedReader counts the bytes that its Reader moves to the front of its buffer or to
// another one.
type movedReader struct {
	cutReader
	r     *Reader
	buf   []byte
	at    int // where the Reader's bytes were
	moved int
}

func (m *movedReader) Read(p []byte) (int, error) {
	if len(m.buf) == 0 || &m.buf[0] != &m.r.buf[0] || m.r.r < m.at {
		m.moved += m.r.w - m.r.r
	}
	m.buf, m.at = m.r.buf, m.r.r
	return m.cutReader.Read(p)
}

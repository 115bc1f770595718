package formats

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framecat/framing"
)

// Messages of a framing whose frames a pause ends are written one by one, with twice the pause between
// them, or more if they come later.
func TestPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var got []string
		f, _ := framing.Parse("gap:5ms")
		s := NewFrameSink(f, Format{Name: "lines"}, "-f", writer(func(p []byte) (int, error) {
			got = append(got, string(p)+"@"+time.Since(began).String())
			return len(p), nil
		}), nil)
		lines, _ := framing.Parse("lines")
		r := framing.NewReader(strings.NewReader("one\ntwo\nthree\n"), lines)
		b, err := r.NextBatch()
		if n, failed := s.Write(&b, Origin{}); n != 3 || err != nil || failed != nil {
			t.Fatal(n, err, failed)
		}
		time.Sleep(time.Second)
		part := Slice(&b, 0, 1)
		s.Write(&part, Origin{})
		if text := strings.Join(got, " "); text != "one@0s two@10ms three@20ms one@1.02s" {
			t.Error(text)
		}
	})
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

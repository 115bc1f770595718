package hexview

import (
	"bytes"
	"strings"
	"testing"
)

// No line is wider than the terminal, if a row fits it.
func TestNoteWidth(t *testing.T) {
	for _, o := range []Options{{Cols: 16, Width: 80}, {Cols: 16, Width: 140}, {Cols: 16, Width: 77}, {Cols: 4, Width: 40}, {Cols: 2, Width: 20}, {Cols: 16, Width: 80, Dump: true}} {
		for size := range 40 {
			for n := 1; n <= o.Cols+3; n++ {
				var b bytes.Buffer
				v := New(&b, o)
				v.Begin(int64(n)<<32, strings.Repeat("word ", size/5)+"words"[:size%5])
				v.Bytes(Payload, '|', bytes.Repeat([]byte("x"), n))
				v.Close()
				for line := range strings.Lines(b.String()) {
					if w := len([]rune(line)) - 1; w > o.Width {
						t.Fatalf("%+v: %d columns:\n%s", o, w, &b)
					}
				}
			}
		}
	}
}

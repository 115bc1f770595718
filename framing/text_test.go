package framing

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// A textRow is a stream and what a Reader returns for it: each payload with | after it and
// a blank for CR LF, then "clean", "partial", or a fault and its offset in the stream.
type textRow struct{ spec, wire, want string }

// checkText reads each stream whole, byte by byte and in random pieces, one by one and in
// batches.
func checkText(t *testing.T, rows []textRow) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(144, 233))
	for _, row := range rows {
		f := mustParse(t, row.spec)
		for i, src := range []io.Reader{whole([]byte(row.wire)), single([]byte(row.wire)), random([]byte(row.wire), rnd)} {
			for _, read := range []func(*Reader) ([]got, error){drain, drainBatch} {
				r := NewReader(src, f)
				r.Max = -1
				if got := summaryOf(read(r)); got != row.want {
					t.Errorf("%s, way %d: %.80q gives %q, want %q", row.spec, i, row.wire, got, row.want)
				}
				src = whole([]byte(row.wire))
			}
		}
	}
}

// summaryOf returns what a Reader returned in the form of textRow.want.
func summaryOf(frames []got, err error) (s string) {
	for _, f := range frames {
		s += strings.ReplaceAll(fmt.Sprintf("%.60s| ", f.Payload), "\r\n", " ")
	}
	e, ok := err.(*Error)
	switch {
	case err == io.EOF:
		return s + "clean"
	case !ok:
		return s + err.Error()
	case e.Fault == Truncated:
		return s + "partial"
	}
	return fmt.Sprintf("%s%s %d", s, e.Fault, e.Offset)
}

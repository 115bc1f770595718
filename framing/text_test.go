package framing

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// A saying is a stream and what a Reader says of it: each payload with | behind it
// and a blank for CR LF, then "clean", "partial", or a fault and where in the stream
// it is.
type saying struct{ spec, wire, says string }

// checkSayings reads each stream whole, byte by byte and in random pieces, one by
// one and in batches.
func checkSayings(t *testing.T, rows []saying) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(144, 233))
	for _, row := range rows {
		f := mustParse(t, row.spec)
		for i, src := range []io.Reader{whole([]byte(row.wire)), single([]byte(row.wire)), random([]byte(row.wire), rnd)} {
			for _, read := range []func(*Reader) ([]got, error){drain, drainBatch} {
				r := NewReader(src, f)
				r.Max = -1
				if says := say(read(r)); says != row.says {
					t.Errorf("%s, way %d: %.80q says %q, want %q", row.spec, i, row.wire, says, row.says)
				}
				src = whole([]byte(row.wire))
			}
		}
	}
}

func say(frames []got, err error) (s string) {
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

package pump

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecat/commands/internal/capture"
	"framecat/framing"
)

// A lossySource returns the parts of a script, one per read. Between bars is the number of
// bytes that a capture lost, or ? if it is unknown, or an error:
//
//	ab,|10|cd,|wait|ef,
type lossySource struct {
	parts  []string
	offset int64 // of the next byte
}

var errBroken = errors.New("broken")

func newLossy(script string) *lossySource { return &lossySource{parts: strings.Split(script, "|")} }

func (s *lossySource) Read(p []byte) (int, error) {
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	part := s.parts[0]
	if len(s.parts)%2 == 1 { // data: a script begins and ends with data
		n := copy(p, part)
		s.offset += int64(n)
		if s.parts[0] = part[n:]; part[n:] == "" {
			s.parts = s.parts[1:]
		}
		return n, nil
	}
	s.parts = s.parts[1:]
	switch part {
	case "wait":
		return 0, framing.ErrWait
	case "broken":
		return 0, errBroken
	case "?":
		return 0, &capture.Gap{Offset: s.offset, Bytes: -1}
	}
	lost, err := strconv.ParseInt(part, 10, 64)
	if err != nil {
		panic(err)
	}
	s.offset += lost
	return 0, &capture.Gap{Offset: s.offset - lost, Bytes: lost}
}

// A diary is a Handler that keeps a list of its calls.
type diary struct {
	stop  bool // at the first fault or gap
	calls []string
}

var errStopped = errors.New("stopped")

func (d *diary) note(format string, args ...any) error {
	d.calls = append(d.calls, fmt.Sprintf(format, args...))
	return nil
}

func (d *diary) Next(r *framing.Reader) error {
	f, err := r.Next()
	if err == nil {
		d.note("%d:%s", f.Index, f.Payload)
	}
	return err
}

func (d *diary) end() error {
	if d.stop {
		return errStopped
	}
	return nil
}

func (d *diary) Fault(_ *framing.Reader, e *framing.Error) error {
	d.note("fault in %d at %d", e.Frame, e.Offset)
	return d.end()
}

func (d *diary) Gap(_ *framing.Reader, g *capture.Gap) error {
	d.note("gap of %d at %d", g.Bytes, g.Offset)
	return d.end()
}

func (d *diary) Skipped(_ *framing.Reader, n int64, err error) error {
	if err != nil {
		d.note("lost after %d", n)
		return err
	}
	return d.note("skipped %d", n)
}

// The loop passes on frames, faults and gaps in the order of the stream, and after each fault
// or gap the number of bytes that were skipped. A frame never spans a gap. A frame that
// was lost still has a number.
func TestLoop(t *testing.T) {
	for _, row := range []struct {
		spec, stream, calls string
		err                 error
	}{
		{"crlf", "", "", nil},
		{"crlf", "ab\r\n\r\ncd\r\n", "0:ab; 1:; 2:cd", nil},
		{"netstring", "1:a,2:bc,", "0:a; 1:bc", nil},

		{"netstring", "1:a,2:bcX1:d,", "0:a; fault in 1 at 8; lost after 0", errTrailer},
		{"slip", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", "0:a; fault in 1 at 6; skipped 4; 2:c", nil},
		{"u32be", "\x00\x00\x00\x01a\x7f\x00\x00\x00", "0:a; fault in 1 at 5; lost after 4", errTruncated},
		{"u8", "\x01a\x05bc", "0:a; fault in 1 at 5; lost after 0", errTruncated},

		{"crlf", "ab\r\ncd|10|ef\r\ngh\r\n", "0:ab; gap of 10 at 6; skipped 6; 2:gh", nil},
		{"crlf", "ab\r\n|10|cd\r\nef\r\n", "0:ab; gap of 10 at 4; skipped 4; 2:ef", nil},
		{"crlf", "ab\r\nc|?|d\r\nef\r\n", "0:ab; gap of -1 at 5; skipped 4; 2:ef", nil},
		{"crlf", "ab\r\nc|10|", "0:ab; gap of 10 at 5; skipped 1", nil},
		{"crlf", "ab\r\ncd|10|efgh|12|ij\r\nkl\r\n", "0:ab; gap of 10 at 6; skipped 5; gap of 12 at 20; skipped 5; 2:kl", nil},
		{"u8", "\x01a\x05b|3|\x01c", "0:a; gap of 3 at 4; lost after 2", errGap},

		{"crlf", "ab\r\nc|wait|d\r\n", "0:ab", framing.ErrWait},
		{"crlf", "ab\r\nc|broken|", "0:ab", errBroken},
		{"crlf", "ab\r\nc|10|d|broken|", "0:ab; gap of 10 at 5; lost after 1", errBroken},
	} {
		f, err := framing.Parse(row.spec)
		if err != nil {
			t.Fatal(err)
		}
		d := new(diary)
		err = Loop(NewReader(newLossy(row.stream), f, 100), d)
		if calls := strings.Join(d.calls, "; "); calls != row.calls || !isEnd(err, row.err) {
			t.Errorf("%s of %q: calls %q, end %v; want %q, %v", row.spec, row.stream, calls, err, row.calls, row.err)
		}
	}
}

// If the loop cannot go on, it returns the fault or the gap.
var (
	errTruncated = errors.New("the stream ends inside a frame")
	errTrailer   = errors.New("another byte than the trailer's")
	errGap       = errors.New("a gap")
)

func isEnd(err, want error) bool {
	var e *framing.Error
	var g *capture.Gap
	switch want {
	case errTruncated:
		return errors.As(err, &e) && e.Fault == framing.Truncated
	case errTrailer:
		return errors.As(err, &e) && e.Fault == framing.BadTrailer
	case errGap:
		return errors.As(err, &g)
	}
	return errors.Is(err, want)
}

// If a handler returns an error for a fault or a gap, the loop ends with this error.
func TestLoopStops(t *testing.T) {
	for _, row := range []struct{ spec, stream, last string }{
		{"netstring", "1:a,2:bcX1:d,", "fault in 1 at 8"},
		{"crlf", "ab\r\ncd|10|ef\r\ngh\r\n", "gap of 10 at 6"},
	} {
		f, err := framing.Parse(row.spec)
		if err != nil {
			t.Fatal(err)
		}
		d := &diary{stop: true}
		if err := Loop(NewReader(newLossy(row.stream), f, -1), d); err != errStopped || len(d.calls) != 2 || d.calls[1] != row.last {
			t.Errorf("%s: calls %q, end %v", row.spec, d.calls, err)
		}
	}
}

// After ErrWait, the loop goes on at the same place.
func TestLoopGoesOn(t *testing.T) {
	f, err := framing.Parse("crlf")
	if err != nil {
		t.Fatal(err)
	}
	d := new(diary)
	r := NewReader(newLossy("ab\r\nc|wait|d\r|wait|\nef|wait|\r\n"), f, -1)
	waits := 0
	for err = Loop(r, d); err == framing.ErrWait; err = Loop(r, d) {
		waits++
	}
	if want := []string{"0:ab", "1:cd", "2:ef"}; err != nil || waits != 3 || !slices.Equal(d.calls, want) {
		t.Errorf("calls %q, %d waits, end %v; want %q", d.calls, waits, err, want)
	}
}

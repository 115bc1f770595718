package capture

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// randomEvents returns events of several streams, which read back as they are: no direction
// begins again after its end.
func randomEvents(rnd *rand.Rand, streams, n int, gaps bool) (events []Event) {
	at := begin
	done := make([]int, streams) // bits: directions that are closed; 4 if the stream has ended
	for i := range streams {
		events = append(events, Event{Stream: i, Kind: Opened, At: at, Client: fmt.Sprintf("10.0.0.1:%d", 4000+i), Server: serverEnd})
	}
	for range n {
		at = at.Add(time.Duration(rnd.IntN(2e6)))
		e := Event{Stream: rnd.IntN(streams), Dir: rnd.IntN(2), At: at}
		switch k := rnd.IntN(100); {
		case done[e.Stream]&(4|1<<e.Dir) != 0:
			continue
		case k < 2:
			e.Kind = Closed
			done[e.Stream] |= 1 << e.Dir
		case k < 3:
			e.Kind = Reset
			done[e.Stream] |= 3
		case k < 4:
			e.Kind = Ended
			done[e.Stream] |= 4
		case k < 10 && gaps:
			e.Kind, e.Lost = Lost, 1+rnd.Int64N(1<<rnd.IntN(32))
			if rnd.IntN(8) == 0 {
				e.Lost = -1
			}
		default:
			e.Kind, e.Data = Bytes, make([]byte, rnd.IntN(1<<rnd.IntN(19)))
			rand.NewChaCha8([32]byte{byte(rnd.Uint32())}).Read(e.Data)
		}
		events = append(events, e)
	}
	return events
}

// model returns what a reader should find in a direction: its parts, and the times at which runs
// of bytes came. The ends of runs count bytes without gaps.
func model(events []Event, stream, dir int) (list []part, marks []mark) {
	list = []part{{}}
	end := int64(0)
	for _, e := range events {
		if e.Stream != stream || e.Dir != dir {
			continue
		}
		last := &list[len(list)-1]
		switch {
		case e.Kind == Lost:
			if len(last.data) > 0 || len(list) == 1 { // else two gaps are one
				list = append(list, part{})
			}
			before := &list[len(list)-2]
			before.gap = addGaps(before.gap, e.Lost)
		case e.Kind == Bytes && len(e.Data) > 0:
			last.data = append(last.data, e.Data...)
			end += int64(len(e.Data))
			marks = append(marks, mark{end, e.At.UnixNano()})
		}
	}
	return list, marks
}

func addGaps(a, b int64) int64 {
	if a < 0 || b < 0 || a+b > knownGap {
		return -1
	}
	return a + b
}

// compareParts compares what a source has with the parts that it should have.
func compareParts(t *testing.T, name string, src *Source, want []part) {
	t.Helper()
	got, err := parts(src)
	if err != nil || len(got) != len(want) {
		t.Errorf("%s: %d parts, %v; want %d", name, len(got), err, len(want))
		return
	}
	for i, w := range want {
		if g := got[i]; !bytes.Equal(g.data, w.data) || g.gap != w.gap {
			t.Errorf("%s: part %d has %d bytes and a gap of %d, want %d and %d, or others", name, i, len(g.data), g.gap, len(w.data), w.gap)
		}
	}
}

// compareTimes compares the times at which bytes came with those that the last byte of each run
// should have.
func compareTimes(t *testing.T, name string, src *Source, want []mark) {
	t.Helper()
	buf := make([]byte, 5000)
	for read, gaps := int64(0), int64(0); ; {
		n, err := src.Read(buf)
		read += int64(n)
		for len(want) > 0 && want[0].end <= read {
			if at, _ := src.At(gaps+want[0].end-1, 1); at.UnixNano() != want[0].at {
				t.Errorf("%s: byte %d came at %v, want %v", name, want[0].end-1, at, time.Unix(0, want[0].at).UTC())
			}
			want = want[1:]
		}
		var gap *Gap
		if errors.As(err, &gap) {
			gaps += max(0, gap.Bytes)
		} else if err != nil {
			break
		}
	}
	if len(want) > 0 {
		t.Errorf("%s: %d runs of bytes are missing", name, len(want))
	}
}

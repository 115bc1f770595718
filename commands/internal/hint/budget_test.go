package hint

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"framecat/framing"
)

// A clock is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// However often hints are wanted, they take less than 2 % of the time, but for the first.
func TestBudget(t *testing.T) {
	for _, row := range []struct{ each, every, total time.Duration }{
		{50 * time.Millisecond, time.Millisecond, time.Minute},
		{time.Millisecond, time.Millisecond, time.Minute},
		{10 * time.Microsecond, 20 * time.Microsecond, 10 * time.Second},
		{400 * time.Millisecond, 300 * time.Millisecond, 5 * time.Minute},
	} {
		c := &clock{at: time.Unix(1e9, 0)}
		began := c.at
		b := Budget{now: c.now, paid: c.at}
		made, spent := 0, time.Duration(0)
		for c.at.Sub(began) < row.total {
			b.Spend(func() { made++; spent += row.each; c.pass(row.each) })
			c.pass(row.every)
		}
		if most := row.total/50 + row.each; spent > most || spent < row.total/100 {
			t.Errorf("%s each, every %s: %d hints took %s of %s", row.each, row.every, made, spent, row.total)
		}
	}
}

// The first hint has always time. An idle Budget saves time for a few more, but not for many.
func TestBudgetSaves(t *testing.T) {
	for _, row := range []struct {
		idle, each time.Duration
		want       int
	}{
		{0, 10 * time.Millisecond, 1},
		{time.Second, 10 * time.Millisecond, 2},
		{time.Hour, 10 * time.Millisecond, 11},
		{time.Hour, time.Second, 1},
	} {
		c := &clock{at: time.Unix(1e9, 0)}
		b := Budget{now: c.now, paid: c.at}
		c.pass(row.idle)
		made := 0
		for range 100 {
			b.Spend(func() { made++; c.pass(row.each) })
		}
		if made != row.want {
			t.Errorf("after %s, %d hints of %s; want %d", row.idle, made, row.each, row.want)
		}
	}
}

// While one hint is made, others are refused: they would take time before it is counted.
func TestBudgetOneAtATime(t *testing.T) {
	b, inner := NewBudget(), false
	b.Spend(func() { b.Spend(func() { inner = true }) })
	if inner {
		t.Error("two hints are made at once")
	}
}

// What is known of the start of a stream is found once for all of its faults.
func TestSearchOnce(t *testing.T) {
	b, err := os.ReadFile("../../../testdata/captures/erl_tpkt.bin")
	if err != nil {
		t.Fatal(err)
	}
	r := framing.NewReader(strings.NewReader(string(b)), parsed("tpkt:strict"))
	r.HeadSize = HeadSize
	h := New(r)
	faults, streams := 0, map[*stream]bool{}
	for {
		_, err := r.NextBatch()
		var e *framing.Error
		if err == io.EOF || errors.As(err, &e) && e.Fault == framing.Truncated {
			break
		}
		if errors.As(err, &e) {
			faults++
			h.budget = new(Budget)
			h.Hints(parsed("tpkt:strict"), r, e)
			streams[h.stream] = true
			if _, err := r.Recover(); err != nil {
				break
			}
		}
	}
	if faults < 10 || len(streams) != 1 {
		t.Errorf("%d faults, %d streams", faults, len(streams))
	}
}

package client

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestQuantiles(t *testing.T) {
	var q quantiles
	for i := 1; i <= 10_000; i++ {
		q.add(time.Duration(i) * time.Microsecond)
	}
	for _, row := range []struct {
		p    float64
		want time.Duration
	}{{0.5, 5 * time.Millisecond}, {0.99, 9900 * time.Microsecond}, {1, 10 * time.Millisecond}, {0, time.Microsecond}} {
		if got := q.at(row.p); got < row.want*99/100 || got > row.want*101/100 {
			t.Errorf("the %v quantile is %s, want %s", row.p, got, row.want)
		}
	}
}

// Quantiles of few and very different times are exact to within 1 %, also for a time of 0 and
// for a time that is too long for the last class.
func TestQuantilesOfFew(t *testing.T) {
	for _, row := range []struct {
		times    []time.Duration
		p50, max time.Duration
	}{
		{[]time.Duration{time.Second}, time.Second, time.Second},
		{[]time.Duration{time.Millisecond, time.Hour}, time.Millisecond, time.Hour},
		{[]time.Duration{time.Microsecond, time.Millisecond, time.Second}, time.Millisecond, time.Second},
		{[]time.Duration{1, 1, 1}, 1, 1},
		{[]time.Duration{0, 0}, 0, 0},
	} {
		var q quantiles
		for _, d := range row.times {
			q.add(d)
		}
		for p, want := range map[float64]time.Duration{0.5: row.p50, 1: row.max} {
			if got := q.at(p); got < want*99/100 || got > want*101/100 {
				t.Errorf("%v: the %v quantile is %s, want %s", row.times, p, got, want)
			}
		}
		if q.max != row.max {
			t.Errorf("%v: the longest is %s", row.times, q.max)
		}
	}
	var q quantiles
	q.add(30 * 24 * time.Hour)
	if got := q.at(0.5); got <= 0 || got > 30*24*time.Hour {
		t.Errorf("the median of one round trip of a month is %s", got)
	}
}

// The first reply answers the first message. A reply without a message is not measured.
func TestRoundTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		trips := new(roundTrips)
		if got := trips.String(); got != "no reply" {
			t.Error(got)
		}
		trips.replied(1)
		trips.start(2)
		time.Sleep(10 * time.Millisecond)
		trips.replied(1)
		time.Sleep(90 * time.Millisecond)
		trips.start(1)
		trips.replied(5)
		if trips.took.n != 3 || trips.took.max != 100*time.Millisecond {
			t.Errorf("%d replies, the last after %s", trips.took.n, trips.took.max)
		}
		if got := trips.took.at(0.5); got < 9*time.Millisecond || got > 11*time.Millisecond {
			t.Errorf("the middle one is %s", got)
		}
	})
}

// If too many messages have no reply, later messages are not measured and need no memory.
func TestRoundTripsBounded(t *testing.T) {
	trips := new(roundTrips)
	trips.start(maxUnanswered + 10)
	trips.replied(maxUnanswered)
	trips.start(5)
	if trips.replied(5); !trips.full || trips.took.n != maxUnanswered {
		t.Errorf("%d were measured, and the rest is lost: %t", trips.took.n, trips.full)
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 999: "999ns", 1234: "1.23µs", 9996 * time.Microsecond: "10ms", 1234567 * time.Microsecond: "1.23s", 83 * time.Second: "1m23s",
	} {
		if got := short(d); got != want {
			t.Errorf("%d ns: %s, want %s", d, got, want)
		}
	}
}

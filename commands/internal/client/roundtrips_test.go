package client

import (
	"testing"
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

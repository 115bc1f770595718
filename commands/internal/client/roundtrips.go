package client

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// roundTrips measures the time from each message to its reply. It assumes that the first
// reply answers the first message, and so on.
type roundTrips struct {
	mu   sync.Mutex
	sent []time.Time // when the messages without a reply were sent
	full bool        // there were too many; later messages are not measured
	took quantiles
}

// maxUnanswered bounds the memory for messages without a reply.
const maxUnanswered = 1 << 20

// start records that n messages are sent now.
func (t *roundTrips) start(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for range n {
		if t.full = t.full || len(t.sent) >= maxUnanswered; t.full {
			return
		}
		t.sent = append(t.sent, now)
	}
}

// replied records that n replies came now.
func (t *roundTrips) replied(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for ; n > 0 && len(t.sent) > 0; n-- {
		t.took.add(now.Sub(t.sent[0]))
		t.sent = t.sent[1:]
	}
}

func (t *roundTrips) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.took.n == 0 {
		return "no reply"
	}
	return fmt.Sprintf("p50 %s, p99 %s, max %s", short(t.took.at(0.5)), short(t.took.at(0.99)), short(t.took.max))
}

// short rounds a time to three digits.
func short(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// quantiles estimates quantiles of many times, to within 1 %, in constant memory. It counts
// times in classes; each class is 1.25 % wider than the one before.
type quantiles struct {
	classes [2800]int64 // from 1 ns to more than a day
	n       int64
	max     time.Duration
}

const classWidth = 1.0125

func (q *quantiles) add(d time.Duration) {
	class := 0
	if d > 1 {
		class = min(int(math.Log(float64(d))/math.Log(classWidth)), len(q.classes)-1)
	}
	q.classes[class]++
	q.n++
	q.max = max(q.max, d)
}

// at returns the quantile p: the time that a share p of all times does not exceed.
func (q *quantiles) at(p float64) time.Duration {
	rank := max(1, int64(math.Ceil(p*float64(q.n))))
	for class, n := range q.classes {
		if rank -= n; rank <= 0 {
			middle := math.Pow(classWidth, float64(class)+0.5)
			return min(time.Duration(middle), q.max)
		}
	}
	return q.max
}

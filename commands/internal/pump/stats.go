package pump

import (
	"fmt"
	"sync/atomic"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// Stats are the counts of --stats and of the progress line.
type Stats struct {
	Start    time.Time
	Messages atomic.Int64
	payload  atomic.Int64 // bytes
	Sizes    bool         // find the shortest and the longest payload
	shortest int64
	longest  int64
	wire     int64 // bytes read
	skipped  int64 // bytes
}

func (s *Stats) add(b *framing.Batch, n int) {
	if n == 0 {
		return
	}
	if !s.Sizes { // fast: from the first payload to the last, headers between them included
		s.Messages.Add(int64(n))
		s.payload.Add(int64(b.Bodies[n-1].BodyEnd - b.Bodies[0].HeaderEnd))
		return
	}
	for _, p := range b.Bodies[:n] {
		s.addOne(int64(p.BodyEnd - p.HeaderEnd))
	}
}

func (s *Stats) addOne(size int64) {
	if s.Messages.Add(1) == 1 || size < s.shortest {
		s.shortest = size
	}
	s.longest = max(s.longest, size)
	s.payload.Add(size)
}

// Print writes the statistics, one per line.
func (s *Stats) Print(r *report.Reporter) {
	took := time.Since(s.Start)
	n, payload := s.Messages.Load(), s.payload.Load()
	r.Clear()
	fmt.Fprintf(r.W, "messages    %d\n", n)
	fmt.Fprintf(r.W, "bytes read  %d\n", s.wire)
	fmt.Fprintf(r.W, "payload     %d%s\n", payload, Percent(payload, s.wire))
	if n > 0 {
		fmt.Fprintf(r.W, "sizes       %d to %d, mean %.1f\n", s.shortest, s.longest, float64(payload)/float64(n))
	}
	if s.skipped > 0 {
		fmt.Fprintf(r.W, "skipped     %d\n", s.skipped)
	}
	fmt.Fprintf(r.W, "time        %s, %s/s, %.0f messages/s\n", took.Round(time.Microsecond),
		report.Bytes(float64(s.wire)/took.Seconds()), float64(n)/took.Seconds())
}

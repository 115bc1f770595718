package probe

import (
	"context"
	"time"
)

// A peer may serve the next connections, and still loop without end on one that has ended. It is idle if none of its
// threads runs or waits for a processor; that does not depend on how busy the machine is. One that is never idle for
// a long time has such a loop, unless it was busy before.

const (
	idleSoon = time.Second     // a peer that waits for us is idle within it
	spinTime = 3 * time.Second // without being idle
)

// beforeBusy decides whether the peer is watched after the case.
func (p *playing) beforeBusy(ctx context.Context, c *Case) {
	if p.Busy == nil || p.Process || p.Client || !c.Malformed && !c.Ends() {
		return
	}
	const attempts = 5 // the peer may not have accepted the connection yet
	for range attempts {
		if p.busy = p.Busy(p.nc); p.busy != nil || p.in.over() {
			break
		}
		p.sleep(ctx, 2*time.Millisecond)
	}
	if p.busy != nil && p.neverIdle(ctx, idleSoon) {
		p.busy, p.Busy = nil, nil // nothing can be seen any more
	}
}

// watchBusy notes whether the peer is busy without end after the connection has ended.
func (p *playing) watchBusy(ctx context.Context) {
	p.out.spins = p.busy != nil && p.neverIdle(ctx, spinTime)
}

// neverIdle reports whether the peer is busy each time it is looked at, for so long.
func (p *playing) neverIdle(ctx context.Context, d time.Duration) bool {
	pause := time.NewTicker(10 * time.Millisecond)
	defer pause.Stop()
	for end := time.Now().Add(d); ; {
		select {
		case now := <-pause.C:
			switch {
			case !p.busy():
				return false
			case now.After(end):
				return true
			}
		case <-ctx.Done():
			return false
		}
	}
}

package probe

import (
	"context"
	"time"
)

// comeBack is how long a peer that does not answer may take to be started again.
const comeBack = 3 * time.Second

// health finds out whether the peer still answers, and makes the case a FAIL if it does not. Away
// means that the peer did not come back.
func (x *run) health(ctx context.Context, r *Result) (away bool, err error) {
	if x.Process || x.Client || x.serves(ctx, r, x.hard()) {
		return false, ctx.Err()
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if !r.unreached {
		r.gone(false)
	}
	back := x.comesBack(ctx, r)
	return !back && ctx.Err() == nil, ctx.Err()
}

// comesBack waits until the peer answers again. It reports whether it does.
func (x *run) comesBack(ctx context.Context, r *Result) bool {
	for end := time.Now().Add(comeBack); time.Now().Before(end) && ctx.Err() == nil; {
		if x.serves(ctx, r, time.Second) {
			return true
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return false
}

// goneSince returns the ID of the case after which the peer is gone: the first that has failed for that,
// or else the last one before these.
func (x *run) goneSince(results []*Result, last *Result) string {
	for _, r := range results {
		if r.Verdict == Fail {
			return r.ID
		}
	}
	if last == nil {
		return results[0].ID
	}
	if last.Verdict != Fail {
		last.gone(false)
	}
	return last.ID
}

// gone makes a result that of a case after which the peer is gone.
func (r *Result) gone(client bool) {
	r.Verdict = Fail
	if r.Reason != "" {
		r.Reason += "; "
	}
	if client {
		r.Reason += "after it, the client does not connect again"
		return
	}
	r.Reason += "after it, the peer does not answer a new connection"
}

package probe

import (
	"context"
	"fmt"
	"slices"
	"time"

	"framecat/commands/internal/report"
)

// unaskedTime is how long a connection is listened to.
const unaskedTime = 1500 * time.Millisecond

// learnUnasked finds out, once, which messages the peer sends on its own. It reports whether there are any.
func (x *run) learnUnasked(ctx context.Context) bool {
	if x.Client || x.listened {
		return false
	}
	x.listened = true
	nc, err := x.Dial(ctx)
	if err != nil {
		return false
	}
	in := receive(nc, x.Theirs, x.Max, nil)
	select {
	case <-time.After(settle): // a greeting
	case <-ctx.Done():
	}
	greeting, _ := in.count()
	p := &playing{runner: x.runner, nc: nc, in: in}
	p.sleep(ctx, max(unaskedTime, 4*x.slowest))
	in.mu.Lock()
	found := slices.Clone(in.replies[min(greeting, len(in.replies)):])
	in.mu.Unlock()
	x.hangUp(nc, in)
	if len(found) == 0 {
		return false
	}
	u := &unasked{compare: x.compare, keys: map[string]bool{}}
	for _, m := range found {
		u.keys[string(x.compare.Key(m))] = true
	}
	x.runner.unasked = u
	x.note(fmt.Sprintf("the peer sends messages on its own, and these are left out: %s, such as %.40q", report.Count(int64(len(u.keys)), "message"), found[0].Payload))
	return true
}

// surprises reports whether a case got a reply that is none of those expected.
func (x *run) surprises(r *Result) bool {
	return len(r.Got) > len(r.Expected) || slices.ContainsFunc(r.Got, func(m Reply) bool {
		return !slices.ContainsFunc(r.Expected, func(want Reply) bool { return x.compare.Equal(m, want) })
	})
}

// leaveOut removes the messages that the peer sends on its own from the replies of the reference.
func (x *run) leaveOut() {
	x.standard.replies, x.after = x.unasked.without(x.standard.replies, x.after)
	x.want = x.after
	if x.runner.pulse != nil {
		x.setPulse(x.after)
	}
}

// unlearn forgets what the reference has taught, before it is played again.
func (x *run) unlearn() {
	x.endless, x.single, x.want, x.runner.pulse = false, false, nil, nil
	x.slowest, x.gap = 0, 0
}

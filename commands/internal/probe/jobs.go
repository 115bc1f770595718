package probe

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// perJob is how many cases each job plays before the results are looked at.
const perJob = 8

// A batch is cases that are played at once.
type batch struct {
	list []Case
	mu   sync.Mutex
	next int       // the first one that was not started
	end  bool      // no more are started: the peer does not answer
	got  []*Result // of those that were played
	hurt []bool    // after them, the peer did not answer
}

// atOnce plays the first cases of the list, Jobs of them at once. It returns the results of those that
// passed or are for information, and nil for those that must be played again alone, before they count. A
// peer that serves one connection at a time, or whose storage is compared, gets one case at a time. Away
// means that the peer is gone: then there are results for all.
func (x *run) atOnce(ctx context.Context, list []Case, from, of int) (results []*Result, away bool) {
	n := 0
	for n < min(len(list), perJob*x.options.Jobs) && !x.alone(&list[n]) {
		n++
	}
	if n < 2 || x.options.Jobs < 2 || x.single || x.wantStored != nil {
		return nil, false
	}
	b := &batch{list: list[:n], got: make([]*Result, n), hurt: make([]bool, n)}
	var workers sync.WaitGroup
	for range min(n, x.options.Jobs) {
		w := *x.runner
		w.Stderr = nil // of all processes at once
		w.crowded = true
		player := &run{options: x.options, runner: &w, standard: x.standard, control: x.control, usual: x.usual}
		workers.Go(func() {
			for i := b.take(); i < n && ctx.Err() == nil; i = b.take() {
				x.startedAtOnce(b, i, from, of)
				r, err := player.once(ctx, &list[i])
				if err != nil {
					return
				}
				healthy := r.unreached || x.Process || player.answered(ctx, player.hard())
				b.note(i, r, healthy && !r.unreached)
			}
			b.mu.Lock()
			x.runner.merged = x.runner.merged || w.merged
			b.mu.Unlock()
		})
	}
	workers.Wait()
	if b.end && ctx.Err() == nil && !x.comesBack(ctx, &Result{Case: &list[0], Verdict: Pass}) && ctx.Err() == nil {
		return b.blame(), true
	}
	results = make([]*Result, n)
	for i, r := range b.got {
		if r == nil || b.hurt[i] {
			continue
		}
		if r.Verdict == Pass || r.Verdict == Info && r.Malformed { // of these, only a COMMAND has several at once, each on its own
			results[i] = r
		}
	}
	return results, false
}

// alone reports whether a case cannot be played together with others: if a server breaks by it, or uses much
// memory, it must be clear that this was the case.
func (x *run) alone(c *Case) bool { return !x.Process && (c.Malformed || c.Ends()) }

func (x *run) startedAtOnce(b *batch, i, from, of int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	x.started(&b.list[i], from+i, of)
}

// take returns the index of the next case; it is that after the last one if there is none.
func (b *batch) take() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end || b.next == len(b.list) {
		return len(b.list)
	}
	b.next++
	return b.next - 1
}

func (b *batch) note(i int, r *Result, healthy bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got[i], b.hurt[i] = r, !healthy
	b.end = b.end || !healthy
}

// blame returns the results of a batch after which the peer is gone. Each case with which that was first
// seen may be the reason.
func (b *batch) blame() []*Result {
	var ids []string
	for i, r := range b.got {
		if r != nil && b.hurt[i] && !r.unreached {
			ids = append(ids, r.ID)
		}
	}
	results := make([]*Result, len(b.list))
	for i := range b.list {
		r := b.got[i]
		switch {
		case r != nil && b.hurt[i] && !r.unreached:
			r.Reason = ""
			r.gone(false)
			if len(ids) > 1 {
				r.Reason = fmt.Sprintf("after it, or after another case that was played at the same time, the peer does not answer a new connection (%s); --jobs 1 shows after which", strings.Join(ids, ", "))
			}
		case r == nil || b.hurt[i] || r.Verdict != Pass:
			r = &Result{Case: &b.list[i], Verdict: Inconclusive, Reason: "not run: the peer is gone"}
		}
		results[i] = r
	}
	return results
}

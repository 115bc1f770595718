package detect

import (
	"math/bits"
	"slices"

	"framecat/framing"
)

// lateRules tries the rules from later starts. For each start only the order of
// magnitude of the lengths is summed up; chains soon run into one another, so what
// is known from a place on is kept.
func (d *detector) lateRules() {
	n := len(d.b)
	score, mark := make([]int32, n+1), make([]int32, n+1)
	var path []int
	for i := range d.rules {
		r := &d.rules[i]
		if r.exotic {
			continue
		}
		stamp := int32(i + 1)
		best, bestAt := int32(0), 0
		for s := 1; s <= d.lastStart(); s++ {
			at, sum := s, int32(-1)
			path = path[:0]
			for {
				if mark[at] == stamp {
					sum = score[at]
					break
				}
				end, v, ok := r.step(d.b, at)
				if !ok && at+r.offset+r.size <= n {
					mark[at], score[at] = stamp, -1
					break
				}
				if !ok || end > n {
					sum = 0
					if end > n && bits.Len64(v) > maxClass {
						sum = -1
					}
					mark[at], score[at] = stamp, sum
					break
				}
				path = append(path, at)
				at = end
				if at == n {
					sum = 8
					break
				}
			}
			for j := len(path) - 1; j >= 0; j-- {
				if sum >= 0 {
					v := r.value(d.b[path[j]+r.offset:])
					if v > 0 {
						sum += max(0, int32(8*r.size-bits.Len64(v)-3))
					}
				}
				mark[path[j]], score[path[j]] = stamp, sum
			}
			if sum > best {
				best, bestAt = sum, s
			}
		}
		if best > MinBits && best > int32(d.best)/2 {
			d.keepRule(r, bestAt)
		}
	}
}

// lateRows tries the rows from later starts.
func (d *detector) lateRows() {
	for i, h := range d.hypotheses {
		if l, ok := h.framing.(lengthRule); d.whole[i] || ok && l.Common() {
			continue
		}
		for _, s := range d.starts(&h) {
			d.row(h, s)
		}
	}
}

// afterFirst tries the rows from the end of the first frame of the best rule, if that is no protocol:
// one may be damaged in its first frame only.
func (d *detector) afterFirst() {
	var best *found
	for i := range d.found {
		if f := &d.found[i]; f.bits >= MinBits && f.start == 0 && (best == nil || f.bits > best.bits) {
			best = f
		}
	}
	if best == nil || best.rule == nil || best.class() < 2 || best.frames < minHealed {
		return
	}
	second, _, _ := best.rule.step(d.b, 0)
	for i := range d.hypotheses {
		if h := &d.hypotheses[i]; h.prior == rowPrior && !delimits(h.framing) {
			for _, at := range d.goingOn(h, 1, min(second, maxFirst)) {
				d.row(*h, at)
			}
		}
	}
}

// maxFirst bounds where afterFirst looks.
const maxFirst = 256

// starts are places where frames of f may begin in a stream that starts inside one:
// after the first marks, or where a chain begins that goes on to the end. Of such
// chains two are named: the first, and the one that most run into.
func (d *detector) starts(h *hypothesis) (out []int) {
	f, limit := h.framing, d.lastStart()
	s, ok := f.(framing.Syncer)
	if _, fixed := f.(lengthRule); ok && !fixed {
		for at := 1; at <= limit && len(out) < 2; at++ {
			n, found := s.Sync(d.b[at:])
			if at += max(0, n); !found || at > limit {
				break
			}
			out = append(out, at)
		}
	}
	return append(out, d.goingOn(h, 1, limit)...)
}

// goingOn finds starts of chains that go on to the end, from an offset up to limit: the first, the
// one with the most frames, and the first that half as many run into as into any.
func (d *detector) goingOn(h *hypothesis, from, limit int) (out []int) {
	n := len(d.b)
	if d.next == nil {
		d.next, d.count = make([]int32, n+1), make([]int32, n+1)
	}
	next, count := d.next, d.count // 0 is unknown, -1 that the chain breaks, n+1 that it goes on; frames from here
	clear(next)
	clear(count)
	next[n] = int32(n + 1)
	through := make([]int32, limit+1) // chains that run through a place
	longest := 0
	var path []int
	before := d.work
	for s := from; s <= limit && d.work-before < goingBudget; s++ {
		if !h.begins.has(d.b[s]) || d.refuses(h, s) {
			next[s] = -1
			continue
		}
		at := s
		path = path[:0]
		for at >= 0 && at <= n && next[at] == 0 {
			path = append(path, at)
			next[at] = int32(d.after(h.framing, at))
			at = int(next[at])
		}
		dead := at < 0 || at <= n && next[at] < 0
		for i := len(path) - 1; i >= 0; i-- {
			p := path[i]
			if dead {
				next[p] = -1
			} else if to := next[p]; to <= int32(n) {
				count[p] = count[to] + 1
			}
		}
		if next[s] < 0 {
			continue
		}
		through[s]++
		if int(next[s]) <= limit {
			through[next[s]] += through[s]
		}
		if count[s] > 0 && len(out) == 0 {
			out = append(out, s)
		}
		if count[s] > count[longest] {
			longest = s
		}
	}
	most := slices.Max(through)
	busy := slices.IndexFunc(through, func(k int32) bool { return k > 1 && 2*k >= most })
	for _, s := range []int{longest, busy} {
		if s > 0 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// after is where the frame at at ends: -1 if there is none, len(d.b)+1 if it goes on
// after the end.
func (d *detector) after(f framing.Framing, at int) int {
	n := len(d.b)
	if l, ok := f.(lengthRule); ok && !l.Likely(d.b[at:], 1<<maxClass) {
		return -1
	}
	e, err := d.scan(f, d.b[at:min(n, at+glance)], new(framing.Cursor))
	size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	switch {
	case err == framing.ErrMore && n-at < glance, err == nil && size > int64(n-at) && size < 1<<maxClass:
		return n + 1
	case err != nil || size <= 0 || size > int64(n-at):
		return -1
	}
	end := at + int(size)
	if string(d.b[end-len(e.Want):end]) != e.Want {
		return -1
	}
	return end
}

// goingBudget is how many bytes are examined to find the starts of a row.
const goingBudget = 1 << 18

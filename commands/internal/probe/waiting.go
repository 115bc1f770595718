package probe

import (
	"cmp"
	"context"
	"time"
)

// The limits of waiting. A peer that is only slow must not seem to be broken, so a reply is missing
// only after one of the hard limits has passed, or if new connections were answered meanwhile.
const (
	firstWait = 5 * time.Second        // for the first reply of all
	startWait = 6 * time.Second        // for the first read of a process, which has to start
	storeMost = 2 * time.Second        // for the first that is stored, or for a reply if that is judged
	learnWait = time.Second            // for a reply to one of the other messages, while nothing is known
	learnMost = 5 * time.Second        // for all replies to a message: the peer may send without end
	settle    = 250 * time.Millisecond // without a byte, while nothing is known
	softWait  = 300 * time.Millisecond // for a reply, before other connections are asked
	briefWait = 75 * time.Millisecond  // the same for a peer that was seen to fail, if the case is played again
	hardWait  = 3 * time.Second        // for a reply
	readWait  = 2 * time.Second        // until the peer reads
	exitWait  = 5 * time.Second        // until a process ends

	// noticeWait is how long a peer may take to notice the end of a connection.
	noticeWait = 200 * time.Millisecond
	pulses     = 3 // how many other connections must be answered
)

// awaitRead waits until the peer has read what was written.
func (p *playing) awaitRead(ctx context.Context) {
	wait := p.readWait
	if p.Process && !p.reads { // it may still be starting
		wait = max(wait, startWait)
	}
	if p.idle {
		wait = max(p.Gap, 50*time.Millisecond)
	}
	limit := time.Now().Add(wait)
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 2*time.Millisecond) {
		unread, known := p.Unread(p.nc)
		p.seen = p.seen || known
		switch {
		case p.in.over() || ctx.Err() != nil:
			return
		case known && !unread:
			p.reads = true
			return
		case !known && p.seen: // the peer has closed the connection
			p.sleep(ctx, p.Gap)
			return
		case !known:
			p.merged = true
			p.sleep(ctx, p.Gap)
			return
		case time.Now().After(limit):
			p.idle, p.merged = true, true
			return
		}
		p.sleep(ctx, pause)
	}
}

// hard returns how long a reply is waited for in any case.
func (r *runner) hard() time.Duration {
	if r.Process || r.Client { // no other connection can be asked
		return max(hardWait/2, 10*r.slowest)
	}
	return max(hardWait, 20*r.slowest)
}

// quiet returns how long nothing comes before no more is expected.
func (r *runner) quiet() time.Duration {
	if r.want == nil {
		return settle
	}
	gap := r.gap
	if gap == 0 && !r.Process && !r.Client { // only the first message was answered
		gap = r.slowest
	}
	quiet := max(4*gap, 50*time.Millisecond)
	if r.crowded {
		quiet *= 2
	}
	return min(quiet, time.Second)
}

// await waits for the replies to the first messages; 0 is for a greeting.
func (p *playing) await(ctx context.Context, sent int) {
	if sent > 0 && sent <= p.sent {
		return
	}
	p.sent = sent
	if sent < len(p.want) {
		p.awaitCount(ctx, p.want[sent])
	} else {
		p.learn(ctx, sent)
	}
	n, _ := p.in.count()
	p.out.after = append(p.out.after, n)
}

// learn waits until no more comes, and notes how long replies take.
func (p *playing) learn(ctx context.Context, sent int) {
	before := 0 // replies that have been waited for: more may have come since
	if n := len(p.out.after); n > 0 {
		before = p.out.after[n-1]
	}
	first := learnWait
	switch sent {
	case 0:
		if first = settle; p.Client { // it speaks first
			first = cmp.Or(p.First, firstWait)
		}
	case 1:
		if first = cmp.Or(p.First, firstWait); p.Stored != nil {
			first = storeMost
		}
	}
	begun := p.since
	var end time.Time // after which the peer sends without end; set at the first reply
	for !p.endless {
		n, last := p.in.count()
		limit := first
		if n > before {
			switch {
			case end.IsZero():
				end = time.Now().Add(learnMost)
			case time.Now().After(end):
				p.endless = true
			}
			limit = settle
			p.slowest = max(p.slowest, last.Sub(begun))
			if before > 0 {
				p.gap = max(p.gap, last.Sub(begun))
			}
			begun, before = last, n
			first = settle
		}
		if last.Before(begun) {
			last = begun
		}
		left := limit - time.Since(last)
		if left <= 0 || p.in.over() || ctx.Err() != nil {
			return
		}
		p.wait(ctx, left)
	}
}

// wait waits for a change, for a time at most.
func (p *playing) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.in.changed:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// awaitCount waits for n replies. If they do not come while other connections are answered again and
// again, they are missing.
func (p *playing) awaitCount(ctx context.Context, n int) {
	begun := time.Now()
	soft, hard := softWait, p.hard()
	if p.brief {
		soft = briefWait
	}
	soft = max(soft, 8*p.slowest)
	asked := p.pulse == nil || p.single
	for {
		if got, _ := p.in.count(); got >= n || p.in.over() || ctx.Err() != nil {
			return
		}
		waited := time.Since(begun)
		switch {
		case waited >= hard:
			p.out.missing = true
			return
		case waited >= soft && !asked:
			asked = true
			ok := true
			for i := 0; i < pulses && ok; i++ {
				ok = p.served(ctx)
			}
			if got, _ := p.in.count(); ok && got < n && !p.in.over() {
				p.out.missing = true
				return
			}
			continue
		}
		next := hard
		if !asked {
			next = soft
		}
		p.wait(ctx, next-waited)
	}
}

// beQuiet waits until nothing has come for the quiet time: there may be more than was expected. If the
// case is malformed, there is no telling what is expected, and it waits longer.
func (p *playing) beQuiet(ctx context.Context, malformed bool) {
	limit := time.Now().Add(p.hard())
	for {
		_, last := p.in.count()
		if last.Before(p.since) {
			last = p.since
		}
		quiet := p.quiet()
		if malformed {
			quiet = max(quiet, longPause)
		}
		if p.in.unfinished() {
			quiet = max(5*quiet, softWait)
		}
		left := quiet - time.Since(last)
		if left <= 0 || p.in.over() || ctx.Err() != nil || time.Now().After(limit) {
			return
		}
		p.wait(ctx, left)
	}
}

package probe

import (
	"context"
	"errors"
	"time"
)

// storedBefore returns what the command prints before a case. If it fails, nothing has been stored yet: there
// may be no file.
func (x *run) storedBefore(ctx context.Context) string {
	text, _ := x.Stored(ctx)
	return text
}

// awaitStored waits until a peer has stored what is wanted, or, if that is not known, until no more is stored.
func (x *run) awaitStored(ctx context.Context, before string, want *string) (s stored) {
	begun := time.Now()
	last := begun // when the text has changed
	limit, stable := max(storeWait, 10*x.slowestStore), max(settle, 4*x.slowestStore)
	if want == nil {
		limit = max(storeMost, limit)
	}
	if x.want == nil { // the first reference
		stable = learnWait
	}
	for pause := storePause; ; pause = min(2*pause, 5*storePause) {
		text, err := x.Stored(ctx)
		if text = newOf(before, text); text != s.text {
			last = time.Now()
		}
		s = stored{text: text, err: err}
		right := err == nil && want != nil && x.compare.Lines(text) == x.compare.Lines(*want)
		since := time.Since(last)
		switch {
		case ctx.Err() != nil, since >= limit && (want != nil || text == ""):
			return s
		case right && since >= x.quiet(), want == nil && text != "" && since >= stable:
			x.slowestStore = max(x.slowestStore, last.Sub(begun))
			return s
		case time.Since(begun) >= limit+storageTime:
			s.err = errors.New("its output does not stop changing")
			return s
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// watch plays a case and notes what the peer has stored after it. Want is what should be stored, if that is
// known.
func (x *run) watch(ctx context.Context, c *Case, want *string) (outcome, error) {
	return x.watchOn(ctx, x.runner, c, want)
}

func (x *run) watchOn(ctx context.Context, r *runner, c *Case, want *string) (outcome, error) {
	if x.Stored == nil || c.Ends() {
		return r.play(ctx, c)
	}
	before := x.storedBefore(ctx)
	out, err := r.play(ctx, c)
	if err == nil {
		out.stored = x.awaitStored(ctx, before, want)
		err = ctx.Err()
	}
	return out, err
}

// test plays a case. What the peer should store for it is known afterwards.
func (x *run) test(ctx context.Context, c *Case) (outcome, error) {
	want, err := x.stores(ctx, c.Count)
	if err != nil {
		return outcome{}, err
	}
	out, err := x.watch(ctx, c, want)
	out.stored.want = want
	return out, err
}

// stores returns what the peer stores for the first n messages, sent uncut. It is learnt when it is first
// needed, and nil without a Storage.
func (x *run) stores(ctx context.Context, n int) (*string, error) {
	if x.wantStored == nil || n == 0 {
		return nil, nil
	}
	if want, ok := x.wantStored[n]; ok {
		return &want, nil
	}
	c := Uncut(x.options.Plan.Messages[:n])
	out, err := x.watch(ctx, &c, nil)
	if err != nil || out.stored.err != nil {
		return nil, err
	}
	x.wantStored[n] = out.stored.text
	return &out.stored.text, nil
}

// learnStored decides whether what the peer stores is compared, from what it has stored in both references. It
// returns why it is not, if it should be, and what to do about it.
func (x *run) learnStored(first, second *stored) (reason, hint string) {
	switch {
	case x.Stored == nil:
		return "", ""
	case first.err != nil:
		return "--exec-oracle: " + first.err.Error(), hintStorage
	case second.err != nil:
		return "--exec-oracle: " + second.err.Error(), hintStorage
	case first.text == "":
		return "--exec-oracle printed nothing new after the messages", hintStorage
	case second.text == "":
		return "--exec-oracle printed nothing new after the messages were sent again; it must print all that is stored, not only the last", hintStorage
	}
	if reason := x.unlike(second.text, first.text); reason != "" {
		return "--exec-oracle: when the messages were sent again, " + reason, "name what may differ with --ignore"
	}
	x.wantStored = map[int]string{len(x.options.Plan.Messages): first.text}
	if x.oracle == None {
		x.oracle = Stored
	}
	return "", ""
}

// serves reports whether the peer takes a new connection, and, after a case that may have broken it, still stores
// what comes on one.
func (x *run) serves(ctx context.Context, r *Result, limit time.Duration) bool {
	if !x.answered(ctx, limit) {
		return false
	}
	if x.wantStored == nil || r.Verdict == Pass && !r.Ends() {
		return true
	}
	c := Uncut(x.options.Plan.Messages[:1])
	out, err := x.test(ctx, &c)
	return err == nil && x.differs(&c, &out) == "" && x.misstored(&out) == ""
}

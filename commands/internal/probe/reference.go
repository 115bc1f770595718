package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/report"
)

// reference sends the messages uncut, twice, and learns from that what to expect.
func (x *run) reference(ctx context.Context) error {
	var first outcome
	for {
		c := Uncut(x.options.Plan.Messages)
		if c.Answer = x.options.Answer; x.Client {
			c.Writes, c.Pauses = nil, nil
		}
		x.started(&c, 0, 1)
		var err error
		if first, err = x.watch(ctx, &c, nil); err != nil {
			return err
		}
		if x.Client {
			x.options.Plan.Messages = nil
			for _, w := range c.Writes {
				x.options.Plan.Messages = append(x.options.Plan.Messages, NewMessage(x.options.Plan.Framing, w))
			}
			if len(c.Writes) == 0 {
				x.done(Result{Case: &c, Verdict: Inconclusive, Reason: "the client sent no message; if it has another framing, give it with -f", Got: first.replies, Tail: first.tail})
				return nil
			}
			break
		}
		if !(x.endless && x.learnUnasked(ctx)) && !x.shorten(&first) {
			break
		}
		x.unlearn()
	}
	x.want, x.after, x.usual = first.after, first.after, first.memory
	x.Summary.Messages = len(x.options.Plan.Messages)
	c := Uncut(x.options.Plan.Messages)
	control := c
	x.control, x.standard.replies = &control, first.replies
	if x.endless {
		x.done(Result{Case: &c, Verdict: Inconclusive, Reason: "the peer does not stop sending, so it is not known what its replies are", Hint: hintEndless, Got: first.replies})
		return nil
	}
	if x.Stored == nil { // or else other connections would store messages too
		x.setPulse(first.after)
	}
	c.Pulse = !x.Process && !x.Client
	var want *string
	if first.stored.text != "" {
		want = &first.stored.text
	}
	second, err := x.watch(ctx, &c, want)
	x.single = second.stalled
	if err != nil {
		var gone *unreachable
		if !errors.As(err, &gone) || x.Client {
			return err
		}
		x.Wrong = "does not survive the uncut messages"
		x.done(Result{Case: &c, Verdict: Fail, Reason: "after the messages uncut, the peer cannot be reached: " + report.Reason(gone.err), Got: first.replies})
		return nil
	}
	if len(first.replies) != len(second.replies) && x.learnUnasked(ctx) {
		x.unlearn()
		return x.reference(ctx)
	}
	x.oracle = Choose(first.replies, second.replies, first.after[0], x.compare)
	x.disagree = x.oracle == None && len(first.replies)+len(second.replies) > 2*first.after[0]
	if second.ran && x.compare.Lines(first.output) == x.compare.Lines(second.output) && status(&first) == status(&second) {
		x.standard.output = &first
		if x.oracle == None {
			x.oracle = Output
		}
	}
	x.Varies = second.ran && x.standard.output == nil
	if x.Process && x.oracle == None && (second.exit != nil || second.ended) {
		if x.standard.ended = ending(&second); second.exit == nil && second.status != "" {
			x.standard.ended = "the process ended with " + second.status
		}
	}
	missing, advice := x.learnStored(&first.stored, &second.stored)
	if missing != "" {
		x.Stored = nil
		x.setPulse(first.after)
	}
	r := Result{Case: &c, Verdict: Pass, Got: second.replies, Stray: second.stray, Tail: second.tail, Took: second.took, Exit: second.status, Memory: second.memory.Peak}
	for _, out := range []*outcome{&second, &first} {
		if text := broken(out); text != "" {
			r.Verdict, r.Reason, r.Got, r.Stray, r.Tail = Fail, text, out.replies, out.stray, out.tail
			r.Hint = x.unframed(out)
			x.oracle = None
		}
		if died(out) {
			r.Verdict, r.Reason, x.oracle, x.Wrong = Fail, ending(out), None, "does not survive the uncut messages"
		}
	}
	if len(x.options.Expect) > 0 && r.Verdict == Pass {
		x.counted = x.oracle == Equal || x.oracle == AsMany
		x.oracle, x.expect = Expected, x.options.Expect
		if r.Reason = x.differs(&c, &second); r.Reason != "" {
			r.Verdict, x.oracle, r.Expected = Fail, None, x.wanted(&c)
		}
	}
	switch {
	case r.Verdict != Pass || !x.longUnanswered(&first):
	case x.answersAlone(ctx, len(first.after)-2):
		r.Verdict, r.Reason = Info, "only the first message of a connection is answered"
	default:
		r.Verdict, r.Reason = Fail, fmt.Sprintf("the message of %d bytes is not answered, and a shorter one is", x.options.Plan.Messages[len(first.after)-2].Body)
		r.Hint = "if the peer takes no message of this length, give shorter ones with -m"
	}
	switch {
	case r.Verdict != Pass:
	case missing != "":
		r.Verdict, r.Reason, r.Hint, r.Stored = Inconclusive, missing, advice, second.stored.text
	case x.oracle == None:
		r.Verdict = Inconclusive
		_, r.Reason, r.Hint = x.judge(&c, &second)
		if other := x.otherPeer(ctx, &first); other != "" {
			r.Hint = other
		}
	}
	if x.oracle == None && x.wantStored == nil { // nothing can be judged, so the peer need not read piece by piece
		x.readWait = noticeWait
	}
	x.Summary.Oracle, x.Summary.Stores, x.Summary.Ignores = x.oracle, x.wantStored != nil, x.compare != nil
	if _, err := x.stores(ctx, 1); err != nil {
		return err
	}
	x.complain(&r)
	x.done(r)
	return nil
}

// longUnanswered reports whether the first of the default messages is answered, and the last, whose length
// needs two bytes, is ignored.
func (x *run) longUnanswered(out *outcome) bool {
	n := len(out.after)
	return x.options.Plan.Defaults && n > 2 && n == len(x.options.Plan.Messages)+1 && !out.ended &&
		out.after[1] > out.after[0] && out.after[n-1] == out.after[n-2]
}

// unframed explains replies that are no frames of the framing that was given.
func (x *run) unframed(out *outcome) string {
	var head []byte
	for _, r := range out.replies {
		head = append(head, r.Wire()...)
	}
	if head = append(head, out.tail...); len(out.stray) > 0 {
		head = out.tail
	}
	return strings.Join(hint.OfSilence(x.Theirs, head[:min(len(head), hint.HeadSize)], x.options.Advice), "; ")
}

// answersAlone reports whether a message is answered that is the first of its connection.
func (x *run) answersAlone(ctx context.Context, i int) bool {
	c := Uncut(x.options.Plan.Messages[i : i+1])
	out, err := x.play(ctx, &c)
	return err == nil && len(out.after) > 1 && out.after[1] > out.after[0]
}

// shorten removes messages that the peer does not take: it ended the connection before it had
// answered them all. It reports whether there are others to try.
func (x *run) shorten(out *outcome) bool {
	list := x.options.Plan.Messages
	answered := len(out.after) - 1
	if answered > 0 && out.ended && out.after[answered] == out.after[answered-1] {
		answered-- // the connection ended there
	}
	if !out.ended || answered >= len(list) || answered < 1 {
		return false
	}
	if x.options.Plan.Defaults && list[answered].Body == 0 {
		x.note("the peer ends the connection at an empty message: it is left out")
		x.options.Plan.Messages = append(append([]Message(nil), list[:answered]...), list[answered+1:]...)
		return true
	}
	x.note("the peer ends the connection after " + report.Count(int64(answered), "message") + ": the others are left out")
	x.options.Plan.Messages = list[:answered]
	return true
}

// setPulse makes the pulse of the messages up to the first one that is answered; there is none if none is.
func (x *run) setPulse(after []int) {
	x.runner.pulse, x.pulseWant = nil, after
	for i := 1; i < len(after); i++ {
		if after[i] > after[0] {
			c := Uncut(x.options.Plan.Messages[:i])
			x.runner.pulse = &c
			return
		}
	}
}

// share replaces replies that are those of the reference: a peer with long ones would need memory for each case.
func (x *run) share(replies []Reply) []Reply {
	list := slices.Clone(replies)
	for i := range list {
		for _, known := range x.standard.replies {
			if m := &list[i]; bytes.Equal(m.Header, known.Header) && bytes.Equal(m.Body, known.Body) && bytes.Equal(m.Trailer, known.Trailer) {
				list[i] = known
				break
			}
		}
	}
	return list
}

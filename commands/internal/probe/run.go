// Package probe finds out whether a receiver puts messages together however they are cut.
//
// It has four parts. Cases (cases.go) are data: what is written, with its cuts and pauses. A runner
// (runner.go) plays a case on a connection and returns what came. The judge (judge.go) compares that
// with a reference, in which nothing was cut. Reporters print the verdicts. None of them knows a
// protocol: cases are made from frames, and from where their header, payload and trailer are.
//
// Start with Run.
package probe

import (
	"context"
	"errors"
	"time"

	"framecat/commands/internal/compare"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// Options are the options of a run.
type Options struct {
	Peer
	Plan
	Answer     func(i int, message []byte) []byte // returns the frame that answers a message of a client; nil for servers
	Only, Skip []string
	Known      []string                // cases that are known to fail
	Jobs       int                     // how many cases are played at once; 0 is 1
	Compare    *compare.Comparer       // of replies; nil if all bytes count
	Advice     hint.Advice             // fits hints to the command line
	Expect     [][]byte                // replies that must come first; nil if the references decide
	Started    func(c *Case, i, n int) // called before each case; may be nil
	Done       func(*Result)           // called after each case; may be nil
	Note       func(text string)       // called with what the user should know; may be nil
}

// Selected returns the cases of a server or a process that Only and Skip select, without the
// reference, which is always played.
func (o *Options) Selected() []Case { return Select(o.Plan.Cases()[1:], o.Only, o.Skip) }

// A Result is a case with its verdict.
type Result struct {
	*Case
	Verdict  Verdict
	Reason   string
	Hint     string // what to do about it
	Expected []Reply
	Got      []Reply
	Stray    []byte
	Tail     []byte // after the last whole reply
	Stored   string // what is new in the output of Peer.Stored
	Stderr   string // the end of it, of a process; only if the verdict is not Pass
	Exit     string // how a process ended; "" if it did not
	Memory   int64  // the most that a process has used, in bytes; 0 if it is not known
	Took     time.Duration

	unreached bool // there was no connection
	slow      bool // because the client takes too long to start
	final     bool // it need not show again: the process died, or the memory of a server has grown
}

// A Summary is what a run has found.
type Summary struct {
	Oracle   Oracle
	Stores   bool // what the peer stores is compared too
	Ignores  bool // parts of replies are not compared
	Messages int  // that were sent
	Results  []Result
	Varies   bool   // what the client prints, or its status, is not compared: it differs from run to run
	Wrong    string // what to do about a reference that failed; "" if the replies show it
	Merged   bool   // the peer may have read some cuts in one piece
}

// Count returns how many results have a verdict.
func (s *Summary) Count(v Verdict) (n int) {
	for i := range s.Results {
		if s.Results[i].Verdict == v {
			n++
		}
	}
	return n
}

// A run is one run of all cases.
type run struct {
	options Options
	*runner
	standard
	Summary
	control *Case       // the reference
	usual   link.Memory // what a process has used for that

	wantStored   map[int]string // what the peer stores for so many of the messages; nil if it is not compared
	slowestStore time.Duration  // the longest that a peer took to store messages
}

// Run plays all cases. Its error is that of the first connection, or that of ctx: then the Summary has
// what was found so far.
func Run(ctx context.Context, o Options) (*Summary, error) {
	x := &run{options: o, runner: &runner{Peer: o.Peer, readWait: readWait}, standard: standard{client: o.Client, compare: o.Compare}}
	err := x.reference(ctx)
	if ctx.Err() != nil && len(x.Results) == 0 {
		c := Uncut(x.options.Plan.Messages)
		x.done(Result{Case: &c, Verdict: Inconclusive, Reason: "not finished: probe was ended before"})
	}
	if err == nil {
		err = x.cases(ctx)
	}
	x.Merged = x.runner.merged
	return &x.Summary, err
}

// cases plays the cases after the reference.
func (x *run) cases(ctx context.Context) error {
	if len(x.options.Plan.Messages) == 0 {
		return nil
	}
	list := x.options.Selected()
	if x.Client {
		list = Select(x.options.Plan.clientCases(x.want[0]), x.options.Only, x.options.Skip)
	}
	if ref := x.Results[0]; ref.Verdict == Fail && x.oracle == None || x.endless {
		reason := "not run: the reference failed"
		if x.endless {
			reason = "not run: the peer does not stop sending"
		}
		for i := range list {
			x.done(Result{Case: &list[i], Verdict: Inconclusive, Reason: reason})
		}
		return nil
	}
	var last *Result // is not done before the next case has a connection: the peer may break late
	defer func() {
		if last != nil {
			x.done(*last)
		}
	}()
	ended := func(from int, err error) error { // reports the cases that are not run
		if last != nil {
			x.done(*last)
			last = nil
		}
		for k := from; k < len(list) && ctx.Err() != nil; k++ {
			x.done(Result{Case: &list[k], Verdict: Inconclusive, Reason: "not run: probe was ended before"})
		}
		return err
	}
	var ready []*Result // of the next cases, if they were played at once and passed
	gone := ""          // the case after which the peer is gone
	for i := range list {
		c := &list[i]
		if len(ready) == 0 && gone == "" {
			var away bool
			if ready, away = x.atOnce(ctx, list[i:], i+1, len(list)+1); away {
				gone = x.goneSince(ready, last)
			}
		}
		var r *Result
		if len(ready) > 0 {
			r, ready = ready[0], ready[1:]
		}
		if r == nil && gone != "" {
			r = &Result{Case: c, Verdict: Inconclusive, Reason: "not run: the peer is gone since " + gone}
		}
		if r != nil {
			if last != nil {
				x.done(*last)
				last = nil
			}
			x.done(*r)
			continue
		}
		x.started(c, i+1, len(list)+1)
		r, err := x.one(ctx, c)
		if err != nil {
			return ended(i, err)
		}
		slow := r.slow && (last == nil || !last.slow) // twice, it is gone
		if last != nil {
			if r.unreached && !r.slow && !last.unreached {
				last.gone(x.Client)
			}
			x.done(*last)
		}
		last = r
		away, err := x.health(ctx, r)
		if err != nil {
			return ended(i+1, err)
		}
		if !away && !(r.unreached && x.Client && !slow) {
			continue
		}
		x.done(*last)
		last, gone = nil, c.ID
	}
	return nil
}

// failsOften is how many cases must have failed before the replies to the next ones are not waited for so long.
const failsOften = 2

// one plays one case and judges it. What shows more than once only counts if it does.
func (x *run) one(ctx context.Context, c *Case) (*Result, error) {
	x.brief = x.Count(Fail) >= failsOften && c.Before == nil
	r, err := x.once(ctx, c)
	x.brief = false
	if err == nil && r.Verdict == Fail && !r.final && !x.listened && x.surprises(r) && x.learnUnasked(ctx) {
		x.leaveOut()
		r, err = x.once(ctx, c)
	}
	switch {
	case err != nil || r.Verdict != Fail || r.final:
		return r, err
	case c.Before != nil:
		return x.pair(ctx, c)
	}
	return x.confirm(ctx, r)
}

// once plays one case and judges it.
func (x *run) once(ctx context.Context, c *Case) (*Result, error) {
	if c.Before != nil {
		return x.pair(ctx, c)
	}
	out, err := x.test(ctx, c)
	if err != nil {
		return x.unreached(c, err)
	}
	return x.verdict(c, &out), nil
}

// verdict returns the result of a case that was played.
func (x *run) verdict(c *Case, out *outcome) *Result {
	r := x.replied(c, out)
	if out.spins && r.Verdict != Fail {
		r.Verdict, r.Reason, r.final = Fail, "after the connection ended, the peer keeps a processor busy for "+spinTime.String()+" or more", true
		x.complain(r)
	}
	return r
}

// replied returns the result of a case by what the peer has sent, and by how it has ended.
func (x *run) replied(c *Case, out *outcome) *Result {
	r := &Result{Case: c, Got: out.replies, Stray: out.stray, Tail: out.tail, Took: out.took, Exit: out.status, final: died(out)}
	if x.Process { // nothing but its own case has used its memory
		r.Memory, out.before = out.memory.Peak, x.usual
	}
	if c.Malformed {
		r.final = r.final || !x.Process && out.grown() > memoryNoise
		r.Verdict, r.Reason = x.judgeMalformed(c, out)
		x.complain(r)
		return r
	}
	if !c.Ends() && x.oracle != None {
		r.Expected = x.wanted(c)
	}
	r.Stored = out.stored.text
	r.Verdict, r.Reason, r.Hint = x.judge(c, out)
	switch {
	case r.Verdict == Pass && out.stalled:
		r.Verdict, r.Reason = Fail, "a second connection is not served while a frame is incomplete"
	case r.Verdict == Pass && c.Pulse && x.single:
		r.Verdict, r.Reason = Info, "the peer serves one connection at a time, so a slow one makes all others wait"
	}
	x.complain(r)
	return r
}

// confirm plays the reference and the case again after a failure. If the replies of the reference have
// changed too, the cuts are not the reason, and a weaker oracle judges. If the case does not fail again,
// it does not count: the machine may be busy.
func (x *run) confirm(ctx context.Context, r *Result) (*Result, error) {
	control := x.control
	if x.wantStored != nil && !r.Ends() {
		c := Uncut(x.options.Plan.Messages[:r.Count])
		control = &c
	}
	for _, c := range []*Case{control, r.Case} {
		if c != r.Case && r.Malformed { // its replies are not compared with those of the reference
			continue
		}
		out, err := x.test(ctx, c)
		var gone *unreachable
		switch {
		case errors.As(err, &gone): // the health check shows it
			return r, nil
		case err != nil:
			return r, err
		case c == r.Case:
			return x.verdict(c, &out), nil
		case x.oracle == Expected || out.missing || broken(&out) != "" || x.differs(c, &out) == "" && x.misstored(&out) == "" || x.weaken(c, &out):
		default:
			r.Verdict, r.Reason, r.Hint = Inconclusive, "the replies to the uncut messages have changed too", hintDiffer
			return r, nil
		}
	}
	return r, nil
}

// weaken chooses the oracle anew, with a reference that was played later: replies may have a time in
// them that was the same in the first two. It reports whether there is an oracle that all three meet.
func (x *run) weaken(c *Case, out *outcome) bool {
	o := Choose(x.expected(c), out.replies, x.after[0], x.compare)
	if x.oracle != Equal || o != AsMany && o != Answered {
		return false
	}
	x.oracle, x.Summary.Oracle = o, o
	x.note("the replies to the uncut messages have changed: from here on, cases are judged by another rule, " + string(o))
	return true
}

// complain adds to a result that is no PASS what the process has written to its standard error.
func (x *run) complain(r *Result) {
	if r.Verdict != Pass && r.Stderr == "" && x.Stderr != nil {
		r.Stderr = x.Stderr()
	}
}

// unreached returns the result of a case for which there was no connection.
func (x *run) unreached(c *Case, err error) (*Result, error) {
	var gone *unreachable
	if !errors.As(err, &gone) {
		return nil, err
	}
	r := &Result{Case: c, Verdict: Inconclusive, Reason: "the peer cannot be reached: " + report.Reason(gone.err), unreached: true}
	var late slowStart
	if r.slow = errors.As(err, &late); r.slow {
		r.Hint = "give it more time with -w"
	}
	return r, nil
}

// pair plays a case and its control, each on a connection of its own.
func (x *run) pair(ctx context.Context, c *Case) (*Result, error) {
	learning := *x.runner
	learning.want = x.want[:1]
	var outs [2]outcome
	for i, part := range []*Case{c.Before, c} {
		var err error
		if outs[i], err = x.watchOn(ctx, &learning, part, nil); err != nil {
			return x.unreached(c, err)
		}
	}
	plain, out := &outs[0], &outs[1]
	r := &Result{Case: c, Verdict: Pass, Got: out.replies, Stray: out.stray, Tail: out.tail, Took: plain.took + out.took}
	greeting := x.want[0]
	switch {
	case died(out):
		r.Verdict, r.Reason = Fail, ending(out)
		x.complain(r)
	case len(out.replies) > greeting:
	case len(plain.replies) > greeting:
		r.Verdict, r.Reason = Fail, "a message of ASCII with as many bytes is answered, and this one is not"
		r.Expected = plain.replies
	case out.stored.text != "":
	case plain.stored.text != "":
		r.Verdict, r.Reason = Fail, "a message of ASCII with as many bytes is stored, and this one is not"
	default:
		r.Verdict, r.Reason = Inconclusive, "neither this message nor one of ASCII was answered"
	}
	return r, nil
}

func (x *run) started(c *Case, i, n int) {
	if x.options.Started != nil {
		x.options.Started(c, i, n)
	}
}

func (x *run) done(r Result) {
	r.Got = x.share(r.Got)
	if r.Verdict == Fail && matchesAny(x.options.Known, r.ID) {
		r.Verdict = Known
	}
	x.Results = append(x.Results, r)
	if x.options.Done != nil {
		x.options.Done(&x.Results[len(x.Results)-1])
	}
}

func (x *run) note(text string) {
	if x.options.Note != nil {
		x.options.Note(text)
	}
}

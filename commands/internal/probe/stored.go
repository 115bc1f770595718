package probe

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"framecat/commands/internal/link"
)

// A peer that does not reply may be judged by what it has stored. A command prints all of that. It is run before
// a case and after it, and what is new at the end of its output belongs to the case:
//
//	before  aé€😀z\n
//	after   aé€😀z\naé€\n😀z\n
//	new           aé€\n😀z\n      and the reference has stored aé€😀z\n
//
// If the second output does not begin with the first, all of it is new.

// StorageNotes explain --exec-oracle in help.
const StorageNotes = "With --exec-oracle, cases are judged by what the peer has stored. COMMAND runs in a shell before and after each case. It prints all " +
	"that was stored so far, such as cat server.log. What is new at the end of its output belongs to the case, and must be the same as for the uncut messages: " +
	"if a.log has 3 lines more after the messages were sent uncut, and 4 after a case, that case is a FAIL. COMMAND runs again until the expected text has come, " +
	"or nothing has changed for 500 ms. If its output does not begin with the one before, all of it is new. It may fail before the first message; later, a case " +
	"after which it fails is INCONCLUSIVE. The parts of --ignore do not count in its lines."

// Storage is a shell command that prints what a peer has stored.
type Storage struct {
	Command string
	Env     []string
}

const (
	mostStored  = 64 << 20 // bytes that the command may print
	mostErrors  = 1 << 10  // bytes that are kept of its standard error
	storageTime = 10 * time.Second

	storePause = 20 * time.Millisecond  // between two runs of the command
	storeWait  = 500 * time.Millisecond // without a change, until the peer has stored what is expected
)

// Read runs the command and returns what it prints. When it returns, no process of the command runs any more.
func (s *Storage) Read(ctx context.Context) (string, error) {
	out, errs := &printed{most: mostStored}, &printed{most: mostErrors}
	cmd := link.Shell(s.Command)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = s.Env, out, errs, time.Second
	link.OwnGroup(cmd)
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	select {
	case err = <-ended:
		link.KillGroup(cmd.Process) // what it has left
	case <-ctx.Done():
		link.KillGroup(cmd.Process)
		<-ended
		return "", ctx.Err()
	case <-time.After(storageTime):
		link.KillGroup(cmd.Process)
		<-ended
		return "", fmt.Errorf("it did not end within %s", storageTime)
	}
	switch text := strings.TrimSpace(errs.String()); {
	case out.more > 0:
		return "", fmt.Errorf("it printed more than %d MiB", mostStored>>20)
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return out.String(), nil
	case text != "":
		return "", fmt.Errorf("%w: %s", err, text)
	}
	return "", err
}

// newOf returns what is new in the output of the command.
func newOf(before, after string) string {
	if rest, ok := strings.CutPrefix(after, before); ok {
		return rest
	}
	return after
}

// stored is what a peer has stored for a case.
type stored struct {
	text string
	want *string // what should be stored; nil if it is not known
	err  error   // of the command
}

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
		limit = max(firstWait, limit)
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

// unlike describes how what was stored differs from what is wanted, or returns "".
func (s *standard) unlike(got, want string) string {
	a, b := strings.SplitAfter(s.compare.Lines(got), "\n"), strings.SplitAfter(s.compare.Lines(want), "\n")
	for i := range max(len(a), len(b)) {
		line := func(list []string) string { return strings.Join(list[min(i, len(list)):min(i+1, len(list))], "") }
		switch x, y := line(a), line(b); {
		case x == y:
		case got == "":
			return fmt.Sprintf("nothing was stored, but %.60q should be", y)
		case y == "":
			return fmt.Sprintf("%.60q was stored, after all that should be", x)
		case x == "":
			return fmt.Sprintf("%.60q was not stored", y)
		default:
			return fmt.Sprintf("%.60q was stored, not %.60q", x, y)
		}
	}
	return ""
}

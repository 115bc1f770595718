package probe

import (
	"context"
	"fmt"
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
	job := link.NewShellJob(s.Command)
	job.Env, job.Stdout, job.Stderr = s.Env, out, errs
	if err := job.Start(); err != nil {
		return "", err
	}
	select {
	case <-job.Ended:
	case <-ctx.Done():
		job.Kill()
		job.Wait()
		return "", ctx.Err()
	case <-time.After(storageTime):
		job.Kill()
		job.Wait()
		return "", fmt.Errorf("it did not end within %s", storageTime)
	}
	err := job.Wait()
	switch text := strings.TrimSpace(errs.String()); {
	case out.more > 0:
		return "", fmt.Errorf("it printed more than %d MiB", mostStored>>20)
	case err == nil:
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

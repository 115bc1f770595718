package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"

	"framecat/commands/internal/compare"
	"framecat/commands/internal/report"
)

// A Verdict is what a case shows.
type Verdict string

const (
	Pass         Verdict = "PASS"
	Fail         Verdict = "FAIL"
	Known        Verdict = "KNOWN"        // a FAIL that the user knows of
	Info         Verdict = "INFO"         // something to know, but no fault
	Inconclusive Verdict = "INCONCLUSIVE" // there is nothing to judge by
)

// An Oracle is the rule by which replies are judged.
type Oracle string

const (
	Equal    Oracle = "equal replies"
	AsMany   Oracle = "as many replies"
	Answered Oracle = "the first message is answered"
	Expected Oracle = "the expected replies"
	Output   Oracle = "what the client prints, and its status"
	Stored   Oracle = "what --exec-oracle prints"
	None     Oracle = "none"
)

// Choose returns the strictest oracle that two reference runs meet. Greeting is how many of the
// replies came before the first message. Replies are equal less what c ignores.
func Choose(a, b []Reply, greeting int, c *compare.Comparer) Oracle {
	switch {
	case len(a) <= greeting && len(b) <= greeting:
		return None
	case slices.EqualFunc(a, b, c.Equal):
		return Equal
	case len(a) == len(b):
		return AsMany
	case len(a) > greeting && len(b) > greeting:
		return Answered
	}
	return None
}

// A standard is what outcomes are judged by.
type standard struct {
	oracle   Oracle
	compare  *compare.Comparer
	replies  []Reply // of the reference
	after    []int   // how many of them came before the first message, and after each
	counted  bool    // with expected replies: the number of all is compared too
	expect   [][]byte
	output   *outcome // whose output and status must be repeated; nil if there is none
	client   bool
	ended    string // how the process ended by itself in the reference, before it had answered
	disagree bool   // the two references differ, so that there is no oracle
}

// expected returns the replies that a case should get.
func (s *standard) expected(c *Case) []Reply {
	if c.Count >= len(s.after) {
		return s.replies
	}
	return s.replies[:s.after[c.Count]]
}

// wanted returns the replies that are shown as those that a case should get.
func (s *standard) wanted(c *Case) []Reply {
	want := s.expected(c)
	if len(s.expect) == 0 {
		return want
	}
	list := slices.Clone(want[:min(s.after[0], len(want))])
	for _, text := range s.expect {
		list = append(list, Reply{Body: text, Payload: text})
	}
	return append(list, want[min(len(list), len(want)):]...)
}

// unit is what the peer sends.
func (s *standard) unit() string {
	if s.client {
		return "message"
	}
	return "reply"
}

// broken describes replies that are no frames, or returns "".
func broken(out *outcome) string {
	switch {
	case out.fault == errReplies:
		return out.fault.Error() + ": no more are kept"
	case out.fault != nil:
		return "a frame of the peer is malformed: " + out.fault.Error()
	case len(out.stray) > 0:
		return report.Count(int64(len(out.stray)), "stray byte") + " between the frames"
	case len(out.tail) > 0:
		return report.Count(int64(len(out.tail)), "byte") + " after the last whole frame"
	}
	return ""
}

// ending describes how the peer ended, or returns "".
func ending(out *outcome) string {
	var exit *exec.ExitError
	switch {
	case errors.As(out.exit, &exit) && exit.ExitCode() < 0:
		return "the process died: " + exit.String()
	case errors.As(out.exit, &exit):
		return "the process ended with " + exit.String()
	case !out.ended:
		return ""
	case out.err != nil && !errors.Is(out.err, io.EOF) && !errors.Is(out.err, io.ErrUnexpectedEOF):
		return "the peer ended the connection: " + report.Reason(out.err)
	}
	return "the peer closed the connection"
}

// died reports whether a signal ended the process.
func died(out *outcome) bool {
	var exit *exec.ExitError
	return errors.As(out.exit, &exit) && exit.ExitCode() < 0
}

// Hints for cases that cannot be judged.
const (
	hintDiffer   = "name what may differ with --ignore, or give the replies that must come with --expect-reply"
	hintEndless  = "if it sends messages on its own that differ, name what differs with --ignore: then they can be left out"
	hintNoReply  = "give a message that is answered with -m, or the framing with -f; if the peer never answers, give a command that prints what it has stored with --exec-oracle; if its first answer takes more than 5 s, give it more time with -w"
	hintNoClient = "start the client with --run, so that what it prints is compared, or give a command that prints what it has stored with --exec-oracle"
	hintEnded    = "run COMMAND by hand: it must wait for messages"
	hintStorage  = "give a command that prints all that the peer has stored so far, such as --exec-oracle 'cat server.log'"
)

// judge returns the verdict on a case, and the reason for it unless it is Pass, with what to do about it.
func (s *standard) judge(c *Case, out *outcome) (v Verdict, reason, hint string) {
	switch {
	case died(out):
		return Fail, ending(out), ""
	case c.Ends() && out.stuck:
		return Fail, fmt.Sprintf("the process did not end within %s after its input had ended", exitWait), ""
	case c.Ends() && s.ended != "":
		return Inconclusive, s.ended + " in the reference too", hintEnded
	case c.Ends():
		return Pass, "", ""
	case s.oracle == None && s.disagree:
		return Inconclusive, "the replies to the uncut messages differ from run to run", hintDiffer
	case s.oracle == None && s.client:
		return Inconclusive, "the client sends nothing after our reply", hintNoClient
	case s.oracle == None:
		hint = hintNoReply
		if s.ended != "" {
			hint = hintEnded
		}
		reason = "there was no reply to judge by"
		if end := ending(out); end != "" {
			reason += ", " + end
		}
		return Inconclusive, reason, hint
	case out.stored.err != nil:
		return Inconclusive, "--exec-oracle: " + out.stored.err.Error(), hintStorage
	}
	if reason = s.differs(c, out); reason == "" {
		reason = s.misstored(out)
	}
	if reason == "" {
		return Pass, "", ""
	}
	return Fail, reason, ""
}

// misstored describes how what was stored differs from what is expected, or returns "".
func (s *standard) misstored(out *outcome) string {
	if out.stored.want == nil {
		return ""
	}
	return s.unlike(out.stored.text, *out.stored.want)
}

// differs describes how replies differ from what is expected, or returns "".
func (s *standard) differs(c *Case, out *outcome) string {
	want, got := s.expected(c), out.replies
	greeting := s.after[0]
	if text := broken(out); text != "" {
		return text
	}
	if text := s.prints(out); text != "" || s.oracle == Output || s.oracle == Stored {
		return text
	}
	short := func() string {
		text := fmt.Sprintf("%s of %d came", report.Count(int64(len(got)), s.unit()), len(want))
		if len(got) == 0 {
			text = "no " + s.unit() + " came"
		}
		if end := ending(out); end != "" {
			text += ": " + end
		}
		return text
	}
	switch s.oracle {
	case Answered:
		if len(got) <= greeting {
			return short()
		}
	case Expected:
		for i, text := range s.expect {
			if greeting+i >= len(want) && c.Count < len(s.after)-1 {
				break
			}
			switch {
			case greeting+i >= len(got):
				return short()
			case !bytes.Equal(s.compare.Payload(got[greeting+i].Payload), s.compare.Payload(text)):
				return fmt.Sprintf("reply %d is not the expected one", greeting+i)
			}
		}
		if !s.counted {
			return ""
		}
	}
	switch {
	case s.oracle == Answered:
	case len(got) < len(want):
		return short()
	case len(got) > len(want):
		return fmt.Sprintf("%s came, not %d", report.Count(int64(len(got)), s.unit()), len(want))
	case s.oracle == Equal && !s.same(want, got, c.pipelined()):
		return s.firstDifference(want, got)
	}
	return ""
}

// prints describes how the output and status of a client differ from those of the reference, or
// returns "".
func (s *standard) prints(out *outcome) string {
	switch {
	case s.output == nil:
		return ""
	case out.stuck:
		return fmt.Sprintf("the client did not end within %s", exitWait)
	case status(out) != status(s.output):
		return fmt.Sprintf("the client ended with %s, not %s", status(out), status(s.output))
	case s.compare.Lines(out.output) != s.compare.Lines(s.output.output):
		return fmt.Sprintf("the client printed %.60q, not %.60q", out.output, s.output.output)
	}
	return ""
}

// status describes the status of a process.
func status(out *outcome) string {
	if out.exit != nil {
		return out.exit.Error()
	}
	return "exit status 0"
}

// firstDifference names the first reply that is not as expected.
func (s *standard) firstDifference(want, got []Reply) string {
	for i := range want {
		if !s.compare.Equal(want[i], got[i]) {
			return fmt.Sprintf("%s %d is not that of the reference", s.unit(), i)
		}
	}
	return ""
}

// pipelined reports whether messages are sent before the one before them is answered. A peer may
// then answer them in another order.
func (c *Case) pipelined() bool {
	waits := 0
	for _, p := range c.Pauses {
		if p.Sent > 0 {
			waits++
		}
	}
	return waits < c.Count && c.Count > 1
}

// same reports whether the replies are equal; with anyOrder, in any order.
func (s *standard) same(want, got []Reply, anyOrder bool) bool {
	if slices.EqualFunc(want, got, s.compare.Equal) {
		return true
	}
	if !anyOrder {
		return false
	}
	keys := func(list []Reply) (keys [][]byte) {
		for _, r := range list {
			keys = append(keys, s.compare.Key(r))
		}
		slices.SortFunc(keys, bytes.Compare)
		return keys
	}
	return slices.EqualFunc(keys(want), keys(got), bytes.Equal)
}

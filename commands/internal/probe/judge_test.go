package probe

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// repliesOf returns replies with these payloads and no header.
func repliesOf(words string) (list []Reply) {
	for _, w := range strings.Fields(words) {
		list = append(list, Reply{Body: []byte(w), Payload: []byte(w)})
	}
	return list
}

func textOf(s string) *string { return &s }

// The strictest rule that both references meet is chosen.
func TestChoose(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		a, b     string
		greeting int
		want     Oracle
	}{
		{"x y", "x y", 0, Equal},
		{"x y", "x z", 0, AsMany},
		{"x y", "x y z", 0, Answered},
		{"", "", 0, None},
		{"x", "", 0, None},
		{"hello", "hello", 1, None}, // only a greeting
		{"hello x", "hello y", 1, AsMany},
	} {
		if got := Choose(repliesOf(row.a), repliesOf(row.b), row.greeting, nil); got != row.want {
			t.Errorf("%q and %q: %s, want %s", row.a, row.b, got, row.want)
		}
	}
}

// Replies are judged by the oracle; a case that ends the connection only by survival.
func TestJudge(t *testing.T) {
	t.Parallel()
	p := planOf(t, "u8", "a", "b", "c")
	for _, row := range []struct {
		oracle Oracle
		id     string
		out    outcome
		want   string
	}{
		{Equal, "split/1", outcome{replies: repliesOf("A")}, "PASS"},
		{Equal, "bytes", outcome{replies: repliesOf("A B C")}, "PASS"},
		{Equal, "bytes", outcome{replies: repliesOf("B C A")}, "PASS"},                                          // a peer may work on them at once
		{Equal, "split/2.1", outcome{replies: repliesOf("B C A")}, "FAIL reply 0 is not that of the reference"}, // each was answered before the next was sent
		{Equal, "split/1", outcome{replies: repliesOf("X")}, "FAIL reply 0 is not that of the reference"},
		{Equal, "split/1", outcome{}, "FAIL no reply came"},
		{Equal, "split/1", outcome{ended: true}, "FAIL no reply came: the peer closed the connection"},
		{Equal, "split/1", outcome{ended: true, err: syscall.ECONNRESET}, "FAIL no reply came: the peer ended the connection: connection reset by peer"},
		{Equal, "bytes", outcome{replies: repliesOf("A")}, "FAIL 1 reply of 3 came"},
		{Equal, "split/1", outcome{replies: repliesOf("A A")}, "FAIL 2 replies came, not 1"},
		{Equal, "split/1", outcome{replies: repliesOf("A"), tail: []byte("x")}, "FAIL 1 byte after the last whole frame"},
		{Equal, "split/1", outcome{replies: repliesOf("A"), stray: []byte("xy")}, "FAIL 2 stray bytes between the frames"},
		{Equal, "split/1", outcome{fault: errors.New("bad length")}, "FAIL a frame of the peer is malformed: bad length"},
		{AsMany, "split/1", outcome{replies: repliesOf("X")}, "PASS"},
		{AsMany, "bytes", outcome{replies: repliesOf("X Y")}, "FAIL 2 replies of 3 came"},
		{Answered, "bytes", outcome{replies: repliesOf("X")}, "PASS"},
		{Answered, "bytes", outcome{}, "FAIL no reply came"},
		{Expected, "bytes", outcome{replies: repliesOf("A X Y Z")}, "PASS"},
		{Expected, "bytes", outcome{replies: repliesOf("X B C")}, "FAIL reply 0 is not the expected one"},
		{Expected, "split/1", outcome{}, "FAIL no reply came"},
		{None, "split/1", outcome{}, "INCONCLUSIVE there was no reply to judge by"},
		{None, "split/1", outcome{ended: true}, "INCONCLUSIVE there was no reply to judge by, the peer closed the connection"},
		{None, "close/1", outcome{}, "PASS"},
		{Equal, "close/1", outcome{ended: true}, "PASS"},
		{Stored, "split/1", outcome{}, "PASS"},
		{Stored, "split/1", outcome{stored: stored{text: "A", want: textOf("A")}}, "PASS"},
		{Stored, "split/1", outcome{stored: stored{text: "a\nb\n", want: textOf("ab\n")}}, `FAIL "a\n" was stored, not "ab\n"`},
		{Equal, "split/1", outcome{replies: repliesOf("A"), stored: stored{want: textOf("ab\n")}}, `FAIL nothing was stored, but "ab\n" should be`},
		{Equal, "split/1", outcome{replies: repliesOf("A"), stored: stored{err: errors.New("exit status 1")}}, "INCONCLUSIVE --exec-oracle: exit status 1"},
		{Equal, "close/1", outcome{stuck: true}, "FAIL the process did not end within 5s after its input had ended"},
	} {
		s := standard{oracle: row.oracle, replies: repliesOf("A B C"), after: []int{0, 1, 2, 3}, expect: [][]byte{[]byte("A")}}
		c := Select(p.Cases(), []string{row.id}, nil)[0]
		v, reason, _ := s.judge(&c, &row.out)
		if got := strings.TrimSpace(string(v) + " " + reason); got != row.want {
			t.Errorf("%s, %s: %s, want %s", row.oracle, row.id, got, row.want)
		}
	}
}

// played returns what a run has found in which these cases have failed or could not be judged.
func played(p *Plan, failed, unsure string) *Summary {
	list := p.Cases()
	s := &Summary{Oracle: None}
	for i := range list {
		r := Result{Case: &list[i], Verdict: Pass}
		switch {
		case matchesAny(strings.Fields(failed), list[i].ID):
			r.Verdict = Fail
		case matchesAny(strings.Fields(unsure), list[i].ID):
			r.Verdict = Inconclusive
		}
		s.Results = append(s.Results, r)
	}
	return s
}

// Where only some cuts were tried, a peer that fails at all of these is not one that fails anywhere.
func TestSentenceOfSome(t *testing.T) {
	t.Parallel()
	s := played(planOf(t, "u32be", "abc", "d", "e"), "split/1 split/2", "")
	s.Results = slices.DeleteFunc(s.Results, func(r Result) bool { return r.Family() == "split" && r.Offset > 2 })
	if got, want := s.Sentence(), "breaks when the header is split: offsets 1-2 of 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// One sentence shows what to do.
func TestSentence(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ failed, skipped, want string }{
		{"", "", "no fault found"},
		{"", "bytes", "no fault found, but some cases could not be judged"},
		{"", "*", "nothing could be judged"},
		{"split/1 split/2 split/3", "", "breaks when the header is split: offsets 1-3 of 4"},
		{"split/2", "", "breaks when the header is split: offset 2 of 4"},
		{"split/4", "", "breaks when a frame is split after the header: offset 4 of 7"},
		{"split/5 split/6", "", "breaks when a frame is split in the payload: offsets 5-6 of 7"},
		{"split/4 split/6", "", "breaks when the payload is split: offsets 4, 6 of 7"},
		{"split/* bytes slow", "", "breaks when a frame is split anywhere: offsets 1-6 of 7"},
		{"split/1.1", "", "breaks when the header of message 1 is split: offset 1 of 4"},
		{"split/1.4 split/2.1", "", "breaks when message 1 is split after the header: offset 4 of 5"},
		{"split/2 split/2.1", "", "breaks when the header is split: offset 2 of 4"},
		{"split/1 merge/2 merge/all", "", "breaks when the header is split: offset 1 of 4; breaks when frames arrive in one read"},
		{"split/1 merge+half", "", "breaks when the header is split: offset 1 of 4"},
		{"merge+half", "", "breaks when a frame and a part of the next arrive in one read"},
		{"bytes", "", "breaks when the pieces of a frame arrive slowly"},
		{"slow", "", "a slow sender breaks it, or makes other connections wait"},
		{"close/1", "reset/*", "does not survive a connection that ends inside a frame"},
		{"reference", "", "the replies to uncut messages are wrong: see the first case; if they have another framing, give it with --reply-framing"},
	} {
		s := played(planOf(t, "u32be", "abc", "d", "e"), row.failed, row.skipped)
		if got := s.Sentence(); got != row.want {
			t.Errorf("%q: %s\nwant %s", row.failed, got, row.want)
		}
	}
}

// Replies that are those of the reference take no memory for each case.
func TestShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := receiver{serve: correct}
		o := r.options(t, r.inMemory())
		o.Only = []string{"split/*"}
		s, err := Run(t.Context(), o)
		if err != nil || len(s.Results) < 10 {
			t.Fatalf("got %d cases, %v", len(s.Results), err)
		}
		for _, c := range s.Results {
			if &c.Got[0].Body[0] != &s.Results[0].Got[0].Body[0] {
				t.Errorf("%s keeps a reply of its own", c.ID)
			}
		}
	})
}

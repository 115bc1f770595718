package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A testClient is a client of the zoo: it sends messages, and reads replies. Got returns what it
// makes of its next reply.
type testClient struct {
	name  string
	ahead int // how many messages it sends before it reads
	got   func(r *bufio.Reader, nc net.Conn) (string, error)
	fails string // families of cases, as those of a receiver
}

// readReply reads a whole frame of u32be.
func readReply(r *bufio.Reader, _ net.Conn) (string, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", err
	}
	body := make([]byte, head[3])
	_, err := io.ReadFull(r, body)
	return string(body), err
}

var testClients = []testClient{
	{name: "correct", got: readReply},
	{name: "correct: sends all at once", ahead: 3, got: readReply},
	{name: "one read is one message", fails: "split bytes slow header-then-wait", got: func(_ *bufio.Reader, nc net.Conn) (string, error) {
		b := make([]byte, 100)
		n, err := nc.Read(b)
		return string(b[min(n, 4):n]), err
	}},
	{name: "sends all at once; one read is one message", ahead: 3, fails: "split bytes slow header-then-wait merge", got: func(_ *bufio.Reader, nc net.Conn) (string, error) {
		b := make([]byte, 100)
		n, err := nc.Read(b)
		return string(b[min(n, 4):n]), err
	}},
	{name: "payload assumed whole", fails: "split bytes slow", got: func(_ *bufio.Reader, nc net.Conn) (string, error) {
		head := make([]byte, 4)
		if _, err := io.ReadFull(nc, head); err != nil {
			return "", err
		}
		body := make([]byte, head[3])
		n, err := nc.Read(body)
		return string(body[:n]), err
	}},
}

// run sends three messages, and reports what it got in a fourth.
func (k *testClient) run(nc net.Conn) {
	defer nc.Close()
	r, all := bufio.NewReader(nc), ""
	words := []string{"one", "two", "three"}
	for _, w := range words[:k.ahead] {
		go nc.Write(u32([]byte(w)))
		synctest.Wait()
	}
	for i, w := range words {
		if i >= k.ahead {
			nc.Write(u32([]byte(w)))
		}
		text, err := k.got(r, nc)
		if err != nil {
			return
		}
		all += text + " "
	}
	nc.Write(u32([]byte(all)))
	readReply(r, nc)
}

// options are those of a run against the client, whose cases that fail are those of r.
func (k *testClient) options(t *testing.T, r *receiver) Options {
	p := r.inMemory()
	p.Client = true
	p.Dial = func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		go k.run(far)
		return near, nil
	}
	o := r.options(t, p)
	o.Plan.Messages = nil
	o.Answer = func(_ int, message []byte) []byte { return u32([]byte(strings.ToUpper(string(message)))) }
	return o
}

// A client that takes too long to start makes that case inconclusive, and no other; twice, it is gone.
func TestSlowStart(t *testing.T) {
	t.Parallel()
	for late, want := range map[string]string{
		"3":   "reference PASS, split/1 PASS, split/2 INCONCLUSIVE, split/3 PASS",
		"3 4": "reference PASS, split/1 PASS, split/2 INCONCLUSIVE, split/3 INCONCLUSIVE, not run",
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &testClients[0]
			o := k.options(t, &receiver{})
			dial, n := o.Dial, 0
			o.Dial = func(ctx context.Context) (net.Conn, error) {
				if n++; slices.Contains(strings.Fields(late), fmt.Sprint(n-1)) {
					return nil, slowStart(time.Second)
				}
				return dial(ctx)
			}
			o.Only = []string{"split/?"}
			s, err := Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range s.Results[:5] {
				if strings.HasPrefix(r.Reason, "not run: the peer is gone since split/3") {
					got = append(got, "not run")
					break
				}
				got = append(got, r.ID+" "+string(r.Verdict))
			}
			if text := strings.Join(got, ", "); !strings.HasPrefix(text, want) {
				t.Errorf("late at %s: %s, want %s", late, text, want)
			}
			time.Sleep(time.Second) // clients see that their connections have ended
		})
	}
}

// Each fault of a client is found by the cases that it breaks, and by no other kind of case.
func TestClients(t *testing.T) {
	t.Parallel()
	for i := range testClients {
		k := &testClients[i]
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := receiver{name: k.name, fails: k.fails}
				s, err := Run(t.Context(), k.options(t, &r))
				if err != nil {
					t.Fatal(err)
				}
				r.check(t, s)
				merges := slices.ContainsFunc(s.Results, func(r Result) bool { return r.Family() == "merge" })
				if merges != (k.ahead > 1) {
					t.Errorf("%s: there are cases that merge replies: %t", k.name, merges)
				}
			})
		})
	}
}

// What a client prints, and its status, must be as in the reference.
func TestPrints(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		out  outcome
		want string
	}{
		{outcome{output: "ok\n"}, ""},
		{outcome{output: "o"}, `the client printed "o", not "ok\n"`},
		{outcome{output: "ok\n", exit: io.ErrUnexpectedEOF}, "the client ended with unexpected EOF, not exit status 0"},
		{outcome{output: "ok\n", stuck: true}, "the client did not end within 5s"},
	} {
		s := standard{oracle: Output, client: true, output: &outcome{output: "ok\n"}, after: []int{0, 0, 0}}
		p := planOf(t, "u8", "a", "b")
		c := p.clientCases(1)[0]
		v, reason, _ := s.judge(&c, &row.out)
		if want := row.want; reason != want || (v == Pass) != (want == "") {
			t.Errorf("%s %s, want %s", v, reason, want)
		}
	}
}

// What a client prints is kept up to a limit, and compared beyond it by its length.
func TestPrinted(t *testing.T) {
	t.Parallel()
	p := printed{most: mostPrinted}
	line := []byte("0123456789abcdef")
	for range 3*mostPrinted/len(line) + 1 {
		p.Write(line)
	}
	if want := fmt.Sprintf("f… and %d more bytes", 2*mostPrinted+len(line)); len(p.start) != mostPrinted || !strings.HasSuffix(p.String(), want) {
		t.Errorf("kept %d bytes, want %d, and %q at the end: %q", len(p.start), mostPrinted, want, p.String()[len(p.String())-40:])
	}
}

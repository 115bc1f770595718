package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/link"
	"framecat/framing"
)

// A zoo is a running receiver.
type zoo struct {
	free    chan struct{} // holds a token that a connection may take, to make the others wait
	hung    func()        // from then on, nothing is answered
	isHung  chan struct{}
	die     func() // from then on, nobody can connect
	partial sync.Map
	memory  atomic.Int64 // that is used
	spins   atomic.Bool  // a connection that has ended keeps it busy
}

// newZoo returns a receiver that die ends.
func newZoo(die func()) *zoo {
	z := &zoo{free: make(chan struct{}, 1), isHung: make(chan struct{}), die: die}
	z.free <- struct{}{}
	z.hung = sync.OnceFunc(func() { close(z.isHung) })
	return z
}

// peak is what a Peer needs as Memory.
func (z *zoo) peak(net.Conn) func() link.Memory {
	return func() link.Memory { return link.Memory{Peak: 1<<20 + z.memory.Load()} }
}

// busy is what a Peer needs as Busy.
func (z *zoo) busy(net.Conn) func() bool { return z.spins.Load }

// inMemory returns how to reach a receiver whose connections are pipes: each write is one read.
func (r *receiver) inMemory() Peer {
	dead := make(chan struct{})
	z := newZoo(sync.OnceFunc(func() { close(dead) }))
	return Peer{
		Memory: z.peak,
		Busy:   z.busy,
		Dial: func(context.Context) (net.Conn, error) {
			select {
			case <-dead:
				return nil, errors.New("connection refused")
			default:
			}
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				r.serve(z, far)
			}()
			return near, nil
		},
		Unread:     func(net.Conn) (unread, known bool) { return false, true },
		Reset:      func(nc net.Conn) { nc.Close() },
		CloseWrite: func(net.Conn) error { return nil },
		Exit:       func(net.Conn) (<-chan struct{}, func() error) { return nil, nil },
	}
}

// overTCP returns how to reach a receiver over TCP.
func (r *receiver) overTCP(t *testing.T) Peer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	z := newZoo(func() { l.Close() })
	t.Cleanup(z.die)
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				r.serve(z, nc)
			}()
		}
	}()
	return Peer{
		Dial: func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
		},
		Memory: z.peak, Busy: z.busy, Unread: link.HasUnread, CloseWrite: link.CloseWrite, Reset: link.Reset, Exit: link.Exit,
	}
}

// options are those of a run against a receiver.
func (r *receiver) options(t *testing.T, p Peer) Options {
	f, err := framing.Parse(cmp.Or(r.spec, "u32be"))
	if err != nil {
		t.Fatal(err)
	}
	messages, err := Frames(f, Defaults(false))
	if err != nil {
		t.Fatal(err)
	}
	p.Theirs, p.Gap = f, 20*time.Millisecond
	return Options{Plan: Plan{Framing: f, Messages: messages, Defaults: true, Malformed: true, Seed: 1}, Peer: p}
}

// Each fault is found by the cases that it breaks, and by no other kind of case. A correct receiver has
// none.
func TestZoo(t *testing.T) {
	t.Parallel()
	for i := range receivers {
		r := &receivers[i]
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, jobs := range []int{1, 4} {
				synctest.Test(t, func(t *testing.T) {
					o := r.options(t, r.inMemory())
					o.Jobs = jobs
					s, err := Run(t.Context(), o)
					if err != nil {
						t.Fatal(err)
					}
					r.check(t, s)
					time.Sleep(time.Second) // receivers see that their connections have ended
				})
			}
		})
	}
}

// The same over TCP, FRAMECAT_ZOO times. All receivers are probed at once, which is load.
func TestZooTCP(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("FRAMECAT_ZOO"))
	if rounds == 0 {
		t.Skip("FRAMECAT_ZOO is not set")
	}
	for range rounds {
		var all sync.WaitGroup
		for i := range receivers {
			r := &receivers[i]
			if r.timed {
				continue
			}
			all.Go(func() {
				s, err := Run(t.Context(), r.options(t, r.overTCP(t)))
				if err != nil {
					t.Error(r.name, err)
					return
				}
				r.check(t, s)
			})
		}
		all.Wait()
	}
}

// check compares the verdicts with what the receiver is known for.
func (r *receiver) check(t *testing.T, s *Summary) {
	failed, log := map[string]bool{}, ""
	for i := range s.Results {
		c := &s.Results[i]
		log += fmt.Sprintf("%-12s %-18s %s (%s) %s\n", c.Verdict, c.ID, c.Reason, c.Place, c.Took.Round(time.Millisecond))
		switch family := c.Family(); {
		case c.Verdict == Fail && !slices.Contains(strings.Fields(r.fails), family):
			t.Errorf("%s: %s fails: %s", r.name, c.ID, c.Reason)
		case c.Verdict == Fail:
			failed[family] = true
			if r.places != "" && family == "split" && c.Place != r.places {
				t.Errorf("%s: %s fails, %s: %s", r.name, c.ID, c.Place, c.Reason)
			}
		case c.Verdict == Info && family != r.info && !c.Malformed:
			t.Errorf("%s: %s: %s", r.name, c.ID, c.Reason)
		case c.Verdict == Inconclusive && r.fails == "" && !r.inconclusive:
			t.Errorf("%s: %s cannot be judged: %s", r.name, c.ID, c.Reason)
		}
	}
	for _, family := range strings.Fields(r.fails) {
		if !failed[family] {
			t.Errorf("%s: no case of %s fails\n%s", r.name, family, log)
		}
	}
	if testing.Verbose() {
		t.Log(log)
	}
}

package replay

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"framecat/commands/internal/compare"
	"framecat/framing"
)

// Answers finds what the server of a Tape is to send to its clients. Several goroutines may use it at once.
type Answers struct {
	tape     *Tape
	comparer *compare.Comparer
	ids      *ids
	seed     maphash.Seed
	scripts  []*script

	mu   sync.Mutex
	next int // the stream that the next client gets
}

// A script is what the server of one stream answers.
type script struct {
	stream  *Stream
	greeted []int            // what it sends to begin with
	answers map[int][]int    // what it sends after each message of the client
	like    map[uint64][]int // the messages of the client, by what they are compared by
	closes  int              // the message of the client after which the server closes its side; -1 is the beginning, never is no message
}

// NewAnswers returns the answers of a tape. Comparer compares what clients send.
func NewAnswers(t *Tape, comparer *compare.Comparer) *Answers {
	a := &Answers{tape: t, comparer: comparer, ids: newIDs(t.Sides), seed: maphash.MakeSeed()}
	for _, s := range t.Streams {
		a.scripts = append(a.scripts, a.script(s))
	}
	return a
}

// never is the place of no message.
const never = -2

// script finds out which messages answer which.
//
// A reply with the id of a request belongs to that request. Any other message of the server belongs to the last
// message of the client before it:
//
//	client     A(1) B(2)          C
//	server               n b(2)      a(1) c
//	           A → a(1)   B → n b(2)   C → c
func (a *Answers) script(s *Stream) *script {
	w := &script{stream: s, answers: map[int][]int{}, like: map[uint64][]int{}, closes: never}
	open := map[string][]int{} // requests without a reply, by their ids
	current := -1
	for i := range s.Messages {
		m := &s.Messages[i]
		if s.Closed != nil && s.Closed.Before == i {
			w.closes = current
		}
		if m.Dir == Client {
			current = i
			if id := a.ids.of(Client, &m.Frame, false); id != "" {
				open[id] = append(open[id], i)
			}
			sum := a.sum(&m.Frame)
			w.like[sum] = append(w.like[sum], i)
			continue
		}
		to := current
		if id := a.ids.of(Server, &m.Frame, true); id != "" && len(open[id]) > 0 {
			to, open[id] = open[id][0], open[id][1:]
		}
		if to < 0 {
			w.greeted = append(w.greeted, i)
		} else {
			w.answers[to] = append(w.answers[to], i)
		}
	}
	if s.Closed != nil && s.Closed.Before == len(s.Messages) {
		w.closes = current
	}
	return w
}

// sum returns a number that is the same for messages of clients that are equal.
func (a *Answers) sum(f *framing.Frame) uint64 {
	m := a.ids.without(f)
	return maphash.Bytes(a.seed, a.comparer.Key(Compared(&m)))
}

// An Answer is a frame that a server sends.
type Answer struct {
	Wire  []byte        // nil if the server closes its side instead
	After time.Duration // how long after the message that it answers, or after the connection was made
}

// Serve returns the server's side for the next client: each gets the next stream, and after the last one the first
// one again.
func (a *Answers) Serve() *Player {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := &Player{of: a, script: a.scripts[a.next], used: map[uint64]int{}, before: -1}
	a.next = (a.next + 1) % len(a.scripts)
	return p
}

// A Player is the server's side of a stream, for one client.
type Player struct {
	*script
	of     *Answers
	used   map[uint64]int // how often each message was found
	before int            // the message that was found last; -1 before the first
}

// Head returns the head of HTTP with which the server begins, as an answer to that of the client; nil if there is none.
func (p *Player) Head() []byte { return p.stream.Heads[Server] }

// Greeting returns what the server sends to begin with.
func (p *Player) Greeting() []Answer { return p.list(p.greeted, -1, "") }

// Answer returns the answers to a message of the client. It is not ok if no recorded message is equal.
func (p *Player) Answer(f *framing.Frame) (list []Answer, ok bool) {
	sum := p.of.sum(f)
	same := p.like[sum]
	if len(same) == 0 {
		return nil, false
	}
	n := p.used[sum]
	p.used[sum] = n + 1
	p.before = same[min(n, len(same)-1)]
	return p.list(p.answers[p.before], p.before, p.of.ids.of(Client, f, false)), true
}

// Expected returns the recorded message that a client was to send next, or nil.
func (p *Player) Expected() *Message {
	if i := p.expected(); i >= 0 {
		return &p.stream.Messages[i]
	}
	return nil
}

// expected returns the index of the message that Expected returns, or -1.
func (p *Player) expected() int {
	i := slices.IndexFunc(p.stream.Messages[p.before+1:], func(m Message) bool { return m.Dir == Client })
	if i < 0 {
		return -1
	}
	return p.before + 1 + i
}

// Skip goes on after the message that Expected returns: another one came in its place.
func (p *Player) Skip() {
	if i := p.expected(); i >= 0 {
		p.before = i
	}
}

// list returns messages of the server as answers to a message; -1 is the start of the connection. Those that have
// the id of the request get the id that is given.
func (p *Player) list(indexes []int, to int, id string) (list []Answer) {
	recorded, at := "", time.Duration(0)
	if to >= 0 {
		m := &p.stream.Messages[to]
		recorded, at = p.of.ids.of(Client, &m.Frame, false), m.At
	}
	for _, i := range indexes {
		m := &p.stream.Messages[i]
		one := Answer{m.Wire(), max(0, m.At-at)}
		if id != recorded && recorded != "" && p.of.ids.of(Server, &m.Frame, true) == recorded {
			one.Wire = p.of.ids.with(Server, &m.Frame, true, id)
		}
		list = append(list, one)
	}
	if to == p.closes {
		list = append(list, Answer{nil, max(0, p.stream.Closed.At-at)})
	}
	return list
}

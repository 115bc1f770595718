package replay

import (
	"bytes"
	"sync"

	"framecat/commands/internal/compare"
	"framecat/framing"
)

// Replies checks what a server sends against a recording. One goroutine may call Came while another calls the other
// methods.
type Replies struct {
	stream   *Stream
	comparer *compare.Comparer
	ids      *ids

	mu    sync.Mutex
	came  []bool           // by the index of the message
	first int              // the first message of the server that has not come; the number of messages if all have
	byID  map[string][]int // messages that have not come, by the id of the request that they reply to
	order []int            // the others that have not come
}

// NewReplies returns what checks the replies of a stream. Comparer compares what servers send.
func NewReplies(t *Tape, s *Stream, comparer *compare.Comparer) *Replies {
	r := &Replies{stream: s, comparer: comparer, ids: newIDs(t.Sides), came: make([]bool, len(s.Messages)), byID: map[string][]int{}}
	for i := range s.Messages {
		m := &s.Messages[i]
		if m.Dir == Client {
			r.came[i] = true
		} else if id := r.ids.of(Server, &m.Frame, true); id != "" {
			r.byID[id] = append(r.byID[id], i)
		} else {
			r.order = append(r.order, i)
		}
	}
	r.advance()
	return r
}

func (r *Replies) advance() {
	for r.first < len(r.came) && r.came[r.first] {
		r.first++
	}
}

// Came takes the next message of the server. It returns the recorded message that it is compared with, and whether
// they are equal. A reply to a request is compared with the recorded reply that has its id, any other message with the
// next one that was recorded. It is nil if nothing more was recorded.
func (r *Replies) Came(f *framing.Frame) (recorded *Message, equal bool) {
	r.mu.Lock()
	at := r.take(r.ids.of(Server, f, true))
	if at >= 0 {
		recorded = &r.stream.Messages[at]
	}
	r.mu.Unlock()
	if recorded == nil {
		return nil, false
	}
	a, b := Compared(&recorded.Frame), Compared(f)
	equal = bytes.Equal(a.Header, b.Header) && bytes.Equal(a.Body, b.Body) && bytes.Equal(a.Trailer, b.Trailer) || r.comparer.Equal(a, b)
	r.mu.Lock()
	defer r.mu.Unlock()
	if equal {
		r.came[at] = true
		r.advance()
	}
	return recorded, equal
}

// take returns the index of the message that is compared with one that has this id, and removes it from those that
// have not come; -1 is none.
func (r *Replies) take(id string) (at int) {
	list := r.byID[id]
	switch {
	case len(list) > 0:
		r.byID[id] = list[1:]
		return list[0]
	case len(r.order) > 0:
		at, r.order = r.order[0], r.order[1:]
		return at
	case id != "" && r.first < len(r.came): // the id was not recorded
		return r.first
	}
	return -1
}

// Before reports whether all replies have come that were recorded before a message.
func (r *Replies) Before(index int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first >= index
}

// Missing returns the first reply that has not come, or nil.
func (r *Replies) Missing() *Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == len(r.came) {
		return nil
	}
	return &r.stream.Messages[r.first]
}

package pump

import (
	"slices"
	"sync"
)

// A Memory bounds the memory that the buffers of all connections take together. Each connection
// has a Share of it.
//
// A connection that needs more than is left waits, and reads nothing meanwhile. The newest
// connections wait first. If no memory is left, the oldest of those that wait is still allowed
// to go on, alone, until its frame is complete: so that all frames arrive in the end, and one
// that is larger than the limit too. It then counts as the newest, so that a stream without an
// end does not keep the others waiting for ever.
type Memory struct {
	limit int64 // 0 is none

	mu      sync.Mutex
	used    int64
	most    int64 // the most that was used since Peak was called
	turns   int64 // how many turns were given out
	waiting []*Share
	over    *Share // the one that may go on over the limit; nil is none
	ended   bool
}

// NewMemory returns a Memory of so many bytes; 0 is no limit.
func NewMemory(limit int64) *Memory { return &Memory{limit: limit} }

// A Share is what one connection takes of a Memory. One goroutine at a time may call Take and
// Wait; any may call the other methods.
type Share struct {
	m     *Memory
	turn  int64 // those with a low turn are served first
	parts [parts]int64
	ready chan struct{} // closed when what it waits for was given to it
	want  int64         // what it waits for: the size of its part In
}

// A Part is a kind of buffers of a connection.
type Part int

// The parts of a Share.
const (
	In    Part = iota // what was received and is not handled yet; the only part that waits
	Reply             // what was not sent yet
	Child             // what a process wrote and was not sent yet
	parts
)

// NewShare returns the Share of a new connection, which takes nothing yet.
func (m *Memory) NewShare() *Share {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turns++
	return &Share{m: m, turn: m.turns}
}

// Set sets the size of a part. It does not wait: it is for buffers that exist already, and for
// those that are given back.
func (s *Share) Set(p Part, size int64) {
	m := s.m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(s, p, size)
	m.admit()
}

// Take makes the part In larger if that is possible without waiting, and reports whether it is.
func (s *Share) Take(size int64) bool {
	m := s.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over != s {
		waits := slices.ContainsFunc(m.waiting, func(o *Share) bool { return o.turn < s.turn })
		if waits || !m.fits(s, size) {
			return false
		}
	}
	m.set(s, In, size)
	return true
}

// Wait makes the part In larger, and waits until that is possible. It returns false if the
// Memory has ended. Waited reports whether it had to wait.
func (s *Share) Wait(size int64) (waited, ok bool) {
	m := s.m
	m.mu.Lock()
	if m.ended {
		m.mu.Unlock()
		return false, false
	}
	s.want, s.ready = size, make(chan struct{})
	at, _ := slices.BinarySearchFunc(m.waiting, s, func(a, b *Share) int { return int(a.turn - b.turn) })
	m.waiting = slices.Insert(m.waiting, at, s)
	m.admit()
	select {
	case <-s.ready:
	default:
		waited = true
	}
	m.mu.Unlock()
	<-s.ready
	m.mu.Lock()
	defer m.mu.Unlock()
	return waited, !m.ended
}

// Over reports whether the connection goes on although no memory is left. It must then read no
// more than the rest of its frame, and call Yield after that.
func (s *Share) Over() bool {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	return s.m.over == s
}

// Yield is called when a frame is complete and the part In has this size: another connection
// may go on over the limit.
func (s *Share) Yield(size int64) {
	m := s.m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(s, In, size)
	m.yield(s)
	m.admit()
}

// Close gives everything back.
func (s *Share) Close() {
	m := s.m
	m.mu.Lock()
	defer m.mu.Unlock()
	for p := range parts {
		m.set(s, p, 0)
	}
	m.yield(s)
	m.admit()
}

// End ends all waiting.
func (m *Memory) End() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = true
	for _, s := range m.waiting {
		close(s.ready)
	}
	m.waiting = nil
}

// Short reports whether connections wait for memory.
func (m *Memory) Short() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.waiting) > 0
}

// Peak returns how many bytes are used, and how many were used at most since its last call.
func (m *Memory) Peak() (used, most int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	most, m.most = m.most, m.used
	return m.used, most
}

func (m *Memory) set(s *Share, p Part, size int64) {
	m.used += size - s.parts[p]
	s.parts[p] = size
	m.most = max(m.most, m.used)
}

// fits reports whether the part In of s may have this size.
func (m *Memory) fits(s *Share, size int64) bool {
	return m.limit == 0 || m.used+size-s.parts[In] <= m.limit
}

// yield ends the turn of s if it goes on over the limit.
func (m *Memory) yield(s *Share) {
	if m.over == s {
		m.turns++
		m.over, s.turn = nil, m.turns
	}
}

// admit lets those go on that wait, in their order, as many as there is memory for.
func (m *Memory) admit() {
	for len(m.waiting) > 0 {
		s := m.waiting[0]
		if !m.fits(s, s.want) && m.over != s {
			if m.over != nil {
				return
			}
			m.over = s
		}
		m.waiting = slices.Delete(m.waiting, 0, 1)
		m.set(s, In, s.want)
		close(s.ready)
	}
}

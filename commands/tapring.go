package commands

import (
	"sync"
	"time"

	"framecat/commands/internal/capture"
)

const (
	// saveDelay is how long after a malformed frame a ring is saved: what is recorded may come a
	// little later than what is shown.
	saveDelay = 200 * time.Millisecond
	// saveEvery is the time between two saves at least, since many frames may be malformed.
	saveEvery = time.Second
)

// A ringSaver saves the ring of a recorder when something has happened.
type ringSaver struct {
	recorder *capture.Recorder
	saved    func(name, reason string, err error)

	mu   sync.Mutex
	last time.Time // of a save
	over bool
}

// record records an event, and saves the ring if it is a reset.
func (s *ringSaver) record(e capture.Event) {
	if s.recorder.Record(e); e.Kind == capture.Reset {
		s.save("a connection was reset")
	}
}

// malformed saves the ring soon.
func (s *ringSaver) malformed() {
	time.AfterFunc(saveDelay, func() { s.save("a frame was malformed") })
}

// save saves the ring, unless it was saved just before.
func (s *ringSaver) save(reason string) {
	s.mu.Lock()
	if s.over || time.Since(s.last) < saveEvery {
		s.mu.Unlock()
		return
	}
	s.last = time.Now()
	name, err := s.recorder.Save(reason)
	s.mu.Unlock()
	s.saved(name, reason, err) // may be blocked
}

// end ends the saves.
func (s *ringSaver) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

package hint

import (
	"sync"
	"time"
)

// A Budget bounds the time that hints take to 1/64 of the time that passes, 1.6 % of a core: where
// thousands of streams fail at once, explaining some is enough. The first hint needs nothing
// saved. A Budget that was idle has saved some time, for several hints at once.
//
// It counts the time from the start of a search to its end, which is its CPU time or more.
type Budget struct {
	now func() time.Time // a clock; nil is time.Now

	mu   sync.Mutex
	busy bool      // a hint is being made
	paid time.Time // until then, the time that passes is needed for the hints that were made
}

const (
	share = 64                     // hints take one part in so many
	saved = 100 * time.Millisecond // the most time that an idle Budget has
)

// NewBudget returns a Budget that saves from now on.
func NewBudget() *Budget { return &Budget{paid: time.Now()} }

// Spend calls work if there is time for it.
func (b *Budget) Spend(work func()) {
	if !b.take() {
		return
	}
	began := b.clock()
	defer func() { b.give(began) }()
	work()
}

func (b *Budget) clock() time.Time {
	if b.now != nil {
		return b.now()
	}
	return time.Now()
}

// take reports whether the hints that were made are paid for, and no other is being made.
func (b *Budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy || b.clock().Before(b.paid) {
		return false
	}
	b.busy = true
	return true
}

// give counts the time of a hint that was begun then.
func (b *Budget) give(began time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock()
	if b.paid.IsZero() {
		b.paid = began
	}
	if oldest := now.Add(-share * saved); b.paid.Before(oldest) {
		b.paid = oldest
	}
	b.busy, b.paid = false, b.paid.Add(share*now.Sub(began))
}

package serve

import (
	"errors"
	"slices"
	"sync"
	"time"

	"framecat/commands/internal/link"
)

const (
	outboxSize = 1 << 20 // how many bytes may wait for one connection
	outboxLen  = 4096    // how many writes
)

// An outbox is the queue of writes to one connection.
type outbox struct {
	c       *link.Conn
	changed chan struct{} // signalled when something was written

	mu        sync.Mutex
	queue     []outgoing
	size      int           // bytes in the queue
	since     time.Time     // of the last write, or of the start of the queue
	writing   chan struct{} // closed and set to nil when the queue is empty
	sooner    chan struct{} // signalled when the first write of the queue has changed; nil before any has a time
	abandoned bool
}

// An outgoing is a write to a connection.
type outgoing struct {
	p    []byte    // nil closes our side instead
	due  time.Time // when it is written; the zero time is at once
	sent func()    // is called before; may be nil
}

// put adds a write to the queue, after those that are due at the same time or before.
func (b *outbox) put(o outgoing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.abandoned {
		return
	}
	at := len(b.queue)
	for at > 0 && b.queue[at-1].due.After(o.due) {
		at--
	}
	b.queue = slices.Insert(b.queue, at, o)
	if b.sooner == nil && !o.due.IsZero() {
		b.sooner = make(chan struct{}, 1)
	}
	if at == 0 {
		signal(b.sooner)
	}
	if b.size += len(o.p); b.writing == nil {
		b.since, b.writing = time.Now(), make(chan struct{})
		go b.write() // a goroutine runs only while there is something to write
	}
}

// full reports whether as many bytes wait as may.
func (b *outbox) full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size >= outboxSize || len(b.queue) >= outboxLen
}

// waiting returns how many bytes wait.
func (b *outbox) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size
}

// idleTime returns for how long nothing was written.
func (b *outbox) idleTime() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.since)
}

// write writes the queue to the connection until it is empty.
func (b *outbox) write() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 || b.abandoned {
			close(b.writing)
			b.writing, b.queue, b.size = nil, nil, 0
			b.mu.Unlock()
			signal(b.changed)
			return
		}
		first, sooner := b.queue[0], b.sooner
		if wait := time.Until(first.due); wait > 0 {
			b.mu.Unlock()
			select {
			case <-time.After(wait):
			case <-sooner:
			}
			continue
		}
		b.queue = b.queue[1:]
		b.mu.Unlock()
		err := b.send(first)
		b.mu.Lock()
		b.size -= len(first.p)
		b.since = time.Now()
		b.mu.Unlock()
		signal(b.changed)
		if err != nil { // the goroutine that reads reports it
			b.abandon("")
		}
	}
}

func (b *outbox) send(o outgoing) (err error) {
	if o.sent != nil {
		o.sent()
	}
	if o.p == nil {
		return b.c.CloseWrite()
	}
	_, err = b.c.Write(o.p)
	return err
}

// abandon writes nothing more to the connection. If reason is not "", the connection is closed
// and the reason is reported.
func (b *outbox) abandon(reason string) {
	b.mu.Lock()
	b.abandoned = true
	b.size = 0
	signal(b.sooner)
	b.mu.Unlock()
	if reason != "" {
		b.c.Fail(errors.New(reason))
	}
}

// drain waits until the queue is empty, but no longer for what is due later once the server is stopping.
func (b *outbox) drain(stopping <-chan struct{}) {
	b.mu.Lock()
	writing, timed := b.writing, b.sooner != nil
	b.mu.Unlock()
	switch {
	case writing == nil:
	case !timed:
		<-writing
	default:
		select {
		case <-writing:
		case <-stopping:
			b.abandon("")
		}
	}
}

// signal wakes the goroutine that waits on c, or that will wait on it next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
